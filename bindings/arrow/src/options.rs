//! What a call is asked for beside the contents.

use std::num::NonZero;

use qrmint::ErrorCorrectionLevel;
use qrmint::render::Style;

/// Options for [`png`](crate::png), [`svg`](crate::svg) and [`info`](crate::info).
///
/// The fields are public. Each method sets one of them, so that options can be written as one expression. The default
/// is level M, a symbol and a style as in the crate `qrmint`, an error for a row that cannot be drawn, all CPUs.
///
/// ```
/// use qrmint::ErrorCorrectionLevel;
/// use qrmint_arrow::{OnError, Options};
/// let options = Options::default().with_level(ErrorCorrectionLevel::H).with_on_error(OnError::Null);
/// assert_eq!((options.level, options.on_error), (ErrorCorrectionLevel::H, OnError::Null));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options {
    /// The error-correction level. The default is M.
    pub level: ErrorCorrectionLevel,
    /// Versions, mask and the like.
    pub symbol: qrmint::Options,
    /// What the pictures look like.
    pub style: Style,
    /// What to do with a row that cannot be drawn. The default is [`OnError::Fail`].
    pub on_error: OnError,
    /// The number of threads, at most 1,024. `None`, the default, means the number of CPUs. The result does not depend on it.
    pub threads: Option<NonZero<usize>>,
}

/// What to do with a row that cannot be drawn: its content is too long, or the style has no room for its symbol.
///
/// ```
/// use qrmint_arrow::OnError;
/// assert_eq!(OnError::default(), OnError::Fail);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnError {
    /// The call fails with the first such row.
    #[default]
    Fail,
    /// The row is null in the result. [`info`](crate::info) tells why its content cannot be encoded.
    Null,
}

impl Options {
    /// Sets the error-correction level.
    ///
    /// ```
    /// use qrmint::ErrorCorrectionLevel;
    /// use qrmint_arrow::Options;
    /// assert_eq!(Options::default().with_level(ErrorCorrectionLevel::Q).level, ErrorCorrectionLevel::Q);
    /// ```
    #[must_use]
    pub fn with_level(self, level: ErrorCorrectionLevel) -> Self {
        Self { level, ..self }
    }

    /// Sets versions, mask and the like.
    ///
    /// ```
    /// use qrmint_arrow::Options;
    /// let symbol = qrmint::Options::default().with_boost(true);
    /// assert_eq!(Options::default().with_symbol(symbol).symbol, symbol);
    /// ```
    #[must_use]
    pub fn with_symbol(self, symbol: qrmint::Options) -> Self {
        Self { symbol, ..self }
    }

    /// Sets what the pictures look like.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Style};
    /// use qrmint_arrow::Options;
    /// let style = Style::default().with_quiet_zone(QuietZone::new(2));
    /// assert_eq!(Options::default().with_style(style.clone()).style, style);
    /// ```
    #[must_use]
    pub fn with_style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// Sets what to do with a row that cannot be drawn.
    ///
    /// ```
    /// use qrmint_arrow::{OnError, Options};
    /// assert_eq!(Options::default().with_on_error(OnError::Null).on_error, OnError::Null);
    /// ```
    #[must_use]
    pub fn with_on_error(self, on_error: OnError) -> Self {
        Self { on_error, ..self }
    }

    /// Sets the number of threads; `None` means the number of CPUs.
    ///
    /// ```
    /// use std::num::NonZero;
    /// use qrmint_arrow::Options;
    /// assert_eq!(Options::default().with_threads(NonZero::new(1)).threads, NonZero::new(1));
    /// ```
    #[must_use]
    pub fn with_threads(self, threads: Option<NonZero<usize>>) -> Self {
        Self { threads, ..self }
    }
}

impl Default for Options {
    /// Returns level M, the defaults of the crate `qrmint`, [`OnError::Fail`] and all CPUs.
    fn default() -> Self {
        Self {
            level: ErrorCorrectionLevel::M,
            symbol: qrmint::Options::default(),
            style: Style::default(),
            on_error: OnError::default(),
            threads: None,
        }
    }
}
