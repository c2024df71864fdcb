//! Worker threads: each reads a batch from the input, answers it, and has it written to the output in order.
//!
//! ```text
//!           +-> worker -+
//!   input --+-> worker -+--> early batches --> output
//!           +-> worker -+
//! ```
//!
//! No thread only reads or only writes, because waking it would take longer than its work. A worker that needs a batch
//! reads it, and the worker with the next batch in order writes it and the early batches that follow.
//!
//! Of a batch it knows only the number of its first line and the number of lines.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use super::answer::Answerer;
use super::lines::{Batch, Lines};
use crate::error::{Endpoint, Error};

/// Answers all lines, with each answerer on a thread of its own, writes the batches to `output` in order with `write`,
/// and returns `output`.
///
/// If `write` fails, a worker panics or a thread does not start, this returns without waiting for the threads, since
/// one may be waiting for a line that never arrives. It waits only for a `write` in progress.
pub(crate) fn run<R: Read + Send + 'static, W: Send + 'static>(
    lines: Lines<R>,
    endpoint: Endpoint,
    answerers: Vec<Answerer>,
    output: W,
    write: fn(&mut W, &Batch) -> Result<(), Error>,
) -> Result<W, Error> {
    // A spare batch for each worker whose own is early.
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
            // Without this the others would wait forever for the batch of a worker that panicked.
            let worked = panic::catch_unwind(AssertUnwindSafe(|| shared.work(&mut answerer)));
            // After an error of another worker the receiver is gone.
            let _ = end.send(worked.unwrap_or(Err(PANICKED)));
        };
        thread::Builder::new().name("worker".into()).spawn(work).map(drop).map_err(Error::Thread)
    });
    drop(end);
    let worked: Result<(), Error> = started.and_then(|()| ends.into_iter().collect());
    // Taken on errors as well, so that a waiting worker does not keep an incomplete file.
    let output = shared.order.lock().unwrap_or_else(PoisonError::into_inner).output.take();
    worked?;
    // All workers have ended, so the lock is free.
    mem::replace(&mut *lock(&shared.input)?, Ok(None)).map_err(|source| Error::Read { endpoint, source })?;
    output.ok_or(PANICKED)
}

const PANICKED: Error = Error::Internal("a worker panicked");

/// The state that the workers share.
struct Shared<R, W> {
    /// `None` at the end of the input, or the error that ended it.
    input: Mutex<io::Result<Option<Lines<R>>>>,
    order: Mutex<Order<W>>,
    /// Signals that `empty` has a batch.
    emptied: Condvar,
}

/// The batches that no worker holds, and the output.
struct Order<W> {
    /// The number of the next line to write.
    next: u64,
    /// Answered batches that wait for earlier ones, by the numbers of their first lines.
    early: BTreeMap<u64, Batch>,
    /// Empty batches. The last one was emptied last and is most likely still in a cache.
    empty: Vec<Batch>,
    /// `None` after [`run`] has returned it.
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

    /// Reads the next batch. Returns whether there was one.
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

    /// Writes the batch, if it is next, and early ones that follow it. Returns an empty batch in exchange, for which it
    /// may wait.
    fn write(&self, batch: Batch) -> Result<Batch, Error> {
        let mut order = lock(&self.order)?;
        let Order { next, early, empty, output, write } = &mut *order;
        let output = output.as_mut().ok_or(Error::Internal("another worker failed"))?;
        early.insert(batch.first, batch);
        // If a batch cannot be written, it is removed, so no later one is ever next.
        while let Some(batch) = early.remove(next) {
            write(output, &batch)?;
            *next += batch.lines.len() as u64;
            empty.push(batch);
            self.emptied.notify_one();
        }
        // A waiting worker holds no batch, so the next one is held by another worker or not read yet.
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

    use qrmint::render::Style;
    use qrmint::{ErrorCorrectionLevel, Options};

    use super::*;
    use crate::args::ImageFormat;
    use crate::batch::lines::MAX_LINES;
    use crate::content::ContentEncoder;

    /// An input that reports its end the given number of times, and then fails.
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
        let encoder = ContentEncoder::new(Options::default(), false, false);
        let answerer = |_| Answerer::new(encoder.clone(), ErrorCorrectionLevel::L, ImageFormat::Png, &Style::default());
        (0..count).map(answerer).collect()
    }

    /// Answers the input with `threads` threads. Returns the result and, for each batch written, the number of its
    /// first line and the number of its lines.
    fn answer(input: Input, threads: usize) -> (Result<(), Error>, Vec<(u64, u64)>) {
        let (sender, written) = mpsc::channel();
        let lines = Lines::new(input, MAX_LINES);
        let ended = run(lines, Endpoint::StandardInput, answerers(threads), sender, |sender, batch| {
            sender.send((batch.first, batch.lines.len() as u64)).unwrap();
            Ok(())
        });
        // The sender is dropped, so the iterator ends.
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

    /// An input of one line that then blocks as long as the sender exists.
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
