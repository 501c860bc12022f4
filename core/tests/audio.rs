//! Speech and transcriptions. What is sent, what is read, and what goes wrong.
