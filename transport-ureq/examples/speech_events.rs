//! Speaks a text as events, which say at the end how many tokens it took.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_speech_events -- The train leaves at noon.
//! ```

mod support;

use std::fs::File;
use std::io::Write;

use requesty_ureq::audio::Speech;
use support::Failure;

fn main() -> Result<(), Failure> {
    let model = "openai/gpt-4o-mini-tts";
    let (client, router, model) = support::setup(model, model)?;
    let text = support::words_or("The train leaves at noon.");
    let speech = Speech::new(model, "coral", &text);

    let mut file = File::create("speech.mp3")?;
    let mut stream = client.stream(&router.speech_stream(&speech)?)?;
    while let Some(event) = stream.next_item()? {
        file.write_all(event.audio())?;
    }
    let spoken = stream.finish()?;
    let tokens = spoken.usage.and_then(|usage| usage.total_tokens);
    eprintln!("speech.mp3: {} bytes, {} tokens", spoken.bytes, tokens.unwrap_or_default());
    Ok(())
}
