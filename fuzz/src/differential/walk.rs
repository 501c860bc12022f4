//! The reference reader, in step with the crate.

use requesty_core::Error;
use requesty_core::chat::{Arguments, CallFragment, Chunk, Delta};

use super::Total;
use crate::reference::frames::{self, Frame};
use crate::reference::stream::{Answer, Call, Event, Stream, Verdict, counts_unterminated, is_stray_error, units};
use crate::reference::{ReferenceChoice, ReferenceChunk};
use crate::tally::Tally;

/// Walks through a stream by the reference reader.
pub(super) struct Walk<'a> {
    frames: Vec<Frame>,
    next: usize,
    cuts: &'a [usize],
    body: &'a [u8],
    stream: Stream,
    verdict: Option<Verdict>,
    tally: Tally,
}

impl<'a> Walk<'a> {
    pub(super) fn new(body: &'a [u8], cuts: &'a [usize], clean: bool) -> Self {
        let mut frames = frames::read(body);
        frames.retain(|frame| frame.whole || (clean && counts_unterminated(frame)));
        let frames = frames.into_iter().flat_map(units).collect();
        Walk { frames, next: 0, cuts, body, stream: Stream::default(), verdict: None, tally: Tally::default() }
    }

    /// Moves to the next item, which must be what the crate has.
    pub(super) fn item(&mut self, chunk: &Chunk<'_>) {
        assert_eq!(self.verdict, None, "an item after the end");
        loop {
            let Some(frame) = self.frames.get(self.next) else { panic!("an item too many: {chunk:?}") };
            self.next += 1;
            self.tally.events += 1;
            match Event::read(frame) {
                Event::KeepAlive => continue,
                Event::Problem(at) => {
                    self.stream.problem = true;
                    let problem = chunk.problem().expect("what the reference cannot read is a problem");
                    assert_eq!((problem.at(), &**problem.body()), (Some(at), &*frame.data));
                    let empty = chunk.id().is_none() && chunk.model().is_none() && chunk.usage().is_none();
                    assert!(empty && chunk.deltas().next().is_none(), "a problem shows no more than itself");
                }
                Event::Chunk { chunk: wanted, error } => {
                    assert!(chunk.problem().is_none(), "the reference can read this: {:?}", chunk.problem());
                    count(&mut self.tally, &wanted, frame, self.cuts);
                    same(&mut self.stream, &wanted, chunk);
                    if error || self.stream.finished_with_error() {
                        self.verdict = Some(Verdict::Error);
                    }
                }
                event => panic!("{event:?} is no item: {chunk:?}"),
            }
            assert_eq!((chunk.raw(), chunk.is_mended()), (frame.raw(), frame.came.is_some()));
            return;
        }
    }

    /// Moves to the end, before which nothing may come; then compares what there is in all.
    pub(super) fn end(mut self, total: &Total) -> Tally {
        let mut done = false;
        while let (None, Some(frame)) = (self.verdict, self.frames.get(self.next)) {
            self.next += 1;
            self.tally.events += 1;
            match Event::read(frame) {
                Event::KeepAlive => continue,
                Event::Done => {
                    done = true;
                    // What follows is not read.
                    self.body = self.body.get(..frame.end).unwrap_or_default();
                }
                Event::Error(chunk) => {
                    self.stream.take(chunk.as_deref());
                    self.verdict = Some(Verdict::Error);
                }
                event => panic!("an item is missing: {event:?}"),
            }
            break;
        }
        let mut verdict = self.verdict.unwrap_or_else(|| self.stream.judge(done));
        let stray = || is_stray_error(frames::stray_line(self.body));
        if matches!(verdict, Verdict::Truncated | Verdict::Unfinished) && stray() {
            verdict = Verdict::Error;
        }
        let (completion, given) = match total {
            Ok(completion) => (completion, Verdict::Complete),
            Err(incomplete) => (incomplete.partial(), verdict_of(incomplete.error())),
        };
        assert_eq!(given, verdict, "how the stream ended");
        let Stream { id, model, created, usage, answers, .. } = &mut self.stream;
        assert_eq!((&completion.id, &completion.model, completion.created), (&*id, &*model, *created));
        assert_eq!(completion.usage.is_some(), usage.is_some());
        if let (Some(wanted), Some(usage)) = (usage, &completion.usage) {
            wanted.assert_numbers(usage);
        }
        answers.sort_by_key(|answer| answer.index);
        assert_eq!(completion.choices.len(), answers.len());
        for (choice, answer) in completion.choices.iter().zip(answers) {
            assert_eq!(choice.index, answer.index);
            assert_eq!(choice.finish_reason.as_ref().map(|reason| reason.as_str()), answer.finish_reason.as_deref());
            same_message(&choice.message, answer);
        }
        self.tally
    }
}

