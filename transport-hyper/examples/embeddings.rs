//! Compares texts by their meaning: which are closest to the first one?
//!
//! ```text
//! cargo run -p requesty-hyper --example embeddings -- "The cat sleeps." "A cat is asleep." "Interest rates fell."
//! ```

mod support;

use std::env;

use requesty_hyper::embeddings::{EncodingFormat, Request};
use support::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let (client, router, model) = support::setup("openai/text-embedding-3-small", "mock/embedding")?;
    let mut texts: Vec<String> = env::args().skip(1).collect();
    if texts.is_empty() {
        texts = ["The cat sleeps on the sofa.", "A cat lies on the sofa.", "Interest rates fell."]
            .map(str::to_owned)
            .to_vec();
    }
    // In base64 the vectors are about a third of the bytes; what is read is the same.
    let request = Request::new(&texts).model(model).encoding_format(EncodingFormat::Base64);
    let reply = client.send(&router.embeddings(&request)?).await?;

    let first = reply.vectors().next().ok_or("there is no vector in the reply")?;
    let mut close: Vec<(f32, &String)> = reply.vectors().map(|vector| cosine(first, vector)).zip(&texts).collect();
    close.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (similarity, text) in close {
        println!("{similarity:6.3}  {text}");
    }
    eprintln!("{} dimensions", first.len());
    Ok(())
}

/// Returns how alike two directions are: 1 for the same, 0 for nothing in common.
fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}
