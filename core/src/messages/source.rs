//! Images and documents, and the sources of their bytes.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Blob;
use crate::json::{self, Members, ObjectWriter, RawText};
use crate::{BuildError, Extra};

/// The source of the bytes of an image or a document.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// In the request, encoded: `{"type":"base64","media_type":"image/png","data":"…"}`.
    Base64 {
        /// The media type, such as `image/png` or `application/pdf`.
        media_type: String,
        /// The bytes in base64, without a `data:` prefix.
        data: Blob,
    },
    /// On the web: `{"type":"url","url":"https://…"}`.
    Url(Blob),
    /// The JSON text of any other source.
    Other(String),
}

impl Source {
    /// Encodes bytes.
    ///
    /// # Errors
    /// [`BuildError`] if there are no bytes, or if the media type is empty.
    #[cfg(feature = "base64")]
    pub fn from_bytes(media_type: impl Into<String>, data: &[u8]) -> Result<Self, BuildError> {
        use base64::Engine;
        let media_type = media_type.into();
        if data.is_empty() {
            return Err(BuildError::new("the image or document is empty: give its bytes"));
        }
        if media_type.is_empty() {
            return Err(BuildError::new("the media type is empty: name one, such as image/png"));
        }
        let data = base64::engine::general_purpose::STANDARD.encode(data);
        Ok(Source::Base64 { media_type, data: data.into() })
    }

    /// Creates a source from a web address or a data URL. The bytes of a data URL are sent as [`Base64`](Self::Base64),
    /// because this API has no data URLs.
    ///
    /// # Errors
    /// [`BuildError`] if the address starts with neither `https://`, `http://` nor `data:…;base64,`.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::messages::Source;
    ///
    /// let source = Source::from_url("data:image/png;base64,iVBORw0K")?;
    /// assert_eq!(source, Source::Base64 { media_type: "image/png".into(), data: "iVBORw0K".into() });
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
    pub fn from_url(url: &str) -> Result<Self, BuildError> {
        if url.starts_with("https://") || url.starts_with("http://") {
            return Ok(Source::Url(url.into()));
        }
        match url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
            Some((media_type, data)) if !media_type.is_empty() && !data.is_empty() => {
                Ok(Source::Base64 { media_type: media_type.to_owned(), data: data.into() })
            }
            _ => Err(BuildError::new("the address is neither http(s)://… nor data:<media type>;base64,<data>")),
        }
    }

    /// Creates any other source from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `source` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(source: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(source).map(Source::Other)
    }

    /// Reads a source. A source with members that this crate does not know is kept byte for byte.
    fn read(json: &[u8]) -> Self {
        Source::read_known(json).unwrap_or_else(|| Source::Other(json::lossy(json)))
    }

    fn read_known(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let source = match members.string("type")?.as_str() {
            "base64" => {
                Source::Base64 { media_type: members.string("media_type")?, data: members.string("data")?.into() }
            }
            "url" => Source::Url(members.string("url")?.into()),
            _ => return None,
        };
        members.rest().is_empty().then_some(source)
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Source::Base64 { media_type, data } => {
                let mut map = serializer.serialize_map(Some(3))?;
                map.serialize_entry("type", "base64")?;
                map.serialize_entry("media_type", media_type)?;
                map.serialize_entry("data", data)?;
                map.end()
            }
            Source::Url(url) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("type", "url")?;
                map.serialize_entry("url", url)?;
                map.end()
            }
            Source::Other(json) => RawText(json).serialize(serializer),
        }
    }
}

/// An image: `{"type":"image","source":{…}}`.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageBlock {
    /// The source of its bytes.
    pub source: Source,
    /// Members without a field.
    pub extra: Extra,
}

impl ImageBlock {
    /// Creates an image.
    pub fn new(source: Source) -> Self {
        ImageBlock { source, extra: Extra::new() }
    }

    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        Some(ImageBlock { source: Source::read(members.raw("source")?), extra: members.rest() })
    }
}

impl Serialize for ImageBlock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(serializer, "image", &self.source, &self.extra)
    }
}

/// A document: `{"type":"document","source":{…}}`. Set Anthropic's other members, such as `title` and `citations`, by
/// [`Block::with_extra`](super::Block::with_extra).
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentBlock {
    /// The source of its bytes.
    pub source: Source,
    /// Members without a field.
    pub extra: Extra,
}

impl DocumentBlock {
    /// Creates a document.
    pub fn new(source: Source) -> Self {
        DocumentBlock { source, extra: Extra::new() }
    }

    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        Some(DocumentBlock { source: Source::read(members.raw("source")?), extra: members.rest() })
    }
}

impl Serialize for DocumentBlock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(serializer, "document", &self.source, &self.extra)
    }
}

fn write<S: Serializer>(serializer: S, kind: &str, source: &Source, extra: &Extra) -> Result<S::Ok, S::Error> {
    let mut object = ObjectWriter::new(serializer, extra)?;
    object.field("type", kind)?;
    object.field("source", source)?;
    object.end()
}
