//! Access lists: which models may be used.

use bytes::Bytes;
use http::Method;
use serde::{Serialize, Serializer};

use super::{check_name, read_list};
use crate::json::{List, Members, ObjectWriter, received, string};
use crate::reply::Json;
use crate::request::json;
use crate::{Acknowledgement, BuildError, Call, Error, Extra, Host, Router};

impl Router {
    /// Lists the access lists: `GET /v1/manage/access-list` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn access_lists(&self) -> Result<Call<Json<AccessLists>>, Error> {
        self.endpoint(Host::Management, Method::GET, &PATH, Bytes::new(), Json::received())
    }

    /// Makes an access list: `POST /v1/manage/access-list` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if it has no name.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn create_access_list(&self, fields: &AccessListFields) -> Result<Call<Json<CreatedAccessList>>, Error> {
        fields.check()?;
        if !fields.has_name() {
            return Err(BuildError::new("an access list needs a name").into());
        }
        self.endpoint(Host::Management, Method::POST, &PATH, json(fields)?, Json::received())
    }

    /// Asks for one access list: `GET /v1/manage/access-list/{id}` on the management host. [Documented][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn access_list(&self, id: &str) -> Result<Call<Json<AccessListReply>>, Error> {
        let [v1, manage, list] = PATH;
        self.endpoint(Host::Management, Method::GET, &[v1, manage, list, id], Bytes::new(), Json::received())
    }

    /// Changes an access list, and of it only the fields that are set: `PATCH /v1/manage/access-list/{id}` on the
    /// management host. The router [documents][api] the request and not the reply: any 2xx status is success.
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
        let [v1, manage, list] = PATH;
        let path = [v1, manage, list, id];
        self.endpoint(Host::Management, Method::PATCH, &path, json(fields)?, Json::acknowledged())
    }

    /// Deletes an access list: `DELETE /v1/manage/access-list/{id}` on the management host. [Documented][api].
    ///
    /// While it is attached, the router answers [`ErrorKind::Conflict`](crate::ErrorKind::Conflict).
    ///
    /// # Errors
    /// As [`access_list`](Self::access_list).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn delete_access_list(&self, id: &str) -> Result<Call<Json<()>>, Error> {
        let [v1, manage, list] = PATH;
        self.endpoint(Host::Management, Method::DELETE, &[v1, manage, list, id], Bytes::new(), Json::accepted())
    }

    /// Attaches an access list to the organization's groups and replaces the attached one: `POST
    /// /v1/manage/org/group/access-list` on the management host.
    ///
    /// The router [documents][api] the request and not the reply: any 2xx status is success. It does not document how to
    /// attach an access list to a key or to one group.
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn attach_access_list(&self, id: &str) -> Result<Call<Json<Acknowledgement>>, Error> {
        if id.is_empty() {
            return Err(BuildError::new("an id is empty: to attach none, detach the one there is").into());
        }
        self.put_access_list(Some(id))
    }

    /// Detaches the access list from the organization's groups: the same endpoint with an explicit `null`.
    ///
    /// # Errors
    /// [`Error::Build`] if the key would travel unencrypted.
    pub fn detach_access_list(&self) -> Result<Call<Json<Acknowledgement>>, Error> {
        self.put_access_list(None)
    }

    fn put_access_list(&self, access_list_id: Option<&str>) -> Result<Call<Json<Acknowledgement>>, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            // None is a null that must be there.
            access_list_id: Option<&'a str>,
        }
        let path = ["v1", "manage", "org", "group", "access-list"];
        self.endpoint(Host::Management, Method::POST, &path, json(&Body { access_list_id })?, Json::acknowledged())
    }
}

/// Where access lists are.
const PATH: [&str; 3] = ["v1", "manage", "access-list"];

/// Fields of an access list: those of a new one, or those that change. What is not set is not sent.
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
    /// Creates fields of which none is set.
    pub fn new() -> Self {
        AccessListFields::default()
    }

    /// Sets the name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets whether new models join the list by themselves.
    #[must_use]
    pub fn auto_approve(mut self, auto_approve: bool) -> Self {
        self.auto_approve = Some(auto_approve);
        self
    }

    /// Sets the models for completions, all of them.
    #[must_use]
    pub fn chat<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.chat = Some(all(models));
        self
    }

    /// Sets the models for embeddings, all of them.
    #[must_use]
    pub fn embedding<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.embedding = Some(all(models));
        self
    }

    /// Sets the models for images, all of them.
    #[must_use]
    pub fn image<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.image = Some(all(models));
        self
    }

    /// Sets the models for transcriptions, all of them.
    #[must_use]
    pub fn transcription<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.transcription = Some(all(models));
        self
    }

    /// Sets the models for speech, all of them.
    #[must_use]
    pub fn speech<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.speech = Some(all(models));
        self
    }

    /// Sets any other member. It replaces one of the same name.
    ///
    /// # Errors
    /// [`serde_json::Error`] where `value` cannot be written as JSON.
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

/// An access list that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedAccessList {
    /// The id, which the other methods take.
    pub id: String,
    /// Further members.
    pub extra: Extra,
}

impl CreatedAccessList {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(CreatedAccessList { id: members.text("id")?, extra: members.rest() })
    }
}

impl Serialize for CreatedAccessList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("id", &self.id)?;
        object.end()
    }
}

/// The access lists of the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessLists {
    /// The lists. One that has no id stays in `extra`, with all of them.
    pub access_lists: Vec<AccessList>,
    /// Further members.
    pub extra: Extra,
}

impl AccessLists {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
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

/// One access list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessListReply {
    /// The list.
    pub access_list: AccessList,
    /// Further members of the reply.
    pub extra: Extra,
}

impl AccessListReply {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let access_list = members.take_with("access_list", AccessList::read)?;
        Some(AccessListReply { access_list, extra: members.rest() })
    }
}

impl Serialize for AccessListReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("access_list", &self.access_list)?;
        object.end()
    }
}

/// Which models may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessList {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The organization that it belongs to.
    pub organization_id: Option<String>,
    /// Whether new models join the list by themselves.
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
    /// Further members; a list in which not everything is a string is here, too.
    pub extra: Extra,
}

impl AccessList {
    fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        Some(AccessList {
            id: members.text("id")?,
            name: members.text("name"),
            organization_id: members.text("organization_id"),
            auto_approve: members.flag("auto_approve"),
            chat: members.list("chat", string),
            embedding: members.list("embedding", string),
            image: members.list("image", string),
            transcription: members.list("transcription", string),
            speech: members.list("speech", string),
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
        // A list with nothing on it says so.
        object.field("chat", &self.chat)?;
        object.field("embedding", &self.embedding)?;
        object.field("image", &self.image)?;
        object.field("transcription", &self.transcription)?;
        object.field("speech", &self.speech)?;
        object.end()
    }
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

/// The lists of one access list.
const MODELS: [List; 5] =
    [List::of("chat"), List::of("embedding"), List::of("image"), List::of("transcription"), List::of("speech")];
