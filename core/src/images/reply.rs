//! The images of a reply.

use serde::{Serialize, Serializer};

use crate::json::{self, Blob, List, Members, ObjectWriter};
use crate::{Decimal, Extra};

/// The images of a reply.
///
/// ```
/// use requesty_core::images::Images;
///
/// let images: Images = serde_json::from_str(
///     r#"{"created":1713833628,"data":[{"b64_json":"aGVsbG8=","revised_prompt":"A lighthouse, at dawn"}]}"#,
/// )?;
/// assert_eq!(images.data[0].bytes()?, "hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The router's page: [create image](https://docs.requesty.ai/api-reference/endpoint/images-generations-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Images {
    /// When the images were made, in seconds since 1970.
    pub created: Option<u64>,
    /// The images.
    pub data: Vec<Image>,
    /// The model that made them.
    pub model: Option<String>,
    /// Tokens and cost; `None` if the reply does not report them.
    pub usage: Option<ImageUsage>,
    /// Members without a field.
    pub extra: Extra,
}

impl Images {
    pub(crate) fn read(mut members: Members<'_>) -> Option<Self> {
        // A reply without `data` is not a list of images; an empty list would be one.
        if !members.has("data") {
            return None;
        }
        Some(Images {
            created: members.uint("created"),
            data: members.objects("data", Image::read),
            model: members.string("model"),
            usage: members.object_with("usage", ImageUsage::read),
            extra: members.rest(),
        })
    }
}

impl Serialize for Images {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("created", self.created.as_ref())?;
        object.field("data", &self.data)?;
        object.optional("model", self.model.as_ref())?;
        object.optional("usage", self.usage.as_ref())?;
        object.end()
    }
}

/// One image, as base64 in the reply or at a URL.
///
/// The router's page: [create image](https://docs.requesty.ai/api-reference/endpoint/images-generations-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// The image in base64.
    pub b64_json: Option<Blob>,
    /// The URL of the image, which may expire; or a data URL.
    pub url: Option<Blob>,
    /// The prompt as the model rewrote it.
    pub revised_prompt: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

impl Image {
    /// Returns the bytes of the image, decoded from `b64_json` or from a data URL.
    ///
    /// # Errors
    /// [`DecodeError`](crate::error::DecodeError) if the data is not base64, or if the reply has only a
    /// [`url`](Self::url), which this crate does not fetch.
    #[cfg(feature = "base64")]
    pub fn bytes(&self) -> Result<bytes::Bytes, crate::error::DecodeError> {
        use bytes::Bytes;

        use crate::reply::base64;

        let data_url = |url: &Blob| Some(url.as_str().strip_prefix("data:")?.split_once(";base64,")?.1.len());
        let from_url = || self.url.as_ref().and_then(|url| Some((url, data_url(url)?)));
        let (text, length) = match self.b64_json.as_ref().filter(|text| !text.is_empty()) {
            Some(text) => (text, text.len()),
            None => {
                from_url().ok_or_else(|| base64::failed("an image that is not in the reply", None, Bytes::new()))?
            }
        };
        let text = text.as_bytes();
        let encoded = text.slice(text.len() - length..);
        let mut bytes = Vec::new();
        match base64::decode(&encoded, &mut bytes) {
            Ok(()) => Ok(bytes.into()),
            Err(at) => Err(base64::failed("an image in base64", at, encoded)),
        }
    }
}

/// Tokens of an image request.
///
/// The router's page: [create image](https://docs.requesty.ai/api-reference/endpoint/images-generations-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageUsage {
    /// Tokens of the prompt and of the input images.
    pub input_tokens: Option<u64>,
    /// Tokens of the images made.
    pub output_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
    /// Price in US dollars. The router's documentation does not mention it for images.
    pub cost: Option<Decimal>,
    /// Members without a field, such as `input_tokens_details`.
    pub extra: Extra,
}

json::fields! {
    Image { b64_json: take_with(blob), url: take_with(blob), revised_prompt: string }
    ImageUsage { input_tokens: uint, output_tokens: uint, total_tokens: uint, cost: decimal }
}

json::received! {
    Images, "a list of images", lists [List::of("data")];
    Image, "an image";
    ImageUsage, "usage of images";
}

fn blob(json: &[u8]) -> Option<Blob> {
    json::string(json).map(Blob::from)
}
