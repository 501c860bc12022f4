//! The endpoints of audio. What is spoken is not speech: it is the text, framed so that a player knows it for a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Question, form};
use crate::script::{Script, event};

/// The largest file that is documented to be taken.
const MOST: usize = 32 << 20;

/// Answers a question of this family.
pub(super) fn answer(question: &Question<'_>, complaints: &mut Vec<String>) -> Option<Script> {
    match (question.method.as_str(), &*question.segments()) {
        ("POST", ["v1", "audio", "speech"]) => {
            check_speech(question.body, complaints);
            Some(speech(question.body))
        }
        ("POST", ["v1", "audio", "transcriptions"]) => Some(transcription(question, complaints)),
        _ => None,
    }
}

fn check_speech(request: &Value, complaints: &mut Vec<String>) {
    let members = ["model", "input", "voice", "instructions", "response_format", "speed", "stream_format"];
    for (name, value) in request.as_object().into_iter().flatten() {
        if !members.contains(&name.as_str()) || value.is_null() {
            complaints.push(format!("{name}: null, or not documented"));
        }
    }
    for name in ["model", "input", "voice"] {
        if request[name].as_str().is_none_or(str::is_empty) {
            complaints.push(format!("{name}: a text is required"));
        }
    }
    let voices = "alloy ash ballad coral echo fable onyx nova sage shimmer verse";
    let voice = request["voice"].as_str().unwrap_or("alloy");
    if !voices.split(' ').any(|known| known == voice) {
        complaints.push(format!("voice: not one of {voices}"));
    }
    if request.get("stream_format").is_some_and(|format| format != "sse" && format != "audio") {
        complaints.push("stream_format: neither audio nor sse".to_owned());
    }
}

fn speech(request: &Value) -> Script {
    let text = request["input"].as_str().unwrap_or_default();
    let audio = [b"ID3\x04\x00\x00\x00\x00\x00\x00", text.as_bytes()].concat();
    // Cut into pieces that are no whole groups of base64.
    let pieces = audio.chunks(7);
    if request["stream_format"] != "sse" {
        let media = match request["response_format"].as_str().unwrap_or("mp3") {
            "mp3" => "audio/mpeg",
            "opus" => "audio/opus",
            "aac" => "audio/aac",
            "flac" => "audio/flac",
            "wav" => "audio/wav",
            _ => "application/octet-stream",
        };
        let start = Script::new(200).header("content-type", media);
        return pieces.fold(start, |script, piece| script.send(piece.to_vec()));
    }
    let named = |script: Script, name: &str, data: &Value| {
        script.send([format!("event: {name}\n").as_bytes(), &event(data)].concat())
    };
    let script = pieces.fold(Script::sse(), |script, piece| {
        let delta = json!({"type": "speech.audio.delta", "audio": STANDARD.encode(piece)});
        named(script, "speech.audio.delta", &delta)
    });
    let (input, output) = (text.split_whitespace().count(), audio.len());
    let usage = json!({"input_tokens": input, "output_tokens": output, "total_tokens": input + output});
    named(script, "speech.audio.done", &json!({"type": "speech.audio.done", "usage": usage}))
}

/// Writes down what a file is: its name and its length.
fn transcription(question: &Question<'_>, complaints: &mut Vec<String>) -> Script {
    let parts = match form::read(question.received) {
        Ok(parts) => parts,
        Err(problem) => {
            complaints.push(problem);
            Vec::new()
        }
    };
    let known = ["file", "model", "language", "prompt", "temperature", "response_format"];
    for part in &parts {
        if !known.contains(&part.name.as_str()) {
            complaints.push(format!("{}: not documented", part.name));
        }
    }
    if question.body["model"].as_str().is_none_or(str::is_empty) {
        complaints.push("model: a text is required".to_owned());
    }
    let files: Vec<_> = parts.iter().filter(|part| part.name == "file").collect();
    let [file] = files[..] else {
        complaints.push(format!("file: {} of them", files.len()));
        return Script::json(200, &Value::Null);
    };
    let name = file.filename.as_deref().unwrap_or_default();
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if !["flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"].contains(&ending.as_str()) {
        complaints.push(format!("file: `{name}` is not the name of an audio file"));
    }
    if file.value.is_empty() || file.value.len() > MOST {
        complaints.push(format!("file: {} bytes, 1 to {MOST} are taken", file.value.len()));
    }
    let text = format!("The file {name} has {} bytes.", file.value.len());
    // The older model counts time, the newer ones count tokens.
    let usage = if question.body["model"].as_str().is_some_and(|model| model.ends_with("whisper-1")) {
        json!({"type": "duration", "seconds": file.value.len().div_ceil(16_000)})
    } else {
        json!({"type": "tokens", "input_tokens": 14, "output_tokens": 8, "total_tokens": 22,
               "input_token_details": {"audio_tokens": 14, "text_tokens": 0}})
    };
    Script::json(200, &json!({"text": text, "usage": usage}))
}
