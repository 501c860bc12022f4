//! The endpoints of embeddings.

use requesty_core::embeddings::{EncodingFormat, Request};

use crate::support::endpoint;

const MODEL: &str = "openai/text-embedding-3-small";

endpoint!(embeds_as_floats, |router| router.embeddings(&Request::new("A text.").model(MODEL)), |bench| {
    let texts = ["The cat sat.", "The cat sat.", "Stocks fell."];
    let embeddings = bench.send(bench.router.embeddings(&Request::new(texts).model(MODEL).end_user("u")));
    let vectors: Vec<&[f32]> = embeddings.vectors().collect();
    assert_eq!((vectors.len(), vectors[0].len()), (3, 1536));
    assert_eq!(vectors[0], vectors[1]);
    assert_ne!(vectors[0], vectors[2]);
    let length: f32 = vectors[0].iter().map(|number| number * number).sum();
    assert!((length - 1.0).abs() < 1e-3, "{length}");
    assert_eq!(embeddings.data[2].index, 2);
    assert_eq!(embeddings.model.as_deref(), Some(MODEL));
    assert_eq!(embeddings.usage.as_ref().and_then(|usage| usage.prompt_tokens), Some(8));
    bench.saw("POST /v1/embeddings");
});

endpoint!(embeds_in_base64, |router| router.embeddings(&base64(&[1, 2])), |bench| {
    let tokens = [9906, 1917, 13];
    let encoded = bench.send(bench.router.embeddings(&base64(&tokens)));
    bench.saw("POST /v1/embeddings");
    let floats = bench.send(bench.router.embeddings(&Request::new(tokens).model(MODEL).dimensions(300)));
    assert_eq!(encoded.data[0].vector, floats.data[0].vector);
    assert_eq!((encoded.data.len(), encoded.data[0].vector.len()), (1, 300));
    let lists = [vec![9906], vec![1917, 13]];
    let several = bench.send(bench.router.embeddings(&Request::new(&lists).model(MODEL).dimensions(3)));
    assert_eq!(several.into_vectors().len(), 2);
    bench.saw("POST /v1/embeddings");
});

fn base64(tokens: &[u32]) -> Request<'_> {
    Request::new(tokens).model(MODEL).dimensions(300).encoding_format(EncodingFormat::Base64)
}
