//! Makes the strict form of a schema, and refuses what has none.

use serde_json::{Map, Value, json};

use super::keywords::{Keyword, is_known_format};
use super::walk::below;
use super::{bounds, references, values};
use crate::BuildError;

/// Makes the strict form of a whole schema.
pub(super) fn form(schema: &Value) -> Result<Value, BuildError> {
    let Value::Object(root) = schema else {
        return Err(refused("", "is not an object: a schema of an answer is one of an object"));
    };
    for alternatives in ["anyOf", "oneOf", "$ref"] {
        if root.contains_key(alternatives) {
            let what = "is not of one object: put what it is into a member of an object";
            return Err(refused(&below("", alternatives), what));
        }
    }
    let references = references::edges(schema);
    let mut form = Form { root: schema, references, members: 0, values: 0, characters: 0 };
    let strict = form.node(schema, "", 0)?;
    if strict.get("type") != Some(&json!("object")) {
        return Err(refused("", "is not of the type `object`: put what it is into a member of an object"));
    }
    Ok(strict)
}

/// Returns the error for a member that has no strict form.
pub(super) fn refused(place: &str, what: &str) -> BuildError {
    let place = if place.is_empty() { "/" } else { place };
    BuildError::new(format!("the schema has no strict form: `{place}` {what}"))
}

struct Form<'a> {
    root: &'a Value,
    /// The places of the references, and where they lead.
    references: Vec<(String, String)>,
    /// How many members the objects have together.
    members: usize,
    /// How many values the enums have together.
    values: usize,
    /// How many characters the names of members and definitions, and the values, have together.
    characters: usize,
}

