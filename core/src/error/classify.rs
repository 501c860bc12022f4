pub(crate) struct Scrub;
pub(crate) fn event_error() {}
pub(crate) fn looks_like_error() {}
