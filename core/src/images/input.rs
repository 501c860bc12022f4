//! Images to change.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::BuildError;
use crate::json::Blob;
use crate::request::Form;

/// An image to change, or a mask: borrowed bytes, a URL, or the id of a file.
///
/// The router's page: [image generation](https://docs.requesty.ai/features/image-generation).
#[derive(Clone)]
pub struct InputImage<'a> {
    source: Source<'a>,
}

#[derive(Clone)]
enum Source<'a> {
    Bytes { filename: String, media_type: Option<String>, data: &'a [u8] },
    Url(Blob),
    FileId(String),
}

impl<'a> InputImage<'a> {
    /// Creates an image from its bytes and a file name. PNG, JPEG and WebP are recognised by their first bytes; for
    /// other formats set the media type.
    pub fn from_bytes(filename: impl Into<String>, data: &'a [u8]) -> Self {
        InputImage { source: Source::Bytes { filename: filename.into(), media_type: None, data } }
    }

    /// Creates an image from a data URL, `data:image/png;base64,…`, or from a web address.
    pub fn from_url(url: impl Into<Blob>) -> Self {
        InputImage { source: Source::Url(url.into()) }
    }

    /// Creates an image from the id of a file that is stored at the provider.
    pub fn from_file_id(id: impl Into<String>) -> Self {
        InputImage { source: Source::FileId(id.into()) }
    }

    /// Sets the media type of an image from bytes, such as `image/png`. It has no effect on a URL.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        if let Source::Bytes { media_type: set, .. } = &mut self.source {
            *set = Some(media_type.into());
        }
        self
    }

    pub(super) fn is_bytes(&self) -> bool {
        matches!(self.source, Source::Bytes { .. })
    }

    /// Returns the size of the image in a request, in bytes.
    pub(super) fn size(&self) -> usize {
        match &self.source {
            Source::Bytes { data, .. } => data.len(),
            Source::Url(url) => url.len(),
            Source::FileId(id) => id.len(),
        }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        let is_url = |url: &str| ["data:", "https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
        let problem = match &self.source {
            Source::Bytes { data: [], .. } => "an image is empty: give its bytes",
            Source::Bytes { filename, .. } if filename.is_empty() => "an image has no file name: providers refuse it",
            Source::Url(url) if !is_url(url.as_str()) => "the address of an image is neither data: nor http(s)://",
            Source::FileId(id) if id.is_empty() => "the file id of an image is empty",
            _ => return Ok(()),
        };
        Err(BuildError::new(problem))
    }

    /// Adds the image to a form, if it is made from bytes.
    pub(super) fn add_to(&self, form: &mut Form<'a>, name: &str) {
        if let Source::Bytes { filename, media_type, data } = &self.source {
            form.file(name, filename, media_type.as_deref().unwrap_or_else(|| media_type_of(data)), data);
        }
    }
}

impl Serialize for InputImage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match &self.source {
            Source::Bytes { .. } => return Err(serde::ser::Error::custom("bytes are sent as a form")),
            Source::Url(url) => map.serialize_entry("image_url", url)?,
            Source::FileId(id) => map.serialize_entry("file_id", id)?,
        }
        map.end()
    }
}

impl fmt::Debug for InputImage<'_> {
    /// Shows the size of the image, and not its content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.source {
            Source::Bytes { .. } => "bytes",
            Source::Url(_) => "url",
            Source::FileId(_) => "file_id",
        };
        f.debug_struct("InputImage").field("source", &kind).field("len", &self.size()).finish()
    }
}

/// Returns the media type of an image by its first bytes.
fn media_type_of(data: &[u8]) -> &'static str {
    match data {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "application/octet-stream",
    }
}
