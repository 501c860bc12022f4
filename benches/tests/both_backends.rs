//! Both transports where the tree has two TLS backends, as the peers bring the other one: rustls alone cannot choose then.

use std::sync::Arc;

use requesty_core::chat::{Message, Request};
use requesty_core::{ApiKey, Router};
use requesty_hyper::{Options, Tls};
use requesty_mock::{Authority, Front, Mock};
use rustls::crypto::{CryptoProvider, aws_lc_rs};

#[tokio::test]
async fn two_backends_and_no_default_are_no_trouble() {
    let default = || CryptoProvider::get_default().map(Arc::as_ptr);
    assert_eq!(default(), None);
    assert!(std::panic::catch_unwind(rustls::ClientConfig::builder).is_err(), "there is only one backend in the tree");

    let (mock, authority) = (Mock::start().unwrap(), Authority::new());
    let front = Front::tls(mock.addr(), authority.server(&authority.issue("localhost", false), false)).unwrap();
    let router = Router::new(ApiKey::new("rqsty-sk-example").unwrap());
    let router = router.with_inference_base(&format!("https://localhost:{}/v1", front.addr().port())).unwrap();
    let call = router.chat_stream(&Request::new(&[Message::user("Hi")]).model("mock/text")).unwrap();
    let tls = Tls::new().add_root_certificate(authority.certificate().as_bytes()).unwrap();
    let ask = async |tls: &Tls| {
        let options = Options::new().with_tls(tls.clone());
        let hyper = requesty_hyper::Client::with_options(options.clone()).send(&call).await.unwrap();
        let ureq = requesty_ureq::Client::with_options(options).send(&call).unwrap();
        assert_eq!(hyper.text(), ureq.text());
    };
    ask(&tls).await;
    assert_eq!(default(), None, "none was installed");

    // The other backend can be named, and a default is left as it is.
    ask(&tls.clone().with_provider(Arc::new(aws_lc_rs::default_provider()))).await;
    aws_lc_rs::default_provider().install_default().unwrap();
    let installed = default();
    ask(&tls).await;
    assert_eq!(default(), installed);
}
