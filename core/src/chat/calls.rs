//! Which tool call a fragment belongs to, and what it adds to the call. Servers number, name and identify calls in many
//! ways; each way has a [`Rule`].

use std::sync::Arc;

use super::accumulator::CallDelta;
use super::balance::Balance;
use super::reader::{ArgumentSpan, CallSpans, Table};
use super::snapshot::compact;
use crate::json::{self, Merged, Span, TextSum};
use crate::limits::{Limit, TooLarge};

/// One tool call that is being accumulated.
#[derive(Clone, Debug, Default)]
pub(super) struct CallSum {
    pub(super) index: Option<u8>,
    /// Shared with chunks that were made owned values.
    pub(super) id: Option<Arc<str>>,
    pub(super) kind: Option<String>,
    pub(super) name: Arc<str>,
    pub(super) arguments: TextSum,
    /// Arguments that came as a JSON value instead of as text.
    pub(super) value: Option<String>,
    /// How many times the arguments were replaced instead of extended.
    pub(super) edition: u32,
    pub(super) null: bool,
    pub(super) extra: Merged,
    pub(super) function: Merged,
    /// Whether it began on an index that another call has; the next new index may belong to it.
    shares_index: bool,
    balance: Balance,
}

/// The tool calls of one choice, in the order in which they began.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    pub(super) list: Vec<CallSum>,
    last: usize,
    /// The size of the calls, in bytes, approximately.
    pub(super) size: usize,
}

/// Where the fragments of one choice are noted, and the limit for its calls.
pub(super) struct NewCalls<'a> {
    /// Index of the choice among the choices.
    pub(super) choice: usize,
    pub(super) deltas: &'a mut Vec<CallDelta>,
    pub(super) limit: usize,
}

/// The rule by which a fragment is added to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Its id is known: it belongs to the call with that id.
    KnownId,
    /// Its id is known, but it has a name and another index: it belongs to the call with that index, or begins a new
    /// call.
    KnownIdElsewhere,
    /// Its id is new, and the call with its index has no id yet: it belongs to that call, whose id came late.
    LateId,
    /// Its id is new, and it has neither index nor name: it belongs to the last call, if that call has no id yet.
    LateIdOfLast,
    /// Its id is new, and the call with its index has another id. It has another name, or the same name after whole
    /// arguments: it begins a new call.
    ReusedIndex,
    /// Its id is new, and the call with its index has another id, but no call seems to begin: it belongs to that call.
    /// Some servers make up an id for each fragment.
    IdPerFragment,
    /// Its id is new, and so is its index, if it has one: it begins a new call.
    NewId,
    /// Its index is known, and it has no id: it belongs to the latest call with that index.
    KnownIndex,
    /// Its index is known, and it has no id, but it has a name, and the arguments so far are whole: it begins a new
    /// call.
    BeginsAfterWhole,
    /// Its index is new, and it has neither id nor name: it belongs to a call that has no index yet, or that shares its
    /// index with an earlier call; otherwise it begins a new call.
    LateIndex,
    /// Its index is new, and it has a name but no id: it begins a new call.
    NewIndex,
    /// It has only a name, the name of the last call, whose arguments are not whole: it belongs to that call.
    RepeatedName,
    /// It has only a name: it begins a new call.
    NewName,
    /// It has neither id nor index nor name: it belongs to the call that was extended last.
    Bare,
}

impl Calls {
    /// Adds each fragment to the call that it belongs to.
    ///
    /// # Errors
    /// [`TooLarge`] if the choice has more calls than the limit allows, or if a tool name grows beyond 1 KiB.
    pub(super) fn add_all(
        &mut self,
        json: &[u8],
        table: &Table,
        rows: (usize, usize),
        new: &mut NewCalls<'_>,
    ) -> Result<(), TooLarge> {
        for (row, call) in (rows.0..).zip(table.calls.get(rows.0..rows.1).unwrap_or_default()) {
            let place = self.route(json, call);
            self.add(json, place, (row, call), new)?;
        }
        Ok(())
    }

