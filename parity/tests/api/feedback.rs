//! The endpoints of feedback.
