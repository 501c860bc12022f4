//! The facts that observers get about a reply.

use super::Machine;
use crate::key::Scrub;
use crate::observe::Summary;
use crate::reply::Dialect;

impl<D: Dialect> Machine<D> {
    /// Returns the metadata of the reply so far, for logs and metrics. The key is removed if the server echoed it,
    /// control characters are escaped, and each text has at most 256 bytes.
    pub fn summary(&self) -> Summary {
        let mut summary = self.dialect.summary();
        let texts = summary.id.iter_mut().chain(&mut summary.model).chain(&mut summary.finish_reasons);
        for text in texts {
            *text = self.context.scrub.brief(text, SUMMARY_TEXT, false);
        }
        summary
    }

    /// Returns what takes the key out of texts.
    pub(crate) fn scrub(&self) -> &Scrub {
        &self.context.scrub
    }
}

/// The longest text in a summary, in bytes.
const SUMMARY_TEXT: usize = 256;
