//! The MCP gateway.
