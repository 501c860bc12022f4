//! The driver over bodies of other kinds, without the client: what it lends, when it ends, and that it can be spawned.

mod support;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::sync::atomic::Ordering;

use bytes::{Buf, Bytes};
use futures_util::stream::{self, FusedStream};
use futures_util::{StreamExt, TryStreamExt};
use http::{HeaderMap, Response};
use http_body::{Body, Frame};
use http_body_util::{Full, StreamBody};
use requesty_hyper::requesty_core::{Dialect, Timeouts};
use requesty_hyper::{Error, ItemStream, chat};
use support::{Clock, END, body, call, delta, frame, ms};

type Chunks = chat::ChunkStream;

fn open<B>(body: B) -> ItemStream<Chunks, B> {
    ItemStream::open(&call(Timeouts::default()), Response::new(body), Clock::new())
}

async fn texts<B>(mut stream: ItemStream<Chunks, B>) -> Result<String, Error>
where
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut text = String::new();
    while let Some(chunk) = stream.next_item().await? {
        text.push_str(chunk.text());
    }
    Ok(text)
}

#[tokio::test]
async fn lends_whatever_the_frames() {
    let wire = format!(": hello\n\n{}{}{END}", delta("One "), delta("dös"));
    assert_eq!(texts(open(Full::new(Bytes::from(wire.clone())))).await.unwrap(), "One dös");
    for at in 0..=wire.len() {
        let (head, tail) = wire.as_bytes().split_at(at);
        let frames = [head, tail].map(|part| Ok::<_, Infallible>(Frame::data(Bytes::copy_from_slice(part))));
        let stream = open(StreamBody::new(stream::iter(frames)));
        assert_eq!(texts(stream).await.unwrap(), "One dös", "cut at {at}");
    }
    let bytes = wire.bytes().map(|byte| Ok::<_, Infallible>(Frame::data(Bytes::from(vec![byte]))));
    assert_eq!(texts(open(StreamBody::new(stream::iter(bytes)))).await.unwrap(), "One dös");
}

#[tokio::test]
async fn a_buf_in_pieces_and_trailers_are_fine() {
    let pieces = delta("a").into_bytes().chunks(7).map(Bytes::copy_from_slice).collect::<Vec<_>>();
    let (first, second) = (pieces[0].clone(), pieces[1..].concat());
    let chained = first.chain(VecDeque::from(second));
    let body = Full::new(chained);
    let mut stream = open(body);
    assert_eq!(stream.next_item().await.unwrap().unwrap().text(), "a");

    let frames = [frame(delta("b")), Ok(Frame::trailers(HeaderMap::new())), frame(END)];
    assert_eq!(texts(open(StreamBody::new(stream::iter(frames)))).await.unwrap(), "b");
}

#[tokio::test]
async fn an_end_without_a_finish_is_an_error_once_and_for_ever() {
    let mut stream = open(body([delta("half")]));
    assert!(stream.next_item().await.unwrap().is_some());
    assert!(matches!(stream.next_item().await, Err(Error::Truncated(_))));
    assert!(matches!(stream.next_item().await, Err(Error::Truncated(_))), "None would say that the answer is whole");
    assert!(stream.is_terminated());
    assert!(stream.next().await.is_none(), "as a `Stream` it is fused");
    let incomplete = stream.finish().await.unwrap_err();
    assert_eq!(incomplete.partial().text(), "half");
}

#[tokio::test]
async fn a_body_error_is_a_cut_with_its_cause() {
    let frames = [frame(delta("half")).map_err(|never| match never {}), Err(std::io::Error::other("cable pulled"))];
    let mut stream = open(StreamBody::new(stream::iter(frames)));
    assert!(stream.next_item().await.unwrap().is_some());
    let error = stream.next_item().await.unwrap_err();
    assert!(error.to_string().contains("cable pulled"), "{error}");
    assert_eq!(error.source().unwrap().to_string(), "cable pulled");
    assert_eq!(stream.finish().await.unwrap_err().partial().text(), "half");
}