fn verdict_of(error: &Error) -> Verdict {
    match error {
        Error::Unfinished(_) => Verdict::Unfinished,
        Error::Truncated(_) => Verdict::Truncated,
        Error::Api(_) => Verdict::Error,
        Error::Decode(_) => Verdict::Problem,
        error => panic!("no stream here ends like this: {error}"),
    }
}

fn count(tally: &mut Tally, chunk: &ReferenceChunk<'_>, frame: &Frame, cuts: &[usize]) {
    tally.accepted += 1;
    tally.repeated += u64::from(chunk.root.repeats_a_key());
    tally.escaped += u64::from(frame.data.contains(&b'\\'));
    let Some(begin) = frame.at else { return };
    let cut = |at: usize, length: usize| {
        let after = cuts.partition_point(|&cut| cut < begin + at);
        cuts.get(after).is_some_and(|&cut| cut <= begin + at + length)
    };
    tally.split_in_slot += u64::from(chunk.slots().any(|slot| cut(slot.at, slot.bytes.len())));
}

/// Compares a chunk, value for value, and adds it to the stream.
fn same(stream: &mut Stream, wanted: &ReferenceChunk<'_>, chunk: &Chunk<'_>) {
    assert_eq!(chunk.id().as_deref(), wanted.id.as_deref());
    assert_eq!(chunk.model().as_deref(), wanted.model.as_deref());
    assert_eq!(chunk.created(), wanted.created);
    match (&wanted.usage, chunk.usage()) {
        (Some(wanted), Some(usage)) => wanted.assert_same(&usage),
        (wanted, usage) => assert_eq!(wanted.is_some(), usage.is_some(), "usage"),
    }
    for name in ["usage", "object"] {
        assert_eq!(chunk.member(name), wanted.member(name), "{name}");
    }
    stream.take(Some(wanted));
    let choices = wanted.choices.as_deref().unwrap_or_default();
    let mut deltas = chunk.deltas();
    for choice in choices {
        let delta = deltas.next().expect("a delta for each choice");
        same_choice(stream.answer(choice.index.unwrap_or(0)), choice, &delta);
    }
    assert!(deltas.next().is_none(), "a delta for each choice, and no more");
    // The answer that the completion shows.
    let first = stream.answers.first().map(|answer| answer.index);
    let shown = chunk.deltas().find(|delta| Some(delta.index()) == first);
    let shown = shown.map(|delta| (delta.text(), delta.reasoning())).unwrap_or_default();
    assert_eq!((chunk.text(), chunk.reasoning()), shown);
    // What is known of a call is known as of the whole chunk.
    for delta in chunk.deltas() {
        for fragment in delta.tool_calls() {
            let call = &stream.answer(delta.index()).calls[fragment.position()];
            assert_eq!((fragment.id(), fragment.name()), (call.id.as_deref(), &*call.name));
        }
    }
}

