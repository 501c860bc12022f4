//! Streams that were recorded from providers.

use std::path::PathBuf;

use base64::Engine as _;
use serde_json::Value;

use super::{Corpus, Expected, Stream};

/// `recorded`: the cases of the conformance folder that are tagged as recorded and are complete, in order of file and place.
///
/// # Panics
/// Panics where the folder holds something else than such cases.
pub(super) fn recorded() -> Option<Corpus> {
    let folder = std::env::var_os("REQUESTY_CONFORMANCE")?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("chat_")));
    files.sort();
    let mut streams = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).expect("a file of cases");
        let source: Value = serde_json::from_slice(&bytes).expect("a file of cases");
        streams.extend(source["cases"].as_array().into_iter().flatten().filter_map(stream));
    }
    (!streams.is_empty()).then_some(Corpus { name: "recorded", streams })
}

/// Reads a case; `None` where it is not recorded, or not complete.
fn stream(case: &Value) -> Option<Stream> {
    if !case["tags"].as_array()?.iter().any(|tag| tag == "recorded") {
        return None;
    }
    let expect = &case["expect"];
    let choices = expect["choices"].as_array()?;
    if !expect["error"].is_null() || choices.iter().any(|choice| choice["finish_reason"].is_null()) {
        return None;
    }
    let mut expected = Expected {
        chunks: expect["chunks"].as_u64()? as usize,
        finish_reason: choices.first()?["finish_reason"].as_str().map(str::to_owned),
        interleaved: choices.len() > 1,
        ..Expected::default()
    };
    for choice in choices {
        expected.text += choice["content"].as_str().unwrap_or_default();
        expected.reasoning += choice["reasoning"].as_str().unwrap_or_default();
        for call in choice["tool_calls"].as_array().into_iter().flatten() {
            expected.arguments += call["arguments"].as_str().unwrap_or_default();
        }
    }
    let body = base64::engine::general_purpose::STANDARD.decode(case["input_b64"].as_str()?).ok()?;
    let ends: Vec<usize> = memchr::memmem::find_iter(&body, b"\n\n").map(|at| at + 2).collect();
    let events = expected.chunks + usize::from(expect["done"] == true);
    Some(Stream { body: body.into(), ends: ends.into(), events, expected })
}
