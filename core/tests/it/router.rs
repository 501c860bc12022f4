//! Where calls go, and what their requests are.

use requesty_core::chat::{Message, Request};
use requesty_core::http::Method;
use requesty_core::{ApiKey, Host, Limits, Policy, Router};
use serde_json::json;

fn router() -> Router {
    Router::new(ApiKey::new("rqsty-sk-a+b/c==").unwrap())
}

#[test]
fn base_urls_are_joined_by_segment() {
    for (base, target) in [
        ("https://router.requesty.ai/v1", "https://router.requesty.ai/v1/chat/completions"),
        ("https://router.requesty.ai/v1/", "https://router.requesty.ai/v1/chat/completions"),
        (" https://router.requesty.ai//v1//\n", "https://router.requesty.ai/v1/chat/completions"),
        ("https://router.requesty.ai/v1/chat/completions", "https://router.requesty.ai/v1/chat/completions"),
        ("https://gateway.example/llm/openai/v1", "https://gateway.example/llm/openai/v1/chat/completions"),
        ("https://gateway.example/chat", "https://gateway.example/chat/chat/completions"),
        ("https://gateway.example", "https://gateway.example/chat/completions"),
        ("https://gateway.example/v1?tenant=7", "https://gateway.example/v1/chat/completions?tenant=7"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://localhost:8080/v1", "http://localhost:8080/v1/chat/completions"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1/chat/completions"),
        ("HTTPS://Router.Requesty.AI/v1", "https://Router.Requesty.AI/v1/chat/completions"),
    ] {
        let messages = [Message::user("hi")];
        let call = router().with_inference_base(base).unwrap().chat(&Request::new(&messages)).unwrap();
        assert_eq!(call.request().uri().to_string(), target, "{base}");
    }
}

#[test]
fn base_urls_that_are_none_are_refused() {
    for base in [
        "",
        "/v1",
        "router.requesty.ai/v1",
        "ftp://router.requesty.ai/v1",
        "https://",
        "https:///v1",
        "https://user:secret@router.requesty.ai/v1",
        "not a url",
        // The port is no port; it would be port 80.
        "http://127.0.0.1:99999/v1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:",
        "https://router.requesty.ai:65536/v1",
        // These only look like this machine.
        "http://[::1].evil.com/v1",
        "http://[::1]evil.com/v1",
        "http://[127.0.0.1]/v1",
        "http://[::1/v1",
        // These lead elsewhere, or are cut.
        "https://router.requesty.ai/a/../v1",
        "https://router.requesty.ai/%2e%2E/v1",
        "https://router.requesty.ai/.%2e/v1",
        "https://router.requesty.ai/v1#/chat",
    ] {
        let error = router().with_inference_base(base).unwrap_err();
        assert!(error.to_string().contains("base URL"), "{base}: {error}");
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn a_key_goes_over_plain_http_only_to_this_machine() {
    let messages = [Message::user("hi")];
    for host in ["example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1"] {
        let router = router().with_inference_base(&format!("http://{host}/v1")).unwrap();
        assert!(router.chat(&Request::new(&messages)).is_err(), "{host}");
        assert!(router.with_plain_http(true).chat(&Request::new(&messages)).is_ok(), "{host}");
    }
    for host in ["127.0.0.1", "127.8.9.10:65535", "[::1]", "[0:0:0:0:0:0:0:1]:8080", "localhost", "LOCALHOST:1"] {
        let router = router().with_inference_base(&format!("http://{host}/v1")).unwrap();
        assert!(router.chat(&Request::new(&messages)).is_ok(), "{host}");
    }
}

#[test]
fn keys_are_checked_and_trimmed() {
    for key in ["", "  ", "a b", "a\nb", "ключ", "a\u{0}b", "a\r\nx-evil: 1"] {
        let error = ApiKey::new(key).unwrap_err();
        assert!(key.trim().is_empty() || !error.to_string().contains(key.trim()));
    }
    let key = ApiKey::new(" rqsty-sk-1\r\n").unwrap();
    assert_eq!(key.expose(), "rqsty-sk-1");
    assert_eq!(format!("{key:?}"), "ApiKey(…)");
}

#[test]
fn requests_carry_what_the_router_documents() {
    let router = router()
        .with_referer("https://app.example")
        .unwrap()
        .with_title("App")
        .unwrap()
        .with_dimension("Team", "docs")
        .unwrap();
    let messages = [Message::user("hi")];
    let whole = router.chat(&Request::new(&messages)).unwrap().request();
    let streamed = router.chat_stream(&Request::new(&messages)).unwrap().request();
    assert_eq!(whole.method(), "POST");
    for (name, value) in [
        ("authorization", "Bearer rqsty-sk-a+b/c=="),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("http-referer", "https://app.example"),
        ("x-title", "App"),
        ("x-requesty-team", "docs"),
    ] {
        assert_eq!(whole.headers()[name], value);
    }
    assert!(whole.headers()["authorization"].is_sensitive());
    assert_eq!(streamed.headers()["accept"], "text/event-stream");
    assert_eq!(whole.body(), r#"{"messages":[{"role":"user","content":"hi"}]}"#);
    let stream =
        r#"{"messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}"#;
    assert_eq!(streamed.body(), stream);
}

#[test]
fn a_call_can_differ_from_its_router() {
    let messages = [Message::user("hi")];
    let other = ApiKey::new("other").unwrap();
    let call = router().with_title("App").unwrap().chat(&Request::new(&messages)).unwrap();
    let call = call
        .with_key(&other)
        .unwrap()
        .with_header("x-title", "Mine")
        .unwrap()
        .with_query("tenant", "a b&c")
        .unwrap()
        .with_query("more", "é")
        .unwrap()
        .with_idempotency_key("once")
        .unwrap()
        .with_policy(Policy::none())
        .with_limits(Limits::default().with_event(1));
    let request = call.request();
    assert_eq!(request.headers()["authorization"], "Bearer other");
    assert_eq!(request.headers()["x-title"], "Mine");
    assert_eq!(request.headers()["idempotency-key"], "once");
    assert_eq!(request.uri().query(), Some("tenant=a%20b%26c&more=%C3%A9"));
    assert_eq!((call.policy(), call.limits().event), (&Policy::none(), 1));
    for header in ["authorization", "Accept-Encoding", "content-length", "host", "bad name"] {
        assert!(call.clone().with_header(header, "x").is_err(), "{header}");
    }
    assert!(call.with_header("x-a", "line\nbreak").is_err());
}

#[test]
fn any_endpoint_can_be_asked_with_the_callers_types() {
    use requesty_core::Host;
    use requesty_core::http::Method;
    let call = router().post::<serde_json::Value>("embeddings", &json!({"input": "x"})).unwrap().request();
    assert_eq!((call.uri().path(), &call.body()[..]), ("/v1/embeddings", &br#"{"input":"x"}"#[..]));
    let call = router().get::<serde_json::Value>("/v1/models?a=1").unwrap().request();
    assert_eq!(
        (call.method().as_str(), call.uri().to_string()),
        ("GET", "https://router.requesty.ai/v1/models?a=1".into())
    );
    assert!(!call.headers().contains_key("content-type"));
    let call = router()
        .ask::<()>(Host::Management, Method::DELETE, "v1/manage/group/g/member", Some(&json!({"user_id": "u"})))
        .unwrap()
        .request();
    assert_eq!(call.uri(), "https://api-v2.requesty.ai/v1/manage/group/g/member");
    assert_eq!(call.body(), r#"{"user_id":"u"}"#);
    let call = router().ask::<()>(Host::Feedback, Method::POST, "feedback/rqsty-cmpl-1", Some(&json!({}))).unwrap();
    assert_eq!(call.request().uri(), "https://api.requesty.ai/feedback/rqsty-cmpl-1");
    for path in
        ["models/../../secret", "%2e%2e/secret", "models/.%2E/%2E./secret", "models/%2e", "models#a", "models?a#b"]
    {
        assert!(router().get::<()>(path).is_err(), "{path}");
    }
    for path in ["models/%2e%2ea", "models/...", "models?a=../b", "models/%23"] {
        assert!(router().get::<()>(path).unwrap().request().uri().to_string().ends_with(path), "{path}");
    }
    let base = router().with_management_base("https://manage.example/v1").unwrap();
    let call = base.ask::<()>(Host::Management, Method::GET, "v1/auth/check", None::<&()>).unwrap();
    assert_eq!(call.request().uri(), "https://manage.example/v1/auth/check");
}

#[test]
fn what_is_shown_of_a_call_is_neither_key_nor_prompt() {
    let messages = [Message::user("the prompt")];
    let router = router().with_header("x-secret", "hidden value").unwrap();
    let call = router.chat(&Request::new(&messages)).unwrap().with_query("secret", "hidden").unwrap();
    for shown in [format!("{router:?}"), format!("{call:?}"), format!("{:?}", call.request().headers())] {
        assert!(!shown.contains("rqsty") && !shown.contains("the prompt"), "{shown}");
    }
    assert!(!format!("{router:?}{call:?}").contains("hidden"));
}

#[test]
fn everything_can_be_sent_between_threads() {
    fn assert<T: Send + Sync + 'static>() {}
    assert::<Router>();
    assert::<requesty_core::Error>();
    assert::<requesty_core::Call<requesty_core::chat::Chunks>>();
    assert::<requesty_core::Call<requesty_core::reply::Json<String>>>();
    assert::<requesty_core::Machine<requesty_core::chat::ChunkStream>>();
    assert::<requesty_core::Machine<requesty_core::reply::EventStream<requesty_core::reply::TypedReader<String>>>>();
    assert::<requesty_core::Incomplete<requesty_core::chat::Completion>>();
}

#[test]
fn errors_are_small() {
    assert!(size_of::<requesty_core::Error>() <= 40, "{}", size_of::<requesty_core::Error>());
    assert!(size_of::<requesty_core::Incomplete<requesty_core::chat::Completion>>() <= 8);
}

#[test]
fn a_base_without_a_path_has_a_root() {
    let router = Router::new(ApiKey::new("rqsty-sk-test").unwrap()).with_management_base("https://m.example").unwrap();
    let call = router.ask::<()>(Host::Management, Method::GET, "", None::<&()>).unwrap();
    assert_eq!(call.request().uri(), "https://m.example/");
    assert!(Router::new(ApiKey::new("k").unwrap()).with_inference_base("https://:443/v1").is_err());
}

/// Makes a router of variables.
fn of(variables: &[(&str, &str)]) -> Result<Router, requesty_core::BuildError> {
    let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Router::from_variables(lookup)
}

/// Asks a path on a host; returns where the call goes to.
fn asked(router: &Router, host: Host) -> Result<String, String> {
    let call = router.ask::<()>(host, Method::GET, "v1/x", None::<&()>);
    call.map(|call| call.request().uri().to_string()).map_err(|error| error.to_string())
}

#[test]
fn variables_make_a_router() {
    use requesty_core::Host::{Feedback, Inference, Management};
    let router = of(&[("REQUESTY_API_KEY", "rqsty-sk-example\n"), ("REQUESTY_BASE_URL", " ")]).unwrap();
    let call = router.get::<()>("models").unwrap().request();
    assert_eq!(call.uri(), "https://router.requesty.ai/v1/models");
    assert_eq!(call.headers()["authorization"], "Bearer rqsty-sk-example");
    let all = of(&[
        ("REQUESTY_API_KEY", "k"),
        ("REQUESTY_BASE_URL", " http://127.0.0.1:1/v1 "),
        ("REQUESTY_MANAGEMENT_URL", "http://127.0.0.1:2"),
        ("REQUESTY_FEEDBACK_URL", "http://127.0.0.1:3"),
    ])
    .unwrap();
    let places = [Inference, Management, Feedback].map(|host| asked(&all, host).unwrap());
    assert_eq!(places, ["http://127.0.0.1:1/v1/x", "http://127.0.0.1:2/v1/x", "http://127.0.0.1:3/v1/x"]);
}

#[test]
fn variables_that_cannot_be_used_are_named_without_their_value() {
    for (variables, name) in [
        (&[][..], "REQUESTY_API_KEY"),
        (&[("REQUESTY_API_KEY", "rqsty sk")], "REQUESTY_API_KEY"),
        (&[("REQUESTY_API_KEY", "k"), ("REQUESTY_BASE_URL", "ftp://secret")], "REQUESTY_BASE_URL"),
        (&[("REQUESTY_API_KEY", "k"), ("REQUESTY_MANAGEMENT_URL", "secret")], "REQUESTY_MANAGEMENT_URL"),
        (&[("REQUESTY_API_KEY", "k"), ("REQUESTY_FEEDBACK_URL", "secret")], "REQUESTY_FEEDBACK_URL"),
    ] {
        let error = of(variables).unwrap_err().to_string();
        assert!(error.contains(name) && !error.contains("secret") && !error.contains("rqsty sk"), "{error}");
    }
}

/// A test run that moves inference alone keeps the key from the live hosts.
#[test]
fn inference_that_a_variable_moved_takes_the_other_hosts_along_or_none() {
    use requesty_core::Host::{Feedback, Inference, Management};
    let moved = |url: &str| of(&[("REQUESTY_API_KEY", "k"), ("REQUESTY_BASE_URL", url)]).unwrap();
    for url in ["http://127.0.0.1:1/v1", "https://requesty.ai.example/v1", "https://notrequesty.ai/v1"] {
        let router = moved(url);
        assert!(asked(&router, Inference).is_ok(), "{url}");
        assert!(asked(&router, Management).unwrap_err().contains("REQUESTY_MANAGEMENT_URL is not set"), "{url}");
        assert!(asked(&router, Feedback).unwrap_err().contains("REQUESTY_FEEDBACK_URL is not set"), "{url}");
        assert!(router.keys().is_err(), "{url}");
        let managed = router.clone().with_management_base("http://127.0.0.1:2").unwrap();
        assert!(asked(&managed, Management).is_ok() && asked(&managed, Feedback).is_err(), "{url}");
        let fed = router.clone().with_feedback_base("http://127.0.0.1:2").unwrap();
        assert!(asked(&fed, Feedback).is_ok() && asked(&fed, Management).is_err(), "{url}");
        let in_code = router.with_inference_base(url).unwrap();
        assert!(asked(&in_code, Management).is_ok() && asked(&in_code, Feedback).is_ok(), "{url}");
    }
    for url in ["https://router.eu.requesty.ai/v1", "https://ROUTER.requesty.AI/v1"] {
        assert!(asked(&moved(url), Management).is_ok() && asked(&moved(url), Feedback).is_ok(), "{url}");
    }
    let in_code = of(&[("REQUESTY_API_KEY", "k")]).unwrap().with_inference_base("http://127.0.0.1:1/v1").unwrap();
    assert!(asked(&in_code, Management).is_ok() && asked(&in_code, Feedback).is_ok());
}
