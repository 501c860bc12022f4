//! Messages, in Anthropic's shape.