fn same_choice(answer: &mut Answer, wanted: &ReferenceChoice<'_>, delta: &Delta<'_>) {
    assert_eq!(delta.index(), answer.index);
    let not_empty = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    assert_eq!(delta.role().map(|role| role.as_str().to_owned()), not_empty(&wanted.role));
    let from = [&answer.content, &answer.reasoning, &answer.refusal].map(|sum| sum.text.len());
    answer.add(wanted);
    let reason = not_empty(&wanted.finish_reason);
    let fragments: Vec<CallFragment<'_>> = delta.tool_calls().collect();
    if answer.loose_calls {
        same_end(answer, reason, delta, from);
        return loose_calls(answer, &fragments);
    }
    assert_eq!(fragments.len(), wanted.calls.len(), "a fragment for each call, and no more");
    for (at, (call, fragment)) in wanted.calls.iter().zip(&fragments).enumerate() {
        let name = fragment.name_fragment();
        assert_eq!(name.as_deref(), call.name.as_deref());
        // Which call it belongs to is the crate's to say.
        let place = fragment.position();
        assert!(place <= answer.calls.len(), "calls are numbered without gaps");
        answer.calls.resize_with(answer.calls.len().max(place + 1), Default::default);
        let sum = &mut answer.calls[place];
        sum.take(call.id.as_deref(), call.name.as_deref());
        // What takes the place of a half that will not be completed belongs to the last fragment.
        let last = fragments.iter().rposition(|other| other.position() == place) == Some(at);
        same_arguments(sum, call.arguments.map(|text| text.bytes), fragment, last && reason.is_some());
    }
    same_end(answer, reason, delta, from);
}

/// Takes over what the crate made of calls, once a snapshot brought some.
fn loose_calls(answer: &mut Answer, fragments: &[CallFragment<'_>]) {
    for fragment in fragments {
        let place = fragment.position();
        answer.calls.resize_with(answer.calls.len().max(place + 1), Default::default);
        let sum = &mut answer.calls[place];
        sum.id = fragment.id().map(str::to_owned);
        sum.name = fragment.name().to_owned();
        sum.arguments.text.truncate(fragment.arguments_offset());
        sum.arguments.text.push_str(fragment.arguments());
    }
}

fn same_end(answer: &mut Answer, reason: Option<String>, delta: &Delta<'_>, from: [usize; 3]) {
    assert_eq!(delta.finish_reason().map(|reason| reason.as_str().to_owned()), reason);
    if let Some(reason) = reason {
        answer.finish(&reason);
    }
    assert_eq!((delta.text(), delta.text_offset()), (&answer.content.text[from[0]..], from[0]));
    assert_eq!(delta.reasoning(), &answer.reasoning.text[from[1]..]);
    assert_eq!(delta.refusal(), &answer.refusal.text[from[2]..]);
}

fn same_arguments(call: &mut Call, added: Option<&[u8]>, fragment: &CallFragment<'_>, ends: bool) {
    let from = call.arguments.text.len();
    if let Some(added) = added {
        call.arguments.push(added);
    }
    if ends {
        call.arguments.flush();
    }
    assert_eq!((fragment.arguments(), fragment.arguments_offset()), (&call.arguments.text[from..], from));
}

fn same_message(message: &requesty_core::chat::Message, answer: &Answer) {
    assert_eq!(message.text(), answer.content.text, "the text of an answer");
    assert_eq!(message.reasoning.as_deref(), answer.reasoning.get());
    assert_eq!(message.refusal.as_deref(), answer.refusal.get());
    assert_eq!(message.tool_calls.len(), answer.calls.len());
    let calls = if answer.loose_calls { &[][..] } else { &answer.calls[..] };
    for (place, (call, wanted)) in message.tool_calls.iter().zip(calls).enumerate() {
        let id = wanted.id.clone().unwrap_or_else(|| format!("call_{place}"));
        assert_eq!(call.id, Some(id));
        assert_eq!(call.function.name.as_deref().unwrap_or_default(), wanted.name);
        if !wanted.arguments.text.is_empty() {
            assert_eq!(call.function.arguments, Arguments::Text(wanted.arguments.text.clone()));
        }
    }
}
