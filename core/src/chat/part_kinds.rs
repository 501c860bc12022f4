//! The parts that this crate knows: texts, images and files.

use std::fmt;

use serde::{Serialize, Serializer};

use super::CacheControl;
use crate::json::{self, Abbreviated, Blob, EmptyMembers, Members, ObjectWriter};
use crate::{BuildError, Extra};

/// A text: `{"type":"text","text":"…"}`.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextPart {
    /// The text.
    pub text: String,
    /// Marks the end of a cached prefix after this part.
    pub cache_control: Option<CacheControl>,
    /// Members without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl TextPart {
    /// Creates a text part.
    pub fn new(text: impl Into<String>) -> Self {
        TextPart { text: text.into(), cache_control: None, extra: Extra::new(), blanks: EmptyMembers::default() }
    }

    /// Creates the part that a server sent as `json`, with its text from the answer. A type other than `text` is kept
    /// among the members.
    pub(super) fn rich(text: &str, json: &[u8]) -> Self {
        let Ok(mut members) = Members::read(json) else { return TextPart::new(text) };
        let kind = members.string("type").filter(|kind| kind != "text");
        members.raw_or_null("text");
        let mut blanks = EmptyMembers::default();
        let cache_control = cache_control(&mut members, &mut blanks);
        let mut extra = members.rest();
        if let Some(kind) = kind {
            extra.put_raw("type".to_owned(), json::quoted(&kind));
        }
        TextPart { text: text.to_owned(), cache_control, extra, blanks }
    }

    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        let mut blanks = EmptyMembers::default();
        let text = members.string("text")?;
        let cache_control = cache_control(&mut members, &mut blanks);
        Some(TextPart { text, cache_control, extra: members.rest(), blanks })
    }
}

impl fmt::Debug for TextPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("TextPart");
        f.field("text", &Abbreviated(&self.text)).field("cache_control", &self.cache_control);
        f.field("extra", &self.extra).finish()
    }
}

impl Serialize for TextPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "text")?;
        object.field("text", &self.text)?;
        self.blanks.write(&mut object, "cache_control", self.cache_control.as_ref())?;
        object.end()
    }
}

/// An image: `{"type":"image_url","image_url":{"url":"…"}}`.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePart {
    /// A data URL or a web address.
    pub url: Blob,
    /// The media type. It is a Requesty extension, which Gemini models need if the image has a web address.
    pub mime_type: Option<String>,
    /// In how much detail the model sees the image: `low`, `high`, `auto`.
    pub detail: Option<String>,
    /// Members of the inner object `image_url` without a field.
    pub image_extra: Extra,
    /// Marks the end of a cached prefix after this part.
    pub cache_control: Option<CacheControl>,
    /// Members of the part without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
    image_blanks: EmptyMembers,
}

impl ImagePart {
    /// Creates an image part from a web address or a data URL.
    pub fn from_url(url: impl Into<Blob>) -> Self {
        ImagePart {
            url: url.into(),
            mime_type: None,
            detail: None,
            image_extra: Extra::new(),
            cache_control: None,
            extra: Extra::new(),
            blanks: EmptyMembers::default(),
            image_blanks: EmptyMembers::default(),
        }
    }

    /// Creates an image part from the bytes of the image and their media type, such as `image/png`.
    ///
    /// # Errors
    /// [`BuildError`] if there are no bytes.
    #[cfg(feature = "base64")]
    pub fn from_bytes(mime_type: &str, data: &[u8]) -> Result<Self, BuildError> {
        if data.is_empty() {
            return Err(BuildError::new("the image is empty: give its bytes"));
        }
        Ok(ImagePart::from_url(Blob::data_url(mime_type, data)))
    }

    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        let (mut blanks, mut image_blanks) = (EmptyMembers::default(), EmptyMembers::default());
        let mut image = members.object("image_url")?;
        let url = Blob::from(image.string("url")?);
        let mime_type = image_blanks.string(&mut image, "mime_type");
        let detail = image_blanks.string(&mut image, "detail");
        let cache_control = cache_control(&mut members, &mut blanks);
        let (image_extra, extra) = (image.rest(), members.rest());
        Some(ImagePart { url, mime_type, detail, image_extra, cache_control, extra, blanks, image_blanks })
    }
}

impl Serialize for ImagePart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "image_url")?;
        object.field("image_url", &ImageUrl(self))?;
        self.blanks.write(&mut object, "cache_control", self.cache_control.as_ref())?;
        object.end()
    }
}

/// The inner object `image_url` of an image part.
struct ImageUrl<'a>(&'a ImagePart);

impl Serialize for ImageUrl<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ImageUrl(part) = self;
        let mut object = ObjectWriter::new(serializer, &part.image_extra)?;
        object.field("url", &part.url)?;
        part.image_blanks.write(&mut object, "mime_type", part.mime_type.as_ref())?;
        part.image_blanks.write(&mut object, "detail", part.detail.as_ref())?;
        object.end()
    }
}

