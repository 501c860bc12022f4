//! The endpoints of manage.
