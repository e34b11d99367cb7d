//! Who waits, and for how long, when there is no room.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

const KILOBYTE: usize = 1000;

fn queue(mode: Mode, room: u32) -> Arc<Queue> {
    Arc::new(Queue::with_room(mode, room))
}

/// Takes everything that is in the queue, and says that it is written.
fn write_all(queue: &Queue) -> usize {
    let Work::Write { entries, .. } = queue.take() else { panic!("ended") };
    let count = entries.len();
    for entry in entries {
        queue.settle(entry, Ok(()));
    }
    count
}

#[test]
fn a_full_queue_makes_the_next_wait() {
    let queue = queue(Mode::Blocking, 2);
    let line = || vec![b'x'; KILOBYTE];
    let mut held: Vec<_> = (0..2).map(|_| Queue::push(&queue, line()).unwrap()).collect();
    let mut context = Context::from_waker(Waker::noop());
    let pending = Queue::push(&queue, line()).unwrap_err();
    let mut written = pin!(pending.written());
    assert_eq!(written.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(write_all(&queue), 2);
    assert!(held.iter_mut().all(|receipt| receipt.try_recv() == Ok(Ok(()))));
    // It has room now, and is written with the next.
    assert_eq!(written.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(write_all(&queue), 1);
    assert_eq!(written.as_mut().poll(&mut context), Poll::Ready(Ok(())));
    let expected = Counts { written: 3, ..Counts::default() };
    assert_eq!(queue.counts(), expected);
}

#[test]
fn a_record_that_nobody_waits_for_enters_all_the_same() {
    let queue = queue(Mode::Blocking, 1);
    let _held = Queue::push(&queue, vec![b'x'; 10]).unwrap();
    drop(Queue::push(&queue, vec![b'x'; 10]).unwrap_err());
    drop(Queue::push(&queue, vec![b'x'; 10]).unwrap_err().written());
    assert_eq!(write_all(&queue), 3);
    // But not without end.
    let _held = Queue::push(&queue, Vec::new()).unwrap();
    drop(Queue::push(&queue, vec![b'x'; OVERFLOW]).unwrap_err());
    assert_eq!(queue.counts().lost, 0);
    drop(Queue::push(&queue, vec![b'x'; 10]).unwrap_err());
    assert_eq!(queue.counts().lost, 1);
    assert_eq!(write_all(&queue), 2);
}

#[test]
fn a_full_batch_loses_and_counts() {
    let mode = Mode::Batch { buffer: 2, most: 10, wait: Duration::ZERO };
    let queue = queue(mode, 3);
    assert_eq!(queue.push_or_lose(vec![b'x'; 2500]), Ok(()));
    // By bytes, then by number.
    assert_eq!(queue.push_or_lose(vec![b'x'; 10]), Err(NotWritten::Full));
    assert_eq!(write_all(&queue), 1);
    assert_eq!(queue.push_or_lose(Vec::new()), Ok(()));
    assert_eq!(queue.push_or_lose(Vec::new()), Ok(()));
    assert_eq!(queue.push_or_lose(Vec::new()), Err(NotWritten::Full));
    assert_eq!(queue.counts(), Counts { written: 1, lost: 2, waiting: 2, failed: 0 });
}

#[test]
fn a_closed_queue_says_so_to_those_who_wait() {
    let queue = queue(Mode::Blocking, 1);
    let mut held = Queue::push(&queue, Vec::new()).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let mut written = pin!(Queue::push(&queue, Vec::new()).unwrap_err().written());
    assert_eq!(written.as_mut().poll(&mut context), Poll::Pending);
    queue.begin_closing();
    assert_eq!(written.as_mut().poll(&mut context), Poll::Ready(Err(NotWritten::Closed)));
    // What was in it before is still written.
    assert_eq!(write_all(&queue), 1);
    assert_eq!(held.try_recv(), Ok(Ok(())));
    assert!(matches!(queue.take(), Work::End));
}
