//! Workers: each takes a batch from the input, answers it and brings it to the output, in order.
//!
//! ```text
//!           +-> worker -+
//!   input --+-> worker -+--> early batches --> output
//!           +-> worker -+
//! ```
//!
//! No thread reads or writes for the others, for to wake one takes longer than what it would do: who needs a batch reads it,
//! and who has the one that is next writes it and the early ones that follow.
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
use crate::error::{Error, Place};

/// Answers all lines, each answerer on a thread of its own, brings the batches to `output` in order with `write`, and gives
/// `output` back.
///
/// After an error of `write` it returns without waiting for the threads, for one may wait for a line that never comes.
pub(crate) fn run<R: Read + Send + 'static, W: Send + 'static>(
    lines: Lines<R>,
    place: Place,
    answerers: Vec<Answerer>,
    output: W,
    write: fn(&mut W, &Batch) -> Result<(), Error>,
) -> Result<W, Error> {
    // Every worker has one in hand and leaves one that is early.
    let empty = (0..2 * answerers.len()).map(|_| Batch::default()).collect();
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
    mem::replace(&mut *lock(&shared.input)?, Ok(None)).map_err(|source| Error::Read { place, source })?;
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
    /// Nothing once a worker has failed.
    output: Option<W>,
    write: fn(&mut W, &Batch) -> Result<(), Error>,
}

impl<R: Read, W> Shared<R, W> {
    fn work(&self, answerer: &mut Answerer) -> Result<(), Error> {
        while let Some(mut batch) = self.read()? {
            answerer.answer(&mut batch);
            self.write(batch)?;
        }
        Ok(())
    }

    /// The next batch, unless there is none.
    fn read(&self) -> Result<Option<Batch>, Error> {
        let mut input = lock(&self.input)?;
        let Ok(Some(lines)) = &mut *input else { return Ok(None) };
        // Others that want to read wait meanwhile. There is nothing for them to read into.
        let mut batch = self.empty()?;
        match lines.fill(&mut batch) {
            Ok(true) => {}
            Ok(false) => *input = Ok(None),
            // The lines before it are in the batch.
            Err(error) => *input = Err(error),
        }
        Ok(Some(batch))
    }

    /// A batch to read into: waits until there is one.
    fn empty(&self) -> Result<Batch, Error> {
        let mut order = lock(&self.order)?;
        loop {
            match order.empty.pop() {
                Some(batch) => return Ok(batch),
                None => order = self.emptied.wait(order).map_err(|_| PANICKED)?,
            }
        }
    }

    /// Writes the batch, if it is next, and those after it that are there.
    fn write(&self, batch: Batch) -> Result<(), Error> {
        let mut order = lock(&self.order)?;
        let Order { next, early, empty, output, write } = &mut *order;
        let output = output.as_mut().ok_or(Error::Internal("another worker failed"))?;
        early.insert(batch.first, batch);
        while let Some(batch) = early.remove(next) {
            write(output, &batch)?;
            *next += batch.lines.len() as u64;
            empty.push(batch);
            self.emptied.notify_one();
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, Error> {
    mutex.lock().map_err(|_| PANICKED)
}
