//! Responses, OpenAI's newer shape. What is sent, what is read, and what goes wrong.
