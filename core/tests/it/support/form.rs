//! Reads a form the obvious way.

/// One part; names as they are written.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    filename: Option<String>,
    media: Option<String>,
    pub value: Vec<u8>,
}

impl Part {
    pub fn text(name: &str, value: &str) -> Self {
        Part { name: name.to_owned(), filename: None, media: None, value: value.as_bytes().to_vec() }
    }

    pub fn file(name: &str, filename: &str, media: &str, value: &[u8]) -> Self {
        let (filename, media) = (Some(filename.to_owned()), Some(media.to_owned()));
        Part { name: name.to_owned(), filename, media, value: value.to_vec() }
    }
}

pub fn read(media: &str, body: &[u8]) -> Vec<Part> {
    let boundary = media.strip_prefix("multipart/form-data; boundary=").unwrap();
    let delimiter = format!("\r\n--{boundary}");
    let body = [b"\r\n", body].concat();
    let mut parts = Vec::new();
    let mut rest = &body[delimiter.len()..];
    while rest != b"--\r\n" {
        let at = rest.windows(delimiter.len()).position(|window| window == delimiter.as_bytes()).unwrap();
        let part = rest[..at].strip_prefix(b"\r\n").unwrap();
        let blank = part.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let mut lines = std::str::from_utf8(&part[..blank]).unwrap().split("\r\n");
        let names = lines.next().unwrap().strip_prefix("Content-Disposition: form-data; name=\"").unwrap();
        let (name, filename) = match names.split_once("\"; filename=\"") {
            Some((name, filename)) => (name, Some(filename.strip_suffix('"').unwrap().to_owned())),
            None => (names.strip_suffix('"').unwrap(), None),
        };
        let media = lines.next().map(|line| line.strip_prefix("Content-Type: ").unwrap().to_owned());
        parts.push(Part { name: name.to_owned(), filename, media, value: part[blank + 4..].to_vec() });
        rest = &rest[at + delimiter.len()..];
    }
    parts
}
