//! Content parts: files and images from bytes and from addresses, and parts of other kinds.

use requesty_core::chat::{Content, FilePart, Message, Part};
use serde_json::json;

use crate::support::chat::{clean, finished};

fn parts(message: &Message) -> &[Part] {
    match &message.content {
        Content::Parts(parts) => parts,
        other => panic!("{other:?}"),
    }
}

#[cfg(feature = "base64")]
mod from_bytes {
    use base64::Engine;
    use requesty_core::chat::{FilePart, Message, Part, Request};

    #[test]
    fn standard_alphabet_with_padding() {
        let file = FilePart::from_bytes_as("a.bin", "application/octet-stream", &[0xFB, 0xFF]).unwrap();
        assert_eq!(file.file_data.as_str(), "data:application/octet-stream;base64,+/8=");
        assert_eq!(file.mime_type.as_deref(), Some("application/octet-stream"));
        let Part::ImageUrl(image) = Part::image("image/png", &[0xFB, 0xFF, 0xFE]).unwrap() else { panic!() };
        assert_eq!(image.url.as_str(), "data:image/png;base64,+//+");
    }

    #[test]
    fn empty() {
        for error in [
            FilePart::from_bytes("a.pdf", b"").unwrap_err(),
            FilePart::from_bytes_as("a.txt", "text/plain", b"").unwrap_err(),
            Part::image("image/png", b"").unwrap_err(),
        ] {
            assert!(error.to_string().contains("is empty"), "{error}");
        }
        assert!(FilePart::from_bytes_as("a.txt", "", b"x").unwrap_err().to_string().contains("media type"));
        assert!(FilePart::from_bytes("", b"%PDF-1").unwrap_err().to_string().contains("name of the file"));
    }

    #[test]
    fn only_pdf_is_recognised() {
        let error = FilePart::from_bytes("a.png", b"\x89PNG").unwrap_err();
        assert!(error.to_string().contains("from_bytes_as"), "{error}");
        let error = FilePart::from_bytes("a.pdf", b"data:application/pdf;base64,JVBERi0x").unwrap_err();
        assert!(error.to_string().contains("from_url"), "{error}");
        // A text may well begin like an address.
        assert!(FilePart::from_bytes_as("a.txt", "text/plain", b"data:x").is_ok());
    }

    #[test]
    fn twenty_mebibytes() {
        let mut data = b"%PDF-1.7\n".to_vec();
        data.resize(20 << 20, 0xFB);
        let file = FilePart::from_bytes("a.pdf", &data).unwrap();
        let url = file.file_data.as_str();
        let encoded = url.strip_prefix("data:application/pdf;base64,").unwrap();
        assert_eq!(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap(), data);
        // Clones share the text.
        let clone = Part::from(file.clone());
        let Part::InputFile(shared) = &clone else { panic!() };
        assert_eq!(shared.file_data.as_bytes().as_ptr(), file.file_data.as_bytes().as_ptr());
        assert!(format!("{file:?}").len() < 500);

        let history = [Message::user([clone])];
        let request = Request::new(&history);
        let body = request.whole_body().unwrap();
        assert!(body.len() > url.len() && body.len() < url.len() + 1_000);
        assert!(format!("{request:?}").len() < 3_000);
    }
}

#[test]
fn from_addresses() {
    let file = FilePart::from_url("a.pdf", "https://example.com/a.pdf").unwrap();
    assert_eq!((file.file_data.as_str(), file.mime_type), ("https://example.com/a.pdf", None));
    assert!(FilePart::from_url("a.pdf", "http://example.com/a.pdf").is_ok());
    // Sent as it is: no second prefix.
    let url = "data:application/pdf;name=a.pdf;base64,JVBERi0x";
    let file = FilePart::from_url("a.pdf", url).unwrap();
    assert_eq!((file.file_data.as_str(), file.mime_type.as_deref()), (url, Some("application/pdf")));
}

#[test]
fn addresses_that_are_none() {
    for (url, why) in [
        ("JVBERi0x", "neither"),
        ("", "neither"),
        ("file:///a.pdf", "neither"),
        ("data:application/pdf;base64,", "is empty"),
        ("data:application/pdf,x", "not in base64"),
    ] {
        let error = FilePart::from_url("a.pdf", url).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(FilePart::from_url("", "https://example.com/a.pdf").is_err());
}

/// What does not fit its type is kept byte for byte, at its place.
#[test]
fn odd_parts_are_kept() {
    let json = concat!(
        r#"{"role":"user","content":[7,null,"x",{},{"type":"text"},{"type":"text","text":null},{"type":"text", "text":1.0},"#,
        r#"{"type":"image_url","image_url":"https://e.com/a"},{"type":"input_file","file_data":"x"},{"type":9}]}"#,
    );
    let message: Message = serde_json::from_str(json).unwrap();
    assert!(parts(&message).iter().all(|part| matches!(part, Part::Other(_))));
    assert_eq!(serde_json::to_string(&message).unwrap(), json);
}

#[test]
fn typed_parts_keep_what_they_do_not_know() {
    let json = concat!(
        r#"{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":null,"k":1.0},"#,
        r#""a":[ 1 ]},{"type":"text","text":"y","cache_control":"no"},{"type":"text","text":"z","cache_control":null},"#,
        r#"{"type":"image_url","image_url":{"url":"u","mime_type":null,"detail":"low","k":1e2},"k":-0},"#,
        r#"{"type":"input_file","filename":"f","file_data":"d","mime_type":7,"k":true}]}"#,
    );
    let message: Message = serde_json::from_str(json).unwrap();
    assert!(!parts(&message).iter().any(|part| matches!(part, Part::Other(_))));
    assert_eq!(serde_json::to_string(&message).unwrap(), json);
    assert_eq!(message.text(), "xyz");
}

/// A setter of another kind of part is not dropped in silence.
#[test]
fn setters_on_other_parts() {
    let written = |part: Part| serde_json::to_string(&part).unwrap();
    assert_eq!(written(Part::text("x").detail("low")), r#"{"type":"text","text":"x","detail":"low"}"#);
    assert_eq!(written(Part::text("x").mime_type("a/b")), r#"{"type":"text","text":"x","mime_type":"a/b"}"#);
    let raw = Part::raw(&serde_json::json!({"type": "input_audio"})).unwrap();
    let cached = raw.cache_control(requesty_core::chat::CacheControl::ephemeral());
    assert_eq!(written(cached), r#"{"type":"input_audio","cache_control":{"type":"ephemeral"}}"#);
}

#[test]
fn a_text_is_a_part_whatever_holds_it() {
    assert_eq!(Part::from("Hi".to_owned()), Part::text("Hi"));
    assert_eq!(Part::from("Hi"), Part::text("Hi"));
}

/// Servers that write parts write one for each delta: the text of neighbours is one part.
#[test]
fn text_parts_of_several_chunks_are_one_part() {
    let text = |text: &str| format!(r#""content":[{{"type":"text","text":"{text}"}}]"#);
    let reference = r#""content":[{"type":"reference","reference_ids":[1]}]"#;
    let deltas = [&*text("a"), &text("b"), reference, &text("c"), r#""content":"d""#];
    let completion = clean(&finished(&deltas, "stop")).total.unwrap();
    assert_eq!(completion.text(), "abcd");
    let content = serde_json::to_value(&completion.choices[0].message).unwrap()["content"].take();
    let expected = json!([
        {"type": "text", "text": "ab"},
        {"type": "reference", "reference_ids": [1]},
        {"type": "text", "text": "cd"},
    ]);
    assert_eq!(content, expected);
}
