//! One part of a message's content.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{CacheControl, FilePart, ImagePart, TextPart};
#[cfg(feature = "base64")]
use crate::BuildError;
use crate::Extra;
use crate::json::{Abbreviated, Blob, Members, RawText, conversions};

/// One part of a message's content. A part that this crate does not know, or cannot read, is kept byte for byte.
///
/// # Examples
/// ```
/// use requesty_core::chat::{CacheControl, Message, Part};
///
/// let question = Message::user([
///     Part::text("A long text that many requests share.").cache_control(CacheControl::ephemeral_for("1h")),
///     Part::image_url("https://example.com/a.png").mime_type("image/png"),
/// ]);
/// assert_eq!(question.text(), "A long text that many requests share.");
/// ```
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A text.
    Text(TextPart),
    /// An image.
    ImageUrl(ImagePart),
    /// A file.
    InputFile(FilePart),
    /// The JSON text of any other part.
    Other(String),
}

impl Part {
    /// Creates a text part.
    pub fn text(text: impl Into<String>) -> Self {
        Part::Text(TextPart::new(text))
    }

    /// Creates an image part from a web address or a data URL.
    #[doc(alias = "vision")]
    pub fn image_url(url: impl Into<Blob>) -> Self {
        Part::ImageUrl(ImagePart::from_url(url))
    }

    /// Creates an image part from the bytes of the image and their media type, such as `image/png`.
    ///
    /// # Errors
    /// [`BuildError`] if there are no bytes.
    #[cfg(feature = "base64")]
    #[doc(alias("vision", "picture"))]
    pub fn image(mime_type: &str, data: &[u8]) -> Result<Self, BuildError> {
        ImagePart::from_bytes(mime_type, data).map(Part::ImageUrl)
    }

    /// Creates a file part from the bytes of a PDF file. For other files use [`FilePart::from_bytes_as`].
    ///
    /// # Errors
    /// As [`FilePart::from_bytes`].
    #[cfg(feature = "base64")]
    #[doc(alias("pdf", "upload", "document"))]
    pub fn file(filename: impl Into<String>, data: &[u8]) -> Result<Self, BuildError> {
        FilePart::from_bytes(filename, data).map(Part::InputFile)
    }

    /// Creates a part of any other kind from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `part` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(part: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(part).map(Part::Other)
    }

    /// Sets the media type of an image or a file. For images it is a Requesty extension, which Gemini models need if
    /// the image has a web address. On any other part it becomes an extra member.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        let mime_type = mime_type.into();
        match &mut self {
            Part::ImageUrl(part) => part.mime_type = Some(mime_type),
            Part::InputFile(part) => part.mime_type = Some(mime_type),
            _ => return self.with_member("mime_type", &mime_type),
        }
        self
    }

    /// Sets in how much detail the model sees an image: `low`, `high`, `auto`. On any other part it becomes an extra
    /// member.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        match &mut self {
            Part::ImageUrl(part) => part.detail = Some(detail),
            _ => return self.with_member("detail", &detail),
        }
        self
    }

    /// Marks the end of a cached prefix after this part.
    #[must_use]
    pub fn cache_control(mut self, cache_control: CacheControl) -> Self {
        match &mut self {
            Part::Text(part) => part.cache_control = Some(cache_control),
            Part::ImageUrl(part) => part.cache_control = Some(cache_control),
            Part::InputFile(part) => part.cache_control = Some(cache_control),
            Part::Other(_) => return self.with_member("cache_control", &cache_control),
        }
        self
    }

    /// Sets an extra member of the part. It replaces a field of the same name when the part is sent.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        Ok(self.with_json(key, serde_json::to_string(value)?))
    }

    /// Returns the text of a text part; `None` for other parts.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Part::Text(part) => Some(&part.text),
            _ => None,
        }
    }

    /// Reads a part. It never fails: a part that does not fit its type is kept byte for byte.
    pub(super) fn read(json: &[u8]) -> Self {
        Part::read_known(json).unwrap_or_else(|| Part::Other(String::from_utf8_lossy(json).into_owned()))
    }

    /// Returns the size of the part in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        /// The bytes of the names and the braces.
        const FRAME: usize = 128;
        FRAME
            + match self {
                Part::Text(part) => part.text.len(),
                Part::ImageUrl(part) => part.url.len(),
                Part::InputFile(part) => part.filename.len() + part.file_data.len(),
                Part::Other(json) => json.len(),
            }
    }

    fn read_known(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        match members.string("type")?.as_str() {
            "text" => TextPart::read(members).map(Part::Text),
            "image_url" => ImagePart::read(members).map(Part::ImageUrl),
            "input_file" => FilePart::read(members).map(Part::InputFile),
            _ => None,
        }
    }

    /// Sets a member to a value that can always be written.
    fn with_member<T: Serialize>(self, key: &str, value: &T) -> Self {
        match serde_json::to_string(value) {
            Ok(json) => self.with_json(key, json),
            Err(_) => self,
        }
    }

    fn with_json(mut self, key: &str, value: String) -> Self {
        match &mut self {
            Part::Text(part) => part.extra.put_raw(key.to_owned(), value),
            Part::ImageUrl(part) => part.extra.put_raw(key.to_owned(), value),
            Part::InputFile(part) => part.extra.put_raw(key.to_owned(), value),
            Part::Other(json) => {
                let mut members = Members::read(json.as_bytes()).map_or_else(|_| Extra::new(), Members::rest);
                members.put_raw(key.to_owned(), value);
                if let Ok(changed) = serde_json::to_string(&members) {
                    *json = changed;
                }
            }
        }
        self
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Text(part) => part.fmt(f),
            Part::ImageUrl(part) => part.fmt(f),
            Part::InputFile(part) => part.fmt(f),
            Part::Other(json) => f.debug_tuple("Other").field(&Abbreviated(json)).finish(),
        }
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Part::Text(part) => part.serialize(serializer),
            Part::ImageUrl(part) => part.serialize(serializer),
            Part::InputFile(part) => part.serialize(serializer),
            Part::Other(json) => RawText(json).serialize(serializer),
        }
    }
}

conversions! {
    Part {
        text: &str => text(text),
        text: String => text(text),
        part: TextPart => Text(part),
        part: ImagePart => ImageUrl(part),
        part: FilePart => InputFile(part),
    }
}
