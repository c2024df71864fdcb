//! Shows the progress of a batch.
//!
//! Knows only the number of lines.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error, removed on drop.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
}

impl Progress {
    /// Creates a bar. It has a length if `bytes`, the size of the input, is known.
    pub(crate) fn new(shown: bool, bytes: Option<u64>) -> Self {
        let (bar, template) = match bytes {
            _ if !shown => (ProgressBar::hidden(), ""),
            Some(bytes) => (ProgressBar::new(bytes), "{wide_bar} {percent:>3} %  {msg}  {eta} left"),
            None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
        };
        // With a wrong template the bar would have the default style.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { bar: bar.with_style(style), start: Instant::now() }
    }

    /// Shows the number of lines so far, and adds `bytes` bytes of the input.
    pub(crate) fn advance(&mut self, lines: u64, bytes: u64) {
        if !self.bar.is_hidden() {
            let seconds = self.start.elapsed().max(Duration::from_millis(1)).as_secs_f64();
            self.bar.set_message(format!("{lines} lines, {:.0} a second", lines as f64 / seconds));
            self.bar.inc(bytes);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
