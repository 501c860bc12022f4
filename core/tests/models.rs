//! The models and their prices. What is sent, what is read, and what goes wrong.
