//! The accumulator: it adds events up to a response.
//!
//! ```text
//! EventSpans (where the members are) ─▶ Accumulator::fold ─┬▶ items: by their place, text by text; then their snapshots
//!                                                   ├▶ shown: which part of the sums this event added
//!                                                   └▶ finished: the response of the last event, with what it lacks
//! ```
//!
//! The text of an event is a slice of the accumulated text, so all pieces together are always the whole text. A text
//! that never came in pieces is shown by the event that has it whole.

use std::collections::HashMap;
use std::sync::Arc;

use super::event_spans::EventSpans;
use super::item_sum::{Family, ItemSum, PartKind, PartSum, Snapshot, TextKind};
use super::late_text::LateText;
use super::lists;
use super::ordered::Ordered;
use super::response::Offered;
use super::shown::{Added, PartKey, Shown, ShownCall, ShownPart};
use super::{EventKind, OutputItem, Response};
use crate::json::{self, Element, Merged, Span, TextSum};
use crate::limits::{Limit, Limits, TooLarge};

/// The place of an item. The family is part of it, because servers without an index send items of several kinds at the
/// same index.
pub(super) type Place = (u64, Family);

/// The first 32 items count towards the limit with their content only.
const FEW: usize = 32;

/// The sum of the events so far.
#[derive(Debug)]
pub(super) struct Accumulator {
    pub(super) limits: Limits,
    pub(super) offered: Offered,
    /// The response in the event `response.created`.
    pub(super) head: Merged,
    pub(super) items: Ordered<Place, ItemSum>,
    /// The place of an item by its id.
    places: HashMap<(Family, String), Place>,
    calls: usize,
    /// The index for events without an index.
    current: u64,
    pub(super) finished: Option<Response>,
    /// Whether that response failed.
    pub(super) failed: bool,
    pub(super) shown: Shown,
    /// Texts that never came in pieces.
    pub(super) fresh: [String; 3],
    /// Texts and arguments with a content that no earlier event had.
    pub(super) late: Vec<LateText>,
    /// The size of the sums, in bytes.
    pub(super) size: usize,
}

impl Accumulator {
    pub(super) fn new(limits: Limits, offered: Offered) -> Self {
        Accumulator {
            limits,
            offered,
            head: Merged::of_totals(),
            items: Ordered::default(),
            places: HashMap::new(),
            calls: 0,
            current: 0,
            finished: None,
            failed: false,
            shown: Shown::default(),
            fresh: Default::default(),
            late: Vec::new(),
            size: 0,
        }
    }

    /// Hides the additions of the last event; the sums stay.
    pub(super) fn hide(&mut self) {
        self.shown = Shown::default();
        self.fresh.iter_mut().for_each(String::clear);
        self.late.clear();
    }

    /// Adds the content of an event.
    ///
    /// # Errors
    /// [`TooLarge`] if the sums would exceed a limit; the sums so far are kept.
    pub(super) fn fold(&mut self, json: &[u8], spans: &EventSpans) -> Result<(), TooLarge> {
        self.current = spans.output_index.or_else(|| self.index_of(json, spans)).unwrap_or(self.current);
        match spans.kind {
            EventKind::TextDelta | EventKind::TextDone => self.add_text(json, spans, PartKind::Text)?,
            EventKind::RefusalDelta | EventKind::RefusalDone => self.add_text(json, spans, PartKind::Refusal)?,
            EventKind::SummaryDelta | EventKind::SummaryDone => self.add_text(json, spans, PartKind::Summary)?,
            EventKind::ReasoningDelta | EventKind::ReasoningDone => self.add_text(json, spans, PartKind::Reasoning)?,
            EventKind::ArgumentsDelta | EventKind::ArgumentsDone => self.add_arguments(json, spans)?,
            EventKind::ItemAdded | EventKind::ItemDone => self.take_item(json, spans)?,
            EventKind::PartAdded | EventKind::PartDone | EventKind::SummaryPartAdded | EventKind::SummaryPartDone => {
                self.take_part(json, spans)?
            }
            EventKind::AnnotationAdded => self.add_annotation(json, spans)?,
            EventKind::Created | EventKind::Queued | EventKind::InProgress => self.take_head(json, spans)?,
            EventKind::Completed | EventKind::Incomplete | EventKind::Failed => {
                let response = spans.response.map_or(&b"{}"[..], |span| span.of(json));
                self.finish(response, spans.kind)?;
            }
            EventKind::Whole | EventKind::Error | EventKind::Other => {}
        }
        self.check(self.size)
    }

