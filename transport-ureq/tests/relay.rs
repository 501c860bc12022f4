//! Replies that are passed on: the bytes that the mock sent, up to the end of the answer, and the same total.
#![cfg(feature = "ureq")]

use requesty_mock::Mock;
use requesty_parity::{Case, cases, check_relayed, outcome, router, scripts, stream_call, whole_call};
use requesty_ureq::chat::Completion;
use requesty_ureq::{Call, Client, Dialect, Incomplete, Reply};

#[test]
fn every_case_is_relayed_byte_for_byte_and_adds_up_to_the_same() {
    let mock = Mock::start().unwrap();
    for (model, script) in scripts() {
        mock.script(model, script);
    }
    let (client, router) = (Client::new(), router(&mock.base_url()).unwrap());
    let mut wrong = Vec::new();
    for case in cases() {
        mock.clear();
        let result = if case.streamed {
            relay(&client, case, stream_call(&router, case).unwrap())
        } else {
            relay(&client, case, whole_call(&router, case).unwrap())
        };
        if let Err(problem) = result {
            wrong.push(format!("{} streamed={}: {problem}", case.scenario, case.streamed));
        }
        assert_eq!(mock.hits(case.scenario), case.posts(), "{}", case.scenario);
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn relay<R>(client: &Client, case: &Case, call: Call<R>) -> Result<(), String>
where
    R: Reply<Dialect: Dialect<Total = Completion, Partial = Completion>>,
{
    let mut stream = match client.stream(&call.clone().relaying()) {
        Ok(stream) => stream,
        Err(error) => {
            let said = outcome(&Err(Incomplete::new(Completion::default(), error)));
            return if said == case.expect { Ok(()) } else { Err(said) };
        }
    };
    let mut relayed = Vec::new();
    while let Ok(Some(bytes)) = stream.next_bytes() {
        assert!(!bytes.is_empty());
        relayed.extend_from_slice(&bytes);
    }
    let said = outcome(&stream.finish());
    if said != case.expect {
        return Err(said);
    }
    check_relayed(case, &call, &relayed)
}
