//! The mark that ends a cached prefix of the prompt.

use serde::{Serialize, Serializer};

use crate::Extra;
use crate::json::{EmptyMembers, Members, ObjectWriter};

/// Marks the end of a prefix that the provider should cache: `{"type":"ephemeral","ttl":"1h"}`.
///
/// The router's documentation describes it for content parts. The default life time is five minutes; `1h` works for
/// Anthropic and Vertex models only. To cache a system prompt, send its content as parts. To let the router set the
/// marks, use [`Requesty::auto_cache`](super::Requesty::auto_cache).
///
/// The router's page: [auto caching](https://docs.requesty.ai/features/auto-caching).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheControl {
    /// The kind of cache, `type` on the wire. The router documents only `ephemeral`.
    pub kind: String,
    /// How long the prefix is kept: `5m` (five minutes, the default) or `1h` (one hour).
    pub ttl: Option<String>,
    /// Members without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl CacheControl {
    /// Creates a mark with the provider's default life time, five minutes.
    pub fn ephemeral() -> Self {
        CacheControl { kind: "ephemeral".into(), ttl: None, extra: Extra::new(), blanks: EmptyMembers::default() }
    }

    /// Creates a mark with a life time: `5m` (five minutes) or `1h` (one hour).
    pub fn ephemeral_for(ttl: impl Into<String>) -> Self {
        CacheControl { ttl: Some(ttl.into()), ..CacheControl::ephemeral() }
    }

    /// Reads a mark; `None` if it is not an object with a `type`.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json).ok()?;
        let mut blanks = EmptyMembers::default();
        let kind = members.string("type")?;
        let ttl = blanks.string(&mut members, "ttl");
        Some(CacheControl { kind, ttl, extra: members.rest(), blanks })
    }
}

impl Serialize for CacheControl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", &self.kind)?;
        self.blanks.write(&mut object, "ttl", self.ttl.as_ref())?;
        object.end()
    }
}
