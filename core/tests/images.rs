//! Images, made and edited. What is sent, what is read, and what goes wrong.
