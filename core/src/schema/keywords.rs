//! The keywords of JSON Schema, and how strict mode treats each.

use Keyword::{Bound, Combined, Described, Left, Value};

/// How a keyword is written in the strict form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// It is read, and written in its strict form: `properties`, `anyOf` and the like.
    Combined,
    /// It is kept: it describes.
    Described,
    /// It is kept: it bounds a value.
    Bound,
    /// It is kept: it lists values.
    Value,
    /// It is left out: it binds nothing.
    Left,
    /// Strict mode refuses it.
    Refused,
}

impl From<&str> for Keyword {
    fn from(keyword: &str) -> Self {
        let known = KEYWORDS.iter().find(|(known, _)| *known == keyword);
        known.map_or(Keyword::Refused, |(_, keyword)| *keyword)
    }
}

/// Returns whether strict mode knows a format of strings. Others describe, and bind nothing.
pub(super) fn is_known_format(format: &str) -> bool {
    FORMATS.contains(&format)
}

const KEYWORDS: &[(&str, Keyword)] = &[
    ("type", Combined),
    ("properties", Combined),
    ("required", Combined),
    ("additionalProperties", Combined),
    // Some generators write it for an object that is closed together with what it is made of.
    ("unevaluatedProperties", Combined),
    ("items", Combined),
    ("anyOf", Combined),
    ("oneOf", Combined),
    ("$ref", Combined),
    ("$defs", Combined),
    ("definitions", Combined),
    ("format", Combined),
    ("title", Described),
    ("description", Described),
    ("enum", Value),
    ("const", Value),
    ("pattern", Bound),
    ("minimum", Bound),
    ("maximum", Bound),
    ("exclusiveMinimum", Bound),
    ("exclusiveMaximum", Bound),
    ("multipleOf", Bound),
    ("minItems", Bound),
    ("maxItems", Bound),
    ("$schema", Left),
    ("$id", Left),
    ("$comment", Left),
    ("default", Left),
    ("examples", Left),
    ("deprecated", Left),
    ("readOnly", Left),
    ("writeOnly", Left),
];

const FORMATS: &[&str] = &["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