impl Form<'_> {
    /// Makes the strict form of a schema at `place`, which is inside of `level` objects.
    fn node(&mut self, schema: &Value, place: &str, level: usize) -> Result<Value, BuildError> {
        let Value::Object(schema) = schema else {
            return Err(refused(place, "may be any value, or cannot be one: give it a schema with a type"));
        };
        let mut strict = Map::new();
        for (keyword, value) in schema {
            match Keyword::from(keyword.as_str()) {
                Keyword::Described | Keyword::Bound => {
                    if let Some(problem) = bounds::problem(keyword, value) {
                        return Err(refused(&below(place, keyword), problem));
                    }
                    strict.insert(keyword.clone(), value.clone());
                }
                Keyword::Value => {
                    self.check_values(keyword, value, place)?;
                    strict.insert(keyword.clone(), value.clone());
                }
                Keyword::Combined | Keyword::Left => {}
                Keyword::Refused => {
                    return Err(refused(&below(place, keyword), "is not taken in strict mode: leave the keyword out"));
                }
            }
        }
        if let Some(format) = schema.get("format").filter(|format| format.as_str().is_some_and(is_known_format)) {
            strict.insert("format".to_owned(), format.clone());
        }
        self.definitions(schema, &mut strict, place)?;
        if let Some(reference) = schema.get("$ref") {
            return self.reference(schema, strict, reference, place, level);
        }
        match (schema.get("anyOf"), schema.get("oneOf")) {
            (None, None) => self.typed(schema, &mut strict, place, level)?,
            (Some(alternatives), None) => {
                self.alternatives(schema, &mut strict, ("anyOf", alternatives), place, level)?
            }
            (None, Some(alternatives)) => {
                self.alternatives(schema, &mut strict, ("oneOf", alternatives), place, level)?
            }
            (Some(_), Some(_)) => return Err(refused(place, "has two lists of alternatives: make one of them")),
        }
        Ok(Value::Object(strict))
    }

    fn definitions(
        &mut self,
        schema: &Map<String, Value>,
        strict: &mut Map<String, Value>,
        place: &str,
    ) -> Result<(), BuildError> {
        for keyword in ["$defs", "definitions"] {
            let Some(definitions) = schema.get(keyword) else { continue };
            let here = below(place, keyword);
            let Value::Object(definitions) = definitions else { return Err(refused(&here, "is not an object")) };
            if !place.is_empty() {
                return Err(refused(&here, "is not at the root: definitions are found there only"));
            }
            let mut kept = Map::new();
            for (name, definition) in definitions {
                self.characters += name.chars().count();
                kept.insert(name.clone(), self.node(definition, &below(&here, name), 0)?);
            }
            strict.insert(keyword.to_owned(), Value::Object(kept));
        }
        Ok(())
    }

    /// Makes the form of a reference: alone or, where something describes it, what it leads to. Only what leads to itself is
    /// wrapped instead.
    fn reference(
        &mut self,
        schema: &Map<String, Value>,
        mut strict: Map<String, Value>,
        reference: &Value,
        place: &str,
        level: usize,
    ) -> Result<Value, BuildError> {
        let here = below(place, "$ref");
        let binds = |keyword: &String| {
            keyword != "$ref" && !matches!(Keyword::from(keyword.as_str()), Keyword::Described | Keyword::Left)
        };
        if let Some(beside) = schema.keys().find(|keyword| binds(keyword)) {
            return Err(refused(&below(place, beside), "stands beside a reference: write what both say in one schema"));
        }
        let target = references::target(self.root, reference).map_err(|problem| refused(&here, problem))?;
        if strict.is_empty() {
            return Ok(json!({"$ref": reference}));
        }
        let to = references::place_of(reference.as_str().unwrap_or_default());
        if !references::is_recursive(&self.references, &to) {
            let mut described = self.node(target, &to, level)?;
            if let Some(further) = described.get("$ref") {
                return self.reference(schema, strict, &further.clone(), place, level);
            }
            if let Value::Object(described) = &mut described {
                described.append(&mut strict);
            }
            return Ok(described);
        }
        strict.insert("anyOf".to_owned(), json!([{"$ref": reference}]));
        Ok(Value::Object(strict))
    }

    fn alternatives(
        &mut self,
        schema: &Map<String, Value>,
        strict: &mut Map<String, Value>,
        (keyword, alternatives): (&str, &Value),
        place: &str,
        level: usize,
    ) -> Result<(), BuildError> {
        let here = below(place, keyword);
        let beside = |name: &&String| {
            *name != keyword
                && !matches!(name.as_str(), "$defs" | "definitions")
                && !matches!(Keyword::from(name.as_str()), Keyword::Described | Keyword::Left)
        };
        if let Some(beside) = schema.keys().find(beside) {
            let what = "stands beside alternatives: write it into each of them";
            return Err(refused(&below(place, beside), what));
        }
        let Some(alternatives) = alternatives.as_array().filter(|alternatives| !alternatives.is_empty()) else {
            return Err(refused(&here, "is not a list of alternatives"));
        };
        let mut kept = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            kept.push(self.node(alternative, &below(&here, &index.to_string()), level)?);
        }
        strict.insert("anyOf".to_owned(), Value::Array(kept));
        Ok(())
    }

    /// Makes the form of a schema that has a type, or whose type is plain from its other members.
    fn typed(
        &mut self,
        schema: &Map<String, Value>,
        strict: &mut Map<String, Value>,
        place: &str,
        level: usize,
    ) -> Result<(), BuildError> {
        let kinds = match schema.get("type") {
            Some(kinds) => kinds.clone(),
            None => values::plain_type(schema).ok_or_else(|| refused(place, "may be any value: give it a type"))?,
        };
        let list = match &kinds {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        let are_known = list.iter().all(|kind| kind.as_str().is_some_and(|kind| TYPES.contains(&kind)));
        if list.is_empty() || !are_known {
            return Err(refused(&below(place, "type"), "is not a type of JSON"));
        }
        if let Some(keyword) = values::of_another_type(schema, list) {
            return Err(refused(&below(place, keyword), "holds a value of another type than `type` names"));
        }
        let has = |wanted: &str| list.iter().any(|kind| kind == wanted);
        if has("object") {
            self.object(schema, strict, place, level + 1)?;
        }
        if has("array") {
            let items = schema.get("items").unwrap_or(&Value::Null);
            let items = self.node(items, &below(place, "items"), level)?;
            strict.insert("items".to_owned(), items);
        }
        strict.insert("type".to_owned(), kinds);
        Ok(())
    }

    fn object(
        &mut self,
        schema: &Map<String, Value>,
        strict: &mut Map<String, Value>,
        place: &str,
        level: usize,
    ) -> Result<(), BuildError> {
        if level > MOST_LEVELS {
            return Err(refused(place, &format!("is inside of {MOST_LEVELS} objects: strict mode takes no more")));
        }
        let mut is_closed = false;
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            match schema.get(keyword) {
                None => {}
                Some(Value::Bool(false)) => is_closed = true,
                Some(_) => {
                    let what = "takes members under any name: list them, or make it a list of names and values";
                    return Err(refused(&below(place, keyword), what));
                }
            }
        }
        let empty = Map::new();
        let properties = match schema.get("properties") {
            Some(Value::Object(properties)) => properties,
            None if is_closed => &empty,
            Some(_) => return Err(refused(&below(place, "properties"), "is not an object")),
            None => return Err(refused(place, "is an object with any members: list them in `properties`")),
        };
        let required = required(schema, properties, place)?;
        let here = below(place, "properties");
        let mut kept = Map::new();
        for (name, member) in properties {
            self.members += 1;
            self.characters += name.chars().count();
            let may_miss = !required.contains(&name) && !references::is_nullable(self.root, member);
            let member = self.node(member, &below(&here, name), level)?;
            kept.insert(name.clone(), if may_miss { nullable(member) } else { member });
        }
        if self.members > MOST_MEMBERS || self.characters > MOST_CHARACTERS {
            let what = format!("makes more than {MOST_MEMBERS} members, or names of {MOST_CHARACTERS} characters");
            return Err(refused(&here, &what));
        }
        let others = properties.keys().filter(|name| !required.contains(name));
        let names: Vec<&String> = required.iter().copied().chain(others).collect();
        strict.insert("required".to_owned(), json!(names));
        strict.insert("properties".to_owned(), Value::Object(kept));
        strict.insert("additionalProperties".to_owned(), Value::Bool(false));
        Ok(())
    }

    /// Checks and counts the values of `enum` and `const`.
    fn check_values(&mut self, keyword: &str, value: &Value, place: &str) -> Result<(), BuildError> {
        let here = below(place, keyword);
        let values = match (keyword, value) {
            ("enum", Value::Array(values)) if !values.is_empty() => values.as_slice(),
            ("enum", _) => return Err(refused(&here, "is not a list of values")),
            (_, value) => std::slice::from_ref(value),
        };
        if values.iter().any(|value| value.is_array() || value.is_object()) {
            return Err(refused(&here, "holds an array or an object: strict mode takes single values"));
        }
        let characters = values.iter().filter_map(Value::as_str).map(|text| text.chars().count()).sum::<usize>();
        if values.len() > MOST_LONG_VALUES && characters > MOST_VALUE_CHARACTERS {
            let what =
                format!("has more than {MOST_LONG_VALUES} values, of more than {MOST_VALUE_CHARACTERS} characters");
            return Err(refused(&here, &what));
        }
        self.characters += characters;
        if keyword == "enum" {
            self.values += values.len();
        }
        if self.values > MOST_VALUES || self.characters > MOST_CHARACTERS {
            let what = format!("makes more than {MOST_VALUES} values, or texts of {MOST_CHARACTERS} characters");
            return Err(refused(&here, &what));
        }
        Ok(())
    }
}

