//! API keys.

use std::fmt;

use bytes::Bytes;
use http::Method;
use serde::{Serialize, Serializer};

use super::{
    Creator, Expiry, KeyGroup, Labels, Permission, Secret, Timestamp, check_limit, check_name, limit_in_force,
    read_list, remaining,
};
use crate::json::{List, Members, ObjectWriter, fields, received};
use crate::reply::Json;
use crate::request::json;
use crate::{Call, Decimal, Error, Extra, Router};

impl Router {
    /// Lists the keys: `GET /v1/manage/apikey` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the key would be sent unencrypted.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn keys(&self) -> Result<Call<Json<Keys>>, Error> {
        self.manage(Method::GET, &["apikey"], Bytes::new(), Json::received())
    }

    /// Creates a key: `POST /v1/manage/apikey` on the management host. See the [API reference][api].
    ///
    /// Only this reply contains the key itself.
    ///
    /// # Errors
    /// [`Error::Build`] if the name is empty or the limit is negative.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn create_key(&self, key: &NewKey) -> Result<Call<Json<CreatedKey>>, Error> {
        check_name(&key.name)?;
        check_limit(key.monthly_limit)?;
        self.manage(Method::POST, &["apikey"], json(key)?, Json::received())
    }

    /// Gets one key, without the key itself, by its id or by [`SELF`](super::SELF): `GET /v1/manage/apikey/{id}` on the
    /// management host. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn key(&self, id: &str) -> Result<Call<Json<Key>>, Error> {
        self.manage(Method::GET, &["apikey", id], Bytes::new(), Json::received())
    }

    /// Deletes a key permanently: `DELETE /v1/manage/apikey/{id}` on the management host. See the [API reference][api].
    ///
    /// # Errors
    /// As [`key`](Self::key).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn delete_key(&self, id: &str) -> Result<Call<Json<()>>, Error> {
        self.manage(Method::DELETE, &["apikey", id], Bytes::new(), Json::accepted())
    }

    /// Sets the limit of a key, in US dollars per month: `POST /v1/manage/apikey/{id}/limit` on the management host.
    /// [`UNLIMITED`](super::UNLIMITED) removes the limit. See the [API reference][api].
    ///
    /// # Errors
    /// [`Error::Build`] if the id is empty or the limit is negative.
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn set_key_limit(&self, id: &str, monthly_limit: Decimal) -> Result<Call<Json<()>>, Error> {
        #[derive(Serialize)]
        struct Body {
            monthly_limit: crate::DecimalString,
        }
        check_limit(Some(monthly_limit))?;
        self.change_key(id, "limit", &Body { monthly_limit: monthly_limit.as_string() })
    }

    /// Replaces all labels of a key: `POST /v1/manage/apikey/{id}/label` on the management host. Other labels are
    /// deleted; an empty list deletes all. See the [API reference][api].
    ///
    /// # Errors
    /// As [`key`](Self::key).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn set_key_labels(&self, id: &str, labels: &Labels) -> Result<Call<Json<()>>, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            labels: &'a Labels,
        }
        self.change_key(id, "label", &Body { labels })
    }

    /// Sets when a key expires: `POST /v1/manage/apikey/{id}/expiry` on the management host. See the [API reference][api].
    ///
    /// An expired key stays expired, even if a later instant or [`Expiry::Never`] is set.
    ///
    /// # Errors
    /// As [`key`](Self::key).
    ///
    /// [api]: https://docs.requesty.ai/api-reference/requesty_management-openapi.json
    pub fn set_key_expiry(&self, id: &str, expires_at: &Expiry) -> Result<Call<Json<()>>, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            // `Never` is written as `null`, which must be sent.
            expires_at: &'a Expiry,
        }
        self.change_key(id, "expiry", &Body { expires_at })
    }

    fn change_key(&self, id: &str, what: &str, body: &impl Serialize) -> Result<Call<Json<()>>, Error> {
        self.manage(Method::POST, &["apikey", id, what], json(body)?, Json::accepted())
    }
}

/// The path of the keys.
/// A key to create.
///
/// # Examples
/// ```
/// use requesty_core::manage::{NewKey, Permission};
/// use requesty_core::{ApiKey, Decimal, Router};
///
/// let router = Router::new(ApiKey::new("rqsty-sk-example")?);
/// let key = NewKey::new("nightly").monthly_limit(Decimal::new(4999, -2)).completions(Permission::Write);
/// let call = router.create_key(&key)?;
/// assert_eq!(call.request().uri(), "https://api-v2.requesty.ai/v1/manage/apikey");
/// assert_eq!(
///     call.request().body(),
///     r#"{"name":"nightly","monthly_limit":"49.99","permissions":{"completions":"write"}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    name: String,
    monthly_limit: Option<Decimal>,
    permissions: Permissions,
    extra: Extra,
}

impl NewKey {
    /// Creates a key with a name and no other field.
    pub fn new(name: impl Into<String>) -> Self {
        NewKey { name: name.into(), monthly_limit: None, permissions: Permissions::default(), extra: Extra::new() }
    }

    /// Sets the limit of the key's spending, in US dollars per month; zero means unlimited.
    #[must_use]
    pub fn monthly_limit(mut self, monthly_limit: Decimal) -> Self {
        self.monthly_limit = Some(monthly_limit);
        self
    }

    /// Sets the permission of the key for the management endpoints.
    #[must_use]
    pub fn manage(mut self, permission: Permission) -> Self {
        self.permissions.manage = Some(permission);
        self
    }

    /// Sets the permission of the key for the inference endpoints.
    #[must_use]
    pub fn completions(mut self, permission: Permission) -> Self {
        self.permissions.completions = Some(permission);
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
}

impl Serialize for NewKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("name", &self.name)?;
        object.optional("monthly_limit", self.monthly_limit.map(Decimal::as_string).as_ref())?;
        object.optional("permissions", (self.permissions != Permissions::default()).then_some(&self.permissions))?;
        object.end()
    }
}

