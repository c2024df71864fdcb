//! How far a batch has come, for somebody who watches.
//!
//! Knows nothing of lines but their number.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, gone when this is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
}

impl Progress {
    /// `bytes` is how many the input has, if that is known: then the bar has a length.
    pub(crate) fn new(shown: bool, bytes: Option<u64>) -> Self {
        let (bar, template) = match bytes {
            _ if !shown => (ProgressBar::hidden(), ""),
            Some(bytes) => (ProgressBar::new(bytes), "{wide_bar} {percent:>3} %  {msg}  {eta} left"),
            None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
        };
        // Should a template not do, the bar looks plain.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { bar: bar.with_style(style), start: Instant::now() }
    }

    /// Tells how many lines there were until now and how many bytes of the input came on top.
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
