//! How large the types are that are passed around by value: a move is a copy of so many bytes, and an error sits in every
//! `Result` of the hot loop.
#![cfg(target_pointer_width = "64")]

use std::mem::size_of;

use requesty_core::chat::{
    CallFragment, Chunk, ChunkStream, Chunks, Completion, Delta, FinishedCall, Message, OwnedCallFragment, OwnedChunk,
    OwnedDelta, Request, ToolCall, Usage, WholeCompletion,
};
use requesty_core::error::{ApiError, Timeout, TooLarge, Truncated};
use requesty_core::{BuildError, Call, Decimal, End, Error, Extra, Head, Incomplete, Liveness, Machine, Step, sse};

#[test]
fn what_every_step_returns_fits_into_a_few_registers() {
    assert_eq!(size_of::<Step>(), 1);
    // The largest variant is the text of a request that cannot be built; everything longer is behind a pointer.
    assert_eq!(size_of::<Error>(), 24);
    assert_eq!(size_of::<Result<Step, Error>>(), 24);
    assert_eq!(size_of::<Option<Error>>(), 24);
    assert!(size_of::<TooLarge>() <= 16 && size_of::<Timeout>() <= 24 && size_of::<Truncated>() <= 24);
    assert!(size_of::<BuildError>() <= 24 && size_of::<End>() <= 32);
}

#[test]
fn an_error_with_a_partial_is_one_pointer() {
    assert_eq!(size_of::<Incomplete<Completion>>(), 8);
    assert_eq!(size_of::<Result<(), Incomplete<Completion>>>(), 8);
}

#[test]
fn what_is_lent_is_a_view() {
    // Pointers to the bytes, to where their members are, to the sums and to the slots; and to the bytes as they came, and the problem.
    assert!(size_of::<Chunk<'_>>() <= 48, "{}", size_of::<Chunk<'_>>());
    assert!(size_of::<Delta<'_>>() <= 40, "{}", size_of::<Delta<'_>>());
    assert!(size_of::<CallFragment<'_>>() <= 40, "{}", size_of::<CallFragment<'_>>());
    assert!(size_of::<FinishedCall<'_>>() <= 40, "{}", size_of::<FinishedCall<'_>>());
    assert!(size_of::<sse::Event<'_>>() <= 56, "{}", size_of::<sse::Event<'_>>());
}

#[test]
fn what_is_queued_is_small() {
    // Streams of these are collected, and sent through channels. What nearly every chunk has is in it, not behind a pointer.
    assert!(size_of::<OwnedChunk>() <= 96, "{}", size_of::<OwnedChunk>());
    assert!(size_of::<OwnedDelta<'_>>() <= 24, "{}", size_of::<OwnedDelta<'_>>());
    assert!(size_of::<OwnedCallFragment<'_>>() <= 24, "{}", size_of::<OwnedCallFragment<'_>>());
    assert_eq!(size_of::<Decimal>(), 32);
    assert_eq!(size_of::<Extra>(), 24);
    assert!(size_of::<ToolCall>() <= 208, "{}", size_of::<ToolCall>());
    assert!(size_of::<Message>() <= 384, "{}", size_of::<Message>());
    assert!(size_of::<Usage>() <= 280, "{}", size_of::<Usage>());
    assert!(size_of::<Completion>() <= 440, "{}", size_of::<Completion>());
}

#[test]
fn what_lives_as_long_as_a_stream_fits_into_half_a_page_beside_its_buffers() {
    assert!(size_of::<sse::Decoder>() <= 216, "{}", size_of::<sse::Decoder>());
    assert!(size_of::<ChunkStream>() <= 1728, "{}", size_of::<ChunkStream>());
    assert!(size_of::<Machine<ChunkStream>>() <= 1984, "{}", size_of::<Machine<ChunkStream>>());
    assert!(size_of::<Liveness>() <= 104, "{}", size_of::<Liveness>());
    assert!(size_of::<Call<Chunks>>() <= 576, "{}", size_of::<Call<Chunks>>());
    assert!(size_of::<Call<WholeCompletion>>() <= 576, "{}", size_of::<Call<WholeCompletion>>());
    assert!(size_of::<Request<'_>>() <= 1024, "{}", size_of::<Request<'_>>());
    assert!(size_of::<Head>() <= 104 && size_of::<ApiError>() <= 304, "{}", size_of::<ApiError>());
}
