//! Which tool call a fragment belongs to. Servers number, name and identify calls in every way but one.
//!
//! | the fragment has | it goes to |
//! |---|---|
//! | a known id | that call; but another call, if it also brings another index and a name |
//! | a new id, the index of a call without id | that call: its id came late |
//! | a new id, the index of a call with another id | a new call if it brings another name, or the same after whole arguments; else that call: some servers make up an id per fragment |
//! | a new id, a new index or none | a new call; without index and name, the last one if it has no id yet |
//! | no id, a known index | that index's latest call; a new one if it brings a name and the arguments before are whole |
//! | no id, a new index, no name | a call that has no index yet, or shares one with an earlier call; else a new call |
//! | neither, but a name | a new call; the last one if that is its name and its arguments are not whole |
//! | none of the three | the call last written |

use std::sync::Arc;

use super::merge::Merged;
use super::table::{ArgumentSpan, CallRow};
use crate::json::{self, TextSum};

/// One call as it adds up.
#[derive(Clone, Debug, Default)]
pub(super) struct CallSum {
    pub(super) index: Option<u8>,
    /// Shared with the chunks that were taken as values of their own.
    pub(super) id: Option<Arc<str>>,
    pub(super) kind: Option<String>,
    pub(super) name: Arc<str>,
    pub(super) arguments: TextSum,
    /// Arguments that came as a value instead of its text.
    pub(super) value: Option<String>,
    pub(super) null: bool,
    pub(super) extra: Merged,
    pub(super) function: Merged,
    /// It was opened on an index that another call has; the next new index may be its own.
    shares_index: bool,
    balance: Balance,
}

/// The calls of one choice, in the order in which they began.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    pub(super) list: Vec<CallSum>,
    last: usize,
    /// About how many bytes are kept.
    pub(super) size: usize,
}

impl Calls {
    /// Returns which call a fragment belongs to; one past the end is a new one.
    pub(super) fn route(&mut self, json: &[u8], row: &CallRow) -> usize {
        let id = row.id.map(|id| json::to_cow(json, id)).filter(|id| !id.is_empty());
        let name = row.name.map(|name| json::to_cow(json, name)).filter(|name| !name.is_empty());
        let new = self.list.len();
        let with_index = |call: &CallSum| row.index.is_some() && call.index == row.index;
        let at_index = self.list.iter().rposition(with_index);
        let place = match (id, at_index) {
            (Some(id), at_index) => match self.list.iter().rposition(|call| call.id.as_deref() == Some(&*id)) {
                Some(known) => {
                    let other_index = row.index.is_some() && self.index_of(known).is_some_and(|i| Some(i) != row.index);
                    if other_index && name.is_some() { at_index.unwrap_or(new) } else { known }
                }
                None => self.route_new_id(row, name.as_deref(), at_index, new),
            },
            (None, Some(known)) => {
                let opens = name.is_some_and(|name| self.is_whole(known) && self.begins(known, json, row, &name));
                if opens { new } else { known }
            }
            (None, None) if row.index.is_some() && name.is_none() => {
                let open = |call: &CallSum| call.index.is_none() || call.shares_index;
                self.list.iter().rposition(open).unwrap_or(new)
            }
            (None, None) if row.index.is_some() => new,
            (None, None) => match name {
                Some(name) if self.continues_last(&name) => self.last,
                Some(_) => new,
                None => self.last.min(new),
            },
        };
        if let (Some(call), Some(_)) = (self.list.get_mut(place), row.index) {
            call.index = row.index;
            call.shares_index = false;
        }
        self.last = place;
        place
    }

    /// Opens the call that [`route`](Self::route) said is new.
    pub(super) fn open(&mut self, row: &CallRow) {
        let shares_index = row.index.is_some() && self.list.iter().any(|call| call.index == row.index);
        self.list.push(CallSum { index: row.index, shares_index, ..CallSum::default() });
    }

    fn route_new_id(&mut self, row: &CallRow, name: Option<&str>, at_index: Option<usize>, new: usize) -> usize {
        let Some(known) = at_index else {
            let late = self.list.get(self.last).is_some_and(|last| last.id.is_none());
            return if row.index.is_none() && name.is_none() && late { self.last } else { new };
        };
        let Some(call) = self.list.get(known) else { return new };
        let same_name = name == Some(&*call.name);
        match name {
            _ if call.id.is_none() => known,
            Some(_) if !same_name || self.is_whole(known) => new,
            _ => known,
        }
    }

    fn index_of(&self, place: usize) -> Option<u8> {
        self.list.get(place)?.index
    }

    /// Returns whether the arguments of a call are a whole object or array by now.
    fn is_whole(&mut self, place: usize) -> bool {
        self.list.get_mut(place).is_some_and(|call| call.value.is_some() || call.balance.is_whole(&call.arguments.text))
    }

    /// Returns whether a fragment with a name, after whole arguments, is the beginning of the next call: by another name,
    /// or by arguments of its own.
    fn begins(&self, place: usize, json: &[u8], row: &CallRow, name: &str) -> bool {
        let other_name = self.list.get(place).is_some_and(|call| &*call.name != name);
        let own_arguments = match row.arguments {
            ArgumentSpan::Text(text) => text.of(json).starts_with(b"{"),
            ArgumentSpan::Json(..) => true,
            ArgumentSpan::Absent | ArgumentSpan::Null => false,
        };
        other_name || own_arguments
    }

    fn continues_last(&mut self, name: &str) -> bool {
        let begun = self.list.get(self.last).is_some_and(|last| &*last.name == name && !last.arguments.text.is_empty());
        begun && !self.is_whole(self.last)
    }
}

/// Counts brackets outside strings, each byte once however often it is asked.
#[derive(Clone, Debug, Default)]
struct Balance {
    read: usize,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The last byte that is not white space closes a bracket.
    closed: bool,
}

impl Balance {
    fn is_whole(&mut self, text: &str) -> bool {
        for byte in text.bytes().skip(self.read) {
            self.closed = matches!(byte, b'}' | b']') || (self.closed && byte.is_ascii_whitespace());
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => self.in_string = !self.in_string,
                b'{' | b'[' if !self.in_string => self.depth = self.depth.saturating_add(1),
                b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.read = text.len();
        self.depth == 0 && !self.in_string && self.closed
    }
}
