//! Tools that a request offers.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::CacheControl;
use crate::json::{Members, ObjectWriter, RawText};
use crate::{BuildError, Extra};

/// A tool that the model may call.
///
/// # Examples
/// ```
/// use requesty_core::chat::Tool;
///
/// #[derive(serde::Serialize)]
/// struct NoParameters { r#type: &'static str }
///
/// let now = Tool::function("now").description("Tells the time.").parameters(&NoParameters { r#type: "object" })?;
/// assert_eq!(
///     serde_json::to_string(&now)?,
///     r#"{"type":"function","function":{"name":"now","description":"Tells the time.","parameters":{"type":"object"}}}"#,
/// );
/// assert_eq!(serde_json::to_string(&Tool::web_search())?, r#"{"type":"web_search"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// The router's page: [create chat completion](https://docs.requesty.ai/api-reference/endpoint/chat-completions-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "function calling")]
pub struct Tool {
    kind: Kind,
    search_context_size: Option<String>,
    cache_control: Option<CacheControl>,
    extra: Extra,
    /// The name of a setter that was used on a tool of another kind.
    misplaced: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Function(FunctionTool),
    WebSearch,
    /// All members are among the extra members.
    Raw,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct FunctionTool {
    name: String,
    description: Option<String>,
    /// The JSON text of the schema.
    parameters: Option<String>,
    strict: Option<bool>,
}

impl Tool {
    /// Creates a function that the application runs. Set a description too: the router's schema requires it.
    pub fn function(name: impl Into<String>) -> Self {
        Tool::new(Kind::Function(FunctionTool { name: name.into(), ..FunctionTool::default() }))
    }

    /// Creates a function whose arguments are of a type, in the [strict form](crate::schema::StrictSchema) of its schema, with `strict` set.
    /// Read them by [`FinishedCall::arguments`](super::FinishedCall::arguments).
    ///
    /// # Errors
    /// [`BuildError`] if the type has no strict form; it names the place of the member.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::chat::{Tool, ToolCall};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Weather { city: String, days: Option<u32> }
    ///
    /// let tool = Tool::typed::<Weather>("weather", "Tells the weather of a city.")?;
    /// assert!(serde_json::to_string(&tool)?.contains(r#""required":["city","days"]"#));
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Rome","days":null}"#);
    /// let weather: Weather = call.finished().expect("a whole call").arguments()?;
    /// assert_eq!((&*weather.city, weather.days), ("Rome", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn typed<T: schemars::JsonSchema + ?Sized>(
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Result<Self, BuildError> {
        let schema = crate::schema::StrictSchema::of::<T>()?;
        let tool = Tool::function(name).description(description).parameters(&schema);
        tool.map(|tool| tool.strict(true)).map_err(|_| BuildError::unwritten("parameters"))
    }

    /// Creates a web search that the provider runs: `{"type":"web_search"}`. It is a Requesty extension.
    ///
    /// Gemini models refuse a web search together with functions.
    pub fn web_search() -> Self {
        Tool::new(Kind::WebSearch)
    }

    /// Creates any other tool from a value that is written as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `tool` cannot be written as a JSON object.
    pub fn raw<T: Serialize + ?Sized>(tool: &T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(tool)?;
        let members = Members::read(json.as_bytes())
            .map_err(|_| <serde_json::Error as serde::ser::Error>::custom("a tool must be a JSON object"))?;
        Ok(Tool { extra: members.rest(), ..Tool::new(Kind::Raw) })
    }

    /// Sets what the function does, described for the model.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        self.of_function("description", |function| function.description = Some(description.into()))
    }

    /// Sets the JSON schema of the arguments.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `schema` cannot be written as JSON.
    #[doc(alias("json schema", "input_schema"))]
    pub fn parameters<T: Serialize + ?Sized>(self, schema: &T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(schema)?;
        Ok(self.of_function("parameters", |function| function.parameters = Some(json)))
    }

