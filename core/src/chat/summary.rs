//! The metadata of a completion, for logs and metrics.

use super::Completion;
use crate::observe::Summary;

impl Completion {
    /// Returns the metadata of the completion, without its content.
    pub fn summary(&self) -> Summary {
        let usage = self.usage.as_ref();
        Summary {
            id: self.id.clone(),
            model: self.model.clone(),
            finish_reasons: self
                .choices
                .iter()
                .filter_map(|choice| choice.finish_reason.as_ref())
                .map(|reason| reason.as_str().to_owned())
                .collect(),
            input_tokens: usage.and_then(|usage| usage.prompt_tokens),
            output_tokens: usage.and_then(|usage| usage.completion_tokens),
            cost: self.cost(),
        }
    }
}
