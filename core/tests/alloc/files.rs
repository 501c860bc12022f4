//! A file takes its size in memory twice: as the text of its address, and in the body.
#![cfg(feature = "base64")]

use requesty_core::chat::{FilePart, Message, Request};

use crate::counting::cost;

#[test]
fn two_copies() {
    let mut data = b"%PDF-1.7\n".to_vec();
    data.resize(20 << 20, 0xFB);

    let ((encoded, body), cost) = cost(|| {
        let file = FilePart::from_bytes("a.pdf", &data).unwrap();
        let encoded = file.file_data.len();
        let history = [Message::user([file.into()])];
        (encoded, Request::new(&history).stream_body().unwrap())
    });

    assert!(body.len() > encoded);
    assert!(cost.peak < 2 * encoded + (1 << 16), "{} bytes for a text of {encoded}", cost.peak);
}
