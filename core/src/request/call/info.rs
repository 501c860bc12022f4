//! The facts that observers get about a call before it is sent.

use http::uri::Scheme;

use super::Call;
use crate::key::Scrub;
use crate::observe::{CallInfo, Parameters, RequestContent, operation};
use crate::reply::{Dialect, Media, Reply};

impl<R: Reply> Call<R> {
    /// Returns what observers may see of the call before it is sent.
    pub(crate) fn info(&self) -> CallInfo {
        let scrub = Scrub::new(self.key.clone());
        let brief = |text: &str, limit| scrub.brief(text, limit, false);
        let secure = self.uri.scheme() != Some(&Scheme::HTTP);
        CallInfo {
            operation: operation(self.uri.path()),
            model: self.model.as_deref().map(|model| brief(model, LONGEST_MODEL).into()),
            parameters: Parameters::read(self.uri.path(), &self.body, brief),
            host: self.uri.host().unwrap_or_default().into(),
            port: self.uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            path: self.uri.path().into(),
            streamed: R::Dialect::MEDIA == Media::Events,
            content: RequestContent { body: self.body.clone(), scrub: scrub.clone() },
        }
    }
}

/// Longest name of a model that observers get, in bytes.
const LONGEST_MODEL: usize = 256;
