//! What a hostile server says of itself, in the spans of its calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use requesty_mock::{Mock, Script};
use requesty_parity::spans::Spans;
use serde_json::{Value, json};

use super::{Client, KEY, each, streamed, whole};

/// Longest text of a server in a span, in bytes.
const LONGEST: usize = 256;

#[test]
fn a_span_holds_no_key_nothing_long_and_no_control_character() {
    let json: String = KEY.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let html: String = KEY.bytes().map(|byte| format!("&#{byte};")).collect();
    let bearer = STANDARD.encode(format!("Bearer {KEY}"));
    let spellings = [KEY, &json, &percent, &html, &bearer, &STANDARD.encode(KEY)];
    let long = |length| format!("{}{KEY}{}", "x".repeat(250), "y".repeat(length));
    let echo = |spelled: &&str| format!("a\u{1b}[31m\r\n{spelled}\u{9b}b");
    // The id, the model and the reason.
    let mut echoes: Vec<[String; 3]> =
        spellings.iter().map(|spelled| [echo(spelled), echo(spelled), echo(spelled)]).collect();
    echoes.push([long(20_000_000), long(100_000), long(100_000)]);
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for echo in &echoes {
            mock.script("hostile", Script::by_mode(events(echo), Script::json(200, &reply(echo))));
            mock.script("refusing", Script::error(401, "router", &echo[1]));
            let spans = Spans::default();
            let said = tracing::subscriber::with_default(spans.clone(), || {
                let _ = client.send(&streamed(&mock, "hostile"));
                let _ = client.send(&whole(&mock, "hostile"));
                let mut dropped = client.stream(&streamed(&mock, "hostile")).unwrap();
                dropped.next_item().unwrap();
                drop(dropped);
                client.send(&whole(&mock, "refusing")).unwrap_err();
                spans.all()
            });
            for part in KEY.as_bytes().windows(8) {
                assert!(!said.contains(std::str::from_utf8(part).unwrap()), "{:.300}", echo[1]);
            }
            for spelled in &spellings[1..] {
                let length = 8 * spelled.len().div_ceil(KEY.len());
                for start in (0..spelled.len() - length).filter(|&at| spelled.is_char_boundary(at)) {
                    assert!(!said.contains(&spelled[start..start + length]), "{spelled}: {:.300}", echo[1]);
                }
            }
            let all = spans.take();
            assert_eq!(all.len(), 4);
            for (span, complete) in all.iter().zip([true, true, false, false]) {
                for (name, value) in span {
                    // An array holds one text more in quotes, whose backslashes are escaped.
                    let limit = if name.ends_with("finish_reasons") { 2 * LONGEST } else { LONGEST };
                    assert!(value.len() <= limit, "{name} has {} bytes", value.len());
                    assert!(!value.contains(char::is_control), "{name}: {value:?}");
                }
                // The test would pass where nothing is recorded.
                if complete {
                    assert!(span.contains_key("gen_ai.response.finish_reasons"), "{span:?}");
                }
            }
            assert!(all[..3].iter().all(|span| span.contains_key("gen_ai.response.id")), "{all:?}");
        }
    });
}

fn events([id, model, reason]: &[String; 3]) -> Script {
    let chunk = json!({
        "id": id,
        "model": model,
        "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": reason}],
    });
    Script::sse().event(&chunk).done()
}

fn reply([id, model, reason]: &[String; 3]) -> Value {
    json!({
        "id": id,
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": reason}],
    })
}
