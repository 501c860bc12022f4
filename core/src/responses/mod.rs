//! Responses, OpenAI's newer shape.
