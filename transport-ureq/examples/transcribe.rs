//! Writes down what is spoken in a sound file.
//!
//! ```text
//! cargo run -p requesty-ureq --example blocking_transcribe -- interview.wav
//! ```

mod support;

use std::{env, fs};

use requesty_ureq::audio::{Transcription, Usage};
use support::Failure;

fn main() -> Result<(), Failure> {
    let model = "openai/gpt-4o-mini-transcribe";
    let (client, router, model) = support::setup(model, model)?;
    // The end of the name says what kind of sound it is.
    let name = env::args().nth(1).unwrap_or_else(|| "silence.wav".to_owned());
    let sound = env::args().nth(1).map_or_else(|| Ok(support::files::silence()), fs::read)?;
    let transcription = Transcription::new(model, name, &sound).language("en");

    let transcript = client.send(&router.transcribe(&transcription)?)?;
    println!("{}", transcript.text);
    match &transcript.usage {
        Some(Usage::Tokens(usage)) => eprintln!("{} tokens", usage.total_tokens.unwrap_or_default()),
        Some(Usage::Duration(usage)) => eprintln!("{} seconds", usage.seconds.unwrap_or_default()),
        _ => {}
    }
    Ok(())
}
