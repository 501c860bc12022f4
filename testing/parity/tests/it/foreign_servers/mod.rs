//! Both transports against servers and proxies that others wrote. These tests are ignored, because the programs are not
//! everywhere: `cargo test -p requesty-parity -- --ignored foreign_servers` runs them all, and fails where one is missing.

mod nginx;
pub(crate) mod proxies;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use requesty_core::chat::{Chunks, Completion, Message, Request};
use requesty_core::{ApiKey, Call, Incomplete, Policy, Router};
use requesty_hyper::Options;

pub(crate) const KEY: &str = "rqsty-sk-of-the-tests";

/// What a call came to.
pub(crate) type Outcome = Result<Completion, Incomplete<Completion>>;

/// A program that runs until this is dropped, in a folder of its own.
pub(crate) struct Program {
    child: Child,
    folder: PathBuf,
}

impl Program {
    /// Starts a program that should listen on `port`.
    pub(crate) fn start(name: &str, folder: PathBuf, arguments: &[&str], port: u16) -> Program {
        let log = fs::File::create(folder.join("log")).unwrap();
        let child = Command::new(name)
            .args(arguments)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut program = Program { child, folder };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none() && start.elapsed() < Duration::from_secs(20), "{name}: {}", program.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        program
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes an empty folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("requesty-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

/// Finds ports that nobody listens on.
pub(crate) fn ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

/// A streamed call to a model behind that base.
pub(crate) fn call(base: &str, model: &str) -> Call<Chunks> {
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_policy(Policy::none()).with_plain_http(true);
    let router = router.with_inference_base(base).unwrap();
    router.chat_stream(&Request::new(&[Message::user("What is an LLM gateway?")]).model(model)).unwrap()
}

/// The two clients with the same options.
pub(crate) struct Both {
    runtime: tokio::runtime::Runtime,
    pub(crate) hyper: requesty_hyper::Client,
    pub(crate) ureq: requesty_ureq::Client,
}

impl Both {
    pub(crate) fn new(options: &Options) -> Both {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let hyper = requesty_hyper::Client::with_options(options.clone());
        Both { runtime, hyper, ureq: requesty_ureq::Client::with_options(options.clone()) }
    }

    /// Makes the call by both and returns what it came to, by name.
    pub(crate) fn send(&self, call: &Call<Chunks>) -> [(&'static str, Outcome); 2] {
        let hyper = self.runtime.block_on(self.hyper.send(call)).map(|received| received.into_inner());
        let ureq = self.ureq.send(call).map(|received| received.into_inner());
        [("hyper", hyper), ("ureq", ureq)]
    }

    /// Runs something on the runtime of the async client.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}
