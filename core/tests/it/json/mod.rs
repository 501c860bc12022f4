//! The JSON reader, and decimals.

mod decimal;
mod reader;
