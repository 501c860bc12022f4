//! The models and their prices.
