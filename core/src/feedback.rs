//! Feedback on answers.
