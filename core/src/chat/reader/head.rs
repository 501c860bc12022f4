//! The top-level members of a chunk, found when they are asked for: owned chunks keep their bytes, and not the places
//! of these members.

use super::{is_text, name, spelled, text_or_null, value_or_null};
use crate::json::{Kind, Reader, Span};

/// The places of the top-level members of a chunk, except the choices.
#[derive(Debug, Default)]
pub(in crate::chat) struct Head {
    pub(in crate::chat) id: Option<Span>,
    pub(in crate::chat) model: Option<Span>,
    pub(in crate::chat) created: Option<Span>,
    pub(in crate::chat) usage: Option<Span>,
}

impl Head {
    /// Finds them by the rules of the scan; finds none if `json` is not one object.
    pub(in crate::chat) fn of(json: &[u8]) -> Self {
        let mut head = Head::default();
        let mut reader = Reader::new(json);
        let read = reader.object(|reader, key| {
            let kind = reader.kind()?;
            let spelled = spelled(reader, key);
            match name(reader, key, &spelled) {
                b"id" if text_or_null(reader, kind, &mut head.id)? => {}
                b"model" if text_or_null(reader, kind, &mut head.model)? => {}
                b"created" if is_text(kind) || kind == Kind::Null => head.created = value_or_null(reader, kind)?,
                b"usage" if matches!(kind, Kind::Object | Kind::Null) => head.usage = value_or_null(reader, kind)?,
                _ => drop(reader.skip_of(kind)?),
            }
            Some(())
        });
        if read.and_then(|()| reader.end()).is_some() { head } else { Head::default() }
    }
}
