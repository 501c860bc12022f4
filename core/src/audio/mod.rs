//! Speech and transcriptions.
