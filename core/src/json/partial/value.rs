//! Views beside serde_json's values: written, and compared.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::tape::NodeKind;
use super::view::View;

/// Writes what is shown.
impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.node_kind() {
            NodeKind::Null => serializer.serialize_unit(),
            NodeKind::False => serializer.serialize_bool(false),
            NodeKind::True => serializer.serialize_bool(true),
            NodeKind::Number => self.as_number().serialize(serializer),
            NodeKind::String | NodeKind::Key => serializer.serialize_str(self.tape.content(self.text, self.node)),
            NodeKind::Array => {
                let mut list = serializer.serialize_seq(None)?;
                self.elements().try_for_each(|element| list.serialize_element(&element))?;
                list.end()
            }
            NodeKind::Object => {
                let mut map = serializer.serialize_map(None)?;
                self.members().try_for_each(|(key, value)| map.serialize_entry(key, &value))?;
                map.end()
            }
        }
    }
}

/// Compares what is shown.
impl PartialEq<Value> for View<'_> {
    fn eq(&self, other: &Value) -> bool {
        match (self.node_kind(), other) {
            (NodeKind::Null, Value::Null) => true,
            (NodeKind::False, Value::Bool(other)) => !other,
            (NodeKind::True, Value::Bool(other)) => *other,
            (NodeKind::Number, Value::Number(other)) => self.as_number().is_some_and(|number| number == *other),
            (NodeKind::String, Value::String(other)) => self.as_str() == Some(other),
            (NodeKind::Array, Value::Array(other)) => {
                self.elements().count() == other.len()
                    && self.elements().zip(other).all(|(element, other)| element == *other)
            }
            (NodeKind::Object, Value::Object(other)) => {
                self.members().count() == other.len()
                    && self.members().all(|(key, value)| other.get(key).is_some_and(|other| value == *other))
            }
            _ => false,
        }
    }
}
