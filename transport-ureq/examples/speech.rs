//! Speaks a text, and writes the sound to a file as it comes.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_speech -- The train leaves at noon.
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
    let mut stream = client.stream(&router.speech(&speech)?)?;
    while let Some(bytes) = stream.next_item()? {
        file.write_all(bytes)?;
    }
    eprintln!("speech.mp3: {} bytes", stream.finish()?);
    Ok(())
}
