//! Workers: each takes a batch from the input, answers it and brings it to the output, in order.
//!
//! ```text
//!           +-> worker -+
//!   input --+-> worker -+--> early batches --> output
//!           +-> worker -+
//! ```
//!
//! No thread is there only to read or to write, for to wake it takes longer than what it would do: who needs a batch
//! reads it, and who has the one that is next writes it and the early ones that follow.
//!
//! Knows nothing of what is in a batch but the number of its first line and how many there are.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use super::answer::Answerer;
use super::lines::{Batch, Lines};
use crate::error::{Endpoint, Error};

/// Answers all lines, each answerer on a thread of its own, brings the batches to `output` in order with `write`, and
/// gives `output` back.
///
/// Should `write` fail, a worker panic or a thread not start, it returns without waiting for the threads, for one may
/// wait for a line that never comes; only what is being written is waited for.
pub(crate) fn run<R: Read + Send + 'static, W: Send + 'static>(
    lines: Lines<R>,
    endpoint: Endpoint,
    answerers: Vec<Answerer>,
    output: W,
    write: fn(&mut W, &Batch) -> Result<(), Error>,
) -> Result<W, Error> {
    // One for each worker that leaves an early one behind.
    let empty = answerers.iter().map(|_| Batch::default()).collect();
    let shared = Arc::new(Shared {
        input: Mutex::new(Ok(Some(lines))),
        order: Mutex::new(Order { next: 1, early: BTreeMap::new(), empty, output: Some(output), write }),
        emptied: Condvar::new(),
    });

    let (end, ends) = mpsc::channel();
    let started = answerers.into_iter().try_for_each(|mut answerer| {
        let (shared, end) = (Arc::clone(&shared), end.clone());
        let work = move || {
            // The others would wait for ever for the batch of one that panicked.
            let worked = panic::catch_unwind(AssertUnwindSafe(|| shared.work(&mut answerer)));
            // Nobody listens any more after an error of another worker.
            let _ = end.send(worked.unwrap_or(Err(PANICKED)));
        };
        thread::Builder::new().name("worker".into()).spawn(work).map(drop).map_err(Error::Thread)
    });
    drop(end);
    let worked: Result<(), Error> = started.and_then(|()| ends.into_iter().collect());
    // Taken in any case: what is half written must not outlive this in the hands of a worker that waits.
    let output = shared.order.lock().unwrap_or_else(PoisonError::into_inner).output.take();
    worked?;
    // All have ended, so nobody is reading.
    mem::replace(&mut *lock(&shared.input)?, Ok(None)).map_err(|source| Error::Read { endpoint, source })?;
    output.ok_or(PANICKED)
}

const PANICKED: Error = Error::Internal("a worker panicked");

/// What the workers share.
struct Shared<R, W> {
    /// Nothing or an error once there is no more to read.
    input: Mutex<io::Result<Option<Lines<R>>>>,
    order: Mutex<Order<W>>,
    /// A batch has come to `empty`.
    emptied: Condvar,
}

/// The batches that nobody has in hand, and where they go.
struct Order<W> {
    /// The number of the line that is written next.
    next: u64,
    /// Answered before those that come before them, by the numbers of their first lines.
    early: BTreeMap<u64, Batch>,
    /// The one emptied last is at the end: it is most likely still in a cache.
    empty: Vec<Batch>,
    /// Nothing once it was given back.
    output: Option<W>,
    write: fn(&mut W, &Batch) -> Result<(), Error>,
}

impl<R: Read, W> Shared<R, W> {
    fn work(&self, answerer: &mut Answerer) -> Result<(), Error> {
        let mut batch = Batch::default();
        while self.read(&mut batch)? {
            answerer.answer(&mut batch);
            batch = self.write(batch)?;
        }
        Ok(())
    }

