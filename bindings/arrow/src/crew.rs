//! Workers that share the rows of a call: each takes the next part of the rows until none is left, and the parts are put
//! together in order.
//!
//! Knows threads and order; nothing of what is made of a row.

use std::mem;
use std::num::NonZero;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The number of rows that a worker takes at a time.
const PART: usize = 64;

/// The number of parts in a round, per worker. A round is long enough that starting its threads takes little of it, and
/// short enough that its parts stay in a cache until they are put together, and that callers are asked often whether to
/// go on.
const PARTS: usize = 16;

/// The maximum number of workers, whatever a caller asks for.
const MAX_WORKERS: usize = 1_024;

/// What the rows of a call become.
pub(crate) trait Output: Default + Send {
    /// Moves the rows of `part` to the end. `part` is then empty, and may keep its memory.
    fn append(&mut self, part: &mut Self);
}

/// Workers and the parts that they work on.
pub(crate) struct Crew<W, O> {
    /// The first works on the caller's thread. The others are made when they are needed.
    first: W,
    others: Vec<W>,
    /// The maximum number of the others.
    max_others: usize,
    /// The number of rows in a round.
    round: usize,
    parts: Vec<O>,
}

impl<W: Clone + Send, O: Output> Crew<W, O> {
    /// Creates a crew of a worker for each thread; `None` means the number of CPUs.
    pub(crate) fn new(threads: Option<NonZero<usize>>, worker: W) -> Self {
        let (threads, cpus) = match threads.map(NonZero::get) {
            Some(1) => (1, 1),
            threads => {
                let cpus = thread::available_parallelism().map_or(1, NonZero::get);
                (threads.unwrap_or(cpus).min(MAX_WORKERS), cpus)
            }
        };
        // Threads beyond the number of CPUs do not make it longer.
        let round = threads.min(cpus) * PART * PARTS;
        Self { first: worker, others: Vec::new(), max_others: threads - 1, round, parts: Vec::new() }
    }

    /// Returns the number of rows in a round.
    pub(crate) fn round(&self) -> usize {
        self.round
    }

    /// Appends what becomes of the rows to `output`, in order. `work` appends what becomes of some of them to a part.
    ///
    /// After an error `output` has what `work` made before the first one. Threads end before this returns.
    pub(crate) fn run<E: Send>(
        &mut self,
        rows: Range<usize>,
        output: &mut O,
        work: impl Fn(&mut W, Range<usize>, &mut O) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        pieces(rows, self.round()).try_for_each(|round| self.run_round(round, output, &work))
    }

    fn run_round<E: Send>(
        &mut self,
        rows: Range<usize>,
        output: &mut O,
        work: &(impl Fn(&mut W, Range<usize>, &mut O) -> Result<(), E> + Sync),
    ) -> Result<(), E> {
        let count = rows.len().div_ceil(PART);
        let threads = self.max_others.min(count.saturating_sub(1));
        if threads == 0 {
            return work(&mut self.first, rows, output);
        }

        self.others.resize_with(self.others.len().max(threads), || self.first.clone());
        // After an error they are not put back, since those behind it are not empty.
        let mut parts = mem::take(&mut self.parts);
        parts.resize_with(parts.len().max(count), O::default);
        let mut results: Vec<Result<(), E>> = Vec::new();
        results.resize_with(count, || Ok(()));
        let queue = Mutex::new(pieces(rows, PART).zip(&mut parts).zip(&mut results));
        let take = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let run = |worker: &mut W| {
            while let Some(((rows, part), result)) = take() {
                *result = work(worker, rows, part);
            }
        };
        thread::scope(|scope| {
            for worker in &mut self.others[..threads] {
                // What a thread that does not start would have done, the others do.
                let _ = thread::Builder::new().name("qrmint".into()).spawn_scoped(scope, || run(worker));
            }
            run(&mut self.first);
        });
        for (part, result) in parts.iter_mut().zip(results) {
            output.append(part);
            result?;
        }
        self.parts = parts;
        Ok(())
    }
}

/// Splits a range in pieces of `len`, the last one as long as what is left.
pub(crate) fn pieces(range: Range<usize>, len: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(len).map(move |start| start..end.min(start.saturating_add(len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Output for Vec<usize> {
        fn append(&mut self, part: &mut Self) {
            self.append(part);
        }
    }

    fn run(threads: usize, rows: Range<usize>, bad: impl Fn(usize) -> bool + Sync) -> (Vec<usize>, Result<(), usize>) {
        let mut crew = Crew::new(NonZero::new(threads), ());
        let mut output = Vec::new();
        let result = crew.run(rows, &mut output, |(), rows, part: &mut Vec<usize>| {
            for row in rows {
                if bad(row) {
                    return Err(row);
                }
                part.push(row);
            }
            Ok(())
        });
        (output, result)
    }

    #[test]
    fn rows_keep_their_order() {
        for threads in [1, 2, 3, 50, usize::MAX] {
            for rows in [0..0, 5..5, 0..1, 3..PART + 3, 0..PART + 1, 7..3 * PART * PARTS + 9] {
                assert_eq!(run(threads, rows.clone(), |_| false), (rows.collect(), Ok(())), "{threads} threads");
            }
        }
    }

    #[test]
    fn after_an_error_the_output_has_the_rows_before_the_first() {
        for threads in [1, 2, 50] {
            for first in [0, 1, PART - 1, PART, 2 * PART * PARTS + 100] {
                let bad = |row| row >= first && (row - first) % 100 == 0;
                assert_eq!(run(threads, 0..10 * PART * PARTS, bad), ((0..first).collect(), Err(first)));
            }
        }
    }

    #[test]
    fn a_crew_works_on_after_an_error() {
        let mut crew = Crew::new(NonZero::new(2), ());
        let mut output = Vec::new();
        let failed = crew.run(0..1_000, &mut output, |(), rows, part: &mut Vec<usize>| {
            part.extend(rows);
            Err(())
        });
        assert_eq!((failed, output.len()), (Err(()), PART));
        output.clear();
        let done: Result<(), ()> = crew.run(0..1_000, &mut output, |(), rows, part| {
            part.extend(rows);
            Ok(())
        });
        assert_eq!((done, output), (Ok(()), (0..1_000).collect()));
    }

    #[test]
    fn few_rows_start_no_thread() {
        let mut crew = Crew::new(NonZero::new(8), ());
        let here = thread::current().id();
        let work = |(): &mut (), _: Range<usize>, _: &mut Vec<usize>| {
            if thread::current().id() == here { Ok(()) } else { Err(()) }
        };
        assert_eq!(crew.run(0..PART, &mut Vec::new(), work), Ok(()));
    }
}
