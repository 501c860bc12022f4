//! Images, made and edited.
//!
//! ```text
//! Generation ─────────────────────▶ JSON ─────┐
//! Edit ─┬─ images are bytes ──────▶ multipart ┼─▶ Images ─▶ Image: base64 or a URL
//!       └─ images are URLs or ids ▶ JSON ─────┘
//! ```
//!
//! Chat models that make images are asked as chat models are.

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
    /// Makes images from a text: `POST /v1/images/generations`, documented.
    ///
    /// # Errors
    /// [`Error::Build`] if model or prompt is empty, `n` is 0, or something could not be written as JSON.
    pub fn generate_images(&self, generation: &Generation) -> Result<Call<Json<Images>>, Error> {
        generation.settings.check()?;
        let body = request::json(&generation.settings)?;
        let path = ["v1", "images", "generations"];
        let call = self.endpoint(Host::Inference, Method::POST, &path, body, Json::received())?;
        Ok(call.with_model(Some(&generation.settings.model)))
    }

    /// Makes images from images and a text: `POST /v1/images/edits`, documented. Images that are given as bytes are sent as
    /// a form, others as JSON; both are documented, the names of the members in JSON are those of OpenAI's reference.
    ///
    /// # Errors
    /// As [`generate_images`](Self::generate_images); and where there is no image, or more than 16, or an image is empty, or
    /// some are bytes and some are not.
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
