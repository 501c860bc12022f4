//! The content of an input message: a text, or parts.

use serde::{Serialize, Serializer};

#[cfg(feature = "base64")]
use crate::BuildError;
use crate::Extra;
use crate::chat::{Blob, FilePart, ImagePart};
use crate::json::{ObjectWriter, RawText, conversions, text_or_list};

/// The content of an input message.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputContent {
    /// One text.
    Text(String),
    /// Texts, images and files.
    Parts(Vec<InputPart>),
}

text_or_list!(InputContent, Parts, InputPart);

impl InputContent {
    /// Returns the size of the content in a request, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        match self {
            InputContent::Text(text) => text.len(),
            InputContent::Parts(parts) => parts.iter().map(InputPart::size).sum(),
        }
    }
}

impl Serialize for InputContent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            InputContent::Text(text) => text.serialize(serializer),
            InputContent::Parts(parts) => parts.serialize(serializer),
        }
    }
}

/// A part of a message of the input.
///
/// Images and files have the types of [`chat`](crate::chat), so that the same value can be sent to either endpoint.
///
/// | part | written as |
/// |---|---|
/// | a text | `{"type":"input_text","text":"…"}` |
/// | an image | `{"type":"input_image","image_url":"…","detail":"…"}` |
/// | a file by its data | `{"type":"input_file","filename":"…","file_data":"…"}` |
/// | a file by its web address | `{"type":"input_file","file_url":"…"}` |
///
/// Fields without a member at this endpoint, such as the media type beside a data URL, are not written.
///
/// # Examples
/// ```
/// use requesty_core::chat::{FilePart, ImagePart};
/// use requesty_core::responses::InputPart;
///
/// let image = InputPart::from(ImagePart::from_url("https://example.com/cat.png"));
/// assert_eq!(
///     serde_json::to_string(&image)?,
///     r#"{"type":"input_image","image_url":"https://example.com/cat.png"}"#,
/// );
/// let file = InputPart::from(FilePart::from_url("a.pdf", "https://example.com/a.pdf").unwrap());
/// assert_eq!(serde_json::to_string(&file)?, r#"{"type":"input_file","file_url":"https://example.com/a.pdf"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputPart {
    /// A text.
    Text(String),
    /// An image.
    Image(ImagePart),
    /// A file.
    File(FilePart),
    /// The JSON text of any other part.
    Raw(String),
}

impl InputPart {
    /// Creates a text part.
    pub fn text(text: impl Into<String>) -> Self {
        InputPart::Text(text.into())
    }

    /// Creates an image part from a web address or a data URL.
    pub fn image_url(url: impl Into<Blob>) -> Self {
        InputPart::Image(ImagePart::from_url(url))
    }

    /// Creates an image part from the bytes of the image and their media type, such as `image/png`.
    ///
    /// # Errors
    /// As [`ImagePart::from_bytes`].
    #[cfg(feature = "base64")]
    pub fn image(mime_type: &str, data: &[u8]) -> Result<Self, BuildError> {
        ImagePart::from_bytes(mime_type, data).map(InputPart::Image)
    }

    /// Creates a file part from the bytes of a PDF file. For other files use [`FilePart::from_bytes_as`].
    ///
    /// # Errors
    /// As [`FilePart::from_bytes`].
    #[cfg(feature = "base64")]
    #[doc(alias("pdf", "upload", "document"))]
    pub fn file(filename: impl Into<String>, data: &[u8]) -> Result<Self, BuildError> {
        FilePart::from_bytes(filename, data).map(InputPart::File)
    }

    /// Creates any other part from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `part` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(part: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(part).map(InputPart::Raw)
    }

    fn size(&self) -> usize {
        /// The bytes of the names and the braces.
        const FRAME: usize = 64;
        FRAME
            + match self {
                InputPart::Text(text) | InputPart::Raw(text) => text.len(),
                InputPart::Image(image) => image.url.len(),
                InputPart::File(file) => file.filename.len() + file.file_data.len(),
            }
    }
}

conversions! {
    InputPart {
        text: &str => text(text),
        text: String => text(text),
        image: ImagePart => Image(image),
        file: FilePart => File(file),
    }
}

impl Serialize for InputPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = Extra::new();
        match self {
            InputPart::Text(text) => {
                let mut object = ObjectWriter::new(serializer, &none)?;
                object.field("type", "input_text")?;
                object.field("text", text)?;
                object.end()
            }
            InputPart::Image(image) => {
                let mut object = ObjectWriter::new(serializer, &image.extra)?;
                object.field("type", "input_image")?;
                object.field("image_url", &image.url)?;
                object.optional("detail", image.detail.as_ref())?;
                object.end()
            }
            InputPart::File(file) => {
                let mut object = ObjectWriter::new(serializer, &file.extra)?;
                object.field("type", "input_file")?;
                if file.file_data.as_bytes().starts_with(b"http") {
                    object.field("file_url", &file.file_data)?;
                } else {
                    object.field("filename", &file.filename)?;
                    object.field("file_data", &file.file_data)?;
                }
                object.end()
            }
            InputPart::Raw(json) => RawText(json).serialize(serializer),
        }
    }
}
