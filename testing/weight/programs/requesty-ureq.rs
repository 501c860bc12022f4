use requesty_ureq::chat::Request;
use requesty_ureq::{Client, router_from_env};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = Request::user("What is an LLM gateway?").model("openai/gpt-4o-mini");
    let mut stream = Client::new().stream(&router_from_env()?.chat_stream(&request)?)?;
    while let Some(chunk) = stream.next_item()? {
        print!("{}", chunk.text());
    }
    stream.finish()?;
    Ok(())
}
