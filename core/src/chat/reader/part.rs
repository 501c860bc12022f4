//! One element of a `content` array, which some providers stream: text, thinking, or another kind.

use super::table::PartKind;
use super::{name, spelled, string_or_null};
use crate::json::{Kind, Reader, Span};

/// The members of the element so far.
#[derive(Default)]
struct Seen {
    kind: PartType,
    text: Option<Span>,
    /// `thinking`: a string, or a list with one text part.
    thinking: Option<Span>,
    /// Whether it has a member that a plain part does not have.
    more: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum PartType {
    #[default]
    Unknown,
    Text,
    Thinking,
}

/// Passes the next object. Texts of a thinking part after the first go to `more`.
pub(super) fn scan(reader: &mut Reader<'_>, more: &mut Vec<Span>) -> Option<PartKind> {
    let mut seen = Seen::default();
    reader.object(|reader, key| member(reader, key, &mut seen, more))?;
    let kind = match seen {
        Seen { kind: PartType::Text, text: Some(text), thinking: None, more } => PartKind::Text { text, plain: !more },
        Seen { kind: PartType::Thinking, text: None, thinking: Some(text), more } => {
            PartKind::Thinking { text, plain: !more }
        }
        Seen { kind: PartType::Thinking, text: Some(text), thinking: None, .. } => {
            PartKind::Thinking { text, plain: false }
        }
        _ => PartKind::Other,
    };
    if !matches!(kind, PartKind::Thinking { .. }) {
        // Only a thinking part has further texts.
        more.clear();
    }
    Some(kind)
}

fn member(reader: &mut Reader<'_>, key: Span, seen: &mut Seen, more: &mut Vec<Span>) -> Option<()> {
    let kind = reader.kind()?;
    let spelled_key = spelled(reader, key);
    match name(reader, key, &spelled_key) {
        b"type" if kind == Kind::String => {
            let kind = reader.string()?;
            let spelled_kind = spelled(reader, kind);
            seen.kind = match name(reader, kind, &spelled_kind) {
                b"text" | b"output_text" => PartType::Text,
                b"thinking" | b"reasoning" => PartType::Thinking,
                _ => PartType::Unknown,
            };
            seen.more |= !matches!(kind.of(reader.json()), b"text" | b"thinking");
        }
        b"type" if kind == Kind::Null => {
            seen.kind = PartType::Unknown;
            seen.more = true;
            reader.skip()?;
        }
        b"text" if string_or_null(reader, kind, &mut seen.text)? => seen.more |= kind == Kind::Null,
        b"thinking" if string_or_null(reader, kind, &mut seen.thinking)? => {
            more.clear();
            seen.more = true;
        }
        b"thinking" if kind == Kind::Array => {
            let (mut first, mut count) = (None, 0);
            more.clear();
            reader.array(|reader| {
                count += 1;
                if reader.kind()? != Kind::Object {
                    return reader.skip().map(drop);
                }
                if let PartKind::Text { text, plain } = scan(reader, &mut Vec::new())? {
                    seen.more |= !plain;
                    if first.is_none() {
                        first = Some(text);
                    } else {
                        more.push(text);
                    }
                }
                Some(())
            })?;
            seen.more |= count != 1;
            seen.thinking = first;
        }
        _ => {
            seen.more = true;
            reader.skip()?;
        }
    }
    Some(())
}