/// The reply to the creation of a key. Only this reply contains the key itself.
///
/// `Debug` shows neither the key nor members that may repeat it. Written as JSON, the key is left out; get it by
/// [`Secret::expose`].
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedKey {
    /// The id, for the other methods (`api_key_id`).
    pub id: Option<String>,
    /// The key itself (`api_key`). The router does not return it again.
    pub secret: Option<Secret>,
    /// Members without a field.
    pub extra: Extra,
}

impl CreatedKey {
    fn read(mut members: Members<'_>) -> Option<Self> {
        // Any value of this member is secret, so it must not be among the further members.
        let secret = members.raw("api_key").map(Secret::read);
        let id = members.text("api_key_id");
        // Without both, the reply is of no use.
        (id.is_some() || secret.is_some()).then(|| CreatedKey { id, secret, extra: members.rest() })
    }
}

impl fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.extra.iter().map(|(name, _)| name).collect();
        f.debug_struct("CreatedKey").field("id", &self.id).field("secret", &self.secret).field("extra", &names).finish()
    }
}

impl Serialize for CreatedKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.optional("api_key_id", self.id.as_ref())?;
        object.end()
    }
}

/// The keys of the organization.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keys {
    /// The keys, in the order in which they came. If a key has no id, the whole list stays in `extra`.
    pub keys: Vec<Key>,
    /// Members without a field.
    pub extra: Extra,
}

impl Keys {
    fn read(mut members: Members<'_>) -> Option<Self> {
        let keys = read_list(&mut members, "keys", Key::read)?;
        Some(Keys { keys, extra: members.rest() })
    }

    /// Returns the exact sum, in US dollars, of the spending of all keys this month; `None` if no key reports it, or if
    /// the sum has more than 38 digits.
    pub fn monthly_spend(&self) -> Option<Decimal> {
        let spends = self.keys.iter().filter_map(|key| key.monthly_spend);
        spends.map(Some).reduce(|sum, spend| sum?.checked_add(spend?)).flatten()
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("keys", &self.keys)?;
        object.end()
    }
}

/// A key, without the key itself.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// The id of the key.
    pub id: String,
    /// The name of the key.
    pub name: Option<String>,
    /// The limit in US dollars per month, as it came; zero means unlimited, see [`limit`](Self::limit).
    pub monthly_limit: Option<Decimal>,
    /// The spending of this month, in US dollars.
    pub monthly_spend: Option<Decimal>,
    /// The permissions of the key.
    pub permissions: Option<Permissions>,
    /// The labels of the key.
    pub labels: Labels,
    /// The creator.
    pub created_by: Option<Creator>,
    /// The group of the key.
    pub group: Option<KeyGroup>,
    /// Whether requests with the key are logged.
    pub logging: Option<bool>,
    /// When the key expires, as it came; see [`expiry`](Self::expiry).
    pub expires_at: Option<String>,
    /// Members without a field.
    pub extra: Extra,
}

impl Key {
    fn read(mut members: Members<'_>) -> Option<Self> {
        Some(Key {
            id: members.text("id")?,
            name: members.text("name"),
            monthly_limit: members.decimal("monthly_limit"),
            monthly_spend: members.decimal("monthly_spend"),
            permissions: members.object_with("permissions", Permissions::read),
            labels: members.object_with("labels", Labels::read).unwrap_or_default(),
            created_by: members.object_with("created_by", Creator::read),
            group: members.object_with("group", KeyGroup::read),
            logging: members.flag("logging"),
            expires_at: members.string("expires_at"),
            extra: members.rest(),
        })
    }

    /// Returns the limit in US dollars per month; `None` if there is no limit, or if the reply does not have it.
    pub fn limit(&self) -> Option<Decimal> {
        limit_in_force(self.monthly_limit)
    }

    /// Returns the rest of the limit for this month, in US dollars, negative if it is exceeded; `None` if there is no
    /// limit, or if the reply does not have the amounts.
    pub fn remaining(&self) -> Option<Decimal> {
        remaining(self.monthly_limit, self.monthly_spend)
    }

    /// Returns when the key expires; `None` if it never expires, or if the value is not an instant.
    pub fn expiry(&self) -> Option<Timestamp> {
        Timestamp::new(self.expires_at.as_deref()?).ok()
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("id", &self.id)?;
        object.optional("name", self.name.as_ref())?;
        object.optional("monthly_limit", self.monthly_limit.map(Decimal::as_string).as_ref())?;
        object.optional("monthly_spend", self.monthly_spend.map(Decimal::as_string).as_ref())?;
        object.optional("permissions", self.permissions.as_ref())?;
        object.optional("labels", (!self.labels.is_empty()).then_some(&self.labels))?;
        object.optional("created_by", self.created_by.as_ref())?;
        object.optional("group", self.group.as_ref())?;
        object.optional("logging", self.logging.as_ref())?;
        object.optional("expires_at", self.expires_at.as_ref())?;
        object.end()
    }
}

/// The permissions of a key.
///
/// The router's page: [management API](https://docs.requesty.ai/api-reference/requesty_management-openapi.json).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permissions {
    /// The permission for the management endpoints.
    pub manage: Option<Permission>,
    /// The permission for the inference endpoints.
    pub completions: Option<Permission>,
    /// Members without a field.
    pub extra: Extra,
}

fields! {
    Permissions { manage: named, completions: named }
}

received! {
    Keys, "a list of keys", lists [List::of("keys")];
    Key, "a key";
    CreatedKey, "a new key";
    Permissions, "permissions";
}