    /// Adds the calls of a snapshot that are not known yet by their id, by their place, or by their name with equal
    /// arguments. So no call can be run twice.
    ///
    /// # Errors
    /// As [`add_all`](Self::add_all).
    pub(super) fn complete(
        &mut self,
        json: &[u8],
        table: &Table,
        rows: (usize, usize),
        new: &mut NewCalls<'_>,
    ) -> Result<(), TooLarge> {
        let (before, first_delta) = (self.list.len(), new.deltas.len());
        for (at, (row, call)) in (rows.0..).zip(table.calls.get(rows.0..rows.1).unwrap_or_default()).enumerate() {
            if !self.knows(json, call, at, before) {
                self.add(json, self.list.len(), (row, call), new)?;
            }
        }
        if new.deltas.len() > first_delta {
            // The message may precede the delta in the bytes.
            new.deltas.sort_by_key(|delta| delta.row);
        }
        Ok(())
    }

    /// Returns whether a call of a snapshot is among the known calls. `before` is the number of calls before the
    /// snapshot.
    fn knows(&self, json: &[u8], row: &CallSpans, at: usize, before: usize) -> bool {
        let text = |span: Option<Span>| span.map(|span| json::to_cow(json, span)).filter(|text| !text.is_empty());
        let id = text(row.id);
        let by_id = id.is_some() && self.list.iter().any(|call| call.id.as_deref() == id.as_deref());
        let by_place = match row.index {
            Some(index) => self.list.iter().any(|call| call.index == Some(index)) || usize::from(index) < before,
            None => at < before,
        };
        let arguments = match row.arguments {
            ArgumentSpan::Text(span) => json::to_string(json, span),
            ArgumentSpan::Json(span) => json::lossy(span.of(json)),
            ArgumentSpan::Absent | ArgumentSpan::Null => String::new(),
        };
        let (name, arguments) = (text(row.name), compact(&arguments));
        let is_same =
            |call: &CallSum| Some(&*call.name) == name.as_deref() && compact(call.arguments_text()) == arguments;
        by_id || by_place || self.list.iter().take(before).any(is_same)
    }

    /// Adds a fragment to the call at `place`; a `place` past the end makes a new call.
    fn add(
        &mut self,
        json: &[u8],
        place: usize,
        (row, call): (usize, &CallSpans),
        new: &mut NewCalls<'_>,
    ) -> Result<(), TooLarge> {
        if place >= self.list.len() {
            if place >= new.limit {
                return Err(TooLarge { what: Limit::ToolCalls, limit: new.limit });
            }
            self.open(call);
        }
        let Some(sum) = self.list.get_mut(place) else { return Ok(()) };
        let (from, before) = (sum.arguments.text.len(), sum.size());
        sum.add(json, call)?;
        self.size = (self.size + sum.size()).saturating_sub(before);
        let arguments = (from, sum.arguments.text.len());
        new.deltas.push(CallDelta { row, choice: new.choice, call: place, arguments });
        Ok(())
    }

    fn open(&mut self, row: &CallSpans) {
        let shares_index = row.index.is_some() && self.list.iter().any(|call| call.index == row.index);
        self.list.push(CallSum { index: row.index, shares_index, ..CallSum::default() });
        self.last = self.list.len() - 1;
    }

    /// Returns the place of the call that a fragment belongs to; past the end for a new call.
    fn route(&mut self, json: &[u8], row: &CallSpans) -> usize {
        let (_, place) = self.rule(json, row);
        if let (Some(call), Some(_)) = (self.list.get_mut(place), row.index) {
            call.index = row.index;
            call.shares_index = false;
        }
        self.last = place;
        place
    }

