const BODY: &str =
    r#"{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"What is an LLM gateway?"}]}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = format!("{}/chat/completions", std::env::var("REQUESTY_BASE_URL")?);
    let key = format!("Bearer {}", std::env::var("REQUESTY_API_KEY")?);
    let request = ureq::post(url).header("authorization", key).header("content-type", "application/json");
    let mut body = request.send(BODY)?.into_body().into_reader();
    std::io::copy(&mut body, &mut std::io::stdout())?;
    Ok(())
}
