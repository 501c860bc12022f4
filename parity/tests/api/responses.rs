//! The endpoints of responses.
