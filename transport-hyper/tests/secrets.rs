//! After every scenario that the mock knows, nothing that can be printed shows key, prompt or answer.
#![cfg(feature = "hyper")]

mod support;

use std::error::Error as StdError;
use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use requesty_hyper::chat::{Message, Request};
use requesty_hyper::requesty_core::Timeouts;
use requesty_hyper::{ApiKey, Client, Policy, Router};
use requesty_mock::{MockRouter, Outcome, scenarios};
use support::ms;

const KEY: &str = r#"rqsty-sk-Zq+/="\<&>%secret7431"#;
const PROMPT: &str = "xylophone-prompt-5512";
/// What the mock's answers say.
const ANSWER: &str = "gateway is a service";

fn forbidden() -> Vec<String> {
    let percent = |keep: fn(u8) -> bool| {
        let escape = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        KEY.bytes().map(escape).collect::<String>()
    };
    let json = serde_json::to_string(KEY).unwrap();
    let debug = format!("{KEY:?}");
    let json = json.trim_matches('"').to_owned();
    vec![
        KEY.to_owned(),
        "secret7431".to_owned(),
        percent(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)),
        BASE64_STANDARD.encode(KEY).trim_end_matches('=').to_owned(),
        debug.trim_matches('"').to_owned(),
        json,
        PROMPT.to_owned(),
        ANSWER.to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_printed_shows_key_prompt_or_answer() {
    let mock = MockRouter::start().unwrap();
    let client = Client::new();
    let timeouts = Timeouts::default().with_first_byte(ms(150)).with_idle_bytes(ms(100)).with_idle_progress(ms(150));
    let router = Router::new(ApiKey::new(KEY).unwrap()).with_inference_base(&mock.base_url()).unwrap();
    let router = router.with_policy(Policy::none()).with_timeouts(timeouts);
    let forbidden = forbidden();
    let failing = scenarios().iter().filter(|scenario| {
        !matches!(scenario.outcome(), Outcome::Complete | Outcome::Stopped) && scenario.name() != "mock/endless"
    });
    let mut failures = 0;
    for scenario in failing {
        let model = scenario.name().strip_suffix('N').map_or(scenario.name().to_owned(), |stem| format!("{stem}250"));
        let messages = [Message::user(PROMPT)];
        let request = Request::new(&messages).model(model.as_str());
        let streamed = router.chat_stream(&request).unwrap();
        let whole = router.chat(&request).unwrap();
        let mut shown = format!("{client:?} {router:?} {streamed:?} {whole:#?}");
        if let Err(incomplete) = client.send(&whole).await {
            failures += 1;
            show(&mut shown, &incomplete);
            show(&mut shown, incomplete.error());
        }
        match client.open(&streamed).await {
            Err(error) => show(&mut shown, &error),
            Ok(mut stream) => {
                while let Ok(Some(_)) = stream.next_item().await {}
                write!(shown, "{stream:?} {stream:#?} {:?} {:?}", stream.head(), stream.dialect()).unwrap();
                if let Err(incomplete) = stream.finish().await {
                    failures += 1;
                    show(&mut shown, &incomplete);
                    show(&mut shown, incomplete.error());
                }
            }
        }
        for secret in &forbidden {
            assert!(!shown.contains(secret.as_str()), "{model} shows {secret}:\n{shown}");
        }
    }
    assert!(failures > 50, "{failures}");
}

/// Writes an error and all its causes in every form.
fn show(shown: &mut String, error: &(dyn StdError + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(shown, "{error} {error:?} {error:#?}").unwrap();
        next = error.source();
    }
}