    /// Returns the rule for a fragment, and the place of its call.
    fn rule(&mut self, json: &[u8], row: &CallSpans) -> (Rule, usize) {
        let id = row.id.map(|id| json::to_cow(json, id)).filter(|id| !id.is_empty());
        let name = row.name.map(|name| json::to_cow(json, name)).filter(|name| !name.is_empty());
        let new = self.list.len();
        let with_index = |call: &CallSum| row.index.is_some() && call.index == row.index;
        let at_index = self.list.iter().rposition(with_index);
        let Some(id) = id else {
            return match (at_index, name) {
                (Some(known), Some(name)) if self.is_whole(known) && self.begins(known, json, row, &name) => {
                    (Rule::BeginsAfterWhole, new)
                }
                (Some(known), _) => (Rule::KnownIndex, known),
                (None, None) if row.index.is_some() => {
                    let open = |call: &CallSum| call.index.is_none() || call.shares_index;
                    (Rule::LateIndex, self.list.iter().rposition(open).unwrap_or(new))
                }
                (None, Some(_)) if row.index.is_some() => (Rule::NewIndex, new),
                (None, Some(name)) if self.continues_last(&name) => (Rule::RepeatedName, self.last),
                (None, Some(_)) => (Rule::NewName, new),
                (None, None) => (Rule::Bare, self.last.min(new)),
            };
        };
        let Some(known) = self.list.iter().rposition(|call| call.id.as_deref() == Some(&*id)) else {
            return self.rule_of_new_id(row, name.as_deref(), at_index, new);
        };
        let other_index = row.index.is_some() && self.index_of(known).is_some_and(|index| Some(index) != row.index);
        if other_index && name.is_some() {
            return (Rule::KnownIdElsewhere, at_index.unwrap_or(new));
        }
        (Rule::KnownId, known)
    }

    fn rule_of_new_id(
        &mut self,
        row: &CallSpans,
        name: Option<&str>,
        at_index: Option<usize>,
        new: usize,
    ) -> (Rule, usize) {
        let Some((known, call)) = at_index.and_then(|place| Some((place, self.list.get(place)?))) else {
            let late = self.list.get(self.last).is_some_and(|last| last.id.is_none());
            let bare = row.index.is_none() && name.is_none() && late;
            return if bare { (Rule::LateIdOfLast, self.last) } else { (Rule::NewId, new) };
        };
        if call.id.is_none() {
            return (Rule::LateId, known);
        }
        let same_name = name == Some(&*call.name);
        match name {
            Some(_) if !same_name || self.is_whole(known) => (Rule::ReusedIndex, new),
            _ => (Rule::IdPerFragment, known),
        }
    }

    fn index_of(&self, place: usize) -> Option<u8> {
        self.list.get(place)?.index
    }

    /// Returns whether the arguments of a call are a whole object or array.
    fn is_whole(&mut self, place: usize) -> bool {
        self.list.get_mut(place).is_some_and(|call| call.value.is_some() || call.balance.is_whole(&call.arguments.text))
    }