/// A file: `{"type":"input_file","filename":"a.pdf","file_data":"…"}`.
///
/// The router's documentation describes this flat form for PDF files. Models under `openai/` accept no files; use
/// `openai-responses/`.
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias("pdf", "document", "attachment"))]
pub struct FilePart {
    /// The name of the file. It is always sent, because providers refuse a file without one.
    pub filename: String,
    /// A data URL or a web address.
    pub file_data: Blob,
    /// The media type.
    pub mime_type: Option<String>,
    /// Marks the end of a cached prefix after this part.
    pub cache_control: Option<CacheControl>,
    /// Members without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl FilePart {
    /// Creates a part from the bytes of a PDF file.
    ///
    /// The bytes are encoded once, into a data URL that all clones of the part share.
    ///
    /// # Errors
    /// [`BuildError`] if the bytes are not a PDF file, or if the name is empty.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::chat::{FilePart, Message, Part};
    ///
    /// let file = FilePart::from_bytes("report.pdf", b"%PDF-1.7 ...")?;
    /// let message = Message::user([Part::text("Summarise the report."), file.into()]);
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
    #[cfg(feature = "base64")]
    #[doc(alias("pdf", "upload"))]
    pub fn from_bytes(filename: impl Into<String>, data: &[u8]) -> Result<Self, BuildError> {
        if data.starts_with(b"data:") {
            return Err(BuildError::new("the file is a data URL already: use FilePart::from_url"));
        }
        if !data.is_empty() && !data.starts_with(b"%PDF-") {
            return Err(BuildError::new("the file is not a PDF: name its media type with FilePart::from_bytes_as"));
        }
        FilePart::from_bytes_as(filename, "application/pdf", data)
    }

    /// Creates a part from the bytes of a file and their media type, such as `text/csv`.
    ///
    /// # Errors
    /// [`BuildError`] if there are no bytes, or the name or the media type is empty.
    #[cfg(feature = "base64")]
    pub fn from_bytes_as(filename: impl Into<String>, mime_type: &str, data: &[u8]) -> Result<Self, BuildError> {
        if data.is_empty() {
            return Err(BuildError::new("the file is empty: the router takes no file without content"));
        }
        if mime_type.is_empty() {
            return Err(BuildError::new("the media type of the file is empty: name one, such as application/pdf"));
        }
        FilePart::new(filename.into(), Blob::data_url(mime_type, data), Some(mime_type.to_owned()))
    }

    /// Creates a part from a web address or a data URL, which is sent as it is.
    ///
    /// A data URL gives the media type. With a web address, set it by [`mime_type`](Self::mime_type).
    ///
    /// # Errors
    /// [`BuildError`] if the address starts with neither `https://`, `http://` nor `data:…;base64,`, if it has no data,
    /// or if the name is empty.
    pub fn from_url(filename: impl Into<String>, url: impl Into<Blob>) -> Result<Self, BuildError> {
        let url = url.into();
        let mime_type = media_type(url.as_str())?.map(str::to_owned);
        FilePart::new(filename.into(), url, mime_type)
    }

    /// Sets the media type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Marks the end of a cached prefix after this part.
    #[must_use]
    pub fn cache_control(mut self, cache_control: CacheControl) -> Self {
        self.cache_control = Some(cache_control);
        self
    }

    fn new(filename: String, file_data: Blob, mime_type: Option<String>) -> Result<Self, BuildError> {
        if filename.is_empty() {
            return Err(BuildError::new("the name of the file is empty: providers refuse a file without a name"));
        }
        let (cache_control, extra, blanks) = (None, Extra::new(), EmptyMembers::default());
        Ok(FilePart { filename, file_data, mime_type, cache_control, extra, blanks })
    }

    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        let mut blanks = EmptyMembers::default();
        let filename = members.string("filename")?;
        let file_data = Blob::from(members.string("file_data")?);
        let mime_type = blanks.string(&mut members, "mime_type");
        let cache_control = cache_control(&mut members, &mut blanks);
        Some(FilePart { filename, file_data, mime_type, cache_control, extra: members.rest(), blanks })
    }
}

impl Serialize for FilePart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "input_file")?;
        object.field("filename", &self.filename)?;
        object.field("file_data", &self.file_data)?;
        self.blanks.write(&mut object, "mime_type", self.mime_type.as_ref())?;
        self.blanks.write(&mut object, "cache_control", self.cache_control.as_ref())?;
        object.end()
    }
}

fn cache_control(members: &mut Members<'_>, blanks: &mut EmptyMembers) -> Option<CacheControl> {
    blanks.take(members, "cache_control", |members, name| members.take_with(name, CacheControl::read))
}

/// Returns the media type in a data URL; `None` for a web address.
fn media_type(url: &str) -> Result<Option<&str>, BuildError> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(None);
    }
    let Some(rest) = url.strip_prefix("data:") else {
        // Base64 without `data:` is the usual mistake, and the error of providers does not mention it.
        return Err(BuildError::new("the address of the file is neither http(s):// nor data:…;base64,"));
    };
    match rest.split_once(";base64,") {
        Some((_, "")) => Err(BuildError::new("the file is empty: the router takes no file without content")),
        Some((mime_type, _)) => Ok(mime_type.split(';').next().filter(|mime_type| !mime_type.is_empty())),
        None => Err(BuildError::new("the data URL of the file is not in base64: it must hold `;base64,`")),
    }
}
