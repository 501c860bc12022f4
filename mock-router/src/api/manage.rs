//! The management endpoints, with a state of their own: what is created is there, and what is spent is gone.

use super::Question;
use crate::script::Script;

/// What was created.
#[derive(Debug, Default)]
pub(crate) struct Management {}

/// Answers a question of this family.
pub(super) fn answer(_question: &Question<'_>, _complaints: &mut Vec<String>) -> Option<Script> {
    None
}
