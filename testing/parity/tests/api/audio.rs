//! The endpoints of audio.

use requesty_core::audio::{Speech, Transcription, Usage};

use crate::support::endpoint;

const MODEL: &str = "openai/gpt-4o-mini-tts";

const TEXT: &str = "The train leaves at noon.";

endpoint!(speaks, |router| router.speech(&Speech::new(MODEL, "coral", TEXT)), |bench| {
    let mut audio = Vec::new();
    let speech = Speech::new(MODEL, "coral", TEXT).response_format("opus");
    let total = bench.stream(bench.router.speech(&speech), |bytes| audio.extend_from_slice(bytes));
    let seen = bench.saw("POST /v1/audio/speech");
    assert_eq!((seen.json()["response_format"].as_str(), seen.header("accept")), (Some("opus"), Some("*/*")));
    assert_eq!(total.unwrap(), audio.len() as u64);
    assert!(audio.starts_with(b"ID3") && audio.ends_with(TEXT.as_bytes()));
    // Whole, only the number of bytes is known.
    assert_eq!(bench.send(bench.router.speech(&speech)), audio.len() as u64);
});

endpoint!(speaks_by_events, |router| router.speech_stream(&Speech::new(MODEL, "coral", TEXT)), |bench| {
    let mut audio = Vec::new();
    let call = bench.router.speech_stream(&Speech::new(MODEL, "coral", TEXT));
    let total = bench.stream(call, |event| audio.extend_from_slice(event.audio())).unwrap();
    let seen = bench.saw("POST /v1/audio/speech");
    assert_eq!(seen.json()["stream_format"], "sse");
    assert!(audio.starts_with(b"ID3") && audio.ends_with(TEXT.as_bytes()));
    assert_eq!(total.bytes, audio.len() as u64);
    assert_eq!(total.usage.unwrap().input_tokens, Some(5));
});

endpoint!(
    transcribes,
    |router| router.transcribe(&Transcription::new("openai/whisper-1", "a.wav", b"RIFF")),
    |bench| {
        let file = b"RIFF\r\n--requesty-form-0000000000000000--\r\n";
        let transcription = Transcription::new("openai/whisper-1", "my \"note\".wav", file).language("en");
        let transcript = bench.send(bench.router.transcribe(&transcription));
        bench.saw("POST /v1/audio/transcriptions");
        assert_eq!(transcript.text, format!("The file my \"note\".wav has {} bytes.", file.len()));
        assert!(matches!(transcript.usage, Some(Usage::Duration(time)) if time.seconds == Some(1_u64.into())));
        let transcription = Transcription::new("openai/gpt-4o-transcribe", "a.mp3", file);
        let transcript = bench.send(bench.router.transcribe(&transcription));
        assert!(matches!(transcript.usage, Some(Usage::Tokens(tokens)) if tokens.total_tokens == Some(22)));
    }
);
