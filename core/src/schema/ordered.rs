//! Writes a schema with the members of each object in the order of `required`.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A schema to be written. An object of serde_json keeps no order; models write members in the order of the schema.
pub(super) struct Ordered<'a>(pub(super) &'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(schema) = self.0 else { return self.0.serialize(serializer) };
        let mut map = serializer.serialize_map(Some(schema.len()))?;
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(members)) => {
                    map.serialize_entry(keyword, &Named { schemas: members, order: schema.get("required") })?;
                }
                ("$defs" | "definitions", Value::Object(schemas)) => {
                    map.serialize_entry(keyword, &Named { schemas, order: None })?;
                }
                ("anyOf", Value::Array(list)) => {
                    map.serialize_entry(keyword, &list.iter().map(Ordered).collect::<Vec<_>>())?;
                }
                ("items", schema) => map.serialize_entry(keyword, &Ordered(schema))?,
                _ => map.serialize_entry(keyword, value)?,
            }
        }
        map.end()
    }
}

struct Named<'a> {
    schemas: &'a Map<String, Value>,
    /// A list with all their names; `None` where the order says nothing.
    order: Option<&'a Value>,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(Value::Array(order)) = self.order else {
            return serializer.collect_map(self.schemas.iter().map(|(name, schema)| (name, Ordered(schema))));
        };
        let named = order.iter().filter_map(|name| self.schemas.get_key_value(name.as_str()?));
        serializer.collect_map(named.map(|(name, schema)| (name, Ordered(schema))))
    }
}
