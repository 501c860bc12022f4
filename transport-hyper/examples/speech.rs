//! Speaks a text, and writes the audio to a file as it comes.
//!
//! ```text
//! cargo run --example speech -- The train leaves at noon.
//! cargo run --example speech -- --events The train leaves at noon.
//! ```
//!
//! The file is `speech.mp3`. `--events` asks for events, which say at the end what it took.

mod support;

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::process::ExitCode;

use requesty_hyper::audio::Speech;
use support::Setup;

const FILE: &str = "speech.mp3";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::end(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let text = support::prompt()?;
    if text.is_empty() {
        return Err("give a text, as an argument or on standard input".into());
    }
    let model = "openai/gpt-4o-mini-tts";
    let Setup { client, router, model, .. } = &support::setup(model, model)?;
    let speech = Speech::new(model, "coral", &text);
    let mut file = File::create(FILE).map_err(|error| format!("cannot write {FILE}: {error}"))?;
    let count = if support::flag("--events") {
        let mut stream = client.stream(&router.speech_stream(&speech)?).await?;
        while let Some(event) = stream.next_item().await? {
            file.write_all(event.audio())?;
        }
        let spoken = stream.finish().await?;
        let tokens = spoken.usage.and_then(|usage| usage.total_tokens);
        eprintln!("{} tokens", tokens.map_or("?".to_owned(), |tokens| tokens.to_string()));
        spoken.bytes
    } else {
        let mut stream = client.stream(&router.speech(&speech)?).await?;
        while let Some(bytes) = stream.next_item().await? {
            file.write_all(bytes)?;
        }
        stream.finish().await?
    };
    eprintln!("{FILE}: {count} bytes");
    if std::env::var_os("REQUESTY_API_KEY").is_none() {
        eprintln!("That is no audio: the mock writes the text where the sound would be.");
    }
    Ok(())
}
