//! When items and texts came, and what observers learn of a call that is dropped.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use requesty_core::observe::{CallInfo, Observe, Observer, Observers, Report, Timings};
use requesty_core::reply::Observed;
use requesty_core::{Call, Error, Reply, Step};

use crate::support::chat::stream_call;
use crate::support::head;

/// Keeps what is reported at the end, and the time before each item.
#[derive(Clone, Default)]
struct Kept {
    report: Arc<Mutex<Option<End>>>,
    pauses: Arc<Mutex<Vec<Duration>>>,
}

/// Timings, the id of the answer, its tokens, and the class of the error.
type End = (Timings, Option<String>, Option<u64>, Option<String>);

impl Kept {
    fn observe(&self) -> Observe {
        let kept = self.clone();
        Arc::new(move |_: &CallInfo| Box::new(kept.clone()))
    }
}

impl Observer for Kept {
    fn item(&mut self, since_last: Duration, timings: &Timings) {
        assert!(timings.first_item.is_some());
        self.pauses.lock().unwrap().push(since_last);
    }

    fn end(&mut self, report: &Report<'_>) {
        let class = report.error_type().map(|class| class.into_owned());
        let summary = &report.summary;
        let end = (report.timings, summary.id.clone(), summary.output_tokens, class);
        assert!(self.report.lock().unwrap().replace(end).is_none(), "once");
    }
}

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

#[test]
fn texts_and_pauses_are_timed_where_somebody_looks_on() {
    let kept = Kept::default();
    let mut observers = Observers::new(&stream_call(), &[kept.observe()], ms(1_000));
    observers.waiting(ms(1_000));
    observers.item(ms(1_100), false);
    // The caller takes its time; then there is a wait of 30 ms, which it drops once and makes anew.
    observers.waiting(ms(1_500));
    observers.waiting(ms(1_510));
    observers.item(ms(1_530), true);
    observers.item(ms(1_530), true);
    observers.waiting(ms(1_530));
    observers.item(ms(1_540), false);
    observers.item(ms(2_030), true);
    let timings = observers.timings();
    assert_eq!(timings.first_item, Some(ms(100)), "the wait for the first item is no pause");
    assert_eq!((timings.first_text, timings.last_text, timings.texts), (Some(ms(530)), Some(ms(1_030)), 3));
    assert_eq!(timings.longest_pause, Some(ms(30)));
    assert_eq!(timings.texts_per_second(), Some(4.0), "two texts in half a second after the first");
    assert_eq!(*kept.pauses.lock().unwrap(), [ms(430), ms(0), ms(10), ms(490)]);

    // A wait that ends with an error, or is dropped, was a pause too.
    observers.waiting(ms(2_030));
    observers.end(ms(2_130), requesty_core::observe::Summary::default(), Some(&Error::NoChoices(().into())));
    assert_eq!(observers.timings().longest_pause, Some(ms(100)));
    assert_eq!(kept.report.lock().unwrap().as_ref().unwrap().3.as_deref(), Some("no_choices"));
}

#[test]
fn a_rate_needs_two_texts_and_a_time_between_them() {
    let mut observers = Observers::new(&stream_call(), &[Kept::default().observe()], ms(0));
    assert_eq!(observers.timings().texts_per_second(), None);
    observers.item(ms(5), true);
    assert_eq!(observers.timings().texts_per_second(), None);
    observers.item(ms(5), true);
    assert_eq!(observers.timings().texts_per_second(), None);
    observers.item(ms(7), true);
    assert_eq!(observers.timings().texts_per_second(), Some(1_000.0));
}

#[test]
fn where_nobody_looks_on_the_clock_is_read_for_the_first_item_and_the_first_text() {
    let mut machine = Observed::new(stream_call().open(head(200, "text/event-stream"), ms(0)));
    machine.observe(Observers::new(&stream_call(), &[], ms(0)));
    let mut events = r#"data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#.to_owned() + "\n\n";
    for _ in 0..5 {
        events += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    }
    machine.push(events.as_bytes(), ms(0));
    let mut now = 0;
    let mut items = 0;
    while machine.advance().unwrap() == Step::Ready {
        items += 1;
        machine.came(|| {
            now += 1;
            ms(now)
        });
    }
    let timings = machine.timings();
    assert_eq!((items, now), (6, 2));
    assert_eq!((timings.first_item, timings.first_text, timings.texts), (Some(ms(1)), Some(ms(2)), 0));
}