/// Returns the names that an object requires, each once, in their order.
fn required<'a>(
    schema: &'a Map<String, Value>,
    properties: &'a Map<String, Value>,
    place: &str,
) -> Result<Vec<&'a String>, BuildError> {
    let here = below(place, "required");
    let mut names = Vec::new();
    let list = match schema.get("required") {
        None => return Ok(names),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(refused(&here, "is not a list of names")),
    };
    for name in list {
        let Some((name, _)) = name.as_str().and_then(|name| properties.get_key_value(name)) else {
            return Err(refused(&here, "names a member that `properties` does not have"));
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Lets a member, in its strict form, be `null`.
fn nullable(mut member: Value) -> Value {
    let nothing = json!({"type": "null"});
    if let Some(Value::Array(alternatives)) = member.get_mut("anyOf") {
        alternatives.push(nothing);
        return member;
    }
    let is_listed = member.get("enum").is_some() || member.get("const").is_some();
    match member.get_mut("type") {
        Some(Value::Array(kinds)) if !is_listed => kinds.push(json!("null")),
        Some(kind) if !is_listed && kind != "object" => *kind = json!([kind.take(), "null"]),
        _ => return json!({"anyOf": [member, nothing]}),
    }
    member
}

const TYPES: &[&str] = &["object", "array", "string", "number", "integer", "boolean", "null"];

// What OpenAI documents.
const MOST_MEMBERS: usize = 5000;
const MOST_VALUES: usize = 1000;
const MOST_CHARACTERS: usize = 120_000;
/// An enum with more values than this has another limit for their characters.
const MOST_LONG_VALUES: usize = 250;
const MOST_VALUE_CHARACTERS: usize = 15_000;
const MOST_LEVELS: usize = 10;
