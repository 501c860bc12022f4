//! The MCP gateway. What is sent, what is read, and what goes wrong.
