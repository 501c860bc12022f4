//! The format that the answer must have.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Request;
use crate::json::{Members, ObjectWriter, RawText};
use crate::schema::NamedSchema;
use crate::{BuildError, Extra};

/// The format that the answer must have. The answer is always a text, even if it is JSON.
///
/// The router's page: [structured outputs](https://docs.requesty.ai/features/structured-outputs).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias("json mode", "structured output"))]
pub enum ResponseFormat {
    /// `{"type":"text"}`: the default of models.
    Text,
    /// `{"type":"json_object"}`: any JSON object. The router's
    /// [documentation](https://docs.requesty.ai/features/structured-outputs) allows it for all models.
    JsonObject,
    /// JSON that follows a schema, for models whose list entry has `supports_output_json_schema`.
    JsonSchema(JsonSchema),
    /// The JSON text of any other format.
    Raw(String),
}

impl ResponseFormat {
    /// Creates the format of JSON that follows `schema` unchanged. For the strict form, see
    /// [`Request::answer_schema`](super::Request::answer_schema).
    ///
    /// # Errors
    /// [`serde_json::Error`] if `schema` cannot be written as JSON.
    ///
    /// # Examples
    /// ```
    /// use std::collections::BTreeMap;
    /// use requesty_core::chat::ResponseFormat;
    ///
    /// let schema = BTreeMap::from([("type", "object")]);
    /// let format = ResponseFormat::from(ResponseFormat::json_schema("x", &schema)?.strict(true));
    /// assert_eq!(
    ///     serde_json::to_string(&format)?,
    ///     r#"{"type":"json_schema","json_schema":{"name":"x","strict":true,"schema":{"type":"object"}}}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[doc(alias("json schema", "structured output"))]
    pub fn json_schema<T: Serialize + ?Sized>(
        name: impl Into<String>,
        schema: &T,
    ) -> Result<JsonSchema, serde_json::Error> {
        let schema = serde_json::to_string(schema)?;
        Ok(JsonSchema { name: name.into(), description: None, strict: None, schema, extra: Extra::new() })
    }

    /// Creates any other format from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `format` cannot be written as JSON.
    pub fn raw<T: Serialize + ?Sized>(format: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(format).map(ResponseFormat::Raw)
    }

    /// Returns whether the router cannot stream this format.
    pub(super) fn is_whole_only(json: &str) -> bool {
        let kind = Members::read(json.as_bytes()).ok().and_then(|mut members| members.string("type"));
        kind.as_deref() == Some("questions")
    }
}

impl From<JsonSchema> for ResponseFormat {
    fn from(schema: JsonSchema) -> Self {
        ResponseFormat::JsonSchema(schema)
    }
}

impl Serialize for ResponseFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, schema) = match self {
            ResponseFormat::Text => ("text", None),
            ResponseFormat::JsonObject => ("json_object", None),
            ResponseFormat::JsonSchema(schema) => ("json_schema", Some(schema)),
            ResponseFormat::Raw(json) => return RawText(json).serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind)?;
        if let Some(schema) = schema {
            map.serialize_entry("json_schema", schema)?;
        }
        map.end()
    }
}

/// A JSON schema that the answer must follow, made by [`ResponseFormat::json_schema`].
///
/// The router's page: [structured outputs](https://docs.requesty.ai/features/structured-outputs).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsonSchema {
    /// The name of the schema. Providers accept letters, digits, `_` and `-`.
    pub name: String,
    /// The purpose of the schema, described for the model.
    pub description: Option<String>,
    /// Whether the answer must follow the schema exactly.
    pub strict: Option<bool>,
    /// The JSON text of the schema.
    pub schema: String,
    /// Members without a field.
    pub extra: Extra,
}

impl JsonSchema {
    /// Sets the purpose of the schema, described for the model.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets whether the answer must follow the schema exactly.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    /// Creates the form of an answer that follows a strict schema.
    pub(crate) fn strict_form(form: NamedSchema) -> Self {
        let NamedSchema { name, schema } = form;
        JsonSchema { name, description: None, strict: Some(true), schema: schema.json(), extra: Extra::new() }
    }

    fn write<M: SerializeMap>(&self, object: &mut ObjectWriter<'_, M>) -> Result<(), M::Error> {
        object.field("name", &self.name)?;
        object.optional("description", self.description.as_ref())?;
        object.optional("strict", self.strict.as_ref())?;
        object.field("schema", &RawText(&self.schema))
    }
}

impl Serialize for JsonSchema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.write(&mut object)?;
        object.end()
    }
}

impl Request<'_> {
    /// Requests an answer in JSON that follows `schema`, in its [strict form](crate::schema::StrictSchema), for models
    /// whose list entry has `supports_output_json_schema`.
    ///
    /// A schema without a strict form, and a name that is not 1 to 64 letters, digits, `_` and `-`, are an error when the request
    /// is built. See [`Completion::parse`](super::Completion::parse).
    #[must_use]
    pub fn answer_schema<T: Serialize + ?Sized>(self, name: impl Into<String>, schema: &T) -> Self {
        self.answer(NamedSchema::new(name.into(), schema))
    }

    /// Requests an answer in JSON of a type; see [`answer_schema`](Self::answer_schema).
    ///
    /// # Examples
    /// ```
    /// use requesty_core::chat::{Completion, Message, Request};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Invoice { number: String, total: Option<f64> }
    ///
    /// let history = [Message::user("Invoice 17: 119.00 euros.")];
    /// let request = Request::new(&history).model("openai/gpt-4o-mini").answer_as::<Invoice>();
    /// assert!(String::from_utf8_lossy(&request.whole_body()?).contains(r#""name":"Invoice","strict":true"#));
    ///
    /// # let completion: Completion = serde_json::from_str(
    /// #     r#"{"choices":[{"finish_reason":"stop","message":{"content":"{\"number\":\"17\",\"total\":null}"}}]}"#,
    /// # )?;
    /// let invoice: Invoice = completion.parse()?; // what a server answered
    /// assert_eq!((&*invoice.number, invoice.total), ("17", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    #[must_use]
    pub fn answer_as<T: schemars::JsonSchema + ?Sized>(self) -> Self {
        self.answer(NamedSchema::of::<T>())
    }

    fn answer(mut self, schema: Result<NamedSchema, BuildError>) -> Self {
        self.response_format = self.extra.checked(schema).map(|schema| JsonSchema::strict_form(schema).into());
        self
    }
}

/// A format as the responses endpoint accepts it: the members of the schema are beside the type.
pub(crate) struct FlatFormat<'a>(pub(crate) &'a ResponseFormat);

impl Serialize for FlatFormat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ResponseFormat::JsonSchema(schema) = self.0 else { return self.0.serialize(serializer) };
        let mut object = ObjectWriter::new(serializer, &schema.extra)?;
        object.field("type", "json_schema")?;
        schema.write(&mut object)?;
        object.end()
    }
}
