//! The endpoints of mcp.
