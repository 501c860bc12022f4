//! The same ends, played over every family of events.

use requesty_core::{End, Error, Step};

use crate::support::cut;
use crate::support::families::{Family, families, timed_out};

const DONE: &str = "data: [DONE]\n\n";

fn items(family: &Family, body: &str) -> usize {
    body.matches("data: ").count()
        - usize::from(!family.name.starts_with("raw")) * body.lines().filter(|line| *line == "data: [DONE]").count()
}

#[test]
fn what_is_complete_is_so_however_the_connection_ends() {
    for family in families() {
        let body = [family.item, family.finish].concat();
        for end in [End::Clean, cut(), timed_out(), End::Cancelled] {
            // Where the body is the end, it must be one in good order.
            let complete = matches!(end, End::Clean) || !family.ends_with_body;
            let played = family.play(&body, end.clone());
            assert_eq!(played.total.is_ok(), complete, "{}: {end:?}: {:?}", family.name, played.total);
            assert_eq!(played.items.len(), items(&family, &body), "{}", family.name);
        }
    }
}

#[test]
fn what_is_not_complete_says_how_it_ended() {
    for family in families() {
        let clean = family.play(family.item, End::Clean);
        match clean.total {
            Ok(()) => assert!(family.ends_with_body, "{}", family.name),
            Err(error) => {
                let truncated = matches!(&error, Error::Truncated(how) if !how.is_cut());
                assert!(truncated && !family.ends_with_body, "{}: {error:?}", family.name);
            }
        }
        assert!(matches!(family.play(family.item, cut()).total, Err(Error::Truncated(how)) if how.is_cut()));
        assert!(matches!(family.play(family.item, timed_out()).total, Err(Error::Timeout(_))));
        assert!(matches!(family.play(family.item, End::Cancelled).total, Err(Error::Cancelled(_))));
        let done = family.play(&[family.item, DONE].concat(), End::Clean);
        match done.total {
            Ok(()) => assert!(family.ends_with_done, "{}", family.name),
            Err(error) => assert!(matches!(error, Error::Unfinished(_)) && !family.ends_with_done, "{}", family.name),
        }
    }
}

#[test]
fn nothing_is_an_item_after_done() {
    for family in families().iter().filter(|family| family.name != "mcp") {
        let played = family.play(&[family.item, DONE, family.item].concat(), End::Clean);
        assert_eq!(played.items.len(), 1 + usize::from(family.name.starts_with("raw")), "{}", family.name);
    }
}

/// A last event counts without its blank line, if it is whole and the body ended in good order.
#[test]
fn a_last_event_may_lack_its_blank_line() {
    for family in families() {
        let body = [family.item, family.finish].concat();
        for missing in 1..=2 {
            let body = &body[..body.len() - missing];
            let clean = family.play(body, End::Clean);
            // Raw events are those that were dispatched, and another is missing then.
            let complete = family.reads_unterminated || family.finish == DONE;
            assert_eq!(clean.total.is_ok(), complete, "{}: {:?}", family.name, clean.total);
            let read = items(&family, body) - usize::from(!family.reads_unterminated);
            assert_eq!(clean.items.len(), read, "{}", family.name);
            let broken = family.play(body, cut());
            assert!(matches!(broken.total, Err(Error::Truncated(how)) if how.is_cut()), "{}", family.name);
            let before = items(&family, family.item);
            assert_eq!(broken.items.len(), before, "{}: what was cut is no item", family.name);
        }
    }
}

#[test]
fn arrays_and_strings_are_whole_too_and_numbers_are_not() {
    let typed = |body: &str| {
        let families = families();
        let family = families.iter().find(|family| family.name == "typed with its body").unwrap();
        family.play(body, End::Clean)
    };
    // They are no objects, which the type asks for: but they were read.
    for whole in ["[1]", "\"a\""] {
        assert!(matches!(typed(&format!("data: {whole}")).total, Err(Error::Decode(_))), "{whole}");
    }
    for open in ["1", "12.5", "tru", "true", "{\"n\":1} 2", "nonsense", "NaN", "{\"n\":NaN}"] {
        assert!(matches!(typed(&format!("data: {open}")).total, Err(Error::Truncated(_))), "{open}");
    }
}

