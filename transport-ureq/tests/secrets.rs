//! Whatever goes wrong, nothing that is printed shows the key, the prompt or the answer.
#![cfg(feature = "ureq")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use requesty_mock::{MockRouter, Outcome, scenarios};
use requesty_ureq::chat::{Completion, Message, Request};
use requesty_ureq::requesty_core::Reply;
use requesty_ureq::{ApiKey, Call, Client, Incomplete, Limits, Policy, Router};
use support::{KEY, client, ms};

const PROMPT: &str = "Quetzalcoatlus northropi wingspan";

#[test]
fn nothing_printed_shows_a_secret() {
    let mock = MockRouter::start().unwrap();
    let client = client();
    let messages = [Message::user(PROMPT)];
    let mut failures = 0;
    for scenario in scenarios() {
        let model = scenario.name().strip_suffix('N').map_or(scenario.name().to_owned(), |stem| format!("{stem}250"));
        if matches!(scenario.outcome(), Outcome::Complete | Outcome::Stopped) {
            continue;
        }
        let request = Request::new(&messages).model(&model);
        let streamed = limited(router(&mock).chat_stream(&request).unwrap());
        let whole = limited(router(&mock).chat(&request).unwrap());

        let mut printed = format!("{client:?} {client:#?} {streamed:?} {streamed:#?} {whole:?}");
        let mut answer = String::new();
        if let Ok(mut stream) = client.open(&streamed) {
            loop {
                printed.push_str(&format!("{stream:?} {stream:#?}"));
                match stream.next_item() {
                    Ok(Some(chunk)) => answer.push_str(chunk.text()),
                    Ok(None) => break,
                    Err(error) => {
                        printed.push_str(&format!("{error} {error:?} {error:#?} {}", chain(&error)));
                        break;
                    }
                }
            }
            printed.push_str(&format!("{stream:?}"));
            if let Err(incomplete) = stream.finish() {
                failures += 1;
                printed.push_str(&shown(&incomplete));
            }
        }
        mock.clear();
        if let Err(incomplete) = client.send(&whole) {
            printed.push_str(&shown(&incomplete));
        }
        mock.clear();
        if let Err(error) = client.stream(&streamed) {
            printed.push_str(&format!("{error} {error:?} {error:#?} {}", chain(&error)));
        }
        mock.clear();
        check(&model, &printed, &answer);
    }
    assert!(failures > 40, "{failures}");
}

fn router(mock: &MockRouter) -> Router {
    Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&mock.base_url()).unwrap().with_policy(Policy::none())
}

fn limited<R: Reply>(call: Call<R>) -> Call<R> {
    let timeouts = call.timeouts().with_first_byte(ms(150)).with_idle_bytes(ms(100)).with_idle_progress(ms(150));
    call.with_timeouts(timeouts).with_limits(Limits::default().with_total(2_000))
}

fn shown(incomplete: &Incomplete<Completion>) -> String {
    format!("{incomplete} {incomplete:?} {incomplete:#?} {}", chain(incomplete))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut all = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        all.push_str(&format!("{error} {error:?} "));
        next = error.source();
    }
    all
}

fn check(model: &str, printed: &str, answer: &str) {
    let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let json: String = KEY.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let quoted = serde_json::to_string(KEY).unwrap();
    for secret in [KEY, &percent, &percent.to_lowercase(), &json, quoted.trim_matches('"'), &STANDARD.encode(KEY)] {
        assert!(!printed.contains(secret), "{model}: the key, in {printed}");
        // `Debug` of a text doubles its backslashes.
        assert!(!printed.contains(&secret.replace('\\', "\\\\")), "{model}: the key, in {printed}");
    }
    assert!(!printed.contains("rqsty-sk-"), "{model}: the key's beginning, in {printed}");
    assert!(!printed.contains("Quetzalcoatlus"), "{model}: the prompt, in {printed}");
    for words in answer.split_whitespace().collect::<Vec<_>>().chunks(3).filter(|words| words.len() == 3) {
        assert!(!printed.contains(&words.join(" ")), "{model}: the answer, in {printed}");
    }
}

#[test]
fn a_client_shows_nothing_of_its_configuration() {
    let proxy = requesty_ureq::Proxy::new("http://user:secret@127.0.0.1:9").unwrap();
    let client = Client::with_options(requesty_ureq::Options::new().with_proxy(proxy));
    assert_eq!(format!("{client:?}"), "Client { .. }");
}
