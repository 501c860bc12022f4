//! Keys, groups, access lists, the organization, and what was spent. What is sent, what is read, and what goes wrong.
