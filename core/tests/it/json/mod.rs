//! The JSON reader, and decimals.

mod decimal;
mod partial;
mod reader;