    /// Reads the next batch, unless there is none.
    fn read(&self, batch: &mut Batch) -> Result<bool, Error> {
        let mut input = lock(&self.input)?;
        let Ok(Some(lines)) = &mut *input else { return Ok(false) };
        match lines.fill(batch) {
            Ok(true) => {}
            Ok(false) => *input = Ok(None),
            Err(error) => {
                *input = Err(error);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the batch, if it is next, and those after it that are there. Gives an empty one for it: waits until there
    /// is one.
    fn write(&self, batch: Batch) -> Result<Batch, Error> {
        let mut order = lock(&self.order)?;
        let Order { next, early, empty, output, write } = &mut *order;
        let output = output.as_mut().ok_or(Error::Internal("another worker failed"))?;
        early.insert(batch.first, batch);
        // One that cannot be written is gone, and nothing after it is ever next.
        while let Some(batch) = early.remove(next) {
            write(output, &batch)?;
            *next += batch.lines.len() as u64;
            empty.push(batch);
            self.emptied.notify_one();
        }
        // Who waits has none in hand, so the one that is next is in another's or still to be read.
        loop {
            match order.empty.pop() {
                Some(batch) => return Ok(batch),
                None => order = self.emptied.wait(order).map_err(|_| PANICKED)?,
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Error> {
    mutex.lock().map_err(|_| PANICKED)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Cursor;

    use qrmint::render::Png;
    use qrmint::{ErrorCorrectionLevel, Options};

    use super::*;
    use crate::batch::lines::MAX_LINES;

    /// An input that says so often that it has come to its end, and fails if it is asked again.
    struct Input(Cursor<Vec<u8>>, usize);

    impl Read for Input {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Self(bytes, ends) = self;
            let read = bytes.read(buffer)?;
            if read == 0 {
                *ends = ends.checked_sub(1).ok_or(io::Error::other("gone"))?;
            }
            Ok(read)
        }
    }

    fn answerers(count: usize) -> Vec<Answerer> {
        let answerer = |_| Answerer::new(Options::default(), ErrorCorrectionLevel::L, Png::default());
        (0..count).map(answerer).collect()
    }

    /// Answers the input with so many threads. Gives what becomes of it and the numbers of first lines and of lines
    /// that were written.
    fn answer(input: Input, threads: usize) -> (Result<(), Error>, Vec<(u64, u64)>) {
        let (sender, written) = mpsc::channel();
        let lines = Lines::new(input, MAX_LINES);
        let ended = run(lines, Endpoint::StandardInput, answerers(threads), sender, |sender, batch| {
            sender.send((batch.first, batch.lines.len() as u64)).unwrap();
            Ok(())
        });
        // The sender is gone, so this comes to an end.
        (ended.map(drop), written.iter().collect())
    }

    #[test]
    fn lines_before_an_error_of_the_input_are_answered_in_order() {
        for threads in [1, 2, 9] {
            // Half a line is none.
            let text = [b"{}\n".repeat(20 * MAX_LINES + 1), b"{".to_vec()].concat();
            let (ended, written) = answer(Input(Cursor::new(text), 0), threads);
            assert!(matches!(ended, Err(Error::Read { .. })));
            let next = written.into_iter().fold(1, |next, (first, lines)| {
                assert_eq!(first, next);
                first + lines
            });
            assert_eq!(next, 20 * MAX_LINES as u64 + 2, "{threads} threads");
        }
    }

    /// A line, and then nothing for as long as the other end is kept.
    struct Silent(Cursor<Vec<u8>>, mpsc::Receiver<()>);

    impl Read for Silent {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(buffer)?;
            if read == 0 {
                let _ = self.1.recv();
            }
            Ok(read)
        }
    }

    #[test]
    fn a_failure_is_told_and_the_output_dropped_while_a_worker_waits_for_a_line() {
        for (panics, told) in [(false, "disk full"), (true, "a worker panicked")] {
            let (keep, kept) = mpsc::channel();
            let lines = Lines::new(Silent(Cursor::new(b"{}\n".to_vec()), kept), MAX_LINES);
            let (sender, written) = mpsc::channel::<()>();
            let failed = run(lines, Endpoint::StandardInput, answerers(2), (sender, panics), |(_, panics), _| {
                assert!(!*panics, "as wanted by the test");
                Err(Error::Internal("disk full"))
            });
            assert!(matches!(failed, Err(Error::Internal(text)) if text == told));
            assert!(written.recv().is_err(), "nobody has the output");
            drop(keep);
        }
    }

    #[test]
    fn an_input_is_asked_once_for_its_end() {
        for text in ["", "{}", "{}\n", "{}\n{}"] {
            let (ended, written) = answer(Input(Cursor::new(text.into()), 1), 2);
            ended.unwrap();
            assert_eq!(written.iter().map(|(_, lines)| *lines as usize).sum::<usize>(), text.lines().count(), "{text}");
        }
    }
}
