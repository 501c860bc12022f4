//! The sources that an answer cites. Every provider behind the router reports them in its own shape and place.
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

/// A source that an answer cites.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Citation {
    /// The address of the source; some are named without one.
    pub url: Option<String>,
    /// The title of the source.
    pub title: Option<String>,
    /// The words that are quoted.
    pub cited_text: Option<String>,
    /// Where in the answer the cited part begins. Whether that counts bytes, characters or UTF-16 units differs from
    /// provider to provider, and it may be past the end: do not slice with it unchecked.
    pub start_index: Option<u64>,
    /// Where in the answer the cited part ends; see [`start_index`](Self::start_index).
    pub end_index: Option<u64>,
}

/// The sources that were named already.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedSources {
    /// Each without the words that are quoted.
    places: HashSet<Citation>,
    /// The last value of each member that names sources: some servers repeat it in every chunk.
    values: [Vec<u8>; KEYS.len()],
}

/// The members that name sources.
const KEYS: [&str; 5] = ["annotations", "citations", "search_results", "web_search", "grounding_metadata"];

impl NamedSources {
    /// Notes a source, and returns whether it was not named before.
    pub(crate) fn is_new(&mut self, citation: &Citation) -> bool {
        let (url, title) = (citation.url.clone(), citation.title.clone());
        self.places.insert(Citation { url, title, cited_text: None, ..*citation })
    }

    /// Reads the sources that a member names, and that were not named before; most members name no source.
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

/// Collects the sources of the first answer.
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

/// Reads the sources that a member of a message, a choice or the root names; most members name no source.
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
