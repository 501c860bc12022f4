//! The tools that a loop offers.

use serde::Serialize;

use super::Entry;
#[cfg(feature = "schemars")]
use crate::BuildError;
use crate::schema::StrictSchema;

/// The tools that a loop offers: functions of the caller, and tools that the provider runs.
///
/// It names the functions; to run them is the caller's part, in any colour. A schema is anything that can be written as JSON, so
/// that one made from a type by another crate fits.
#[derive(Clone, Debug)]
pub struct Tools<E: Entry> {
    list: Vec<E::Tool>,
    callable: Vec<String>,
}

impl<E: Entry> Tools<E> {
    /// Creates an empty set.
    pub fn new() -> Self {
        Tools { list: Vec::new(), callable: Vec::new() }
    }

    /// Adds a function of the caller: its name, what it does in words for the model, and the JSON schema of its arguments.
    ///
    /// # Errors
    /// [`serde_json::Error`] where `schema` cannot be written as JSON.
    pub fn function<T: Serialize + ?Sized>(
        self,
        name: &str,
        description: &str,
        schema: &T,
    ) -> Result<Self, serde_json::Error> {
        let tool = E::function(name, description, serde_json::to_string(schema)?);
        Ok(self.tool(tool))
    }

    /// Adds a function of the caller whose arguments are of a type, in the [strict form](crate::schema::StrictSchema) of its
    /// schema. Read them by [`RunnableCall::arguments_as`](super::RunnableCall::arguments_as).
    ///
    /// # Errors
    /// [`BuildError`] where the type has no strict form, with the place of the member.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::agent::Tools;
    /// use requesty_core::chat::Message;
    ///
    /// #[derive(schemars::JsonSchema)]
    /// struct Weather { city: String }
    ///
    /// let tools: Tools<Message> = Tools::new().typed::<Weather>("weather", "Tells the weather of a city.")?;
    /// assert_eq!(tools.names().collect::<Vec<_>>(), ["weather"]);
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn typed<T: schemars::JsonSchema + ?Sized>(self, name: &str, description: &str) -> Result<Self, BuildError> {
        Ok(self.strict(name, description, &StrictSchema::of::<T>()?))
    }

    /// Adds the functions that the variants of an enum are: each named as its variant is for `serde`, described by its doc
    /// comment, with its fields as the arguments. Read a call by [`RunnableCall::variant_of`](super::RunnableCall::variant_of).
    ///
    /// # Errors
    /// [`BuildError`] where the type is not an enum that `serde` tags externally, as it does by default, or a variant has no
    /// strict form.
    ///
    /// # Examples
    /// ```
    /// use requesty_core::agent::Tools;
    /// use requesty_core::chat::Message;
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// #[serde(rename_all = "snake_case")]
    /// enum Called {
    ///     /// Tells the weather of a city.
    ///     Weather { city: String },
    ///     /// Tells the time.
    ///     Now,
    /// }
    ///
    /// let tools: Tools<Message> = Tools::new().variants_of::<Called>()?;
    /// assert_eq!(tools.names().collect::<Vec<_>>(), ["weather", "now"]);
    /// # Ok::<(), requesty_core::BuildError>(())
    /// ```
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn variants_of<T: schemars::JsonSchema + ?Sized>(self) -> Result<Self, BuildError> {
        let variants = StrictSchema::variants_of::<T>()?;
        Ok(variants.iter().fold(self, |tools, (name, description, schema)| tools.strict(name, description, schema)))
    }

    /// Adds a function of the caller whose arguments follow a strict schema, with `strict` set where the family has it.
    #[must_use]
    pub fn strict(self, name: &str, description: &str, schema: &StrictSchema) -> Self {
        self.tool(E::strict(E::function(name, description, schema.json())))
    }

    /// Adds a function of the caller as its family describes it. A tool without a name is offered, and never called.
    #[must_use]
    pub fn tool(mut self, tool: E::Tool) -> Self {
        self.callable.extend(E::tool_name(&tool));
        self.list.push(tool);
        self
    }

    /// Adds a tool that the provider runs, such as a web search. Calls of it that show through are never handed out.
    #[must_use]
    pub fn provider_tool(mut self, tool: E::Tool) -> Self {
        self.list.push(tool);
        self
    }

    /// Returns the tools as a request takes them.
    pub fn as_slice(&self) -> &[E::Tool] {
        &self.list
    }

    /// Returns the names of the caller's functions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.callable.iter().map(String::as_str)
    }

    pub(super) fn is_callable(&self, name: &str) -> bool {
        self.names().any(|callable| callable == name)
    }

    pub(super) fn is_of_provider(&self, name: &str) -> bool {
        !name.is_empty()
            && !self.is_callable(name)
            && self.list.iter().any(|tool| E::tool_name(tool).is_some_and(|tool| tool == name))
    }
}

impl<E: Entry> Default for Tools<E> {
    fn default() -> Self {
        Tools::new()
    }
}
