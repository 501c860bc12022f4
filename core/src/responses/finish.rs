//! The response at the end: the response of the last event, completed from earlier events.

use super::accumulator::Accumulator;
use super::item_sum::TextKind;
use super::late_text::LateText;
use super::lists;
use super::merge::{Streamed, merge, pairs};
use super::response::is_response;
use super::{EventKind, OutputItem, Response, Status};
use crate::Extra;
use crate::error::is_truthy;
use crate::json::{Element, Members};
use crate::limits::{Limit, TooLarge};

impl Accumulator {
    /// Adds the response of the last event, or a whole response. A value that is not a response is not added.
    ///
    /// # Errors
    /// [`TooLarge`] if the response exceeds a limit; the sums so far are kept.
    pub(super) fn finish(&mut self, json: &[u8], kind: EventKind) -> Result<(), TooLarge> {
        self.check(json.len())?;
        let Some(members) = Element::checked(json, &lists::RESPONSE)?.members else { return Ok(()) };
        if kind == EventKind::Whole && !is_response(&members) {
            return Ok(());
        }
        let has_error = members.peek("error").is_some_and(is_truthy);
        let mut response = Response::of(members);
        let calls = response.output.iter().filter(|item| matches!(item, OutputItem::FunctionCall(_))).count();
        if calls > self.limits.tool_calls {
            return Err(TooLarge { what: Limit::ToolCalls, limit: self.limits.tool_calls });
        }
        if response.output.is_empty() {
            response.output = self.began().output;
        }
        let streamed = self.built();
        let pairs = pairs(&response.output, &streamed);
        self.tell_response(&response, &pairs);
        self.lend_late(&response, &streamed, &pairs);
        self.complete_members(&mut response, json);
        if response.status.as_ref().is_none_or(|status| kind != EventKind::Whole && status.is_open()) {
            response.status = match kind {
                EventKind::Completed => Some(Status::Completed),
                EventKind::Incomplete => Some(Status::Incomplete),
                EventKind::Failed => Some(Status::Failed),
                _ => response.status,
            };
        }
        response.output = merge(response.output, streamed, &pairs);
        response.offered = self.offered.clone();
        response.settle();
        self.items.clear();
        self.failed = has_error || response.status == Some(Status::Failed);
        self.finished = Some(response);
        Ok(())
    }

    /// Completes a response with the members that only its beginning had.
    fn complete_members(&mut self, response: &mut Response, json: &[u8]) {
        if self.head.is_empty() {
            return;
        }
        let began = self.began();
        let mut members = Members::read(json).map_or_else(|_| Extra::new(), Members::rest);
        members.remove("output");
        self.head.add_all(&members);
        let output = std::mem::take(&mut response.output);
        *response = Response { output, ..self.began() };
        response.id = response.id.take().or(began.id);
        response.model = response.model.take().or(began.model);
        response.created_at = response.created_at.or(began.created_at);
    }

    /// Returns the response of the last event, once it came.
    pub(super) fn finished(&self) -> Option<&Response> {
        self.finished.as_ref()
    }

    /// Returns a value that changes with each addition to the answer.
    pub(super) fn weight(&self) -> impl PartialEq + use<> {
        let fresh = self.fresh.iter().all(String::is_empty);
        (self.size, self.items.len(), self.finished.is_some(), fresh)
    }

    /// Returns the response so far.
    pub(super) fn response(&self) -> Response {
        if let Some(response) = &self.finished {
            return response.clone();
        }
        let mut response = self.began();
        let streamed = self.built();
        let pairs = pairs(&response.output, &streamed);
        response.output = merge(response.output, streamed, &pairs);
        response.offered = self.offered.clone();
        response.whole = false;
        response.drop_odd();
        response
    }

    /// Returns the response in the event `response.created`.
    fn began(&self) -> Response {
        let head = self.head.json();
        Members::read(head.as_bytes()).map(Response::of).unwrap_or_default()
    }

    fn built(&self) -> Vec<Streamed> {
        let items = self.items.iter();
        items.map(|((_, family), item)| Streamed { item: item.build(*family), id: item.id.clone() }).collect()
    }

    /// Shows the texts of an item that did not come in pieces.
    pub(super) fn tell(&mut self, item: &OutputItem, told: &mut [bool; 3]) {
        for ((voice, told), fresh) in TextKind::ALL.into_iter().zip(told).zip(&mut self.fresh) {
            if !*told {
                item.say(voice, fresh);
                *told = true;
            }
        }
    }

    /// Shows the texts of a response that did not come in pieces. `pairs` are the places of the streamed items in its
    /// output.
    fn tell_response(&mut self, response: &Response, pairs: &[Option<usize>]) {
        let mut told = vec![[false; 3]; response.output.len()];
        for (item, place) in self.items.iter().map(|(_, item)| item).zip(pairs) {
            if let Some(told) = place.and_then(|place| told.get_mut(place)) {
                *told = item.told;
            }
        }
        for (item, told) in response.output.iter().zip(&mut told) {
            self.tell(item, told);
        }
    }

    /// Returns the texts and arguments of a response that differ from the streamed ones.
    fn lend_late(&mut self, response: &Response, streamed: &[Streamed], pairs: &[Option<usize>]) {
        let mut places = vec![None; response.output.len()];
        for ((((index, _), pieces), streamed), place) in self.items.iter().zip(streamed).zip(pairs) {
            if let Some(known) = place.and_then(|place| places.get_mut(place)) {
                *known = Some((*index, pieces, &streamed.item));
            }
        }
        for ((at, item), place) in (0..).zip(&response.output).zip(places) {
            // An item that was not streamed may stand at the index of another item that was.
            let edition = u32::try_from(at).map_or(u32::MAX, |at| at.saturating_add(2));
            match place {
                Some((index, pieces, streamed)) => {
                    // What was lent is the pieces, until the whole item took their place.
                    let lent = |origin| match pieces.text_at(origin) {
                        "" => Some(streamed.text_at(origin)),
                        pieces => Some(pieces),
                    };
                    LateText::collect(item, index, edition, lent, &mut self.late);
                }
                None => LateText::collect(item, at, edition, |_| None, &mut self.late),
            }
        }
    }
}

impl OutputItem {
    /// Appends the text of this kind in the item.
    fn say(&self, voice: TextKind, out: &mut String) {
        match (self, voice) {
            (OutputItem::Message(message), TextKind::Text) => {
                message.content.iter().for_each(|part| out.push_str(part.text()))
            }
            (OutputItem::Message(message), TextKind::Refusal) => {
                message.content.iter().for_each(|part| out.push_str(part.refusal()));
            }
            (OutputItem::Reasoning(reasoning), TextKind::Reasoning) => {
                reasoning.texts().for_each(|text| out.push_str(text))
            }
            _ => {}
        }
    }
}
