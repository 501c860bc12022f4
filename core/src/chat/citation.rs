//! The sources that an answer cites. Each provider behind the router reports them in another shape and place.
//!
//! | where | shape |
//! |---|---|
//! | message `annotations` | `{"type":"url_citation","url_citation":{"url","title"}}`, or flat, or other types with a `url` |
//! | message `web_search` | `{"content":[{"url","title"}]}` or `{"results":[{"url" or "uri","title"}]}` |
//! | root `citations`, `search_results` | strings, or objects with `url` |
//! | message, choice or root `grounding_metadata` | `{"grounding_chunks":[{"web":{"uri","title"}}]}` |

use std::collections::HashSet;

use super::Completion;
use crate::Extra;
use crate::json::{self, Members};

/// A source that an answer cites. Each provider reports sources in its own shape; all become this type.
///
/// The router's page: [web search](https://docs.requesty.ai/features/web-search).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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

/// The sources of earlier chunks.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedSources {
    /// Each source without its quoted words.
    places: HashSet<Citation>,
    /// The last value of each member with sources: some servers repeat it in every chunk.
    values: [Vec<u8>; KEYS.len()],
}

/// The members with sources.
const KEYS: [&str; 5] = ["annotations", "citations", "search_results", "web_search", "grounding_metadata"];

impl NamedSources {
    /// Notes a source; returns whether it is new.
    pub(crate) fn is_new(&mut self, citation: &Citation) -> bool {
        let (url, title) = (citation.url.clone(), citation.title.clone());
        self.places.insert(Citation { url, title, cited_text: None, ..*citation })
    }

    /// Reads the new sources in a member; most members have no source.
    pub(super) fn read(&mut self, key: &str, value: &[u8], found: &mut Vec<Citation>) {
        let Some(place) = KEYS.iter().position(|known| *known == key) else { return };
        let Some(last) = self.values.get_mut(place).filter(|last| *last != value) else { return };
        value.clone_into(last);
        let before = found.len();
        from_member(key, value, found);
        let read = found.split_off(before);
        found.extend(read.into_iter().filter(|citation| self.is_new(citation)));
    }
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
    let mut named = NamedSources::default();
    found.retain(|citation| named.is_new(citation));
    found
}

fn from_extra(extra: &Extra, found: &mut Vec<Citation>) {
    for key in KEYS {
        if let Some(value) = extra.get(key) {
            from_member(key, value.as_bytes(), found);
        }
    }
}

/// Reads the sources in a member of a message, a choice or the root; most members have no source.
fn from_member(key: &str, value: &[u8], found: &mut Vec<Citation>) {
    let lists = match key {
        "annotations" | "citations" | "search_results" => return from_list(Some(value), found),
        "web_search" => &["content", "results"][..],
        "grounding_metadata" => &["grounding_chunks"],
        _ => return,
    };
    if let Ok(mut members) = Members::read(value) {
        for list in lists {
            from_list(members.raw(list), found);
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
