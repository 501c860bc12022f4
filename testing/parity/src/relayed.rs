//! Which bytes of a case's reply a relay passes on.

use std::time::Duration;

use requesty_core::{Call, Reply, Step, http};
use requesty_mock::{Ask, Ending, Response as Played, find};

use crate::{Case, scripts};

/// Checks that `relayed` is what the mock sent for a case, byte for byte, up to the end of the answer.
///
/// # Errors
/// What differs, in words.
pub fn check_relayed<R: Reply>(case: &Case, call: &Call<R>, relayed: &[u8]) -> Result<(), String> {
    let Some(played) = played(case, call.request().body()) else { return Err("it has no script".to_owned()) };
    let (relayed, wanted) = (comparable(relayed), comparable(&sent(call, &played)));
    let (start, rest) = relayed.split_at(wanted.len().min(relayed.len()));
    let repeats = match &played.ending {
        Ending::Repeat { bytes, .. } => rest.chunks(bytes.len()).all(|piece| bytes.starts_with(piece)),
        _ => rest.is_empty(),
    };
    if start == wanted && repeats {
        return Ok(());
    }
    let [got, wanted] = [&relayed, &wanted].map(|bytes| String::from_utf8_lossy(bytes));
    Err(format!("{} bytes for {}:\n{got:?}\n{wanted:?}", got.len(), wanted.len()))
}

/// What the mock plays for the last request of a case.
fn played(case: &Case, body: &[u8]) -> Option<Played> {
    let last = case.posts().saturating_sub(1);
    if let Some((_, script)) = scripts().into_iter().find(|(name, _)| *name == case.scenario) {
        return Some(script.response(case.streamed, last));
    }
    let ask = Ask::from_body(serde_json::from_slice(body).ok()?);
    Some(find(case.scenario)?.script(&ask).response(case.streamed, last))
}

/// The shortest beginning of a body with which its answer is over.
fn sent<R: Reply>(call: &Call<R>, played: &Played) -> Vec<u8> {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = http::StatusCode::from_u16(played.status).unwrap_or_default();
    let mut machine = call.open(head, Duration::ZERO);
    let body = played.body();
    for (before, byte) in body.iter().enumerate() {
        machine.push(&[*byte], Duration::ZERO);
        loop {
            match machine.advance() {
                Ok(Step::Ready) => {}
                Ok(Step::NeedBytes) => break,
                _ => return body.into_iter().take(before + 1).collect(),
            }
        }
    }
    body
}

/// Makes the ids that differ for each request the same, and leaves out an LF that may have come apart from the last CR.
fn comparable(bytes: &[u8]) -> Vec<u8> {
    const ID: &[u8] = b"rqsty-cmpl-00000000-0000-4000-8000-";
    const SERIAL: usize = 12;
    let mut bytes = bytes.to_vec();
    if bytes.ends_with(b"\r\n\r\n") {
        bytes.pop();
    }
    for at in 0..bytes.len() {
        let Some(rest) = bytes.get_mut(at..).filter(|rest| rest.starts_with(ID)) else { continue };
        rest.iter_mut().skip(ID.len()).take(SERIAL).for_each(|digit| *digit = b'0');
    }
    bytes
}
