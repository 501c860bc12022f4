//! The endpoints of embeddings.
