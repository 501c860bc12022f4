//! Tools that a request offers.

use serde::{Serialize, Serializer};

use super::CacheControl;
use crate::json::{Members, ObjectWriter, RawText};
use crate::{BuildError, Extra};

/// A tool that the model may use.
///
/// # Examples
/// ```
/// use requesty_core::messages::Tool;
///
/// #[derive(serde::Serialize)]
/// struct Schema { r#type: &'static str }
///
/// let now = Tool::function("now").description("Tells the time.").input_schema(&Schema { r#type: "object" })?;
/// assert_eq!(
///     serde_json::to_string(&[now, Tool::web_search().max_uses(5)])?,
///     concat!(
///         r#"[{"name":"now","description":"Tells the time.","input_schema":{"type":"object"}},"#,
///         r#"{"type":"web_search_20250305","name":"web_search","max_uses":5}]"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    kind: Kind,
    name: String,
    cache_control: Option<CacheControl>,
    extra: Extra,
    /// The name of a setter that was used on a tool of another kind.
    misplaced: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Function {
        description: Option<String>,
        /// The JSON text of the schema.
        input_schema: Option<String>,
    },
    WebSearch {
        max_uses: Option<u32>,
    },
    /// All members are among the extra members.
    Raw,
}

impl Tool {
    /// Creates a function that the application runs. Set an [`input_schema`](Self::input_schema) too, which is
    /// required.
    pub fn function(name: impl Into<String>) -> Self {
        Tool::new(Kind::Function { description: None, input_schema: None }, name.into())
    }

    /// Creates a function whose arguments are of a type, in the [strict form](crate::schema::StrictSchema) of its schema.
    /// Read them by [`FinishedToolUse::input`](super::FinishedToolUse::input).
    ///
    /// # Errors
    /// [`BuildError`] if the type has no strict form; it names the place of the member.
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn typed<T: schemars::JsonSchema + ?Sized>(
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Result<Self, BuildError> {
        let schema = crate::schema::StrictSchema::of::<T>()?;
        let tool = Tool::function(name).description(description).input_schema(&schema);
        tool.map_err(|_| BuildError::unwritten("input_schema"))
    }

    /// Creates a web search that the provider runs, `web_search_20250305`. Set its other members, such as
    /// `allowed_domains`, by [`with_extra`](Self::with_extra).
    pub fn web_search() -> Self {
        Tool::new(Kind::WebSearch { max_uses: None }, "web_search".to_owned())
    }

    /// Creates any other tool from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `tool` cannot be written as a JSON object.
    pub fn raw<T: Serialize + ?Sized>(tool: &T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(tool)?;
        let members = Members::read(json.as_bytes())
            .map_err(|_| <serde_json::Error as serde::ser::Error>::custom("a tool must be a JSON object"))?;
        Ok(Tool { extra: members.rest(), ..Tool::new(Kind::Raw, String::new()) })
    }

    /// Sets what the function does, described for the model.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        match &mut self.kind {
            Kind::Function { description, .. } => *description = Some(text.into()),
            _ => self.misplaced = Some("description"),
        }
        self
    }

    /// Sets the JSON schema of the input, which is an object.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `schema` cannot be written as JSON.
    pub fn input_schema<T: Serialize + ?Sized>(mut self, schema: &T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(schema)?;
        match &mut self.kind {
            Kind::Function { input_schema, .. } => *input_schema = Some(json),
            _ => self.misplaced = Some("input_schema"),
        }
        Ok(self)
    }

    /// Sets how many times a web search may search.
    #[must_use]
    pub fn max_uses(mut self, uses: u32) -> Self {
        match &mut self.kind {
            Kind::WebSearch { max_uses } => *max_uses = Some(uses),
            _ => self.misplaced = Some("max_uses"),
        }
        self
    }

    /// Marks the end of a cached prefix after this tool.
    #[must_use]
    pub fn cache_control(mut self, cache_control: CacheControl) -> Self {
        self.cache_control = Some(cache_control);
        self
    }

    /// Sets an extra member. It replaces a field of the same name.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    /// Returns the name of the tool; empty if it has no name.
    pub fn name(&self) -> String {
        self.extra.get_as("name").unwrap_or_else(|| self.name.clone())
    }

    /// Checks that the tool can be sent.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        if let Some(setter) = self.misplaced {
            return Err(BuildError::new(format!(
                "a tool has `{setter}`, which is for another kind of tool: remove it"
            )));
        }
        let Kind::Function { input_schema, .. } = &self.kind else { return Ok(()) };
        let name = self.name();
        if name.trim().is_empty() {
            return Err(BuildError::new("a tool has an empty name: name the function"));
        }
        if input_schema.is_none() && !self.extra.contains("input_schema") {
            return Err(BuildError::new(format!(
                "the tool `{name}` has no input_schema: give one, {{\"type\":\"object\"}} where there is no input"
            )));
        }
        Ok(())
    }

    fn new(kind: Kind, name: String) -> Self {
        Tool { kind, name, cache_control: None, extra: Extra::new(), misplaced: None }
    }
}

impl Serialize for Tool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        match &self.kind {
            Kind::Function { description, input_schema } => {
                object.field("name", &self.name)?;
                object.optional("description", description.as_ref())?;
                object.optional("input_schema", input_schema.as_deref().map(RawText).as_ref())?;
            }
            Kind::WebSearch { max_uses } => {
                object.field("type", "web_search_20250305")?;
                object.field("name", &self.name)?;
                object.optional("max_uses", max_uses.as_ref())?;
            }
            Kind::Raw => {}
        }
        object.optional("cache_control", self.cache_control.as_ref())?;
        object.end()
    }
}