/// Half an event is never passed over where the body is the end.
#[test]
fn half_an_event_at_a_clean_end_is_no_end() {
    for family in families() {
        for half in
            ["data: {\"n\":", "data: \"a", "event: m", "event: m\n", "event: m\ndata: [", "da", "id: 7\n", "data: 1"]
        {
            let played = family.play(&[family.item, half].concat(), End::Clean);
            let truncated = matches!(&played.total, Err(Error::Truncated(how)) if !how.is_cut());
            assert!(truncated, "{}: {half:?}: {:?}", family.name, played.total);
            assert_eq!(played.items.len(), 1, "{}: {half:?}", family.name);
        }
    }
}

#[test]
fn the_first_end_counts() {
    for family in families() {
        let body = [family.item, family.finish].concat();
        for others in [[End::Clean, cut()], [cut(), End::Clean], [timed_out(), End::Clean]] {
            let first = family.play(&body, others[0].clone());
            let played = family.play_ends(&body, &others);
            assert_eq!(format!("{:?}", played.total), format!("{:?}", first.total), "{}", family.name);
            assert_eq!(played.items.len(), first.items.len(), "{}", family.name);
        }
    }
}

/// What could not be read is an item, the stream goes on, and its end is an error: also for those who never ask for the
/// total.
#[test]
fn the_end_after_a_hole_is_an_error() {
    for family in families().iter().filter(|family| !family.name.starts_with("raw")) {
        for hole in ["data: {\"n\":\n\n", "data: nonsense\n\n", "data: [DONE]x\n\n", "data: \"a\"\n\n"] {
            let body = [family.item, hole, family.item, family.finish].concat();
            let played = family.play(&body, End::Clean);
            assert!(matches!(played.last, Err(Error::Decode(_))), "{}: {hole:?}: {:?}", family.name, played.last);
            assert_eq!(played.items.len(), items(family, &body), "{}: {hole:?}", family.name);
            let (data, progressed) = &played.items[1];
            assert_eq!(data, hole.trim_end().strip_prefix("data: ").unwrap().as_bytes(), "{}", family.name);
            assert!(!progressed, "{}", family.name);
            // Another error comes first.
            let played = family.play(&[family.item, hole, family.item].concat(), cut());
            assert!(matches!(played.last, Err(Error::Truncated(_))), "{}: {hole:?}", family.name);
        }
    }
}

const ERROR: &str = "{\"error\":{\"message\":\"gone\",\"code\":503}}";

/// Raw events pass an error on, and are not judged by it.
#[test]
fn an_error_is_the_end_wherever_it_stands() {
    for family in families() {
        let escaped = ERROR.replace("error", "\\u0065rr\\u006fr");
        let whole = [
            format!("data: {ERROR}\n\n"),
            format!("data: {escaped}\n\n"),
            "event: error\ndata: gone\n\n".to_owned(),
            // Without its blank line, after a clean end.
            format!("data: {ERROR}"),
            format!("event: error\ndata: {ERROR}\n"),
            "event: error\ndata: {\"message\":\"go".to_owned(),
        ];
        for error in whole {
            let played = family.play(&[family.item, &error].concat(), End::Clean);
            if !family.name.starts_with("raw") {
                assert!(matches!(played.total, Err(Error::Api(_))), "{}: {error:?}: {:?}", family.name, played.total);
                continue;
            }
            let dispatched = error.ends_with("\n\n");
            assert_eq!(played.items.len(), 1 + usize::from(dispatched), "{}: {error:?}", family.name);
            let complete = dispatched && family.ends_with_body;
            assert_eq!(played.total.is_ok(), complete, "{}: {error:?}", family.name);
        }
    }
}

