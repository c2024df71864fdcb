//! The log of the program: lines on standard error, written by a thread of its own. A reader that stalls holds nothing
//! up; lines that find no room are dropped and counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::args::LogFormat;

/// The number of lines that may wait to be written.
const MAX_LINES: usize = 8192;

/// The time that waiting lines have to be written when the program ends.
const FLUSH_TIME: Duration = Duration::from_millis(500);

/// What the thread does: it writes a line, or tells that all lines before are written.
enum Order {
    Write(Vec<u8>),
    Tell(Sender<()>),
}

/// The way to the thread that writes.
#[derive(Clone)]
pub(crate) struct Log {
    orders: SyncSender<Order>,
    dropped: Arc<AtomicU64>,
}

impl Log {
    /// Starts the log of this program, and of no library that it uses.
    pub(crate) fn start(level: LevelFilter, format: LogFormat) -> io::Result<Self> {
        let (orders, waiting) = sync_channel(MAX_LINES);
        let log = Self { orders, dropped: Arc::default() };
        std::thread::Builder::new().name("log".into()).spawn(move || {
            for order in waiting {
                match order {
                    // If standard error is closed, the line cannot be shown anywhere.
                    Order::Write(line) => _ = io::stderr().write_all(&line),
                    Order::Tell(done) => _ = done.send(()),
                }
            }
        })?;
        let writer = log.clone();
        let lines =
            tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_ansi(false).with_target(false);
        let lines = match format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        let of_the_service = Targets::new().with_target("qrmint_server", level);
        tracing_subscriber::registry().with(lines).with(of_the_service).init();
        // The text of a panic may hold anything, and would be written at once.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!("panicked at {place}");
        }));
        Ok(log)
    }

    /// Returns how many lines were dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until the lines are written, but not for long.
    pub(crate) fn flush(&self) {
        let (done, told) = channel();
        if self.orders.try_send(Order::Tell(done)).is_ok() {
            _ = told.recv_timeout(FLUSH_TIME);
        }
    }
}

impl Write for Log {
    /// Takes a whole line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.orders.try_send(Order::Write(line.to_vec())).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
