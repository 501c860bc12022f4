mod answers;
mod property;
mod refused;
mod requests;
mod strict;
#[cfg(feature = "schemars")]
mod types;

use requesty_core::schema::StrictSchema;
use serde_json::Value;

/// The strict form, as a value.
fn strict(schema: &Value) -> Value {
    let strict = StrictSchema::new(schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
    serde_json::to_value(&strict).unwrap()
}

/// The strict form as the text that is sent.
fn text(schema: &Value) -> String {
    serde_json::to_string(&StrictSchema::new(schema).unwrap()).unwrap()
}