/// The last event of an answer may carry an error: it is an item, and its error the end.
#[test]
fn an_error_in_the_last_event_is_not_lost() {
    for family in families() {
        if family.finish == DONE || family.name == "mcp" || family.name.starts_with("raw") {
            continue;
        }
        let finish = family.finish.replacen('{', "{\"error\":{\"message\":\"gone\"},", 1);
        let played = family.play(&[family.item, &finish].concat(), End::Clean);
        assert!(matches!(played.total, Err(Error::Api(_))), "{}: {:?}", family.name, played.total);
        assert_eq!(played.items.len(), 2, "{}", family.name);
    }
}

/// Some servers put an error where there is no event: into a field of its own, or into a line of its own.
#[test]
fn an_error_outside_all_events_is_read_where_the_answer_is_not_complete() {
    let strays = [
        format!("error: {ERROR}\n\n"),
        "error: gone\n\n".to_owned(),
        format!("{ERROR}\n"),
        format!("\n\n{ERROR}"),
        format!(" {ERROR}\n\nretry: 7\n\n: ping\n\n"),
    ];
    for family in families().iter().filter(|family| !family.ends_with_body) {
        for stray in &strays {
            let played = family.play(&[family.item, stray].concat(), End::Clean);
            let Err(Error::Api(error)) = &played.total else { panic!("{}: {stray:?}: {played:?}", family.name) };
            assert_eq!((error.message(), error.is_in_stream()), (Some("gone"), true));
            let done = family.play(&[family.item, stray, "\n\n", DONE].concat(), End::Clean);
            assert_eq!(matches!(done.total, Err(Error::Api(_))), !family.ends_with_done, "{}", family.name);
            let complete = family.play(&[family.item, stray, "\n\n", family.finish].concat(), End::Clean);
            assert!(complete.total.is_ok(), "{}: it makes no error of a complete answer", family.name);
            let late = family.play(&[family.item, stray].concat(), timed_out());
            assert!(matches!(late.total, Err(Error::Timeout(_))), "{}", family.name);
        }
        let cut = format!("[{ERROR}\n");
        for harmless in
            ["warning: gone\n\n", "{\"note\":1}\n\n", "[1]\n", "plain words\n", "error\n", "error: \n", &cut]
        {
            let played = family.play(&[family.item, harmless].concat(), End::Clean);
            assert!(matches!(played.total, Err(Error::Truncated(_))), "{}: {harmless:?}", family.name);
        }
    }
}

/// Some servers say in a plain sentence why they end a stream; it may also be a piece of the answer.
#[test]
fn a_sentence_that_is_no_event_is_behind_an_accessor() {
    for family in families().iter().filter(|family| !family.name.starts_with("raw")) {
        let body = [family.item, "data: upstream connect error\n\n", "data: bye\n\n"].concat();
        let played = family.play(&body, cut());
        let Err(Error::Truncated(how)) = played.total else { panic!("{}: {:?}", family.name, played.total) };
        assert_eq!(how.unread().unwrap().body(), "upstream connect error", "{}", family.name);
        assert!(!format!("{how} {how:?}").contains("upstream"), "{}", family.name);
        let Err(Error::Truncated(how)) = family.play(family.item, cut()).total else { panic!("{}", family.name) };
        assert!(how.unread().is_none(), "{}", family.name);
        if !family.ends_with_done {
            let Err(Error::Unfinished(how)) = family.play(&(body + "data: [DONE]\n\n"), End::Clean).total else {
                panic!("{}", family.name)
            };
            assert_eq!(how.unread().unwrap().body(), "upstream connect error", "{}", family.name);
            assert!(!format!("{how} {how:?}").contains("upstream"), "{}", family.name);
        }
    }
}

#[test]
fn a_step_after_the_end_is_the_end() {
    for family in families() {
        let played = family.play(&[family.item, family.finish].concat(), End::Clean);
        assert!(matches!(played.last, Ok(Step::Done)), "{}", family.name);
    }
}
