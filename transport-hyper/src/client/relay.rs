//! The one waker of a connection, independent of the task that reads it.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

/// The waker with which a connection is always polled. It passes a wake on to the waiting task, if there is one.
///
/// A connection keeps the waker of its last poll, and so do hyper's channels between a connection and its body. With
/// the waker of the task itself, each of these would wake the running task; and an idle connection would keep its last
/// task alive, and wake it when the server closes.
///
/// ```text
/// begin() ─▶ poll the connection and what it feeds ─▶ both pending ─▶ wait(cx)
///    a wake in between is remembered ──────────────────────────────────▲ and passed on there
/// ```
///
/// It never asks for another poll at once. When the budget of a runtime is spent, the wake comes within the poll, and a
/// loop on it would never end.
#[derive(Debug, Default)]
pub(super) struct WakerRelay {
    state: AtomicU8,
    task: Mutex<Option<Waker>>,
}

/// A wake came since the last poll began.
const WOKEN: u8 = 1;
/// A task is waiting since the last poll.
const WAITED_FOR: u8 = 2;

impl WakerRelay {
    /// Notes that a poll begins, which handles all earlier wakes.
    pub(super) fn begin(&self) {
        self.state.swap(0, Ordering::AcqRel);
    }

    /// Makes the next wake, or a wake that came since the poll began, wake the task.
    pub(super) fn wait(&self, cx: &Context<'_>) {
        {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            if !task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
                *task = Some(cx.waker().clone());
            }
        }
        if self.state.fetch_or(WAITED_FOR, Ordering::AcqRel) & WOKEN != 0 {
            cx.waker().wake_by_ref();
        }
    }

    /// Makes further wakes wake no task.
    pub(super) fn forget(&self) {
        self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Returns whether a wake came since the last poll began.
    pub(super) fn was_woken(&self) -> bool {
        self.state.load(Ordering::Acquire) & WOKEN != 0
    }
}

impl Wake for WakerRelay {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.fetch_or(WOKEN, Ordering::AcqRel) == WAITED_FOR {
            let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(task) = task {
                task.wake();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn task() -> (Arc<Task>, Waker) {
        let task = Arc::new(Task::default());
        (task.clone(), task.into())
    }

    #[test]
    fn a_wake_reaches_the_task_that_waits_and_only_once() {
        let (relay, (first, waker)) = (Arc::new(WakerRelay::default()), task());
        relay.begin();
        relay.wait(&Context::from_waker(&waker));
        relay.wake_by_ref();
        relay.wake_by_ref();
        assert_eq!(first.0.load(Ordering::Relaxed), 1);

        let (second, waker) = task();
        relay.begin();
        relay.wait(&Context::from_waker(&waker));
        relay.wake_by_ref();
        assert_eq!((first.0.load(Ordering::Relaxed), second.0.load(Ordering::Relaxed)), (1, 1));
    }

    #[test]
    fn a_wake_during_the_poll_reaches_the_task_when_it_waits() {
        let (relay, (task, waker)) = (Arc::new(WakerRelay::default()), task());
        relay.begin();
        relay.wake_by_ref();
        assert_eq!(task.0.load(Ordering::Relaxed), 0);
        relay.wait(&Context::from_waker(&waker));
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn nobody_is_woken_after_it_was_forgotten() {
        let (relay, (task, waker)) = (Arc::new(WakerRelay::default()), task());
        relay.wait(&Context::from_waker(&waker));
        relay.forget();
        relay.wake_by_ref();
        assert!(relay.was_woken());
        assert_eq!(task.0.load(Ordering::Relaxed), 0);
        assert_eq!(Arc::strong_count(&task), 2, "this one, and the waker here");
        relay.begin();
        assert!(!relay.was_woken());
    }

    #[test]
    fn no_wake_is_lost_between_two_threads() {
        // Each wake must be seen by a poll that begins after it: the waiter continues when it is woken or saw the
        // wake.
        let relay = Arc::new(WakerRelay::default());
        let sent = Arc::new(AtomicUsize::new(0));
        let (waking, sending) = (relay.clone(), sent.clone());
        let waker: Waker = std::thread::current().into_waker();
        let other = std::thread::spawn(move || {
            for _ in 0..20_000 {
                sending.fetch_add(1, Ordering::Release);
                waking.wake_by_ref();
            }
        });
        loop {
            relay.begin();
            if sent.load(Ordering::Acquire) == 20_000 {
                break;
            }
            relay.wait(&Context::from_waker(&waker));
            let start = std::time::Instant::now();
            std::thread::park_timeout(std::time::Duration::from_secs(20));
            assert!(start.elapsed().as_secs() < 20, "a wake was lost");
        }
        other.join().unwrap();
    }

    trait IntoWaker {
        fn into_waker(self) -> Waker;
    }

    impl IntoWaker for std::thread::Thread {
        fn into_waker(self) -> Waker {
            struct Unpark(std::thread::Thread);
            impl Wake for Unpark {
                fn wake(self: Arc<Self>) {
                    self.0.unpark();
                }
            }
            Arc::new(Unpark(self)).into()
        }
    }
}
