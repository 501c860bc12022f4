//! The request for embeddings.

use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::Input;
use crate::BuildError;
use crate::json::{ObjectWriter, elements};
use crate::request::{Additions, fail, json};

/// A request for embeddings.
///
/// The input is borrowed or owned, as it is given. Fields that are not set are left out of the request, never sent as
/// `null`.
///
/// # Examples
/// ```
/// use requesty_core::embeddings::Request;
///
/// let request = Request::new("A text.").model("openai/text-embedding-3-large").dimensions(256);
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"input":"A text.","model":"openai/text-embedding-3-large","dimensions":256}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, Debug)]
pub struct Request<'a> {
    input: Input<'a>,
    model: Option<String>,
    dimensions: Option<u32>,
    encoding_format: Option<EncodingFormat>,
    user: Option<String>,
    extra: Additions,
}

/// The encoding of the vectors in the reply.
///
/// The router's page: [create embedding](https://docs.requesty.ai/api-reference/endpoint/embeddings-create).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodingFormat {
    /// `float`: JSON numbers, the default of most servers.
    #[default]
    Float,
    /// `base64`: the bytes of little-endian floats, in about a third of the bytes of JSON numbers.
    ///
    /// Needs the feature `base64`, which is on by default.
    Base64,
}

/// How the vectors of the reply must be read, by the request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// The number of dimensions of a vector.
    pub(super) dimensions: Option<usize>,
    /// Whether the bytes of a string are integers of one byte each, instead of floats.
    pub(super) is_int8: bool,
}

impl EncodingFormat {
    /// Returns the name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            EncodingFormat::Float => "float",
            EncodingFormat::Base64 => "base64",
        }
    }
}

impl<'a> Request<'a> {
    /// Creates a request with an input and no other field.
    pub fn new(input: impl Into<Input<'a>>) -> Self {
        Request {
            input: input.into(),
            model: None,
            dimensions: None,
            encoding_format: None,
            user: None,
            extra: Additions::default(),
        }
    }

    /// Sets the model, such as `openai/text-embedding-3-small`. It is required, because embeddings have no default
    /// model. This crate does not interpret the name.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets the number of dimensions of a vector, for models that support it.
    #[must_use]
    pub fn dimensions(mut self, dimensions: u32) -> Self {
        self.dimensions = Some(dimensions);
        self
    }

    /// Sets the encoding of the vectors in the reply. The vectors that are read are the same; base64 takes about a
    /// third of the bytes.
    #[must_use]
    pub fn encoding_format(mut self, encoding_format: EncodingFormat) -> Self {
        self.encoding_format = Some(encoding_format);
        self
    }

    /// Sets `user`: the id of the end user, which is passed to the provider.
    #[must_use]
    #[doc(alias = "user")]
    pub fn end_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets any other member of the request. It replaces a field of the same name.
    ///
    /// A value that cannot be written as JSON is an error when the request is built.
    #[must_use]
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        self.extra.set(key, value);
        self
    }

    /// Returns the body that a call sends. Use it for logs and tests; the call writes the body by itself.
    ///
    /// No error quotes the input.
    ///
    /// # Errors
    /// [`BuildError`], which says what to change, if there is no input, an input is empty, the model is missing or
    /// empty, the number of dimensions is 0, base64 is set without the feature `base64`, or a value could not be
    /// written as JSON.
    pub fn body(&self) -> Result<Bytes, BuildError> {
        self.check()?;
        json(self)
    }

    /// Returns the model of the request.
    pub(super) fn asked_model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Returns how the vectors must be read.
    pub(super) fn wanted(&self) -> Wanted {
        let dimensions = match self.extra.get("dimensions") {
            Some(json) => serde_json::from_str(json).ok(),
            None => self.dimensions,
        };
        let is_int8 = ["encoding_format", "output_dtype", "embedding_types", "dtype"].iter().any(|name| {
            let json = self.extra.get(name).unwrap_or_default();
            let name = match elements(json.as_bytes()) {
                // With a list of several types it is not known which type a string has.
                Some(mut names) => names.next().filter(|_| names.next().is_none()),
                None => Some(json.as_bytes()),
            };
            matches!(name, Some(b"\"int8\"" | b"\"base64_int8\""))
        });
        Wanted { dimensions: dimensions.and_then(|count: u32| usize::try_from(count).ok()), is_int8 }
    }

    /// Returns the number of embeddings in the reply; `None` if an extra member replaces the input.
    pub(super) fn expected(&self) -> Option<usize> {
        (!self.extra.contains("input")).then(|| self.input.len())
    }

    fn check(&self) -> Result<(), BuildError> {
        self.extra.check()?;
        if !self.extra.contains("input") {
            self.input.check()?;
        }
        let unnamed = self.model.as_deref().is_none_or(|model| model.trim().is_empty());
        if unnamed && !self.extra.contains("model") {
            return fail("no model is named: name one, as there is no default for embeddings");
        }
        if self.dimensions == Some(0) {
            return fail("`dimensions` is 0: a vector has at least one");
        }
        if cfg!(not(feature = "base64")) && self.encoding_format == Some(EncodingFormat::Base64) {
            return fail("vectors in base64 need the feature `base64` of this crate: turn it on");
        }
        Ok(())
    }
}

impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("input", &self.input)?;
        object.optional("model", self.model.as_ref())?;
        object.optional("dimensions", self.dimensions.as_ref())?;
        object.optional("encoding_format", self.encoding_format.map(EncodingFormat::as_str).as_ref())?;
        object.optional("user", self.user.as_ref())?;
        object.end()
    }
}
