//! The sources that a text cites.

use crate::Extra;
use crate::json::{self, Members};

/// The member of a text block that lists its citations.
pub(super) const KEY: &str = "citations";

/// A source that a text cites: a page that a web search found, or a place in a document of the request.
///
/// The router's page: [create message](https://docs.requesty.ai/api-reference/endpoint/messages-create).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Citation {
    /// The kind of place, `type` on the wire: `web_search_result_location`, `char_location`, `page_location`, …
    pub kind: Option<String>,
    /// The quoted words.
    pub cited_text: Option<String>,
    /// The URL of the source.
    pub url: Option<String>,
    /// The title of the source; `document_title` for a document.
    pub title: Option<String>,
    /// Members without a field, such as the place in the document.
    pub extra: Extra,
}

/// Reads a list of citations; elements that are not citations are left out.
pub(super) fn read_list(json: &str) -> Vec<Citation> {
    let elements = json::elements(json.as_bytes()).into_iter().flat_map(json::Elements::with_members);
    elements.take(json::MOST_ELEMENTS).filter_map(|element| read(element.members?)).collect()
}

/// Reads a citation.
pub(super) fn read(mut members: Members<'_>) -> Option<Citation> {
    Some(Citation {
        kind: members.string("type"),
        cited_text: members.string("cited_text"),
        url: members.string("url"),
        title: members.string("title").or_else(|| members.string("document_title")),
        extra: members.rest(),
    })
}
