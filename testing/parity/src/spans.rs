//! A subscriber that keeps what spans and events say, for tests.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A subscriber that keeps every field of every span of this project.
#[derive(Clone, Debug, Default)]
pub struct Spans(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    spans: Vec<BTreeMap<String, String>>,
    /// All that was said, of others too.
    all: String,
}

impl Spans {
    /// Returns the fields of each span of this project, in order.
    pub fn take(&self) -> Vec<BTreeMap<String, String>> {
        std::mem::take(&mut self.kept().spans)
    }

    /// Returns everything that was said, names and values.
    pub fn all(&self) -> String {
        self.kept().all.clone()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut kept = self.kept();
        let _ = write!(kept.all, "{fields:?}");
        if span.metadata().target() != "requesty" {
            return Id::from_u64(u64::MAX);
        }
        kept.spans.push(fields.0);
        Id::from_u64(kept.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let mut kept = self.kept();
        let _ = write!(kept.all, "{fields:?}");
        let at = usize::try_from(span.into_u64()).unwrap_or(usize::MAX);
        if let Some(span) = at.checked_sub(1).and_then(|at| kept.spans.get_mut(at)) {
            span.extend(fields.0);
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let _ = write!(self.kept().all, "{fields:?}");
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Debug, Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    /// As a number is written in JSON: `Debug` would give small ones an exponent.
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