    /// Adds a text where the event before added one, as [`fold`](Self::fold) did; `at` is where that was. The caller must
    /// have checked that there is [room](Self::has_room_for).
    #[inline]
    pub(super) fn extend(&mut self, at: Shown, json: &[u8], text: Span) {
        if let Some(part) = at.part {
            let Some(item) = self.items.at_mut(part.at.0) else { return };
            let Some(sum) = item.parts.at_mut(part.at.1) else { return };
            let added = sum.text.push(json, text);
            Sizes { item: &mut item.size, all: &mut self.size }.grow(added.1 - added.0);
            self.shown.part = Some(ShownPart { added, ..part });
        } else if let Some(call) = at.call {
            let Some(item) = self.items.at_mut(call.at) else { return };
            let added = item.arguments.push(json, text);
            Sizes { item: &mut item.size, all: &mut self.size }.grow(added.1 - added.0);
            self.shown.call = Some(ShownCall { added, ..call });
        }
    }

    /// Returns whether so many bytes of an event certainly fit, however their escapes are decoded.
    #[inline]
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        self.limits.has_room_for(bytes, self.size)
    }

    fn take_head(&mut self, json: &[u8], spans: &EventSpans) -> Result<(), TooLarge> {
        let Some(response) = spans.response.map(|span| span.of(json)) else { return Ok(()) };
        if let Some(members) = Element::checked(response, &lists::RESPONSE)?.members {
            self.size += self.head.add_all(&members.rest());
        }
        Ok(())
    }

    /// Returns the index of the item whose id the event has.
    fn index_of(&self, json: &[u8], spans: &EventSpans) -> Option<u64> {
        let id = json::to_string(json, spans.item_id?);
        self.places.get(&(spans.kind.family()?, id)).map(|place| place.0)
    }

    /// Notes the id of an item; returns the place of the item. One id is one item, even if events give it several
    /// indexes.
    fn note_id(&mut self, place: Place, id: Option<String>) -> Place {
        let Some(id) = id.filter(|id| !id.is_empty()) else { return place };
        if let Some(&known) = self.places.get(&(place.1, id.clone())) {
            return known;
        }
        self.size += id.len() + size_of::<Place>();
        self.places.insert((place.1, id), place);
        place
    }

    /// Adds a piece of a text, or the whole text if no piece came.
    fn add_text(&mut self, json: &[u8], spans: &EventSpans, kind: PartKind) -> Result<(), TooLarge> {
        let (place, key) = ((self.current, kind.family()), (spans.part_index.unwrap_or(0), kind));
        let Some((at, part, mut sizes)) = self.part(place, key)? else { return Ok(()) };
        let added = part.text.add(json, spans);
        sizes.grow(added.1 - added.0);
        self.mark_handed_out(place, kind.voice());
        self.name_item(place, json, spans);
        self.shown.part = Some(ShownPart { at, output_index: place.0, key, added });
        Ok(())
    }

    fn add_arguments(&mut self, json: &[u8], spans: &EventSpans) -> Result<(), TooLarge> {
        let place = (self.current, Family::Call);
        let Some((at, item, size)) = self.item(place)? else { return Ok(()) };
        if item.closed {
            return Ok(());
        }
        let added = item.arguments.add(json, spans);
        item.arguments_done |= spans.kind == EventKind::ArgumentsDone;
        Sizes { item: &mut item.size, all: size }.grow(added.1 - added.0);
        self.shown.call = Some(ShownCall { at, output_index: place.0, added });
        self.name_item(place, json, spans);
        Ok(())
    }

    /// Adds a snapshot of an item: `output_item.added`, usually empty, or `output_item.done`.
    fn take_item(&mut self, json: &[u8], spans: &EventSpans) -> Result<(), TooLarge> {
        let Some(snapshot) = spans.item.map(|span| span.of(json)) else { return Ok(()) };
        let element = Element::checked(snapshot, &lists::ITEM)?;
        let done = spans.kind == EventKind::ItemDone;
        if spans.output_index.is_none() && !done {
            self.current = self.items.last_key().map_or(0, |(index, _)| index.saturating_add(1));
        }
        let told = OutputItem::of(element);
        let id = told.id();
        let place = self.note_id((self.current, Family::of(told.kind().as_deref())), id.clone());
        self.current = place.0;
        let Some((at, item, size)) = self.item(place)? else { return Ok(()) };
        item.id = id.or(item.id.take());
        if item.closed && !done {
            return Ok(());
        }
        let before = item.size;
        item.size -= Snapshot::len(&item.snapshot);
        Snapshot::take(&mut item.snapshot, snapshot, done);
        item.size += Snapshot::len(&item.snapshot);
        if let OutputItem::FunctionCall(call) = &told {
            let text = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(Arc::from);
            item.call_id = text(&call.call_id).or(item.call_id.take());
            item.name = text(&call.name).or(item.name.take());
        }
        item.done |= done;
        let mut late = Vec::new();
        if done && !item.closed {
            LateText::collect(&told, place.0, 1, |origin| Some(item.text_at(origin)), &mut late);
        }
        // A snapshot contains the text of the pieces, unless it is empty.
        if done && told.size() > 0 {
            item.closed = true;
            item.parts.clear();
            item.arguments = TextSum::default();
            item.size = Snapshot::len(&item.snapshot);
        }
        let end = item.arguments.text.len();
        *size = *size + item.size - before;
        let mut told_before = item.told;
        self.late = late;
        if done {
            self.tell(&told, &mut told_before);
            if let Some(item) = self.items.at_mut(at) {
                item.told = told_before;
            }
        }
        let added = (end, end);
        self.shown.call = (place.1 == Family::Call).then_some(ShownCall { at, output_index: place.0, added });
        Ok(())
    }

    /// Adds a snapshot of a part: `content_part.added`, usually empty, or `content_part.done`.
    fn take_part(&mut self, json: &[u8], spans: &EventSpans) -> Result<(), TooLarge> {
        let Some(snapshot) = spans.part.map(|span| span.of(json)) else { return Ok(()) };
        let Some(mut members) = Element::checked(snapshot, &lists::PART)?.members else { return Ok(()) };
        let kind = PartKind::of(members.string("type").as_deref());
        let (place, key) = ((self.current, kind.family()), (spans.part_index.unwrap_or(0), kind));
        let Some((at, part, mut sizes)) = self.part(place, key)? else { return Ok(()) };
        let begins = matches!(spans.kind, EventKind::PartAdded | EventKind::SummaryPartAdded);
        let before = Snapshot::len(&part.snapshot);
        Snapshot::take(&mut part.snapshot, snapshot, !begins);
        sizes.replace(before, Snapshot::len(&part.snapshot));
        let text = members.string("text").or_else(|| members.string("refusal")).filter(|_| !begins && !part.text.seen);
        let from = part.text.text.len();
        if let Some(text) = text {
            part.text.text.push_str(&text);
            part.text.seen = true;
            sizes.grow(text.len());
            self.mark_handed_out(place, kind.voice());
            let added = (from, from + text.len());
            self.shown.part = Some(ShownPart { at, output_index: place.0, key, added });
        }
        Ok(())
    }

    fn add_annotation(&mut self, json: &[u8], spans: &EventSpans) -> Result<(), TooLarge> {
        let Some(annotation) = spans.annotation.map(|span| span.of(json)) else { return Ok(()) };
        let key = (spans.part_index.unwrap_or(0), PartKind::Text);
        let Some((_, part, mut sizes)) = self.part((self.current, Family::Message), key)? else { return Ok(()) };
        part.annotations.push(annotation.to_vec());
        sizes.grow(annotation.len() + size_of::<Vec<u8>>());
        Ok(())
    }

    /// Returns the index of the item at this place, the item, and the size of all items in bytes. A missing item is
    /// created.
    fn item(&mut self, place: Place) -> Result<Option<FoundItem<'_>>, TooLarge> {
        if !self.items.contains_key(&place) {
            let limit = self.limits.tool_calls;
            self.calls += usize::from(place.1 == Family::Call);
            if self.calls > limit {
                return Err(TooLarge { what: Limit::ToolCalls, limit });
            }
            if self.items.len() >= FEW {
                self.size += size_of::<ItemSum>();
            }
        }
        let at = self.items.index_of(place);
        Ok(self.items.at_mut(at).map(|item| (at, item, &mut self.size)))
    }

    /// Returns the indexes of the item and of the part with this key, and the part. A missing part is created; `None` if a
    /// snapshot of its item came already.
    fn part(&mut self, place: Place, key: PartKey) -> Result<Option<FoundPart<'_>>, TooLarge> {
        let Some((at, item, all)) = self.item(place)? else { return Ok(None) };
        if item.closed {
            return Ok(None);
        }
        let mut sizes = Sizes { item: &mut item.size, all };
        if !item.parts.is_empty() && !item.parts.contains_key(&key) {
            sizes.grow(size_of::<PartSum>());
        }
        let part_at = item.parts.index_of(key);
        Ok(item.parts.at_mut(part_at).map(|part| ((at, part_at), part, sizes)))
    }

    /// Notes that a kind of text of an item was handed out in pieces.
    fn mark_handed_out(&mut self, place: Place, voice: TextKind) {
        if let Some(told) = self.items.get_mut(&place).and_then(|item| item.told.get_mut(voice as usize)) {
            *told = true;
        }
    }

    /// Notes the id of the event's item, if the event has one.
    fn name_item(&mut self, place: Place, json: &[u8], spans: &EventSpans) {
        let unnamed = self.items.get(&place).is_none_or(|item| item.id.is_none());
        if let (true, Some(id)) = (unnamed, spans.item_id) {
            let id = json::to_string(json, id);
            self.note_id(place, Some(id.clone()));
            if let Some(item) = self.items.get_mut(&place) {
                item.id = Some(id);
            }
        }
    }

    pub(super) fn check(&self, size: usize) -> Result<(), TooLarge> {
        let limit = self.limits.total;
        if size > limit { Err(TooLarge { what: Limit::Total, limit }) } else { Ok(()) }
    }
}

/// The index of an item, the item, and the size of all items.
type FoundItem<'a> = (usize, &'a mut ItemSum, &'a mut usize);

/// The indexes of an item and of its part, the part, and the sizes.
type FoundPart<'a> = ((usize, usize), &'a mut PartSum, Sizes<'a>);

/// The sizes of one item and of all items, in bytes.
struct Sizes<'a> {
    item: &'a mut usize,
    all: &'a mut usize,
}

impl Sizes<'_> {
    fn grow(&mut self, bytes: usize) {
        *self.item += bytes;
        *self.all += bytes;
    }

    fn replace(&mut self, old: usize, new: usize) {
        self.grow(new);
        *self.item -= old;
        *self.all -= old;
    }
}

impl TextSum {
    /// Adds a piece, or the whole text if no piece came; returns start and end of the addition.
    fn add(&mut self, json: &[u8], spans: &EventSpans) -> Added {
        let from = self.text.len();
        match (spans.delta, spans.whole) {
            (Some(delta), _) => drop(self.push(json, delta)),
            (None, whole) => {
                if let Some(whole) = whole.filter(|_| !self.seen) {
                    self.push(json, whole);
                }
                self.flush();
            }
        }
        (from, self.text.len())
    }
}
