//! Writes down what is said in an audio file.
//!
//! ```text
//! transcribe [--language=CODE] [FILE]
//! ```
//!
//! Without a file, a second of silence is sent.

mod support;

use std::path::Path;
use std::process::ExitCode;

use requesty_ureq::Client;
use requesty_ureq::audio::{Transcription, Usage};
use support::{Failure, run, target};

fn main() -> ExitCode {
    run(example)
}

fn example() -> Result<(), Failure> {
    let (options, files): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let (name, data) = match &files[..] {
        [] => ("silence.wav".to_owned(), silence()),
        [path] => {
            let name = Path::new(path).file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into());
            (name, std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?)
        }
        _ => return Err("usage: transcribe [--language=CODE] [FILE]".into()),
    };

    let target = target("openai/gpt-4o-mini-transcribe", "openai/gpt-4o-mini-transcribe")?;
    let mut transcription = Transcription::new(&target.model, name, &data);
    for option in &options {
        let code = option.strip_prefix("--language=").ok_or_else(|| format!("unknown option {option}"))?;
        transcription = transcription.language(code);
    }
    let transcript = Client::new().send(&target.router.transcribe(&transcription)?)?;
    println!("{}", transcript.text);
    match &transcript.usage {
        Some(Usage::Tokens(usage)) => eprintln!("{} tokens", usage.total_tokens.unwrap_or_default()),
        Some(Usage::Duration(usage)) => eprintln!("{} seconds", usage.seconds.unwrap_or_default()),
        _ => {}
    }
    Ok(())
}

/// Makes a WAV file of one second without a sound: 8,000 samples of 16 bits.
fn silence() -> Vec<u8> {
    let samples = [0; 16_000];
    let length = |more: u32| (samples.len() as u32 + more).to_le_bytes();
    let format = [&16_u32.to_le_bytes()[..], b"\x01\x00\x01\x00", &8_000_u32.to_le_bytes(), &16_000_u32.to_le_bytes()];
    let head = [b"RIFF", &length(36)[..], b"WAVEfmt ", &format.concat(), b"\x02\x00\x10\x00data", &length(0)].concat();
    [&head[..], &samples].concat()
}
