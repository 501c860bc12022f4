//! Speech and transcriptions.

mod stream;
mod whole;
