//! Speech and transcriptions. What is sent, what is read, and what goes wrong.

use crate::support::form::{self, Part};
use crate::support::{Unwritable, cut, head, head_with_id, play, router, sent, value, whole};
use requesty_core::audio::{MAX_FILE_BYTES, Speech, TokenUsage, Transcript, Transcription, Usage};
use requesty_core::{Call, End, Error, ErrorKind, Reply, Step};
use serde_json::json;
use std::time::Duration;

const MODEL: &str = "openai/gpt-4o-mini-tts";

#[track_caller]
fn refused<R: Reply>(made: Result<Call<R>, Error>, why: &str) {
    match made {
        Err(Error::Build(error)) => assert!(error.to_string().contains(why), "{error}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("built, though {why}"),
    }
}

#[test]
fn speech_is_sent_as_it_is_set() {
    let call = router().speech(&Speech::new(MODEL, "coral", "Hello.")).unwrap();
    let body = r#"{"model":"openai/gpt-4o-mini-tts","input":"Hello.","voice":"coral"}"#;
    let line = "POST https://router.requesty.ai/v1/audio/speech".to_owned();
    assert_eq!(sent(&call), (line, "application/json".to_owned(), body.to_owned()));
    assert_eq!((call.request().headers()["accept"].to_str().unwrap(), call.model()), ("*/*", Some(MODEL)));
    let all = Speech::new(MODEL, "coral", "Hello.")
        .instructions("Whisper.")
        .response_format("opus")
        .speed(1.25)
        .extra("stream", &false)
        .extra("voice", &json!({"id": "v"}));
    let body = concat!(
        r#"{"model":"openai/gpt-4o-mini-tts","input":"Hello.","instructions":"Whisper.","response_format":"opus","#,
        r#""speed":1.25,"stream":false,"voice":{"id":"v"}}"#
    );
    assert_eq!(sent(&router().speech(&all).unwrap()).2, body);
    assert_eq!(serde_json::to_string(&all).unwrap(), body);
}

#[test]
fn speech_that_would_be_refused_is_not_sent() {
    let speech = |speech: Speech<'_>| router().speech(&speech);
    refused(speech(Speech::new("", "v", "t")), "the model is named by an empty text");
    refused(speech(Speech::new("m", " ", "t")), "the voice is named by an empty text");
    refused(speech(Speech::new("m", "v", "\n")), "the text to speak is empty");
    refused(speech(Speech::new("m", "v", "t").speed(f64::NAN)), "`speed` is not a finite number");
    refused(speech(Speech::new("m", "v", "t").extra("stream_format", "sse")), "use Router::speech_stream");
    refused(
        speech(Speech::new("m", "v", "t").extra("a", &Unwritable).extra("b", &Unwritable)),
        "`a` cannot be written",
    );
    #[cfg(feature = "base64")]
    refused(router().speech_stream(&Speech::new("m", "v", "")), "the text to speak is empty");
}

#[test]
fn audio_comes_as_it_is_whatever_it_begins_with() {
    let call = router().speech(&Speech::new("m", "v", "t")).unwrap();
    // Samples may begin like a page or like JSON.
    for audio in [&b"ID3\x04"[..], b"<\x00\x3c\x00", b"{\x00}\x00", b"[\xFF", b"  \x00", b"\xEF\xBB\xBF<"] {
        let (seen, total) =
            play(&call, head_with_id(200, "audio/mpeg"), &[&audio[..1], &audio[1..]], End::Clean, <[u8]>::to_vec);
        assert_eq!((seen.concat(), total.unwrap()), (audio.to_vec(), audio.len() as u64));
    }
    let (seen, total) = play(&call, head_with_id(200, "audio/mpeg"), &[b"abc"], cut(), <[u8]>::to_vec);
    let incomplete = total.unwrap_err();
    assert_eq!((seen, *incomplete.partial()), (vec![b"abc".to_vec()], 3));
    assert!(matches!(incomplete.error(), Error::Truncated(cut) if cut.is_cut()));
}

#[test]
fn what_is_no_audio_is_an_error() {
    let call = router().speech(&Speech::new("m", "v", "t")).unwrap();
    let error = whole(&call, 402, r#"{"error":{"origin":"router","message":"Insufficient balance"}}"#).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::InsufficientBalance));
    let error = whole(&call, 200, r#"{"error":{"message":"no such voice","code":400}}"#).unwrap_err();
    assert_eq!(
        (error.kind(), error.api().unwrap().message()),
        (Some(ErrorKind::InvalidRequest), Some("no such voice"))
    );
    let page = b"<!doctype html><title>Log in</title>";
    for (media, refused) in [("text/html; charset=utf-8", true), ("audio/wav", false), ("text/plain", false)] {
        let (_, total) = play(&call, head_with_id(200, media), &[page], End::Clean, |_| ());
        match total {
            Ok(bytes) => assert_eq!((bytes, refused), (page.len() as u64, false)),
            Err(incomplete) => {
                assert!(refused);
                assert!(incomplete.error().to_string().contains("a page titled \"Log in\""), "{}", incomplete.error());
            }
        }
    }
}

#[test]
fn a_transcription_is_sent_as_a_form() {
    let file = b"ID3\x00\r\n--requesty-form-0000000000000000\r\n";
    let call = router().transcribe(&Transcription::new("openai/whisper-1", "note.MP3", file)).unwrap();
    let (line, media, _) = sent(&call);
    assert_eq!(line, "POST https://router.requesty.ai/v1/audio/transcriptions");
    assert_eq!(media, "multipart/form-data; boundary=requesty-form-0000000000000001");
    assert_eq!(
        (call.request().headers()["accept"].to_str().unwrap(), call.model()),
        ("application/json", Some("openai/whisper-1"))
    );
    let expected = [Part::text("model", "openai/whisper-1"), Part::file("file", "note.MP3", "audio/mpeg", file)];
    assert_eq!(form::read(&media, call.request().body()), expected);

    let all = Transcription::new("m", "a\"b.wav", file)
        .media_type("audio/x-wav")
        .language("en")
        .prompt("Names: \"Ada\"")
        .temperature(0.2)
        .extra("chunking_strategy", "auto")
        .extra("include", &["logprobs"]);
    let call = router().transcribe(&all).unwrap();
    let expected = [
        Part::text("model", "m"),
        Part::text("language", "en"),
        Part::text("prompt", "Names: \"Ada\""),
        Part::text("temperature", "0.2"),
        Part::text("chunking_strategy", "auto"),
        Part::text("include", "logprobs"),
        Part::file("file", "a%22b.wav", "audio/x-wav", file),
    ];
    assert_eq!(form::read(&sent(&call).1, call.request().body()), expected);
    let shown = format!("{all:?}");
    assert_eq!(shown, format!("Transcription {{ model: \"m\", file_len: {}, .. }}", file.len()));
}

#[test]
fn a_file_says_what_it_is_by_its_name() {
    for (name, media) in [
        ("a.flac", "audio/flac"),
        ("a.mp3", "audio/mpeg"),
        ("a.mpeg", "audio/mpeg"),
        ("a.mpga", "audio/mpeg"),
        ("a.mp4", "audio/mp4"),
        ("a.b.m4a", "audio/mp4"),
        ("a.OGG", "audio/ogg"),
        ("a.wav", "audio/wav"),
        ("a.webm", "audio/webm"),
        ("a.txt", "application/octet-stream"),
        ("mp3", "application/octet-stream"),
    ] {
        let call = router().transcribe(&Transcription::new("m", name, b"x")).unwrap();
        let parts = form::read(&sent(&call).1, call.request().body());
        assert_eq!(parts[1], Part::file("file", name, media, b"x"));
    }
}

#[test]
fn a_file_may_have_32_mb() {
    let mut file = vec![0; MAX_FILE_BYTES];
    let call = router().transcribe(&Transcription::new("m", "a.wav", &file)).unwrap();
    let body = Vec::from(call.request().into_body());
    // The file is in there once, and nothing was reserved beyond it.
    assert!(body.len() > MAX_FILE_BYTES && body.len() < MAX_FILE_BYTES + 1024, "{}", body.len());
    file.push(0);
    refused(router().transcribe(&Transcription::new("m", "a.wav", &file)), "larger than 32 MB");
    assert_eq!(MAX_FILE_BYTES, 33_554_432);
    let transcribe = |transcription: Transcription<'_>| router().transcribe(&transcription);
    refused(transcribe(Transcription::new(" ", "a.wav", b"x")), "the model is named by an empty text");
    refused(transcribe(Transcription::new("m", "", b"x")), "the name of the file is empty");
    refused(transcribe(Transcription::new("m", "a.wav", b"")), "the file is empty");
    refused(transcribe(Transcription::new("m", "a.wav", b"x").temperature(f64::INFINITY)), "`temperature` is not");
    refused(
        transcribe(Transcription::new("m", "a.wav", b"x").extra("a", &Unwritable).extra("b", &Unwritable)),
        "`a` cannot",
    );
}

#[test]
fn transcripts_are_read_and_passed_on() {
    let call = router().transcribe(&Transcription::new("m", "a.wav", b"x")).unwrap();
    let tokens = r#"{"text":"Hello.","usage":{"type":"tokens","input_tokens":14,"output_tokens":3,"total_tokens":17,
      "cost":"0.00050","input_token_details":{"audio_tokens":14}},"logprobs":null,"language":"en"}"#;
    let transcript: Transcript = whole(&call, 200, tokens).unwrap();
    assert_eq!((transcript.text.as_str(), transcript.extra.get("language")), ("Hello.", Some(r#""en""#)));
    let Some(Usage::Tokens(usage)) = &transcript.usage else { panic!("{transcript:?}") };
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.total_tokens), (Some(14), Some(3), Some(17)));
    assert_eq!(usage.extra.get("input_token_details"), Some(r#"{"audio_tokens":14}"#));
    assert_eq!(transcript.usage.as_ref().unwrap().cost(), Some("0.0005".parse().unwrap()));
    let mut expected = value(tokens);
    expected["usage"]["cost"] = json!(0.0005);
    assert_eq!(value(&serde_json::to_string(&transcript).unwrap()), expected);

    let timed = r#"{"text":"","usage":{"type":"duration","seconds":12.50,"cost":0.001,"more":1}}"#;
    let transcript: Transcript = whole(&call, 200, timed).unwrap();
    let Some(Usage::Duration(usage)) = &transcript.usage else { panic!("{transcript:?}") };
    assert_eq!((usage.seconds, usage.cost), (Some("12.5".parse().unwrap()), Some("0.001".parse().unwrap())));
    assert_eq!(transcript.usage.as_ref().unwrap().cost(), Some("0.001".parse().unwrap()));
    assert_eq!(value(&serde_json::to_string(&transcript).unwrap()), value(timed));

    let other = r#"{"text":"a","usage":{"type":"words","count":1,"cost":2}}"#;
    let transcript: Transcript = whole(&call, 200, other).unwrap();
    let Some(Usage::Other(members)) = &transcript.usage else { panic!("{transcript:?}") };
    assert_eq!((members.get("type"), members.len()), (Some(r#""words""#), 3));
    assert_eq!(transcript.usage.as_ref().unwrap().cost(), Some(2_u64.into()));
    assert_eq!(value(&serde_json::to_string(&transcript).unwrap()), value(other));
}

#[test]
fn odd_members_of_a_transcript_cost_no_others() {
    let read = |json: &str| serde_json::from_str::<Transcript>(json);
    for (json, tokens) in [(r#"{"text":"a","usage":{}}"#, true), (r#"{"text":"a","usage":{"seconds":"2"}}"#, false)] {
        assert_eq!(matches!(read(json).unwrap().usage, Some(Usage::Tokens(_))), tokens, "{json}");
    }
    assert_eq!(read(r#"{"text":"a","usage":null}"#).unwrap(), read(r#"{"text":"a"}"#).unwrap());
    assert_eq!(serde_json::to_string(&read(r#"{"text":"a"}"#).unwrap()).unwrap(), r#"{"text":"a"}"#);
    let odd = read(r#"{"text":"a","usage":"free"}"#).unwrap();
    assert_eq!((&odd.usage, odd.extra.get("usage")), (&None, Some(r#""free""#)));
    for json in ["{}", r#"{"text":null}"#, r#"{"text":7}"#, "[]"] {
        assert_eq!(read(json).unwrap_err().to_string(), "not a transcript", "{json}");
    }
    assert_eq!(serde_json::from_str::<Usage>("[]").unwrap_err().to_string(), "not usage of audio");
    assert_eq!(serde_json::from_str::<TokenUsage>("[]").unwrap_err().to_string(), "not usage of audio in tokens");
    let usage: TokenUsage = serde_json::from_str(r#"{"input_tokens":"3","output_tokens":[]}"#).unwrap();
    assert_eq!(serde_json::to_string(&usage).unwrap(), r#"{"input_tokens":3,"output_tokens":[]}"#);
}

#[test]
fn errors_of_a_transcription_are_typed() {
    let call = router().transcribe(&Transcription::new("m", "a.wav", b"x")).unwrap();
    let error = whole(&call, 400, r#"{"error":{"origin":"provider","message":"Invalid file format."}}"#).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::InvalidRequest));
    assert_eq!(error.api().unwrap().origin(), Some("provider"));
    assert!(matches!(whole(&call, 200, "{}").unwrap_err(), Error::Decode(_)));
}

/// What was asked for is what is read: a text in any format, or JSON.
#[test]
fn a_transcript_may_be_a_text() {
    let file = || Transcription::new("m", "a.wav", b"x");
    let texts = [
        ("text", "Hello, world.\n"),
        ("text", "\"Hello.\"\n"),
        ("text", "7"),
        ("text", ""),
        ("srt", "1\n00:00:00,000 --> 00:00:01,500\nHello.\n\n"),
        ("vtt", "WEBVTT\n\n00:00.000 --> 00:01.500\nHello.\n\n"),
        ("of_its_own", "[Music] Hello."),
    ];
    for (format, body) in texts {
        for transcription in [file().response_format(format), file().extra("response_format", format)] {
            let call = router().transcribe(&transcription).unwrap();
            let parts = form::read(&sent(&call).1, call.request().body());
            assert!(parts.contains(&Part::text("response_format", format)));
            let transcript = whole(&call, 200, body).unwrap();
            assert_eq!((transcript.text.as_str(), transcript.usage), (body, None), "{format}");
            // Some servers send JSON all the same; and an error is one.
            assert_eq!(whole(&call, 200, r#"{"text":"Hello."}"#).unwrap().text, "Hello.");
            assert!(matches!(whole(&call, 200, r#"{"error":{"message":"m"}}"#).unwrap_err(), Error::Api(_)));
        }
    }
    for format in ["json", "verbose_json", "diarized_json"] {
        let call = router().transcribe(&file().response_format(format)).unwrap();
        assert!(matches!(whole(&call, 200, "Hello.").unwrap_err(), Error::Decode(_)), "{format}");
        assert_eq!(whole(&call, 200, r#"{"text":"Hello.","segments":[]}"#).unwrap().text, "Hello.");
    }
}

/// An array is one field for each element.
#[test]
fn times_are_asked_for_one_by_one() {
    let fields = |transcription: Transcription<'_>| {
        let call = router().transcribe(&transcription).unwrap();
        let parts = form::read(&sent(&call).1, call.request().body());
        let named = parts.into_iter().filter(|part| part.name.starts_with("timestamp"));
        named.map(|part| (part.name, String::from_utf8(part.value).unwrap())).collect::<Vec<_>>()
    };
    let file = || Transcription::new("m", "a.wav", b"x").response_format("verbose_json");
    let name = "timestamp_granularities[]";
    let both = [(name.to_owned(), "word".to_owned()), (name.to_owned(), "segment".to_owned())];
    assert_eq!(fields(file().timestamp_granularities(["word", "segment"])), both);
    assert_eq!(fields(file().extra(name, &["word", "segment"])), both);
    assert_eq!(fields(file().timestamp_granularities(["word"])), both[..1]);
    assert_eq!(fields(file().extra(name, "word")), both[..1]);
    assert_eq!(fields(file().timestamp_granularities([""; 0])), []);
    assert_eq!(fields(file()), []);
    // What is no text is written as JSON.
    let odd = fields(file().extra("timestamps", &json!([1, {"a": [2]}, "x"])));
    assert_eq!(odd.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), ["1", r#"{"a":[2]}"#, "x"]);
}

#[test]
fn speech_without_a_byte_is_cut() {
    let call = router().speech(&Speech::new("m", "v", "Hello")).unwrap();
    let play = |call: &Call<requesty_core::reply::RawBody>, body: &[u8]| {
        let mut machine = call.open(head(200, "audio/mpeg"), Duration::ZERO);
        machine.push(body, Duration::ZERO);
        machine.end(End::Clean);
        while let Ok(Step::Ready) = machine.advance() {}
        let last = machine.advance().is_ok();
        let total = machine.total();
        assert_eq!(last, total.is_ok());
        total
    };
    assert!(matches!(play(&call, b"").unwrap_err().error(), Error::Truncated(how) if !how.is_cut()));
    assert_eq!(play(&call, b"a").unwrap(), 1);
    // Of other bytes nothing is known: there may be none.
    assert_eq!(play(&router().post_bytes("x", &()).unwrap(), b"").unwrap(), 0);
}
