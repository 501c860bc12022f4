//! Access lists: the models that may be used.

use bytes::Bytes;
use http::Method;
use serde::{Serialize, Serializer};

use super::{check_name, read_list};
use crate::json::{List, Members, ObjectWriter, fields, received, string};
use crate::reply::Json;
use crate::request::json;
use crate::{Acknowledgement, BuildError, Call, Error, Extra, Router};

impl Router {
    /// Lists the access lists: `GET /v1/manage/access-list` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn access_lists(&self) -> Result<Call<Json<AccessLists>>, Error> {
        self.manage(Method::GET, &["access-list"], Bytes::new(), Json::received())
    }

    /// Creates an access list: `POST /v1/manage/access-list` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the name is missing or empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn create_access_list(&self, fields: &AccessListFields) -> Result<Call<Json<CreatedAccessList>>, Error> {
        fields.check()?;
        if !fields.has_name() {
            return Err(BuildError::new("an access list needs a name").into());
        }
        self.manage(Method::POST, &["access-list"], json(fields)?, Json::received())
    }

    /// Gets one access list: `GET /v1/manage/access-list/{id}` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn access_list(&self, id: &str) -> Result<Call<Json<AccessListReply>>, Error> {
        self.manage(Method::GET, &["access-list", id], Bytes::new(), Json::received())
    }

    /// Changes the fields of an access list that are set: `PATCH /v1/manage/access-list/{id}` on the management host.
    /// The [API reference][api] does not describe the reply, so any 2xx status is success.
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty or no field is set.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn change_access_list(
        &self,
        id: &str,
        fields: &AccessListFields,
    ) -> Result<Call<Json<Acknowledgement>>, Error> {
        fields.check()?;
        if *fields == AccessListFields::default() {
            return Err(BuildError::new("nothing of the access list would change: set a field").into());
        }
        self.manage(Method::PATCH, &["access-list", id], json(fields)?, Json::acknowledged())
    }

    /// Deletes an access list: `DELETE /v1/manage/access-list/{id}` on the management host. See the [API reference][api].
    ///
    /// If the list is attached, the router replies with [`ErrorKind::Conflict`](crate::ErrorKind::Conflict).
    ///
    /// # Errors
    /// As [`access_list`](Self::access_list).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn delete_access_list(&self, id: &str) -> Result<Call<Json<()>>, Error> {
        self.manage(Method::DELETE, &["access-list", id], Bytes::new(), Json::accepted())
    }

    /// Attaches an access list to the organization's groups and replaces the attached one: `POST
    /// /v1/manage/org/group/access-list` on the management host.
    ///
    /// The [API reference][api] does not describe the reply, so any 2xx status is success. Nor does it describe how to
    /// attach an access list to a key or to one group.
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn attach_access_list(&self, id: &str) -> Result<Call<Json<Acknowledgement>>, Error> {
        if id.is_empty() {
            return Err(BuildError::new("an id is empty: to remove the access list, detach it").into());
        }
        self.put_access_list(Some(id))
    }

    /// Detaches the access list from the organization's groups, at the same endpoint with `"access_list_id":null`.
    ///
    /// # Errors
    /// [`Error::Build`] if the key would be sent unencrypted.
    pub fn detach_access_list(&self) -> Result<Call<Json<Acknowledgement>>, Error> {
        self.put_access_list(None)
    }

    fn put_access_list(&self, access_list_id: Option<&str>) -> Result<Call<Json<Acknowledgement>>, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            // `None` is written as `null`, which must be sent.
            access_list_id: Option<&'a str>,
        }
        let path = ["org", "group", "access-list"];
        self.manage(Method::POST, &path, json(&Body { access_list_id })?, Json::acknowledged())
    }
}

/// The path of the access lists.
/// The fields of an access list, to create or to change it. Fields that are not set are left out.
///
/// # Examples
/// ```
/// use requesty_core::manage::AccessListFields;
/// use requesty_core::{ApiKey, Router};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let fields = AccessListFields::new().name("small").chat(["openai/gpt-4o-mini"]).auto_approve(false);
/// let call = router.create_access_list(&fields)?;
/// assert_eq!(call.request().body(), r#"{"name":"small","auto_approve":false,"chat":["openai/gpt-4o-mini"]}"#);
///
/// let no_images = AccessListFields::new().image::<&str>([]);
/// let call = router.change_access_list("list-1", &no_images)?;
/// assert_eq!(call.request().method(), "PATCH");
/// assert_eq!(call.request().body(), r#"{"image":[]}"#);
/// # Ok::<(), requesty_core::Error>(())
/// ```
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessListFields {
    name: Option<String>,
    auto_approve: Option<bool>,
    chat: Option<Vec<String>>,
    embedding: Option<Vec<String>>,
    image: Option<Vec<String>>,
    transcription: Option<Vec<String>>,
    speech: Option<Vec<String>>,
    extra: Extra,
}

