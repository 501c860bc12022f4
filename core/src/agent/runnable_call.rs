//! A call that the caller is to run.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::variant::Variant;
use crate::chat::ArgumentsError;

/// A whole call of one of the caller's functions. It is owned, so that it can be run anywhere: in a task, a thread or another
/// process, one after the other or all at once.
///
/// `Debug` does not show the arguments.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnableCall {
    id: String,
    name: String,
    arguments: String,
}

impl RunnableCall {
    pub(super) fn new(id: String, name: String, arguments: String) -> Self {
        RunnableCall { id, name, arguments }
    }

    /// Returns the id that the result is given under; unique in its turn.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name of the function: one of those in [`Tools`](super::Tools).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the arguments as the text of one JSON value: `{}` where there are none.
    pub fn arguments_json(&self) -> &str {
        &self.arguments
    }

    /// Reads the arguments as `T`.
    ///
    /// # Errors
    /// [`ArgumentsError`] where they are not a `T`. Give it to the model as a [failure](super::Loop::failure), and it can do
    /// better.
    pub fn arguments_as<T: DeserializeOwned>(&self) -> Result<T, ArgumentsError> {
        ArgumentsError::or_value(&self.arguments, &self.arguments)
    }

    /// Reads the call as a variant of an enum: the name of the function is that of the variant, and the arguments are its fields,
    /// so that one `match` tells all functions apart.
    ///
    /// # Errors
    /// [`ArgumentsError`] where the arguments are not the fields of the variant, or no variant has the name.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::agent::RunnableCall;
    ///
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "snake_case")]
    /// enum Called {
    ///     Weather { city: String },
    ///     Now,
    /// }
    ///
    /// # let call: RunnableCall = serde_json::from_str(r#"{"id":"c1","name":"weather","arguments":"{\"city\":\"Rome\"}"}"#)?;
    /// let result = match call.variant_of::<Called>()? {
    ///     Called::Weather { city } => format!("It is sunny in {city}."),
    ///     Called::Now => "12:00".to_owned(),
    /// };
    /// assert_eq!(result, "It is sunny in Rome.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn variant_of<T: DeserializeOwned>(&self) -> Result<T, ArgumentsError> {
        let read = T::deserialize(Variant::new(&self.name, &self.arguments));
        read.map_err(|error| ArgumentsError::new(&self.arguments, &self.arguments, error))
    }

    /// Returns a number that calls of the same function with the same arguments share.
    pub(super) fn fingerprint(&self) -> u64 {
        // White space and the order of members make no other call.
        let value = serde_json::from_str::<Value>(&self.arguments);
        let arguments = value.map_or_else(|_| self.arguments.clone(), |value| sorted(value).to_string());
        let bytes = self.name.bytes().chain([0]).chain(arguments.bytes());
        // FNV-1a: the same in every version of this crate, as it is kept with the conversation.
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

impl fmt::Debug for RunnableCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("RunnableCall");
        f.field("id", &self.id).field("name", &self.name).field("arguments_len", &self.arguments.len());
        f.finish_non_exhaustive()
    }
}

/// Sorts the members of each object. serde_json does so by itself only where no crate of the program has set its feature
/// `preserve_order`.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.into_iter().collect()
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}
