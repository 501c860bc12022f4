//! The settings that generations and edits share.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::BuildError;
use crate::json::ObjectWriter;
use crate::request::{Additions, fail};

#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) model: String,
    pub(super) prompt: String,
    pub(super) n: Option<u32>,
    pub(super) size: Option<String>,
    pub(super) quality: Option<String>,
    pub(super) background: Option<String>,
    pub(super) output_format: Option<String>,
    pub(super) response_format: Option<String>,
    pub(super) user: Option<String>,
    pub(super) extra: Additions,
}

impl Settings {
    pub(super) fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Settings { model: model.into(), prompt: prompt.into(), ..Settings::default() }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.extra.check()?;
        if self.extra.contains("stream") {
            return fail("`stream` is set, but images are read whole: remove it");
        }
        if self.model.trim().is_empty() {
            return fail("the model is named by an empty text: name one, such as azure/openai/gpt-image-1");
        }
        if self.prompt.trim().is_empty() {
            return fail("the prompt is empty: describe the image");
        }
        if self.n == Some(0) {
            return fail("`n` is 0: ask for one image or more");
        }
        Ok(())
    }

    pub(super) fn write<M: SerializeMap>(&self, object: &mut ObjectWriter<'_, M>) -> Result<(), M::Error> {
        object.field("model", &self.model)?;
        object.field("prompt", &self.prompt)?;
        object.optional("n", self.n.as_ref())?;
        object.optional("size", self.size.as_ref())?;
        object.optional("quality", self.quality.as_ref())?;
        object.optional("background", self.background.as_ref())?;
        object.optional("output_format", self.output_format.as_ref())?;
        object.optional("response_format", self.response_format.as_ref())?;
        object.optional("user", self.user.as_ref())
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.write(&mut object)?;
        object.end()
    }
}

/// The setters that generations and edits share.
macro_rules! setters {
    () => {
        /// Sets the number of images, at least 1.
        #[must_use]
        pub fn n(mut self, n: u32) -> Self {
            self.settings.n = Some(n);
            self
        }

        /// Sets width and height in pixels. The router's documentation lists `1024x1024`, `1536x1024` and `1024x1536`.
        #[must_use]
        pub fn size(mut self, size: impl Into<String>) -> Self {
            self.settings.size = Some(size.into());
            self
        }

        /// Sets the quality. The router's documentation lists `auto`, `high`, `medium` and `low`.
        #[must_use]
        pub fn quality(mut self, quality: impl Into<String>) -> Self {
            self.settings.quality = Some(quality.into());
            self
        }

        /// Sets the background. The router's documentation lists `auto`, `transparent` and `opaque`.
        #[must_use]
        pub fn background(mut self, background: impl Into<String>) -> Self {
            self.settings.background = Some(background.into());
            self
        }

        /// Sets the format of the files. The router's documentation lists `png`, `jpeg` and `webp`.
        #[must_use]
        pub fn output_format(mut self, output_format: impl Into<String>) -> Self {
            self.settings.output_format = Some(output_format.into());
            self
        }

        /// Sets how the images are returned: as a `url`, or in the reply as `b64_json`. Some models support only one of
        /// them, and refuse a request with this field.
        #[must_use]
        pub fn response_format(mut self, response_format: impl Into<String>) -> Self {
            self.settings.response_format = Some(response_format.into());
            self
        }

        /// Sets `user`: the id of the end user, which is passed to the provider. The router's documentation does not
        /// mention this field.
        #[must_use]
        #[doc(alias = "user")]
        pub fn end_user(mut self, user: impl Into<String>) -> Self {
            self.settings.user = Some(user.into());
            self
        }

        /// Sets any other member of the request. It replaces a field of the same name.
        ///
        /// A value that cannot be written as JSON is an error when the request is built.
        #[must_use]
        pub fn extra<T: serde::Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
            self.settings.extra.set(key, value);
            self
        }
    };
}

pub(super) use setters;