    /// Sets whether the arguments must follow the schema exactly.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        self.of_function("strict", |function| function.strict = Some(strict))
    }

    /// Sets how much context a web search collects: `low`, `medium` or `high`.
    #[must_use]
    pub fn search_context_size(mut self, size: impl Into<String>) -> Self {
        if matches!(self.kind, Kind::Function(_)) {
            self.misplaced = Some("search_context_size");
        }
        self.search_context_size = Some(size.into());
        self
    }

    /// Marks the end of a cached prefix after this tool.
    #[must_use]
    pub fn cache_control(mut self, cache_control: CacheControl) -> Self {
        self.cache_control = Some(cache_control);
        self
    }

    /// Sets an extra member beside `type`. It replaces a field of the same name.
    ///
    /// # Errors
    /// [`serde_json::Error`] if `value` cannot be written as JSON.
    pub fn with_extra<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        self.extra.insert(key, value)?;
        Ok(self)
    }

    /// Returns the name of the function; `None` if the tool has no name.
    pub fn name(&self) -> Option<String> {
        if let Some(function) = self.extra.get("function") {
            return Members::read(function.as_bytes()).ok()?.string("name");
        }
        match &self.kind {
            Kind::Function(function) => Some(function.name.clone()),
            // The flat form of other APIs, and of tools that the provider runs.
            Kind::Raw => self.extra.get_as("name"),
            Kind::WebSearch => None,
        }
    }

    /// Checks that the tool can be sent.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        if let Some(setter) = self.misplaced {
            return Err(BuildError::new(format!(
                "a tool has `{setter}`, which is for another kind of tool: remove it"
            )));
        }
        if self.name().is_some_and(|name| name.trim().is_empty()) {
            return Err(BuildError::new("a tool has an empty name: name the function"));
        }
        Ok(())
    }

    /// Returns the size of the tool in a request, in bytes, approximately.
    pub(crate) fn size(&self) -> usize {
        /// The bytes of the names and the braces.
        const FRAME: usize = 128;
        FRAME
            + self.extra.size()
            + match &self.kind {
                Kind::Function(function) => {
                    let long = [&function.description, &function.parameters].into_iter().flatten();
                    function.name.len() + long.map(String::len).sum::<usize>()
                }
                Kind::WebSearch | Kind::Raw => 0,
            }
    }

    fn new(kind: Kind) -> Self {
        Tool { kind, search_context_size: None, cache_control: None, extra: Extra::new(), misplaced: None }
    }

    /// Writes the members that every kind of tool may have, and ends the object.
    fn end<M: SerializeMap>(&self, mut object: ObjectWriter<'_, M>) -> Result<M::Ok, M::Error> {
        object.optional("search_context_size", self.search_context_size.as_ref())?;
        object.optional("cache_control", self.cache_control.as_ref())?;
        object.end()
    }

    fn of_function(mut self, setter: &'static str, set: impl FnOnce(&mut FunctionTool)) -> Self {
        match &mut self.kind {
            Kind::Function(function) => set(function),
            // It is an error when the request is built. Dropping it silently would change what the model sees.
            Kind::WebSearch | Kind::Raw => self.misplaced = Some(setter),
        }
        self
    }
}

impl Serialize for Tool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        match &self.kind {
            Kind::Function(function) => {
                object.field("type", "function")?;
                object.field("function", function)?;
            }
            Kind::WebSearch => object.field("type", "web_search")?,
            Kind::Raw => {}
        }
        self.end(object)
    }
}

/// A tool as the responses endpoint accepts it: the members of the function are beside its type.
pub(crate) struct FlatTool<'a>(pub(crate) &'a Tool);

impl Serialize for FlatTool<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Kind::Function(function) = &self.0.kind else { return self.0.serialize(serializer) };
        let mut object = ObjectWriter::new(serializer, &self.0.extra)?;
        object.field("type", "function")?;
        function.write(&mut object)?;
        self.0.end(object)
    }
}

impl Serialize for FunctionTool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = Extra::new();
        let mut object = ObjectWriter::new(serializer, &none)?;
        self.write(&mut object)?;
        object.end()
    }
}

impl FunctionTool {
    fn write<M: SerializeMap>(&self, object: &mut ObjectWriter<'_, M>) -> Result<(), M::Error> {
        object.field("name", &self.name)?;
        object.optional("description", self.description.as_ref())?;
        object.optional("parameters", self.parameters.as_deref().map(RawText).as_ref())?;
        object.optional("strict", self.strict.as_ref())
    }
}
