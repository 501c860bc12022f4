//! Messages, in Anthropic's shape. What is sent, what is read, and what goes wrong.
