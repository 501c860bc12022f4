//! The endpoints of models.
