//! Compares sentences by their meaning: which are closest to the first one?
//!
//! `embeddings [sentence]...`

mod support;

use std::process::ExitCode;

use requesty_ureq::{Client, embeddings};
use support::{Failure, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let usual = ["The cat sleeps on the sofa.", "A cat lies on the sofa.", "The dog sleeps.", "Interest rates fell."];
    let sentences = if words.is_empty() { usual.map(str::to_owned).to_vec() } else { words };

    let target = target("openai/text-embedding-3-small", "mock/embedding")?;
    // In base64 the vectors are about a third of the bytes; what is read is the same.
    let request =
        embeddings::Request::new(&sentences).model(&target.model).encoding_format(embeddings::EncodingFormat::Base64);
    let reply = Client::new().send(&target.router.embeddings(&request)?)?.into_inner();

    let vectors: Vec<&[f32]> = reply.vectors().collect();
    let Some(first) = vectors.first() else { return Ok(()) };
    let mut close: Vec<(f32, &String)> = vectors.iter().map(|vector| cosine(first, vector)).zip(&sentences).collect();
    close.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (similarity, sentence) in close {
        println!("{similarity:6.3}  {sentence}");
    }
    let tokens = reply.usage.as_ref().and_then(|usage| usage.total_tokens).unwrap_or_default();
    eprintln!("{}: {tokens} tokens, {} dimensions", reply.model.as_deref().unwrap_or("a model"), first.len());
    Ok(())
}

/// Returns how alike two directions are: 1 for the same, 0 for nothing in common.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}
