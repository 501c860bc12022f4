//! Bodies of several parts, `multipart/form-data`, in which files are sent.
//!
//! Written as in the WHATWG standard, with one difference: line ends inside a value stay as they are. The boundary
//! depends on the parts alone, so that the same form gives the same bytes each time.

use std::borrow::Cow;
use std::collections::HashSet;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use crate::BuildError;
use crate::json::{self, Members};

/// A form. Its parts are written in the order in which they were added.
#[derive(Default)]
pub(crate) struct Form<'a> {
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    head: String,
    value: Cow<'a, [u8]>,
}

impl<'a> Form<'a> {
    /// Adds a field.
    pub(crate) fn text(&mut self, name: &str, value: impl Into<Cow<'a, str>>) {
        let value = match value.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let head = format!("Content-Disposition: form-data; name=\"{}\"\r\n\r\n", escaped(name));
        self.parts.push(Part { head, value });
    }

    /// Adds a field for each member of an object that other endpoints send as JSON, and for each element of an array. A
    /// string is written as its text, any other value as its JSON.
    pub(crate) fn members(&mut self, object: &impl Serialize) -> Result<(), BuildError> {
        let unwritable = || BuildError::new("a field of the form cannot be written as JSON");
        let json = serde_json::to_vec(object).map_err(|_| unwritable())?;
        let members = Members::read(&json).map_err(|_| unwritable())?.rest();
        for (name, value) in members.iter() {
            let mut add = |value: &[u8]| self.text(name, json::string(value).unwrap_or_else(|| json::lossy(value)));
            match json::elements(value.as_bytes()) {
                Some(elements) => elements.for_each(add),
                None => add(value.as_bytes()),
            }
        }
        Ok(())
    }

    /// Adds a file, whose bytes are only borrowed until the form is written.
    pub(crate) fn file(&mut self, name: &str, filename: &str, media: &str, value: &'a [u8]) {
        let head = format!(
            "Content-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            escaped(name),
            escaped(filename),
            escaped(media),
        );
        self.parts.push(Part { head, value: Cow::Borrowed(value) });
    }

    /// Writes the form into memory of the exact size. Returns it with its media type, which names the boundary.
    pub(crate) fn write(&self) -> (Bytes, HeaderValue) {
        let boundary = self.boundary();
        // The bytes around a part: `--boundary⏎ … ⏎`.
        let frame = boundary.len() + 6;
        let parts = self.parts.iter().map(|part| frame + part.head.len() + part.value.len());
        let mut body = Vec::with_capacity(parts.sum::<usize>() + frame);
        for part in &self.parts {
            for piece in [b"--", boundary.as_bytes(), b"\r\n", part.head.as_bytes(), &*part.value, b"\r\n"] {
                body.extend_from_slice(piece);
            }
        }
        for piece in [b"--", boundary.as_bytes(), b"--\r\n"] {
            body.extend_from_slice(piece);
        }
        // The boundary is ASCII without a space.
        let media = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
        (body.into(), media.unwrap_or_else(|_| HeaderValue::from_static("multipart/form-data")))
    }

    /// Returns a boundary that occurs in no part: the prefix and the first number that follows it in no part. One
    /// search through the parts suffices.
    fn boundary(&self) -> String {
        let finder = memchr::memmem::Finder::new(PREFIX);
        let mut taken = HashSet::new();
        for text in self.parts.iter().flat_map(|part| [part.head.as_bytes(), &part.value]) {
            // The prefix does not overlap with itself, so the search finds every occurrence.
            for at in finder.find_iter(text) {
                let digits = text.get(at + PREFIX.len()..).and_then(|rest| rest.get(..DIGITS));
                let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok());
                taken.extend(number);
            }
        }
        let free = (0..).find(|number| !taken.contains(number)).unwrap_or_default();
        format!("{PREFIX}{free:0DIGITS$}")
    }
}

/// Escapes the characters that would end a quoted name or its line.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

const PREFIX: &str = "requesty-form-";

