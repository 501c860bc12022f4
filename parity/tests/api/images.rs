//! The endpoints of images.
