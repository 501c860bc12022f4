//! A schema in its strict form.

use serde::{Serialize, Serializer};
use serde_json::Value;

#[cfg(feature = "schemars")]
use super::of_type::Variant;
use super::ordered::Ordered;
use super::{bounds, references, strict};
use crate::BuildError;

/// A JSON schema in the strict form: the form that providers can hold a model to, word by word.
///
/// The strict form of a schema is made of it, and says the same:
/// * every object is closed: `additionalProperties` is `false`;
/// * every member is required, and may be `null` where it was not required before;
/// * `oneOf` is written as `anyOf`, which is all that strict mode has;
/// * `$defs` and references into them stay, also where they are recursive; in place of a reference with a description beside it
///   stands what it refers to, because strict mode takes a reference only alone;
/// * members that describe and bind nothing are left out: `$schema`, `$id`, `$comment`, `default`, `examples`, `deprecated`,
///   `readOnly`, `writeOnly`, and a `format` that strict mode does not know.
///
/// Models write members in the order of the schema. That is the order of `required`, then of `properties`.
///
/// # Examples
/// ```
/// use requesty_core::schema::StrictSchema;
/// use serde_json::json;
///
/// let schema = StrictSchema::new(&json!({
///     "type": "object",
///     "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
///     "required": ["city"],
/// }))?;
/// assert_eq!(
///     serde_json::to_string(&schema).unwrap(),
///     concat!(
///         r#"{"additionalProperties":false,"properties":{"city":{"type":"string"},"days":{"type":["integer","null"]}},"#,
///         r#""required":["city","days"],"type":"object"}"#,
///     ),
/// );
///
/// let open = json!({"type": "object", "properties": {"tags": {"type": "object", "additionalProperties": {"type": "string"}}}});
/// let error = StrictSchema::new(&open).unwrap_err();
/// assert!(error.to_string().contains("`/properties/tags/additionalProperties`"), "{error}");
/// # Ok::<(), requesty_core::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StrictSchema {
    schema: Value,
}

impl StrictSchema {
    /// Makes the strict form of a schema that was written by hand.
    ///
    /// # Errors
    /// [`BuildError`] with the place as a JSON pointer, where
    /// * the schema is not an object of `type` `object`, or is a list of alternatives or a reference at its root;
    /// * an object is open: it takes members under any name, or lists none;
    /// * a member may be anything, or its `type`, `items`, `enum`, `required` or `anyOf` is not what these are;
    /// * a keyword has no strict form, such as `allOf`, `not`, `if`, `prefixItems`, `patternProperties`, `uniqueItems`,
    ///   `minLength`;
    /// * alternatives stand beside `properties`, or beside a `type`;
    /// * a reference leads to no definition of this schema, or only to itself;
    /// * there are more than 5000 members, 1000 values of enums, 120,000 characters of names and such values, or 10 levels of
    ///   objects; or an enum has more than 250 values of together more than 15,000 characters;
    /// * a value of `enum` or `const` is not of the `type`, or a bound or a description is not what these are.
    pub fn new<T: Serialize + ?Sized>(schema: &T) -> Result<Self, BuildError> {
        let schema = serde_json::to_value(schema)
            .map_err(|_| BuildError::new("the schema cannot be written as JSON: its keys must be texts"))?;
        strict::form(&schema).map(|schema| StrictSchema { schema })
    }

    /// Makes the strict form of the schema of a type: what `serde` reads it from, with its members in the order of the fields.
    ///
    /// A field that is an `Option` may be `null`. A field with a `serde` default is asked for like any other.
    ///
    /// # Errors
    /// [`BuildError`] as [`new`](Self::new). Of Rust's types, those without a strict form are maps, sets, tuples, `char` and
    /// [`serde_json::Value`]; an enum has one, but cannot be the root.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::schema::StrictSchema;
    ///
    /// #[derive(schemars::JsonSchema)]
    /// struct Forecast {
    ///     /// In degrees Celsius.
    ///     temperature: f64,
    ///     rain: Option<bool>,
    /// }
    ///
    /// let schema = serde_json::to_value(StrictSchema::of::<Forecast>()?).unwrap();
    /// assert_eq!(schema["required"], serde_json::json!(["temperature", "rain"]));
    /// assert_eq!(schema["properties"]["rain"]["type"], serde_json::json!(["boolean", "null"]));
    /// assert_eq!(schema["properties"]["temperature"]["description"], "In degrees Celsius.");
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn of<T: schemars::JsonSchema + ?Sized>() -> Result<Self, BuildError> {
        strict::form(&super::of_type::schema::<T>()).map(|schema| StrictSchema { schema })
    }

    /// Makes the strict forms of the variants of an enum: the name, the description and the fields of each.
    #[cfg(feature = "schemars")]
    pub(crate) fn variants_of<T: schemars::JsonSchema + ?Sized>() -> Result<Vec<(String, String, Self)>, BuildError> {
        let form = |variant: Variant| {
            let schema = strict::form(&variant.schema)
                .map_err(|error| BuildError::new(format!("the variant `{}`: {error}", variant.name)))?;
            Ok((variant.name, variant.description, StrictSchema { schema }))
        };
        super::of_type::variants::<T>()?.into_iter().map(form).collect()
    }

    /// Returns the schema as JSON.
    pub(crate) fn json(&self) -> String {
        // A value of serde_json has no key that is not a text, so that it can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the form that Anthropic's API takes for an answer: bounds stand in words, in the descriptions.
    ///
    /// # Errors
    /// [`BuildError`] where a definition refers to itself, or more members may be of several types than that API takes.
    pub(crate) fn without_bounds(&self) -> Result<Self, BuildError> {
        if let Some(place) = references::recursion(&self.schema) {
            return Err(strict::refused(&place, "refers to itself: messages take no recursive schema for an answer"));
        }
        if let Some(place) = bounds::union_too_many(&self.schema) {
            let most = bounds::MOST_UNIONS;
            let what = format!("is one of more than {most} members that may be `null` or of several types");
            return Err(strict::refused(&place, &what));
        }
        let mut schema = self.schema.clone();
        bounds::in_words(&mut schema);
        Ok(StrictSchema { schema })
    }
}

impl Serialize for StrictSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Ordered(&self.schema).serialize(serializer)
    }
}