/// With 16 digits no form can contain all numbers, and no number is the beginning of another.
const DIGITS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A part that was read: name, file name, media type, value.
    type Read = (String, Option<String>, Option<String>, Vec<u8>);

    /// Reads a form in the obvious way: cuts it at the boundary and undoes the escapes.
    fn read(body: &[u8], media: &HeaderValue) -> Vec<Read> {
        let boundary = media.to_str().unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
        let delimiter = format!("\r\n--{boundary}");
        let mut framed = b"\r\n".to_vec();
        framed.extend_from_slice(body);
        let ends: Vec<usize> = memchr::memmem::find_iter(&framed, &delimiter).collect();
        assert_eq!(&framed[ends[ends.len() - 1] + delimiter.len()..], b"--\r\n");
        assert_eq!(ends[0], 0);
        let parts = ends.windows(2).map(|pair| &framed[pair[0] + delimiter.len() + 2..pair[1]]);
        parts.map(read_part).collect()
    }

    fn read_part(part: &[u8]) -> Read {
        let blank = memchr::memmem::find(part, b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&part[..blank]).unwrap();
        let (disposition, media) = match head.split_once("\r\n") {
            Some((disposition, media)) => (disposition, Some(media.strip_prefix("Content-Type: ").unwrap().to_owned())),
            None => (head, None),
        };
        let mut quoted = disposition.strip_prefix("Content-Disposition: form-data; name=\"").unwrap().split('"');
        let unescape = |text: &str| text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        let name = unescape(quoted.next().unwrap());
        let filename = match quoted.next().unwrap() {
            "" => None,
            rest => {
                assert_eq!(rest, "; filename=");
                let filename = unescape(quoted.next().unwrap());
                assert_eq!(quoted.next(), Some(""));
                Some(filename)
            }
        };
        assert_eq!(quoted.next(), None);
        (name, filename, media, part[blank + 4..].to_vec())
    }

    /// Pieces that resemble a boundary, and any bytes.
    fn value() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"requesty-form-".to_vec()),
            Just(b"--requesty-form-0000000000000000".to_vec()),
            Just(b"\r\n--requesty-form-0000000000000001--\r\n".to_vec()),
            Just(b"requesty-form-00000000000000020".to_vec()),
            Just(b"\r\n\r\n".to_vec()),
            Just(b"--".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..8),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_the_obvious_reader_reads(
            fields in proptest::collection::vec(("[a-z\"\r\n\\[\\]é]{1,8}", "\\PC{0,12}"), 0..4),
            files in proptest::collection::vec(("[a-z]{1,4}", "[a-z.\"\r\n; =]{1,8}", value()), 0..4),
        ) {
            let mut form = Form::default();
            let mut expected = Vec::new();
            for (name, text) in &fields {
                form.text(name, text.as_str());
                expected.push((name.clone(), None, None, text.clone().into_bytes()));
            }
            for (name, filename, data) in &files {
                form.file(name, filename, "audio/mpeg", data);
                expected.push((name.clone(), Some(filename.clone()), Some("audio/mpeg".to_owned()), data.clone()));
            }
            let (body, media) = form.write();
            if !expected.is_empty() {
                prop_assert_eq!(read(&body, &media), expected);
            }
            prop_assert_eq!(form.write(), (body, media), "the same form is the same bytes");
        }
    }

    #[test]
    fn a_form_is_written_at_its_size() {
        let data = vec![7; 100_000];
        let mut form = Form::default();
        form.text("model", "whisper-1".to_owned());
        form.file("file", "a.mp3", "audio/mpeg", &data);
        let body = Vec::from(form.write().0);
        assert_eq!(body.len(), body.capacity());
    }

    #[test]
    fn the_boundary_is_the_first_that_occurs_nowhere() {
        let boundary = |values: &[&str]| {
            let mut form = Form::default();
            values.iter().for_each(|value| form.text("a", (*value).to_owned()));
            form.boundary()
        };
        assert_eq!(boundary(&["x"]), "requesty-form-0000000000000000");
        assert_eq!(boundary(&["requesty-form-0000000000000000"]), "requesty-form-0000000000000001");
        assert_eq!(
            boundary(&[
                "requesty-form-0000000000000002requesty-form-0000000000000000",
                "requesty-form-0000000000000001"
            ]),
            "requesty-form-0000000000000003"
        );
        // A number that is cut, or is none, makes no number unusable.
        assert_eq!(
            boundary(&["requesty-form-000000000000000", "requesty-form-00000000000000é"]),
            "requesty-form-0000000000000000"
        );
        // Names of fields are searched too.
        let mut form = Form::default();
        form.file("file", "requesty-form-0000000000000000", "a/b", b"");
        assert_eq!(form.boundary(), "requesty-form-0000000000000001");
    }
}
