//! Reader, workers, writer: how batches go from one to the next.
//!
//! ```text
//!            full              done
//!   reader ------> workers ----------> writer
//!      ^                                 |
//!      +---------------------------------+
//!                    empty
//! ```
//!
//! A fixed number of batches goes round. That bounds the memory and lets nobody run ahead: who has no batch waits.
//! Workers take whatever batch is next, and the writer, the calling thread, brings them back into the order of their
//! lines.
//!
//! Knows nothing of what is in a batch but the number of its first line and how many there are.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::iter;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::answer::Answerer;
use super::lines::{Batch, Lines};
use crate::error::{Error, Place};

/// Answers all lines, each answerer on a thread of its own, and hands the batches to `write` in order.
///
/// After an error of `write` it returns without waiting for the threads, for the reader may wait for a line that never
/// comes. They end as soon as they find nobody to pass a batch to.
pub(crate) fn run<R: Read + Send + 'static>(
    lines: Lines<R>,
    place: Place,
    answerers: Vec<Answerer>,
    mut write: impl FnMut(&Batch) -> Result<(), Error>,
) -> Result<(), Error> {
    let (pass_empty, empty) = mpsc::channel();
    let (pass_full, full) = mpsc::channel();
    let (pass_done, done) = mpsc::channel();
    // Every worker has one in hand and one to go on with, the reader and the writer have one each.
    for _ in 0..2 * answerers.len() + 2 {
        // The receiver is in this function.
        let _ = pass_empty.send(Batch::default());
    }

    let full = Arc::new(Mutex::new(full));
    for answerer in answerers {
        let (full, pass_done) = (Arc::clone(&full), pass_done.clone());
        spawn("worker", move || work(answerer, &full, &pass_done))?;
    }
    // What is left of these two here would keep the reader's end from telling the workers, and theirs the writer.
    drop((full, pass_done));
    let reader = spawn("reader", move || read(lines, &empty, &pass_full))?;

    let mut waiting = BTreeMap::new();
    let mut next = 1;
    for batch in done {
        let batch: Batch = batch?;
        waiting.insert(batch.first, batch);
        while let Some(batch) = waiting.remove(&next) {
            write(&batch)?;
            next += batch.lines.len() as u64;
            // The reader may have ended.
            let _ = pass_empty.send(batch);
        }
    }
    match reader.join() {
        Ok(read) => read.map_err(|source| Error::Read { place, source }),
        Err(_) => Err(Error::Internal("the reader panicked")),
    }
}

fn spawn<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>, Error> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(Error::Thread)
}

fn read<R: Read>(mut lines: Lines<R>, empty: &Receiver<Batch>, full: &Sender<Batch>) -> io::Result<()> {
    for mut batch in empty {
        let more = lines.fill(&mut batch);
        if !batch.lines.is_empty() && full.send(batch).is_err() {
            break;
        }
        if !more? {
            break;
        }
    }
    Ok(())
}

fn work(mut answerer: Answerer, full: &Mutex<Receiver<Batch>>, done: &Sender<Result<Batch, Error>>) {
    let next = || full.lock().ok()?.recv().ok();
    for mut batch in iter::from_fn(next) {
        // The writer must hear of a panic: it would wait for the batch for ever.
        let answered = panic::catch_unwind(AssertUnwindSafe(|| answerer.answer(&mut batch)));
        let answered = answered.map(|()| batch).map_err(|_| Error::Internal("a worker panicked"));
        if done.send(answered).is_err() {
            break;
        }
    }
}