#[tokio::test]
async fn none_stays_none_and_the_total_is_there() {
    let mut stream = open(body([delta("All"), END.to_owned()]));
    while stream.next_item().await.unwrap().is_some() {}
    assert!(stream.next_item().await.unwrap().is_none());
    assert!(stream.next().await.is_none());
    assert_eq!(stream.dialect().so_far().text(), "All");
    assert_eq!(stream.finish().await.unwrap().text(), "All");
}

#[tokio::test]
async fn ready_does_not_take_the_item() {
    let mut stream = open(body([delta("first"), delta("second"), END.to_owned()]));
    assert!(stream.wait().await.unwrap());
    assert!(stream.wait().await.unwrap());
    assert_eq!(stream.next_item().await.unwrap().unwrap().text(), "first");
    assert!(stream.wait().await.unwrap());
    let rest: Vec<_> = stream.map_ok(|chunk| chunk.text().to_owned()).try_collect().await.unwrap();
    assert_eq!(rest.concat(), "second");
}

#[tokio::test]
async fn the_body_is_dropped_as_soon_as_the_answer_is_complete() {
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let held = stream::once(async { frame(format!("{}{END}", delta("x"))) }).chain(stream::unfold(
        receiver,
        |receiver| async move {
            let _ = receiver.await;
            None::<(Result<Frame<Bytes>, Infallible>, _)>
        },
    ));
    let mut stream = open(Box::pin(StreamBody::new(held)));
    while stream.next_item().await.unwrap().is_some() {}
    assert!(sender.is_closed());
}

#[tokio::test]
async fn an_endless_body_without_items_lets_others_run() {
    let comments = stream::repeat_with(|| frame(": still here\n\n"));
    let mut stream = open(StreamBody::new(comments));
    tokio::select! {
        biased;
        _ = stream.next_item() => panic!("there is no item"),
        () = tokio::time::sleep(ms(20)) => {}
    }
}

#[tokio::test]
async fn the_clock_is_read_per_frame_and_not_per_item() {
    let clock = Clock::new();
    let many: String = (0..1000).map(|number| delta(&number.to_string())).collect();
    let body = body([many, END.to_owned()]);
    let mut stream = ItemStream::open(&call(Timeouts::default()), Response::new(body), clock.clone());
    let mut items = 0;
    while stream.next_item().await.unwrap().is_some() {
        items += 1;
    }
    assert_eq!(items, 1001);
    assert!(clock.reads.load(Ordering::Relaxed) <= 4, "{clock:?}");
    assert_eq!(clock.alarms.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn spawns_with_a_lent_item_across_an_await() {
    let mut stream = open(body([delta("ab"), END.to_owned()]));
    let task = tokio::spawn(async move {
        let mut length = 0;
        while let Some(chunk) = stream.next_item().await.unwrap() {
            tokio::task::yield_now().await;
            length += chunk.text().len();
        }
        length
    });
    assert_eq!(task.await.unwrap(), 2);
}

/// A gateway that is generic over the dialect and the body.
async fn count<D, B>(mut stream: ItemStream<D, B>) -> usize
where
    D: Dialect,
    B: Body + Unpin,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut items = 0;
    while let Ok(Some(item)) = stream.next_item().await {
        tokio::task::yield_now().await;
        drop(item);
        items += 1;
    }
    items
}

fn spawn<D, B>(stream: ItemStream<D, B>) -> tokio::task::JoinHandle<usize>
where
    D: Dialect,
    for<'a> D::Item<'a>: Send,
    B: Body + Unpin + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    tokio::spawn(count(stream))
}

#[tokio::test]
async fn generic_users_can_spawn() {
    assert_eq!(spawn(open(body([delta("a"), delta("b"), END.to_owned()]))).await.unwrap(), 3);
}

#[tokio::test]
async fn debug_shows_no_data() {
    let mut stream = open(body([delta("elephant")]));
    assert!(stream.wait().await.unwrap());
    let shown = format!("{stream:?} {stream:#?}");
    assert!(shown.contains("ItemStream") && !shown.contains("elephant"), "{shown}");
}

#[test]
fn streams_are_where_their_body_is() {
    fn check<T: Send + Sync + Unpin + 'static>() {}
    check::<ItemStream<Chunks, Full<Bytes>>>();
}
