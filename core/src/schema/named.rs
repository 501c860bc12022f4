//! A strict schema with a name, as the form of an answer.

use serde::Serialize;

use super::StrictSchema;
use crate::BuildError;

/// A strict schema with a name, as the form of an answer.
pub(crate) struct NamedSchema {
    pub(crate) name: String,
    pub(crate) schema: StrictSchema,
}

impl NamedSchema {
    /// Checks the name, and makes the strict form of the schema.
    pub(crate) fn new<T: Serialize + ?Sized>(name: String, schema: &T) -> Result<Self, BuildError> {
        let is_taken = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_taken) {
            let what = "the name of the schema is not one to 64 letters, digits, `_` and `-`";
            return Err(BuildError::new(what));
        }
        Ok(NamedSchema { name, schema: StrictSchema::new(schema)? })
    }

    /// Makes the strict form of the schema of a type, and names it as the type is named.
    #[cfg(feature = "schemars")]
    pub(crate) fn of<T: schemars::JsonSchema + ?Sized>() -> Result<Self, BuildError> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let name: String = T::schema_name().chars().map(plain).take(LONGEST_NAME).collect();
        Ok(NamedSchema { name, schema: StrictSchema::of::<T>()? })
    }

    /// Returns the form that messages take: bounds stand in words.
    pub(crate) fn without_bounds(self) -> Result<Self, BuildError> {
        Ok(NamedSchema { schema: self.schema.without_bounds()?, ..self })
    }
}

/// In characters, as OpenAI documents it.
const LONGEST_NAME: usize = 64;
