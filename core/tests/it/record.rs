//! Recordings: what is kept, what is not, and that a replay is the same reply.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::chat::{Completion, Request};
use requesty_core::error::{Phase, Timeout};
use requesty_core::record::{RecordedEnd, Recorder, Recording};
use requesty_core::{ApiKey, Call, End, Error, Reply, Router, Step, http};

const KEY: &str = r#"rqsty-sk-Zq8%2F+x/7="\<&>%secret7431"#;
const STREAM: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Grüße, \"}}]}\n\n: alive\n\n\
     data: {\"choices\":[{\"delta\":{\"content\":\"Ada 😀\"},\"finish_reason\":\"stop\"}],\"usage\":{\"cost\":0.01}}\n\ndata: [DONE]\n\n";

/// Keeps the recordings of calls.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Vec<Recording>>>);

impl Shelf {
    fn recorder(&self) -> Recorder {
        let shelf = self.clone();
        Recorder::new(move |recording| shelf.0.lock().unwrap().push(recording))
    }

    fn take(&self) -> Recording {
        let mut all = std::mem::take(&mut *self.0.lock().unwrap());
        assert_eq!(all.len(), 1);
        all.remove(0)
    }
}

fn router() -> Router {
    Router::new(ApiKey::new(KEY).unwrap())
}

fn request() -> Request<'static> {
    Request::user("Hello").model("mock/text")
}

/// Reads a reply, cut into pieces, of which every other one comes by the room.
fn read<R: Reply>(
    call: &Call<R>,
    status: u16,
    pieces: &[&[u8]],
    end: Option<End>,
) -> Result<<R::Dialect as requesty_core::Dialect>::Total, Error> {
    let head = http::Response::builder().status(status).header("set-cookie", "a=b").header("x-echo", KEY);
    let mut machine = call.open(head.body(()).unwrap().into_parts().0, Duration::from_secs(7));
    let mut now = Duration::from_secs(7);
    for (number, piece) in pieces.iter().enumerate() {
        now += Duration::from_millis(3);
        let room = machine.room();
        if number % 2 == 0 && room.len() >= piece.len() {
            room[..piece.len()].copy_from_slice(piece);
            let _ = machine.commit_and_advance(piece.len(), || now);
        } else {
            let _ = machine.push_and_advance(piece, || now);
        }
        while let Ok(Step::Ready) = machine.advance() {}
    }
    if let Some(end) = end {
        machine.end(end);
    }
    while let Ok(Step::Ready) = machine.advance() {}
    machine.total().map_err(Error::from)
}

fn as_json(completion: &Completion) -> serde_json::Value {
    serde_json::to_value(completion).unwrap()
}

/// Whatever the cuts: the replay has them too, and gives the same total.
#[test]
fn a_replay_has_the_same_cuts_and_the_same_total() {
    let shelf = Shelf::default();
    let call = router().chat_stream(&request()).unwrap().with_recorder(shelf.recorder().with_content());
    let bytes = STREAM.as_bytes();
    let splits = (0..=bytes.len()).map(|at| vec![&bytes[..at], &bytes[at..]]);
    for pieces in splits.chain([bytes.chunks(1).collect(), vec![bytes]]) {
        let total = read(&call, 200, &pieces, Some(End::Clean)).unwrap();
        let recording = shelf.take();
        let cuts: Vec<&[u8]> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        assert_eq!(recording.pieces.iter().map(|piece| piece.bytes.as_deref().unwrap()).collect::<Vec<_>>(), cuts);
        assert_eq!(recording.length(), bytes.len());
        assert!(recording.pieces.windows(2).all(|pair| pair[0].at < pair[1].at));

        let read: Recording = recording.to_string().parse().unwrap();
        assert_eq!(read, recording);
        let mut texts = String::new();
        let replayed = read.replay_with(&call, |chunk| texts.push_str(chunk.text())).unwrap();
        assert_eq!((as_json(&replayed), texts.as_str()), (as_json(&total), "Grüße, Ada 😀"));
        // The replay was recorded too.
        let again = shelf.take();
        assert_eq!((&again.pieces, &again.target), (&recording.pieces, &recording.target));
    }
}

#[test]
fn a_replay_fails_as_the_reply_did() {
    let shelf = Shelf::default();
    let call = router().chat_stream(&request()).unwrap().with_recorder(shelf.recorder().with_content());
    let cut = || End::Cut(Arc::new(std::io::Error::other("reset")));
    let timed_out = || End::TimedOut(Timeout::new(Phase::IdleProgress, Duration::from_secs(90)));
    let half = &STREAM.as_bytes()[..70];
    let ends: [(Option<End>, Option<RecordedEnd>); 5] = [
        (Some(End::Clean), Some(RecordedEnd::Clean)),
        (Some(cut()), Some(RecordedEnd::Cut)),
        (Some(timed_out()), Some(RecordedEnd::TimedOut(Timeout::new(Phase::IdleProgress, Duration::from_secs(90))))),
        (Some(End::Cancelled), Some(RecordedEnd::Cancelled)),
        (None, None),
    ];
    for (end, recorded) in ends {
        let error = read(&call, 200, &[half], end).unwrap_err();
        let recording: Recording = shelf.take().to_string().parse().unwrap();
        assert_eq!(recording.end, recorded);
        let incomplete = recording.replay(&call).unwrap_err();
        shelf.take();
        assert_eq!(incomplete.partial().text(), "Grüße, ");
        if recorded.is_some() {
            let replayed = incomplete.error();
            assert_eq!(std::mem::discriminant(replayed), std::mem::discriminant(&error), "{replayed:?} {error:?}");
            assert_eq!(replayed.is_timeout(), error.is_timeout());
        }
    }
    let whole = router().chat(&request()).unwrap().with_recorder(shelf.recorder().with_content());
    let body = br#"{"error":{"origin":"router","message":"down"}}"#;
    let error = read(&whole, 503, &[body], Some(End::Clean)).unwrap_err();
    let replayed = shelf.take().replay(&whole).unwrap_err();
    assert_eq!((replayed.status(), replayed.to_string()), (error.status(), error.to_string()));
}

