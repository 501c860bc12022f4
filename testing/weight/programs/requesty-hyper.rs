use requesty_hyper::chat::Request;
use requesty_hyper::{Client, router_from_env};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::user("What is an LLM gateway?").model("openai/gpt-4o-mini");
    let mut stream = Client::new().stream(&router_from_env()?.chat_stream(&request)?).await?;
    while let Some(chunk) = stream.next_item().await? {
        print!("{}", chunk.text());
    }
    stream.finish().await?;
    Ok(())
}
