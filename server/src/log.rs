//! The log of the program: lines on standard error, written by a thread of its own. A reader that stalls holds nothing
//! up; lines that find no room are dropped and counted.

use std::io::Write as _;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::args::LogFormat;

/// The number of lines that may wait to be written.
const MAX_LINES: usize = 8192;

/// The time that the last words of the program have to be written.
const LAST_WORDS_TIME: Duration = Duration::from_millis(200);

/// Writes what waits when it is dropped, if that takes no longer than a moment.
pub(crate) struct Log {
    dropped: ErrorCounter,
    _writer: WorkerGuard,
}

impl Log {
    /// Starts the log of this program, and of no library that it uses.
    pub(crate) fn start(level: LevelFilter, format: LogFormat) -> Self {
        let (writer, guard) =
            NonBlockingBuilder::default().buffered_lines_limit(MAX_LINES).lossy(true).finish(std::io::stderr());
        let dropped = writer.error_counter();
        let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false).with_target(false);
        let lines = match format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        let of_the_service = Targets::new().with_target("qrmint_server", level);
        tracing_subscriber::registry().with(lines).with(of_the_service).init();
        // The message of a panic may hold anything, and would be written at once.
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!("panicked at {place}");
        }));
        Self { dropped, _writer: guard }
    }

    /// Returns how many lines were dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.dropped_lines() as u64
    }
}

/// Writes a line to standard error, and waits for that no longer than a moment.
pub(crate) fn tell_last(line: String) {
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // If standard error is closed, the line cannot be shown anywhere.
        _ = writeln!(std::io::stderr(), "{line}");
        _ = done.send(());
    });
    _ = wait.recv_timeout(LAST_WORDS_TIME);
}
