//! The request for images made from images.

use bytes::Bytes;
use http::HeaderValue;
use serde::{Serialize, Serializer};

use super::InputImage;
use super::settings::{Settings, setters};
use crate::BuildError;
use crate::json::ObjectWriter;
use crate::request::{Form, fail, json_of_size};

/// A request for images made from other images and a text. Fields that are not set are left out of the request.
///
/// ```
/// use requesty_core::images::{Edit, InputImage};
/// use requesty_core::{ApiKey, Router};
///
/// let photo = b"\x89PNG\r\n\x1a\n...";
/// let edit = Edit::new("azure/openai/gpt-image-1", "Make it night").image(InputImage::from_bytes("day.png", photo));
/// let call = Router::new(ApiKey::new("rqsty-sk-example")?).edit_images(&edit)?;
/// let media = call.request().headers()["content-type"].to_str()?.to_owned();
/// assert!(media.starts_with("multipart/form-data; boundary="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The router's page: [image generation](https://docs.requesty.ai/features/image-generation).
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    pub(super) settings: Settings,
    images: Vec<InputImage<'a>>,
    mask: Option<InputImage<'a>>,
}

impl<'a> Edit<'a> {
    /// Creates a request with a model and a text that describes the change.
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Edit { settings: Settings::new(model, prompt), images: Vec::new(), mask: None }
    }

    /// Adds an image; at most 16 are allowed.
    #[must_use]
    pub fn image(mut self, image: InputImage<'a>) -> Self {
        self.images.push(image);
        self
    }

    /// Sets the mask: an image that is transparent where the first image is to be changed.
    #[must_use]
    pub fn mask(mut self, mask: InputImage<'a>) -> Self {
        self.mask = Some(mask);
        self
    }

    setters!();

    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.settings.check()?;
        if self.images.is_empty() {
            return fail("there is no image to edit: add one");
        }
        if self.images.len() > MOST_IMAGES {
            return fail("there are more than 16 images: the router takes no more");
        }
        self.inputs().try_for_each(InputImage::check)?;
        let form = self.is_form();
        if self.inputs().any(|image| image.is_bytes() != form) {
            return fail("some images are bytes and some are URLs or ids: give all of them in the same form");
        }
        Ok(())
    }

    /// Returns whether the request is sent as a form.
    pub(super) fn is_form(&self) -> bool {
        self.images.iter().any(InputImage::is_bytes)
    }

    pub(super) fn form(&self) -> Result<(Bytes, HeaderValue), BuildError> {
        let mut form = Form::default();
        form.members(&self.settings)?;
        for image in &self.images {
            image.add_to(&mut form, "image[]");
        }
        if let Some(mask) = &self.mask {
            mask.add_to(&mut form, "mask");
        }
        Ok(form.write())
    }

    pub(super) fn json(&self) -> Result<Bytes, BuildError> {
        /// The bytes of the names, the braces and the short values.
        const FRAME: usize = 1024;
        let images = self.inputs().map(|image| image.size() + FRAME);
        let size = FRAME + self.settings.prompt.len() + images.sum::<usize>();
        json_of_size(self, size, "the edit cannot be written as JSON")
    }

    /// Returns the images and the mask.
    fn inputs(&self) -> impl Iterator<Item = &InputImage<'a>> {
        self.images.iter().chain(&self.mask)
    }
}

impl Serialize for Edit<'_> {
    /// Writes the request as JSON, which is possible only without images as bytes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.settings.extra)?;
        self.settings.write(&mut object)?;
        object.field("images", &self.images)?;
        object.optional("mask", self.mask.as_ref())?;
        object.end()
    }
}

const MOST_IMAGES: usize = 16;