#[test]
fn a_dropped_call_is_reported_with_all_that_came() {
    const EVENT: &[u8] = concat!(
        r#"data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"completion_tokens":4}}"#,
        "\n\n"
    )
    .as_bytes();
    for taken_apart in [false, true] {
        let kept = Kept::default();
        let mut machine = Observed::new(stream_call().open(head(200, "text/event-stream"), ms(0)));
        let mut observers = Observers::new(&stream_call(), &[kept.observe()], ms(0));
        observers.set_clock(|| ms(90));
        machine.observe(observers);
        machine.push(EVENT, ms(0));
        assert_eq!(machine.advance().unwrap(), Step::Ready);
        machine.came(|| ms(10));
        assert_eq!(machine.advance().unwrap(), Step::NeedBytes);
        machine.waiting(ms(40));
        if taken_apart {
            assert_eq!(machine.into_machine().total().unwrap_err().partial().text(), "a");
        } else {
            drop(machine);
        }
        let (timings, id, tokens, class) = kept.report.lock().unwrap().take().unwrap();
        assert_eq!((id.as_deref(), tokens, class.as_deref()), (Some("c-1"), Some(4), Some("cancelled")));
        assert_eq!((timings.end, timings.longest_pause), (Some(ms(90)), Some(ms(50))));
    }
}

#[test]
fn the_first_report_of_the_end_counts() {
    let kept = Kept::default();
    let mut machine = Observed::new(stream_call().open(head(200, "text/event-stream"), ms(0)));
    machine.over(ms(5), None);
    let mut observers = Observers::new(&stream_call(), &[kept.observe()], ms(10));
    observers.set_clock(|| ms(90));
    machine.observe(observers);
    machine.push(b"data: {\"id\":\"c-1\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", ms(10));
    assert_eq!(machine.advance().unwrap(), Step::Ready);
    machine.over(ms(30), Some(&Error::Cancelled(().into())));
    machine.over(ms(40), None);
    drop(machine);
    let (timings, id, _, class) = kept.report.lock().unwrap().take().unwrap();
    assert_eq!((id.as_deref(), class.as_deref(), timings.end), (Some("c-1"), Some("cancelled"), Some(ms(20))));
}

/// The first text of an answer is timed in every family; thoughts and frames are no text.
#[test]
fn the_first_text_is_timed_in_every_family() {
    fn first_text<R: Reply>(call: &Call<R>, events: &[String]) -> (Option<Duration>, Option<Duration>) {
        let mut machine = Observed::new(call.open(head(200, "text/event-stream"), ms(0)));
        machine.observe(Observers::new(call, &[Kept::default().observe()], ms(0)));
        for (time, event) in events.iter().enumerate() {
            machine.push(event.as_bytes(), ms(time as u64));
            while machine.advance().unwrap() == Step::Ready {
                machine.came(|| ms(time as u64));
            }
        }
        (machine.timings().first_item, machine.timings().first_text)
    }
    use crate::support::{messages, responses};
    let block = messages::block_start(0, r#"{"type":"text","text":""}"#);
    let text = messages::delta(0, r#"{"type":"text_delta","text":"a"}"#);
    let events = [block.as_str(), text.as_str()].map(messages::frame);
    assert_eq!(first_text(&messages::stream_call(), &events), (Some(ms(0)), Some(ms(1))));
    let thought = r#"{"type":"response.reasoning_summary_text.delta","item_id":"r","delta":"hm"}"#;
    let text = r#"{"type":"response.output_text.delta","item_id":"m","delta":"a"}"#;
    let events = [thought, thought, text].map(|event| responses::events(&[event]));
    assert_eq!(first_text(&responses::stream_call(), &events), (Some(ms(0)), Some(ms(2))));
}
