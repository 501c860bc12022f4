//! The tests of the core in one binary: linking two dozen for each mutant would take most of the time.
//!
//! Left out are those that count allocations by an allocator of their own. A test of this crate keeps the list whole.
#![allow(clippy::duplicate_mod, reason = "each file brings what it shares with the others along")]

#[path = "../../core/tests/audio.rs"]
mod audio;
#[path = "../../core/tests/audio_stream.rs"]
mod audio_stream;
#[path = "../../core/tests/chat_conformance.rs"]
mod chat_conformance;
#[path = "../../core/tests/compression.rs"]
mod compression;
#[path = "../../core/tests/deadlines.rs"]
mod deadlines;
#[path = "../../core/tests/decimal.rs"]
mod decimal;
#[path = "../../core/tests/dialects.rs"]
mod dialects;
#[path = "../../core/tests/embeddings.rs"]
mod embeddings;
#[path = "../../core/tests/error_kinds.rs"]
mod error_kinds;
#[path = "../../core/tests/errors.rs"]
mod errors;
#[path = "../../core/tests/feedback.rs"]
mod feedback;
#[path = "../../core/tests/hostile.rs"]
mod hostile;
#[path = "../../core/tests/images.rs"]
mod images;
#[path = "../../core/tests/json.rs"]
mod json;
#[path = "../../core/tests/limits.rs"]
mod limits;
#[path = "../../core/tests/liveness.rs"]
mod liveness;
#[path = "../../core/tests/machine.rs"]
mod machine;
#[path = "../../core/tests/manage.rs"]
mod manage;
#[path = "../../core/tests/manage_access_lists.rs"]
mod manage_access_lists;
#[path = "../../core/tests/manage_groups.rs"]
mod manage_groups;
#[path = "../../core/tests/manage_keys.rs"]
mod manage_keys;
#[path = "../../core/tests/manage_organization.rs"]
mod manage_organization;
#[path = "../../core/tests/manage_usage.rs"]
mod manage_usage;
#[path = "../../core/tests/mcp.rs"]
mod mcp;
#[path = "../../core/tests/message.rs"]
mod message;
#[path = "../../core/tests/message_round_trip.rs"]
mod message_round_trip;
#[path = "../../core/tests/messages.rs"]
mod messages;
#[path = "../../core/tests/messages_limits.rs"]
mod messages_limits;
#[path = "../../core/tests/messages_request_errors.rs"]
mod messages_request_errors;
#[path = "../../core/tests/messages_stream.rs"]
mod messages_stream;
#[path = "../../core/tests/messages_tolerance.rs"]
mod messages_tolerance;
#[path = "../../core/tests/messages_tool_use.rs"]
mod messages_tool_use;
#[path = "../../core/tests/messages_values.rs"]
mod messages_values;
#[path = "../../core/tests/metadata.rs"]
mod metadata;
#[path = "../../core/tests/models.rs"]
mod models;
#[path = "../../core/tests/nulls.rs"]
mod nulls;
#[path = "../../core/tests/observe.rs"]
mod observe;
#[path = "../../core/tests/parts.rs"]
mod parts;
#[path = "../../core/tests/replies.rs"]
mod replies;
#[path = "../../core/tests/request_errors.rs"]
mod request_errors;
#[path = "../../core/tests/request_golden.rs"]
mod request_golden;
#[path = "../../core/tests/responses.rs"]
mod responses;
#[path = "../../core/tests/responses_ends.rs"]
mod responses_ends;
#[path = "../../core/tests/responses_limits.rs"]
mod responses_limits;
#[path = "../../core/tests/responses_merge.rs"]
mod responses_merge;
#[path = "../../core/tests/responses_request.rs"]
mod responses_request;
#[path = "../../core/tests/responses_stream.rs"]
mod responses_stream;
#[path = "../../core/tests/responses_tolerance.rs"]
mod responses_tolerance;
#[path = "../../core/tests/retry.rs"]
mod retry;
#[path = "../../core/tests/router.rs"]
mod router;
#[path = "../../core/tests/samples.rs"]
mod samples;
#[path = "../../core/tests/sizes.rs"]
mod sizes;
#[path = "../../core/tests/sse.rs"]
mod sse;
#[path = "../../core/tests/sse_conformance.rs"]
mod sse_conformance;
#[path = "../../core/tests/sse_limits.rs"]
mod sse_limits;
#[path = "../../core/tests/sse_reference.rs"]
mod sse_reference;
#[path = "../../core/tests/stream_end.rs"]
mod stream_end;
#[path = "../../core/tests/stream_tools.rs"]
mod stream_tools;
#[path = "../../core/tests/surface.rs"]
mod surface;
#[path = "../../core/tests/template.rs"]
mod template;
#[path = "../../core/tests/tolerance.rs"]
mod tolerance;
#[path = "../../core/tests/tolerance_property.rs"]
mod tolerance_property;
#[path = "../../core/tests/tool_calls.rs"]
mod tool_calls;
#[path = "../../core/tests/unary_is_streamed.rs"]
mod unary_is_streamed;

#[path = "../../fuzz/tests/found.rs"]
mod found;

/// A short run of what looks closest at the parser.
mod streams {
    use requesty_fuzz::differential::Differential;
    use requesty_fuzz::generate::sample;
    use requesty_fuzz::random::Random;

    #[test]
    fn made_up_streams_are_read_as_the_reference_reads_them() {
        let differential = Differential::new();
        for round in 0..200 {
            differential.check(&sample(&mut Random::of_round(5, round)));
        }
    }
}
