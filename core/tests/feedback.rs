//! Feedback on answers. What is sent, what is read, and what goes wrong.
