//! Both transports through squid, which takes longer to install and to start than the other proxy.

use crate::foreign_servers::proxies::Beyond;
use crate::foreign_servers::{Program, folder, ports, write};

#[test]
#[ignore = "needs squid and apache2-utils"]
fn squid_gives_tunnels_and_refuses_them() {
    let (beyond, [port], folder) = (Beyond::new(), ports(), folder("squid"));
    let allowed = beyond.front.addr().port();
    let made =
        std::process::Command::new("htpasswd").args(["-bc", "users", "me", "hunter2"]).current_dir(&folder).status();
    assert!(made.unwrap().success());
    let at = folder.display();
    let config = format!(
        "http_port 127.0.0.1:{port}\npid_filename none\ncache deny all\naccess_log none\ncache_log {at}/cache.log\n\
         shutdown_lifetime 1 seconds\nvisible_hostname squid.test\ncoredump_dir {at}\n\
         auth_param basic program /usr/lib/squid/basic_ncsa_auth {at}/users\n\
         acl known proxy_auth REQUIRED\nacl allowed port {allowed}\n\
         http_access deny !known\nhttp_access deny CONNECT !allowed\nhttp_access allow known\nhttp_access deny all\n"
    );
    write(&folder, "squid.conf", &config);
    let conf = format!("{at}/squid.conf");
    let _program = Program::start("squid", folder, &["-N", "-f", &conf], port);
    beyond.check(port, 407);
}
