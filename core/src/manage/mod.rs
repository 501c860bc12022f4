//! Keys, groups, access lists, the organization, and what was spent.
