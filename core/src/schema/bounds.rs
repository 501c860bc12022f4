//! Bounds: what their values are, and bounds as words, for an API that has no keyword for them.

use serde_json::{Value, json};

use super::walk::{below, walk};

/// Returns what is wrong with the value of a keyword that describes or bounds; `None` if nothing is.
pub(super) fn problem(keyword: &str, value: &Value) -> Option<&'static str> {
    match keyword {
        "title" | "description" | "pattern" => (!value.is_string()).then_some("is not a text"),
        "minItems" | "maxItems" => (!value.is_u64()).then_some("is not a number of items"),
        _ => (!value.is_number()).then_some("is not a number"),
    }
}

/// Returns the place of the first member beyond the number of members that the API lets be of several types.
pub(super) fn union_too_many(schema: &Value) -> Option<String> {
    let mut unions = Vec::new();
    walk(&mut schema.clone(), "", &mut |schema, place| {
        let Some(Value::Object(members)) = schema.get("properties") else { return };
        let is_union =
            |member: &Value| member.get("anyOf").is_some() || member.get("type").is_some_and(Value::is_array);
        let found = members.iter().filter(|(_, member)| is_union(member));
        unions.extend(found.map(|(name, _)| below(&below(place, "properties"), name)));
    });
    unions.into_iter().nth(MOST_UNIONS)
}

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

/// As Anthropic documents it.
pub(super) const MOST_UNIONS: usize = 16;
