//! Bounds as words, for an API that has no keyword for them.

use serde_json::{Value, json};

use super::walk::walk;

/// Moves the bounds of values into the descriptions.
pub(super) fn in_words(schema: &mut Value) {
    walk(schema, "", &mut |schema, _| {
        let mut words = Vec::new();
        for keyword in BOUNDS {
            // The API accepts `minItems` where it is 0 or 1.
            let is_taken = *keyword == "minItems"
                && schema.get(*keyword).is_some_and(|least| *least == json!(0) || *least == json!(1));
            if is_taken {
                continue;
            }
            if let Some(bound) = schema.remove(*keyword) {
                words.push(format!("{keyword}: {bound}"));
            }
        }
        if words.is_empty() {
            return;
        }
        let words = format!("({})", words.join(", "));
        let description = match schema.get("description").and_then(Value::as_str) {
            Some(description) => format!("{description} {words}"),
            None => words,
        };
        schema.insert("description".to_owned(), json!(description));
    });
}

const BOUNDS: &[&str] =
    &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems"];