    /// Returns whether a fragment with a name, after whole arguments, begins the next call: it has another name, or
    /// arguments of its own.
    fn begins(&self, place: usize, json: &[u8], row: &CallSpans, name: &str) -> bool {
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

impl CallSum {
    /// Adds a fragment.
    ///
    /// # Errors
    /// [`TooLarge`] if the tool name grows beyond 1 KiB.
    pub(super) fn add(&mut self, json: &[u8], row: &CallSpans) -> Result<(), TooLarge> {
        first_text(&mut self.id, json, row.id);
        first_text(&mut self.kind, json, row.kind);
        if let Some(name) = row.name {
            // The whole name again is a repetition; any other text continues the name.
            let fragment = json::to_cow(json, name);
            if *fragment != *self.name {
                if self.name.len() + fragment.len() > LONGEST_NAME {
                    return Err(TooLarge { what: Limit::ToolName, limit: LONGEST_NAME });
                }
                self.name = [&*self.name, &*fragment].concat().into();
            }
        }
        match row.arguments {
            ArgumentSpan::Absent => {}
            ArgumentSpan::Null => self.null = true,
            ArgumentSpan::Text(span) => {
                self.arguments.begin(json, span);
                let (from, to) = self.arguments.push(json, span);
                self.edition += u32::from(self.value.is_some() && from == 0 && to > 0);
            }
            ArgumentSpan::Json(value) => {
                let value = value.of(json);
                let completed = self.value.as_ref().and_then(|before| json::completed(value, before.as_bytes()));
                let value = completed.unwrap_or_else(|| json::lossy(value));
                let is_shown = self.arguments.text.is_empty();
                self.edition += u32::from(is_shown && self.value.as_ref().is_some_and(|before| *before != value));
                self.value = Some(value);
            }
        }
        Ok(())
    }

    /// Returns the size of the call in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        let texts = [self.id.as_deref(), self.kind.as_deref(), self.value.as_deref()];
        self.arguments.text.len() + self.name.len() + texts.into_iter().flatten().map(str::len).sum::<usize>()
    }

    /// Returns the arguments so far.
    pub(super) fn arguments_text(&self) -> &str {
        match &self.value {
            Some(value) if self.arguments.text.is_empty() => value,
            _ => &self.arguments.text,
        }
    }
}

/// Keeps the first text that is not empty.
pub(super) fn first_text<T: From<String>>(slot: &mut Option<T>, json: &[u8], span: Option<Span>) {
    if let (None, Some(span)) = (&slot, span.filter(|span| !span.is_empty())) {
        *slot = Some(json::to_string(json, span).into());
    }
}

/// The longest tool name, in bytes. Names come in fragments and are copied for each fragment; a request may offer names
/// of at most 64 letters.
const LONGEST_NAME: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds fragments, each a list of calls; returns the rule and the place for each call.
    fn rules(fragments: &[&str]) -> Vec<(Rule, usize)> {
        let (mut calls, mut deltas, mut rules) = (Calls::default(), Vec::new(), Vec::new());
        for fragment in fragments {
            let json = format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{fragment}]}}}}]}}"#);
            let mut table = Table::default();
            table.scan(json.as_bytes()).unwrap();
            for row in 0..table.calls.len() {
                rules.push(calls.rule(json.as_bytes(), &table.calls[row]));
                let mut new = NewCalls { choice: 0, deltas: &mut deltas, limit: 9 };
                calls.add_all(json.as_bytes(), &table, (row, row + 1), &mut new).unwrap();
            }
        }
        rules
    }

    #[test]
    fn each_rule_has_its_fragment() {
        const A: &str = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#;
        const OPEN: &str = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#;
        const BARE: &str = r#"{"function":{"name":"f","arguments":"{"}}"#;
        let rows = [
            (Rule::NewId, 1, vec![A, r#"{"index":1,"id":"b","function":{"name":"f"}}"#]),
            (Rule::KnownId, 0, vec![A, r#"{"id":"a","function":{"arguments":" "}}"#]),
            (Rule::KnownIdElsewhere, 1, vec![A, r#"{"index":1,"id":"a","function":{"name":"f"}}"#]),
            (Rule::LateId, 0, vec![r#"{"index":0,"function":{"name":"f"}}"#, r#"{"index":0,"id":"a"}"#]),
            (Rule::LateIdOfLast, 0, vec![BARE, r#"{"id":"a"}"#]),
            (Rule::ReusedIndex, 1, vec![A, r#"{"index":0,"id":"b","function":{"name":"g"}}"#]),
            (Rule::IdPerFragment, 0, vec![OPEN, r#"{"index":0,"id":"b","function":{"arguments":"}"}}"#]),
            (Rule::KnownIndex, 0, vec![OPEN, r#"{"index":0,"function":{"arguments":"}"}}"#]),
            (Rule::BeginsAfterWhole, 1, vec![A, r#"{"index":0,"function":{"name":"g","arguments":"{}"}}"#]),
            (Rule::LateIndex, 0, vec![BARE, r#"{"index":3,"function":{"arguments":"}"}}"#]),
            (Rule::NewIndex, 1, vec![A, r#"{"index":1,"function":{"name":"g"}}"#]),
            (Rule::RepeatedName, 0, vec![BARE, r#"{"function":{"name":"f","arguments":"}"}}"#]),
            (Rule::NewName, 1, vec![BARE, r#"{"function":{"name":"g"}}"#]),
            (Rule::Bare, 0, vec![A, r#"{"function":{"arguments":" "}}"#]),
        ];
        for (rule, place, fragments) in rows {
            assert_eq!(rules(&fragments).last(), Some(&(rule, place)), "{fragments:?}");
        }
    }
}
