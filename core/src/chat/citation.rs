//! The sources that an answer cites. Each provider behind the router reports them in another shape and place.
//!
//! | where | shape |
//! |---|---|
//! | message `annotations` | `{"type":"url_citation","url_citation":{"url","title"}}`, or flat, or other types with a `url` |
//! | message `web_search` | `{"content":[{"url","title"}]}` or `{"results":[{"url" or "uri","title"}]}` |
//! | root `citations`, `search_results` | strings, or objects with `url` |
//! | message, choice or root `grounding_metadata` | `{"grounding_chunks":[{"web":{"uri","title"}}]}` |

use super::Completion;
use crate::Extra;
use crate::json::{self, Members};

/// A source that an answer cites. Each provider reports sources in its own shape; all become this type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Citation {
    /// The URL of the source; some sources have only a title.
    pub url: Option<String>,
    /// The title of the source.
    pub title: Option<String>,
    /// The quoted words.
    pub cited_text: Option<String>,
    /// Where the cited part begins in the answer. The unit depends on the provider (bytes, characters or UTF-16 units),
    /// and the index may be past the end, so check it before slicing.
    pub start_index: Option<u64>,
    /// Where the cited part ends in the answer; see [`start_index`](Self::start_index).
    pub end_index: Option<u64>,
}

/// Collects the sources of the first choice.
pub(super) fn collect(completion: &Completion) -> Vec<Citation> {
    let mut found = Vec::new();
    if let Some(choice) = completion.first() {
        for extra in [&choice.message.extra, &choice.extra] {
            from_extra(extra, &mut found);
        }
    }
    from_extra(&completion.extra, &mut found);
    let mut citations: Vec<Citation> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for citation in found {
        let place = (citation.url.clone(), citation.title.clone(), citation.start_index, citation.end_index);
        if seen.insert(place) {
            citations.push(citation);
        }
    }
    citations
}

fn from_extra(extra: &Extra, found: &mut Vec<Citation>) {
    for key in ["annotations", "citations", "search_results"] {
        from_list(extra.get(key).map(str::as_bytes), found);
    }
    for (key, lists) in [("web_search", &["content", "results"][..]), ("grounding_metadata", &["grounding_chunks"])] {
        if let Some(Ok(mut members)) = extra.get(key).map(|value| Members::read(value.as_bytes())) {
            for list in lists {
                from_list(members.raw(list), found);
            }
        }
    }
}

fn from_list(list: Option<&[u8]>, found: &mut Vec<Citation>) {
    for element in list.and_then(json::elements).into_iter().flatten().take(json::MOST_ELEMENTS) {
        if let Some(url) = json::string(element) {
            found.push(Citation { url: Some(url), ..Citation::default() });
        } else if let Ok(mut members) = Members::read(element) {
            let inner = members.object("url_citation").or_else(|| members.object("web"));
            found.extend(read(inner.unwrap_or(members)));
        }
    }
}

fn read(mut members: Members<'_>) -> Option<Citation> {
    let citation = Citation {
        url: members.string("url").or_else(|| members.string("uri")),
        title: members.string("title"),
        cited_text: members.string("cited_text"),
        start_index: members.uint("start_index"),
        end_index: members.uint("end_index"),
    };
    (citation.url.is_some() || citation.title.is_some() || citation.cited_text.is_some()).then_some(citation)
}
