//! After every scenario that the mock knows, nothing that can be printed shows key, prompt or answer.

use std::error::Error as StdError;
use std::fmt::{Debug, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use requesty_core::chat::{Message, Request};
use requesty_core::{ApiKey, Call, Limits, Policy, Reply, Router};
use requesty_hyper::{Options, Proxy};
use requesty_mock::{Mock, Outcome, scenarios};

use super::{Client, each, ms};

const KEY: &str = r#"rqsty-sk-Zq8%2F+x/7="\<&>%secret7431"#;
const PROMPT: &str = "Quetzalcoatlus northropi wingspan";

#[test]
fn nothing_printed_shows_key_prompt_or_answer() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&mock.base_url()).unwrap();
        let router = router.with_policy(Policy::none());
        let messages = [Message::user(PROMPT)];
        let mut failures = 0;
        for scenario in scenarios() {
            let model =
                scenario.name().strip_suffix('N').map_or(scenario.name().to_owned(), |stem| format!("{stem}250"));
            if matches!(scenario.outcome(), Outcome::Complete | Outcome::Stopped) {
                continue;
            }
            let request = Request::new(&messages).model(&model);
            let streamed = limited(router.chat_stream(&request).unwrap());
            let whole = limited(router.chat(&request).unwrap());

            let mut printed = String::new();
            show(&mut printed, &client);
            show(&mut printed, &router);
            show(&mut printed, &streamed);
            show(&mut printed, &whole);
            let mut answer = String::new();
            match client.open(&streamed) {
                Err(error) => show_error(&mut printed, &error),
                Ok(mut stream) => {
                    loop {
                        show(&mut printed, &stream);
                        match stream.next_item() {
                            Ok(Some(chunk)) => answer.push_str(chunk.text()),
                            Ok(None) => break,
                            Err(error) => {
                                show_error(&mut printed, &error);
                                break;
                            }
                        }
                    }
                    show(&mut printed, &stream);
                    show(&mut printed, stream.head());
                    show(&mut printed, stream.dialect());
                    if let Err(incomplete) = stream.finish() {
                        failures += 1;
                        show_error(&mut printed, &incomplete);
                        show_error(&mut printed, incomplete.error());
                    }
                }
            }
            mock.clear();
            if let Err(incomplete) = client.send(&whole) {
                failures += 1;
                show_error(&mut printed, &incomplete);
                show_error(&mut printed, incomplete.error());
            }
            mock.clear();
            if let Err(error) = client.stream(&streamed) {
                show_error(&mut printed, &error);
            }
            mock.clear();
            check(&model, &printed, &answer);
        }
        assert!(failures > 80, "{failures}");
    });
}

#[test]
fn a_client_shows_nothing_of_its_configuration() {
    each(|transport| {
        let proxy = Proxy::new("http://user:secret@127.0.0.1:9").unwrap();
        let client = Client::with_options(transport, Options::new().with_proxy(proxy));
        assert_eq!(format!("{client:?}"), "Client { .. }");
    });
}

fn limited<R: Reply>(call: Call<R>) -> Call<R> {
    let timeouts = call.timeouts().with_first_byte(ms(150)).with_idle_bytes(ms(100)).with_idle_progress(ms(150));
    call.with_timeouts(timeouts).with_limits(Limits::default().with_total(2_000))
}

fn show(printed: &mut String, value: &dyn Debug) {
    writeln!(printed, "{value:?} {value:#?}").unwrap();
}

/// Writes an error and all its causes in every form.
fn show_error(printed: &mut String, error: &(dyn StdError + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(printed, "{error} {error:?} {error:#?}").unwrap();
        next = error.source();
    }
}

fn check(model: &str, printed: &str, answer: &str) {
    let escape_all = |byte: u8| format!("%{byte:02X}");
    let escape = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => escape_all(byte),
    };
    let all: String = KEY.bytes().map(escape_all).collect();
    let json: String = KEY.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let debug = format!("{KEY:?}");
    let quoted = serde_json::to_string(KEY).unwrap();
    let encoded = STANDARD.encode(KEY);
    let forms = [
        KEY,
        &all,
        &all.to_lowercase(),
        &KEY.bytes().map(escape).collect::<String>(),
        &json,
        debug.trim_matches('"'),
        quoted.trim_matches('"'),
        encoded.trim_end_matches('='),
        // The beginning and the end of the key, which no escape changes.
        "rqsty-sk-Zq",
        "secret7431",
    ];
    for secret in forms {
        assert!(!printed.contains(secret), "{model}: the key as {secret}, in {printed}");
        // `Debug` of a text doubles its backslashes.
        assert!(!printed.contains(&secret.replace('\\', "\\\\")), "{model}: the key as {secret}, in {printed}");
    }
    assert!(!printed.contains("Quetzalcoatlus"), "{model}: the prompt, in {printed}");
    assert!(!printed.contains("gateway is a service"), "{model}: the answer, in {printed}");
    for words in answer.split_whitespace().collect::<Vec<_>>().chunks(3).filter(|words| words.len() == 3) {
        assert!(!printed.contains(&words.join(" ")), "{model}: the answer, in {printed}");
    }
}
