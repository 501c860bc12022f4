//! The request for images made from a text.

use serde::{Serialize, Serializer};

use super::settings::{Settings, setters};

/// A request for images made from a text. Fields that are not set are left out of the request.
///
/// ```
/// use requesty_core::images::Generation;
///
/// let generation = Generation::new("azure/openai/gpt-image-1", "A lighthouse at dawn").size("1024x1024").n(2);
/// assert_eq!(
///     serde_json::to_string(&generation)?,
///     r#"{"model":"azure/openai/gpt-image-1","prompt":"A lighthouse at dawn","n":2,"size":"1024x1024"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create image](https://docs.requesty.ai/api-reference/endpoint/images-generations-create).
#[derive(Clone, Debug)]
pub struct Generation {
    pub(super) settings: Settings,
}

impl Generation {
    /// Creates a request with a model and a text that describes the image.
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Generation { settings: Settings::new(model, prompt) }
    }

    setters!();
}

impl Serialize for Generation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.settings.serialize(serializer)
    }
}
