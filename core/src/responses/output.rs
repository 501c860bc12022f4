//! The content of a message of a response: texts with their sources, and refusals.

use serde::{Serialize, Serializer};

use super::lists::take_list;
use crate::Extra;
use crate::chat::Citation;
use crate::json::{self, Element, EmptyMembers, Members, ObjectWriter, RawText, fields};

/// A part of a message. A part that this crate does not know is kept as it came.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputPart {
    /// A text: `output_text`.
    Text(OutputText),
    /// A refusal, which the model writes instead of an answer: `refusal`.
    Refusal(Refusal),
    /// The JSON text of any other part.
    Other(String),
}

impl OutputPart {
    /// Reads a part; a value that cannot be read is kept as it came.
    pub(super) fn read(part: Element<'_>) -> Self {
        let other = || OutputPart::Other(json::lossy(part.json));
        let Some(mut members) = part.members else { return other() };
        match members.string("type").as_deref() {
            Some("output_text") => OutputText::read(members).map_or_else(other, OutputPart::Text),
            Some("refusal") => Refusal::read(members).map_or_else(other, OutputPart::Refusal),
            _ => other(),
        }
    }

    /// Returns the text; empty for a part of another type.
    pub fn text(&self) -> &str {
        match self {
            OutputPart::Text(text) => &text.text,
            _ => "",
        }
    }

    /// Returns the refusal; empty for a part of another type.
    pub fn refusal(&self) -> &str {
        match self {
            OutputPart::Refusal(refusal) => &refusal.refusal,
            _ => "",
        }
    }

    pub(super) fn size(&self) -> usize {
        match self {
            OutputPart::Other(json) => json.len(),
            part => part.text().len() + part.refusal().len(),
        }
    }
}

impl Serialize for OutputPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            OutputPart::Text(text) => text.serialize(serializer),
            OutputPart::Refusal(refusal) => refusal.serialize(serializer),
            OutputPart::Other(json) => RawText(json).serialize(serializer),
        }
    }
}

/// A text: `{"type":"output_text","text":"…","annotations":[…]}`.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputText {
    /// The text.
    pub text: String,
    /// The sources that it cites.
    pub annotations: Vec<Annotation>,
    /// Members without a field, such as `logprobs`.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl OutputText {
    /// Creates a text from its accumulated fragments.
    pub(super) fn of(text: String, annotations: Vec<Annotation>) -> Self {
        let mut blanks = EmptyMembers::default();
        if annotations.is_empty() {
            blanks.note("annotations", "[]");
        }
        OutputText { text, annotations, extra: Extra::new(), blanks }
    }

    fn read(mut members: Members<'_>) -> Option<Self> {
        let mut blanks = EmptyMembers::default();
        let text = members.string("text")?;
        let annotations =
            take_list(&mut members, &mut blanks, "annotations", |source| Annotation::read(source.members?));
        Some(OutputText { text, annotations, extra: members.rest(), blanks })
    }
}

impl Serialize for OutputText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let annotations = (!self.annotations.is_empty()).then_some(&self.annotations);
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        object.field("type", "output_text")?;
        object.field("text", &self.text)?;
        self.blanks.write(&mut object, "annotations", annotations)?;
        object.end()
    }
}

/// A refusal: `{"type":"refusal","refusal":"…"}`.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The text of the refusal.
    pub refusal: String,
    /// Members without a field.
    pub extra: Extra,
}

impl Refusal {
    pub(super) fn of(refusal: String) -> Self {
        Refusal { refusal, extra: Extra::new() }
    }
}

/// A source that a text cites, most often a page that a web search found:
/// `{"type":"url_citation","url":"…","title":"…","start_index":0,"end_index":9}`.
///
/// The router's page: [create response](https://docs.requesty.ai/api-reference/endpoint/responses-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Annotation {
    /// The kind of source, `type` on the wire: `url_citation`, `file_citation` and others.
    pub kind: Option<String>,
    /// The URL of the source.
    pub url: Option<String>,
    /// The title of the source.
    pub title: Option<String>,
    /// Where the cited part begins in the text. The unit depends on the provider (bytes, characters or UTF-16 units),
    /// and the index may be past the end, so check it before slicing.
    pub start_index: Option<u64>,
    /// Where the cited part ends in the text; see [`start_index`](Self::start_index).
    pub end_index: Option<u64>,
    /// Members without a field.
    pub extra: Extra,
    blanks: EmptyMembers,
}

impl Annotation {
    /// Returns the source as the type that chat completions use.
    pub fn citation(&self) -> Citation {
        Citation {
            url: self.url.clone(),
            title: self.title.clone(),
            start_index: self.start_index,
            end_index: self.end_index,
            ..Citation::default()
        }
    }

    pub(super) fn read(mut members: Members<'_>) -> Option<Self> {
        let mut blanks = EmptyMembers::default();
        Some(Annotation {
            kind: blanks.string(&mut members, "type"),
            url: blanks.string(&mut members, "url"),
            title: blanks.string(&mut members, "title"),
            start_index: blanks.take(&mut members, "start_index", Members::uint),
            end_index: blanks.take(&mut members, "end_index", Members::uint),
            extra: members.rest(),
            blanks,
        })
    }
}

impl Serialize for Annotation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectWriter::new(serializer, &self.extra)?;
        self.blanks.write(&mut object, "type", self.kind.as_ref())?;
        self.blanks.write(&mut object, "url", self.url.as_ref())?;
        self.blanks.write(&mut object, "title", self.title.as_ref())?;
        self.blanks.write(&mut object, "start_index", self.start_index.as_ref())?;
        self.blanks.write(&mut object, "end_index", self.end_index.as_ref())?;
        object.end()
    }
}

fields! {
    Refusal as "refusal" { refusal: string }
}
