use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use std::io::Write;

const BODY: &str =
    r#"{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"What is an LLM gateway?"}]}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = format!("{}/chat/completions", std::env::var("REQUESTY_BASE_URL")?);
    let https = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
    let client = Client::builder(TokioExecutor::new()).build(https);
    let key = format!("Bearer {}", std::env::var("REQUESTY_API_KEY")?);
    let request = Request::post(url).header("authorization", key).header("content-type", "application/json");
    let mut body = client.request(request.body(Full::new(Bytes::from(BODY)))?).await?.into_body();
    while let Some(frame) = body.frame().await {
        if let Some(bytes) = frame?.data_ref() {
            std::io::stdout().write_all(bytes)?;
        }
    }
    Ok(())
}
