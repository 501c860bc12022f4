//! Making and changing images.
//!
//! ```text
//! Generation ─────────────────────▶ JSON ─────┐
//! Edit ─┬─ images are bytes ──────▶ multipart ┼─▶ Images ─▶ Image: base64 or a URL
//!       └─ images are URLs or ids ▶ JSON ─────┘
//! ```
//!
//! Chat models that make images are called through [`chat`](crate::chat).

mod edit;
mod generation;
mod input;
mod reply;
mod settings;

use http::Method;

use crate::reply::Json;
use crate::{Call, Error, Host, Router, request};

pub use edit::Edit;
pub use generation::Generation;
pub use input::InputImage;
pub use reply::{Image, ImageUsage, Images};

impl Router {
    /// Creates a call that makes images from a text: `POST /v1/images/generations`.
    ///
    /// # Errors
    /// [`Error::Build`] if the model or the prompt is empty, `n` is 0, or a value cannot be written as JSON.
    pub fn generate_images(&self, generation: &Generation) -> Result<Call<Json<Images>>, Error> {
        generation.settings.check()?;
        let body = request::json(&generation.settings)?;
        let path = ["v1", "images", "generations"];
        let call = self.endpoint(Host::Inference, Method::POST, &path, body, Json::received())?;
        Ok(call.with_model(Some(&generation.settings.model)))
    }

    /// Creates a call that makes images from images and a text: `POST /v1/images/edits`. Images from bytes are sent as
    /// a form, other images as JSON. The router's documentation allows both; the names of the JSON members are from
    /// OpenAI's reference.
    ///
    /// # Errors
    /// As [`generate_images`](Self::generate_images). Also if there is no image or more than 16, if an image is empty,
    /// or if some images are from bytes and some are not.
    pub fn edit_images(&self, edit: &Edit<'_>) -> Result<Call<Json<Images>>, Error> {
        edit.check()?;
        let path = ["v1", "images", "edits"];
        let call = |body| self.endpoint(Host::Inference, Method::POST, &path, body, Json::received());
        let call = if edit.is_form() {
            let (body, media) = edit.form()?;
            call(body)?.with_content_type(media)
        } else {
            call(edit.json()?)?
        };
        Ok(call.with_model(Some(&edit.settings.model)))
    }
}
