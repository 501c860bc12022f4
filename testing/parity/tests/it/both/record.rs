//! What a client recorded is replayed without a socket: with its cuts, with the same total, and without the key.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use requesty_core::Incomplete;
use requesty_core::record::{RecordedEnd, Recorder, Recording};
use requesty_mock::{Ask, Ending, Mock, Script, Step, find};

use super::{Client, KEY, each, ms, router, streamed, whole};

/// Makes a recorder with content, and the place where its recordings are.
fn recorder() -> (Recorder, Arc<Mutex<Vec<Recording>>>) {
    let recordings = Arc::<Mutex<Vec<Recording>>>::default();
    let shelf = recordings.clone();
    (Recorder::new(move |recording| shelf.lock().unwrap().push(recording)).with_content(), recordings)
}

/// Reads a recording from its lines.
fn read(lines: &str) -> Recording {
    lines.parse().unwrap()
}

fn pieces(recording: &Recording) -> Vec<Vec<u8>> {
    recording.pieces.iter().map(|piece| piece.bytes.as_deref().unwrap().to_vec()).collect()
}

#[test]
fn a_stream_is_replayed_with_the_cuts_of_the_network() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        let reply = find("mock/text").unwrap().script(&Ask::new("mock/text", true)).response(true, 0);
        // Pieces of odd lengths, each a write of its own, which a pause keeps apart from the next.
        let (mut script, mut rest, mut length) = (Script::sse(), reply.body(), 1);
        while !rest.is_empty() {
            let piece: Vec<u8> = rest.drain(..length.min(rest.len())).collect();
            script = script.send(piece).pause(ms(3));
            length = (length * 3) % 251 + 40;
        }
        let sent: Vec<Vec<u8>> = script
            .response(true, 0)
            .steps
            .into_iter()
            .filter_map(|step| if let Step::Send(bytes) = step { Some(bytes.to_vec()) } else { None })
            .collect();
        mock.reply(script);
        let (recorder, recordings) = recorder();
        let call = streamed(&mock, "mock/text").with_recorder(recorder);
        let total = client.send(&call).unwrap();
        let recording = recordings.lock().unwrap().pop().unwrap();
        // The client may stop at `[DONE]`, and a busy machine may join two writes.
        let kept = pieces(&recording);
        assert_eq!(kept.concat(), sent.concat()[..recording.length()]);
        assert!(sent.len() > 10 && kept.len() > sent.len() / 2, "{} of {}", kept.len(), sent.len());
        assert!(recording.pieces.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(recording.pieces.last().unwrap().at >= ms(20));

        drop(mock);
        let replayed = read(&recording.to_string()).replay(&call).unwrap();
        assert_eq!(serde_json::to_value(&replayed).unwrap(), serde_json::to_value(&*total).unwrap());
        assert_eq!(pieces(&recordings.lock().unwrap().pop().unwrap()), kept);
    });
}

#[test]
fn each_attempt_is_recorded_and_a_cut_is_replayed() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let (recorder, recordings) = recorder();
        mock.reply(Script::error(503, "router", "down"));
        let good = find("mock/text").unwrap().script(&Ask::new("mock/text", true)).response(true, 0).body();
        mock.reply(Script::sse().send(good[..700].to_vec()).ending(Ending::Cut));
        let call = router(&mock).with_recorder(recorder);
        let request = requesty_core::chat::Request::user("What is an LLM gateway?").model("mock/text");
        let call = call.chat_stream(&request).unwrap();
        let incomplete = Client::new(transport).send(&call).unwrap_err();
        let taken = std::mem::take(&mut *recordings.lock().unwrap());
        let statuses: Vec<u16> = taken.iter().map(|recording| recording.status).collect();
        assert_eq!((statuses, taken[1].end), (vec![503, 200], Some(RecordedEnd::Cut)));
        let replayed = read(&taken[1].to_string()).replay(&call).unwrap_err();
        assert_eq!(replayed.partial().text(), incomplete.partial().text());
        let refused = read(&taken[0].to_string()).replay(&call).unwrap_err();
        assert_eq!(refused.status().map(|status| status.as_u16()), Some(503));
    });
}

#[test]
fn no_recording_holds_the_key_that_a_server_echoes() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        let client = Client::new(transport);
        for spelling in ["raw", "json", "percent", "base64"] {
            let model = format!("mock/echo-key-{spelling}");
            let (recorder, recordings) = recorder();
            let call = whole(&mock, &model).with_recorder(recorder);
            let error = client.send(&call).map(|_| ()).map_err(Incomplete::into_parts).unwrap_err().1;
            let recording = recordings.lock().unwrap().pop().unwrap();
            let lines = recording.to_string();
            let json: String = KEY.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let body = String::from_utf8(pieces(&recording).concat()).unwrap();
            for secret in [KEY, "rqsty-sk", "Tuvw", &json, &percent, STANDARD.encode(KEY).trim_end_matches('=')] {
                assert!(!lines.contains(secret) && !body.contains(secret), "{model}: {secret} in {lines}");
            }
            assert!(body.contains("****"), "{model}: {body}");
            let replayed = read(&lines).replay(&call).unwrap_err();
            assert_eq!((replayed.status(), replayed.kind()), (error.status(), error.kind()), "{model}");
        }
    });
}
