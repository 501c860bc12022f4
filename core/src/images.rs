//! Images, made and edited.
