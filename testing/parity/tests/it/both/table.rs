//! Every case of the table, over real sockets.

use std::time::{Duration, Instant};

use requesty_core::chat::Completion;
use requesty_core::{Error, Incomplete, Router};
use requesty_mock::Mock;
use requesty_parity::{Case, cases, outcome, router, scripts, stream_call, whole_call};

use super::{Client, each};

type Outcome = Result<Completion, Incomplete<Completion>>;

#[test]
fn every_case_comes_out_as_the_table_says() {
    each(|transport| {
        let mock = Mock::start().unwrap();
        for (model, script) in scripts() {
            mock.script(model, script);
        }
        let (client, router) = (Client::new(transport), router(&mock.base_url()).unwrap());
        let mut wrong = Vec::new();
        for case in cases() {
            mock.clear();
            let start = Instant::now();
            let result = if case.streamed {
                streamed(&client, &router, case)
            } else {
                let sent = client.send(&whole_call(&router, case).unwrap());
                sent.map(|received| received.into_inner())
            };
            // Shorter than the idle limits: the end mark ends a stream, though the connection stays open.
            assert!(start.elapsed() < Duration::from_secs(10), "{}", case.scenario);
            let got = (outcome(&result), mock.hits(case.scenario), mock.complaints());
            if got != (case.expect.to_owned(), case.posts(), Vec::new()) {
                let Case { scenario, streamed, expect, .. } = case;
                wrong.push(format!("{scenario} streamed={streamed}\n  got:    {got:?}\n  wanted: {expect}"));
            }
        }
        assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
    });
}

/// Reads a stream item by item; all the pieces of text are the text.
fn streamed(client: &Client, router: &Router, case: &Case) -> Outcome {
    let call = stream_call(router, case).unwrap();
    let mut stream = client.stream(&call).map_err(|error| Incomplete::new(Completion::default(), error))?;
    let mut text = String::new();
    let failure = loop {
        match stream.next_item() {
            Ok(Some(chunk)) => text.push_str(chunk.text()),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let result = stream.finish();
    let completion = result.as_ref().unwrap_or_else(|incomplete| incomplete.partial());
    assert_eq!(text, completion.text(), "{}", case.scenario);
    if let Err(incomplete) = &result {
        // An event that cannot be read is an item, and no end; only the total is an error then.
        let said = failure.map_or("decode".to_owned(), |error| error.to_string());
        let is_decode = matches!(incomplete.error(), Error::Decode(_));
        assert!(is_decode || said == incomplete.error().to_string(), "{}: {said}", case.scenario);
    } else {
        assert!(failure.is_none(), "{}", case.scenario);
    }
    result
}