/// The key, spelled in every way that a server may echo it, and cut in every place.
#[test]
fn no_recording_holds_the_key() {
    use base64::Engine as _;
    let shelf = Shelf::default();
    let call = router().chat_stream(&request()).unwrap().with_recorder(shelf.recorder().with_content());
    let quoted = serde_json::to_string(KEY).unwrap();
    let json: String = KEY.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let percent: String = KEY.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("Bearer {KEY}"));
    for spelled in [KEY, quoted.trim_matches('"'), &json, &percent, &base64] {
        let body = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"no: {spelled} .\"}}}}]}}\n\n");
        let bytes = body.as_bytes();
        for at in 0..bytes.len() {
            let _ = read(&call, 200, &[&bytes[..at], &bytes[at..]], Some(End::Clean));
            let recording = shelf.take();
            let lengths: Vec<usize> = recording.pieces.iter().map(|piece| piece.length).collect();
            assert_eq!(lengths, [at, bytes.len() - at].into_iter().filter(|&length| length > 0).collect::<Vec<_>>());
            let kept: Vec<u8> = recording.pieces.iter().flat_map(|piece| piece.bytes.clone().unwrap()).collect();
            let kept = String::from_utf8(kept).unwrap();
            assert!(kept.starts_with("data: {\"choices\"") && kept.ends_with(" .\"}}]}\n\n"), "{kept}");
            assert!(!kept.contains(spelled) && kept.contains("****"), "{kept}");
            let lines = recording.to_string();
            assert!(!lines.contains("secret7431") && !lines.contains("rqsty-sk"), "{lines}");
        }
        // A body that breaks off within the key shows no more than a few characters of it.
        let within = body.find(spelled).unwrap() + spelled.len() * 3 / 4;
        let _ = read(&call, 200, &[&bytes[..within]], None);
        let kept = shelf.take().pieces[0].bytes.clone().unwrap();
        assert!(!String::from_utf8_lossy(&kept).contains(&spelled[..spelled.len() / 2]));
    }
}

#[test]
fn without_content_there_are_times_and_lengths() {
    let shelf = Shelf::default();
    let call = router().with_recorder(shelf.recorder()).chat_stream(&request()).unwrap();
    let (front, back) = STREAM.as_bytes().split_at(60);
    read(&call, 200, &[front, back], Some(End::Clean)).unwrap();
    let recording = shelf.take();
    let lines = recording.to_string();
    assert_eq!(
        lines.lines().collect::<Vec<_>>(),
        [
            r#"{"recording":1,"target":"https://router.requesty.ai/v1/chat/completions","status":200,"headers":[["x-echo","[key]"]]}"#,
            r#"{"at_us":3000,"length":60}"#,
            &format!(r#"{{"at_us":6000,"length":{}}}"#, back.len()),
            r#"{"end":"clean"}"#,
        ]
    );
    assert_eq!(lines.parse(), Ok(recording.clone()));
    assert!(matches!(recording.replay(&call).unwrap_err().error(), Error::Build(_)));
    assert!(!format!("{recording:?} {call:?} {:?}", shelf.recorder()).contains("Ada"));
}

#[test]
fn lines_that_are_no_recording_are_named() {
    let head = r#"{"recording":1,"target":"","status":200,"headers":[]}"#;
    for (line, lines) in [
        (1, String::new()),
        (1, "{}".to_owned()),
        (1, head.replace(":1", ":2")),
        (2, format!("{head}\n{{\"at_us\":1,\"length\":2,\"text\":\"abc\"}}")),
        (2, format!("{head}\n{{\"at_us\":1,\"length\":1,\"hex\":\"+1\"}}")),
        (2, format!("{head}\n{{\"at_us\":1,\"length\":2,\"hex\":\"123\"}}")),
        (2, format!("{head}\n{{\"at_us\":1,\"length\":1,\"hex\":\"61\",\"text\":\"a\"}}")),
        (4, format!("{head}\n\n{{\"end\":\"cut\"}}\n{{\"at_us\":1,\"length\":1}}")),
    ] {
        let error = lines.parse::<Recording>().unwrap_err();
        assert_eq!(error.line(), line, "{lines}: {error}");
        assert!(error.to_string().starts_with(&format!("line {line} ")));
    }
}
