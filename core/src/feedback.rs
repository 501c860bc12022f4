//! Feedback on answers.
//!
//! The [`id`](crate::chat::Completion::id) of a completion names the answer; the first chunk of a stream already has
//! it. The router adds the feedback to what it stores of the request, for its analytics.

use http::Method;
use serde::{Serialize, Serializer};

use crate::json::ObjectWriter;
use crate::reply::Json;
use crate::request::json;
use crate::{Acknowledgement, BuildError, Call, Error, Extra, Host, Router};

impl Router {
    /// Sends feedback on the answer with this id: `POST /feedback/{id}` on the feedback host. Feedback sent again
    /// overwrites members of the same name; the other members stay.
    ///
    /// The router documents the request and not the reply, so any 2xx status is success, whatever the body is.
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty or the feedback has no member.
    pub fn feedback(&self, request_id: &str, feedback: &Feedback) -> Result<Call<Json<Acknowledgement>>, Error> {
        if feedback.is_empty() {
            return Err(BuildError::new("the feedback is empty: set a member of it").into());
        }
        let path = ["feedback", request_id];
        self.endpoint(Host::Feedback, Method::POST, &path, json(&Data { data: feedback })?, Json::acknowledged())
    }

    /// Rates the answer with this id by a thumb: `POST /v1/feedback` on the inference host.
    ///
    /// Prefer [`feedback`](Self::feedback): only the router's own collection of skills names this endpoint, and the
    /// router's documentation names the other.
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    pub fn rate(&self, request_id: &str, thumbs: Thumbs) -> Result<Call<Json<Acknowledgement>>, Error> {
        if request_id.is_empty() {
            return Err(BuildError::new("an id is empty").into());
        }
        let rating = match thumbs {
            Thumbs::Up => "thumbs_up",
            Thumbs::Down => "thumbs_down",
        };
        let body = json(&Rated { request_id, rating })?;
        self.endpoint(Host::Inference, Method::POST, &["v1", "feedback"], body, Json::acknowledged())
    }
}

/// Feedback on an answer: named members. Any name is allowed; those with a setter are in the router's
/// [documentation](https://docs.requesty.ai/features/request-feedback).
///
/// # Examples
/// ```
/// use requesty_core::feedback::{Feedback, Thumbs};
/// use requesty_core::{ApiKey, Router};
///
/// let feedback = Feedback::new().thumbs(Thumbs::Up).message("great").tags(["ui"]).extra("session", &9)?;
/// let call = Router::new(ApiKey::new("rqsty-sk-example")?).feedback("rqsty-cmpl-1", &feedback)?;
/// let request = call.request();
/// assert_eq!(request.uri(), "https://api.requesty.ai/feedback/rqsty-cmpl-1");
/// assert_eq!(request.body(), r#"{"data":{"message":"great","thumbs":"up","tags":["ui"],"session":9}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feedback {
    message: Option<String>,
    rating: Option<i64>,
    helpful: Option<bool>,
    thumbs: Option<Thumbs>,
    tags: Option<Vec<String>>,
    user_id: Option<String>,
    extra: Extra,
}

impl Feedback {
    /// Creates feedback without any member.
    pub fn new() -> Self {
        Feedback::default()
    }

    /// Sets `message`: what the user wrote.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets `rating`, on a scale of the application's own.
    #[must_use]
    pub fn rating(mut self, rating: i64) -> Self {
        self.rating = Some(rating);
        self
    }

    /// Sets `helpful`: whether the answer helped.
    #[must_use]
    pub fn helpful(mut self, helpful: bool) -> Self {
        self.helpful = Some(helpful);
        self
    }

    /// Sets `thumbs`: up or down.
    #[must_use]
    pub fn thumbs(mut self, thumbs: Thumbs) -> Self {
        self.thumbs = Some(thumbs);
        self
    }

    /// Sets `tags`. They replace the tags sent before; an empty list is sent too, and deletes them.
    #[must_use]
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags = Some(tags.into_iter().map(Into::into).collect());
        self
    }

    /// Sets `user_id`: who gives the feedback.
    #[must_use]
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Sets any other member. It replaces a member of the same name.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    fn is_empty(&self) -> bool {
        *self == Feedback::default()
    }
}

impl Serialize for Feedback {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("message", self.message.as_ref())?;
        object.optional("rating", self.rating.as_ref())?;
        object.optional("helpful", self.helpful.as_ref())?;
        object.optional("thumbs", self.thumbs.as_ref())?;
        object.optional("tags", self.tags.as_ref())?;
        object.optional("user_id", self.user_id.as_ref())?;
        object.end()
    }
}

/// The direction of a thumb.
///
/// The router's page: [request feedback](https://docs.requesty.ai/features/request-feedback).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thumbs {
    /// A good answer.
    Up,
    /// A bad answer.
    Down,
}

impl Serialize for Thumbs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Thumbs::Up => "up",
            Thumbs::Down => "down",
        })
    }
}

#[derive(Serialize)]
struct Data<'a> {
    data: &'a Feedback,
}

#[derive(Serialize)]
struct Rated<'a> {
    request_id: &'a str,
    rating: &'a str,
}