impl AccessListFields {
    /// Creates an empty set of fields.
    pub fn new() -> Self {
        AccessListFields::default()
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets whether new models are added to the list automatically.
    #[must_use]
    pub fn auto_approve(mut self, auto_approve: bool) -> Self {
        self.auto_approve = Some(auto_approve);
        self
    }

    /// Sets the models for completions; they replace all others.
    #[must_use]
    pub fn chat<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.chat = Some(all(models));
        self
    }

    /// Sets the models for embeddings; they replace all others.
    #[must_use]
    pub fn embedding<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.embedding = Some(all(models));
        self
    }

    /// Sets the models for images; they replace all others.
    #[must_use]
    pub fn image<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.image = Some(all(models));
        self
    }

    /// Sets the models for transcriptions; they replace all others.
    #[must_use]
    pub fn transcription<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.transcription = Some(all(models));
        self
    }

    /// Sets the models for speech; they replace all others.
    #[must_use]
    pub fn speech<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.speech = Some(all(models));
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

    fn has_name(&self) -> bool {
        self.name.is_some() || self.extra.contains("name")
    }

    fn check(&self) -> Result<(), BuildError> {
        self.name.as_deref().map_or(Ok(()), check_name)
    }
}

impl Serialize for AccessListFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("name", self.name.as_ref())?;
        object.optional("auto_approve", self.auto_approve.as_ref())?;
        object.optional("chat", self.chat.as_ref())?;
        object.optional("embedding", self.embedding.as_ref())?;
        object.optional("image", self.image.as_ref())?;
        object.optional("transcription", self.transcription.as_ref())?;
        object.optional("speech", self.speech.as_ref())?;
        object.end()
    }
}

/// The reply to the creation of an access list.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedAccessList {
    /// The id, for the other methods.
    pub id: String,
    /// Members without a field.
    pub extra: Extra,
}

/// The access lists of the organization.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessLists {
    /// The lists. If one of them has no id, all stay in `extra`.
    pub access_lists: Vec<AccessList>,
    /// Members without a field.
    pub extra: Extra,
}

impl AccessLists {
    fn read(mut members: Members<'_>) -> Option<Self> {
        let access_lists = read_list(&mut members, "access_lists", AccessList::read)?;
        Some(AccessLists { access_lists, extra: members.rest() })
    }
}

impl Serialize for AccessLists {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("access_lists", &self.access_lists)?;
        object.end()
    }
}

/// The reply with one access list.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessListReply {
    /// The list.
    pub access_list: AccessList,
    /// Members of the reply without a field.
    pub extra: Extra,
}

/// An access list: the models that may be used.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessList {
    /// The id of the list.
    pub id: String,
    /// The name of the list.
    pub name: Option<String>,
    /// The id of the organization.
    pub organization_id: Option<String>,
    /// Whether new models are added to the list automatically.
    pub auto_approve: Option<bool>,
    /// Models for completions.
    pub chat: Vec<String>,
    /// Models for embeddings.
    pub embedding: Vec<String>,
    /// Models for images.
    pub image: Vec<String>,
    /// Models for transcriptions.
    pub transcription: Vec<String>,
    /// Models for speech.
    pub speech: Vec<String>,
    /// Members without a field. A list with an element that is not a string is among them.
    pub extra: Extra,
}

impl AccessList {
    fn read(mut members: Members<'_>) -> Option<Self> {
        Some(AccessList {
            id: members.text("id")?,
            name: members.text("name"),
            organization_id: members.text("organization_id"),
            auto_approve: members.flag("auto_approve"),
            chat: members.list("chat", |name| string(name.json)),
            embedding: members.list("embedding", |name| string(name.json)),
            image: members.list("image", |name| string(name.json)),
            transcription: members.list("transcription", |name| string(name.json)),
            speech: members.list("speech", |name| string(name.json)),
            extra: members.rest(),
        })
    }
}

impl Serialize for AccessList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("id", &self.id)?;
        object.optional("name", self.name.as_ref())?;
        object.optional("organization_id", self.organization_id.as_ref())?;
        object.optional("auto_approve", self.auto_approve.as_ref())?;
        // An empty list is written too, because it forbids all models.
        object.field("chat", &self.chat)?;
        object.field("embedding", &self.embedding)?;
        object.field("image", &self.image)?;
        object.field("transcription", &self.transcription)?;
        object.field("speech", &self.speech)?;
        object.end()
    }
}

fields! {
    CreatedAccessList { id: text }
    AccessListReply { access_list: object_with(AccessList::read) }
}

received! {
    CreatedAccessList, "a new access list";
    AccessLists, "a list of access lists", lists [List::with("access_lists", &MODELS)];
    AccessListReply, "an access list", lists [List::with("access_list", &MODELS)];
    AccessList, "an access list";
}

fn all<T: Into<String>>(models: impl IntoIterator<Item = T>) -> Vec<String> {
    models.into_iter().map(Into::into).collect()
}

/// The model lists of one access list.
const MODELS: [List; 5] =
    [List::of("chat"), List::of("embedding"), List::of("image"), List::of("transcription"), List::of("speech")];
