//! The endpoints of messages.
