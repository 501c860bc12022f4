//! How a stream is cut into pieces, as reads from a network would cut it.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_core::Stream;

use crate::corpora;

/// Where a stream is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// After so many bytes each time: 1,400 is a packet, 16,384 a TLS record.
    Every(usize),
    /// After each event: live traffic, where every token is sent as it is made.
    Event,
    /// Nowhere: a stream that was waiting in a buffer.
    Whole,
}

/// The cuts of the tables.
pub const CUTS: &[Cut] =
    &[Cut::Every(1), Cut::Every(64), Cut::Event, Cut::Every(1_400), Cut::Every(16_384), Cut::Whole];

impl Cut {
    /// Reads what `Display` writes.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "event" => Some(Cut::Event),
            "whole" => Some(Cut::Whole),
            size => size.parse().ok().filter(|size| *size > 0).map(Cut::Every),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cut::Every(bytes) => write!(f, "{bytes}"),
            Cut::Event => f.write_str("event"),
            Cut::Whole => f.write_str("whole"),
        }
    }
}

/// A stream and how it is cut.
#[derive(Clone, Debug)]
pub struct Feed {
    body: Bytes,
    /// Length of a piece; where it is 0, the ends count.
    every: usize,
    ends: Arc<[usize]>,
}

impl Feed {
    /// Cuts a stream.
    pub fn new(stream: &corpora::Stream, cut: Cut) -> Self {
        let every = match cut {
            Cut::Every(bytes) => bytes,
            Cut::Event => 0,
            Cut::Whole => stream.body.len(),
        };
        Feed { body: stream.body.clone(), every, ends: stream.ends.clone() }
    }

    /// Walks the pieces.
    pub fn pieces(&self) -> Pieces<'_> {
        Pieces { feed: self, at: 0, next_end: 0 }
    }

    /// Returns the bytes, uncut.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// The pieces of a feed.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    feed: &'a Feed,
    at: usize,
    next_end: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let body: &'a [u8] = &self.feed.body;
        let (from, to) = step(self.feed, &mut self.at, &mut self.next_end)?;
        Some(&body[from..to])
    }
}

/// The pieces as HTTP clients hand them over, shared bytes that the peer may keep, from a stream that is always ready: a
/// peer that wants a stream is polled to its end without a runtime. Nothing is copied.
#[derive(Clone, Debug)]
pub struct SharedPieces {
    feed: Feed,
    at: usize,
    next_end: usize,
}

impl SharedPieces {
    /// Cuts what `feed` has.
    pub fn new(feed: &Feed) -> Self {
        SharedPieces { feed: feed.clone(), at: 0, next_end: 0 }
    }
}

impl Iterator for SharedPieces {
    type Item = Bytes;

    #[inline]
    fn next(&mut self) -> Option<Bytes> {
        let (from, to) = step(&self.feed, &mut self.at, &mut self.next_end)?;
        Some(self.feed.body.slice(from..to))
    }
}

impl Stream for SharedPieces {
    type Item = Result<Bytes, Infallible>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.next().map(Ok))
    }
}

#[inline]
fn step(feed: &Feed, at: &mut usize, next_end: &mut usize) -> Option<(usize, usize)> {
    let (from, length) = (*at, feed.body.len());
    if from == length {
        return None;
    }
    *at = if feed.every > 0 {
        length.min(from + feed.every)
    } else {
        let end = feed.ends.get(*next_end).copied();
        *next_end += 1;
        end.unwrap_or(length)
    };
    Some((from, *at))
}

/// Polls a stream that is always ready to its end, and gives each item to `take`.
#[inline]
pub fn drain<S: Stream + ?Sized>(mut stream: Pin<&mut S>, mut take: impl FnMut(S::Item)) {
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        take(item);
    }
}
