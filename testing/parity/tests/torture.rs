//! Every scenario's body, cut after every byte: what came is there, nothing is made up, and no cut is called complete.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use requesty_core::chat::{Chunks, Completion, Message, Request};
use requesty_core::{ApiKey, Call, End, Incomplete, Router, Step, http};
use requesty_mock::{Ask, scenarios};

/// Bodies up to here are cut at every byte. Most of the longer ones tell the same long answer: they are cut at every 61st,
/// unless `REQUESTY_TORTURE` is `all`, which takes minutes.
const SMALL: usize = 2048;

struct Played {
    total: Result<Completion, Incomplete<Completion>>,
    texts: String,
}

impl Played {
    fn completion(&self) -> &Completion {
        match &self.total {
            Ok(completion) => completion,
            Err(incomplete) => incomplete.partial(),
        }
    }
}

#[test]
fn no_cut_is_called_complete_and_nothing_is_lost_or_made_up() {
    let (mut bodies, mut cuts) = (0, 0);
    let small = if std::env::var("REQUESTY_TORTURE").is_ok_and(|what| what == "all") { usize::MAX } else { SMALL };
    for scenario in scenarios() {
        let reply = scenario.script(&Ask::new(scenario.name(), true)).response(true, 0);
        let body = reply.body();
        if reply.status != 200 || body.len() > 64 * 1024 {
            continue;
        }
        bodies += 1;
        let content_type = reply.header("content-type").unwrap_or_default().to_owned();
        let encoding = reply.header("content-encoding").map(str::to_owned);
        let call = call();
        let play = |body: &[u8], end: End| play(&call, &content_type, encoding.as_deref(), body, end);
        let whole = play(&body, End::Clean);
        let all = whole.completion().text().into_owned();
        let mut longest = 0;
        for at in (0..body.len()).step_by(if body.len() > small { 61 } else { 1 }) {
            for end in [cut(), End::Clean] {
                cuts += 1;
                let played = play(&body[..at], end.clone());
                let row = format!("{} cut at {at}, {end:?}", scenario.name());
                let completion = played.completion();
                let text = completion.text().into_owned();
                assert!(all.starts_with(&text), "{row}: {text:?} is not the beginning of {all:?}");
                if played.total.is_ok() {
                    assert!(!completion.choices.is_empty(), "{row}");
                    let finished = completion.choices.iter().all(|choice| choice.finish_reason.is_some());
                    assert!(finished, "{row}: complete without a finish reason");
                } else if completion.finish_reason().is_none() {
                    assert_eq!(completion.tool_calls().count(), 0, "{row}: a call to run that was cut");
                }
                if let Some(first) = completion.choices.first().filter(|first| first.index == 0) {
                    assert_eq!(played.texts, first.message.text(), "{row}: the items are not the total");
                }
                if matches!(end, End::Cut(_)) {
                    assert!(text.len() >= longest, "{row}: what had arrived is lost");
                    longest = text.len();
                }
            }
        }
    }
    println!("{bodies} bodies, {cuts} cuts");
    assert!(bodies > 100 && cuts > 50_000);
}

fn call() -> Call<Chunks> {
    let messages = [Message::user("hi")];
    let router = Router::new(ApiKey::new("rqsty-sk-torture").unwrap());
    router.chat_stream(&Request::new(&messages)).unwrap()
}

fn cut() -> End {
    End::Cut(Arc::new(io::Error::from(io::ErrorKind::ConnectionReset)))
}

fn play(call: &Call<Chunks>, content_type: &str, encoding: Option<&str>, body: &[u8], end: End) -> Played {
    let mut head = http::Response::builder().header("content-type", content_type);
    if let Some(encoding) = encoding {
        head = head.header("content-encoding", encoding);
    }
    let mut machine = call.open(head.body(()).unwrap().into_parts().0, Duration::ZERO);
    let mut pieces = body.chunks(509);
    let mut end = Some(end);
    let mut texts = String::new();
    loop {
        match machine.advance() {
            Ok(Step::Ready) => texts.push_str(machine.item().text()),
            Ok(Step::NeedBytes) => match pieces.next() {
                Some(piece) => machine.push(piece, Duration::ZERO),
                None => machine.end(end.take().expect("asked for bytes after the end")),
            },
            Ok(Step::Done) | Err(_) => break,
        }
    }
    Played { total: machine.total(), texts }
}
