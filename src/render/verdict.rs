//! Predicts whether readers will read a picture.
//!
//! Knows colours and the placement of the symbol; nothing of formats.

use alloc::vec::Vec;

use super::error::RenderError;
use super::finding::{Finding, VerdictLevel};
use super::length::Length;
use super::placement::{Placement, dots};
use super::style::Style;
use crate::version::Version;

/// How well a picture will scan: contrast, module and quiet zone for a version, and the defects found.
///
/// [`Style::verdict`] returns it. Writers refuse pictures of the level [`Refuse`](VerdictLevel::Refuse), except that
/// [`Zpl`](super::Zpl) and [`Text`](super::Text) without ANSI colours have no colours to refuse, and `Text` no size. The
/// limits of single formats, such as [`Png::MAX_SIDE`](super::Png::MAX_SIDE), are not part of a verdict.
///
/// ```
/// use qrmint::Version;
/// use qrmint::render::{Color, Finding, QuietZone, Style, VerdictLevel};
/// let style = Style::default().with_dark(Color::rgb(0xcc, 0, 0)).with_quiet_zone(QuietZone::new(2));
/// let verdict = style.verdict(Version::MIN);
/// assert_eq!((verdict.level(), verdict.inverted, verdict.quiet_zone), (VerdictLevel::Warning, false, 2));
/// let warnings: Vec<String> = verdict.findings.iter().map(Finding::to_string).collect();
/// assert_eq!(warnings, ["contrast 5.8:1, better 6.0:1", "quiet zone of width 2, better 4 modules"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// The contrast ratio of dark and light modules, 1 to 21 (WCAG 2.2), on a white background.
    pub contrast: f64,
    /// Whether dark modules are lighter than light ones.
    pub inverted: bool,
    /// The width and height of a module in dots; 0 if the size has no room for the symbol.
    pub module: u32,
    /// The real length of a module, if the size is one on paper.
    pub module_length: Option<Length>,
    /// The width of the quiet zone where it is narrowest, in whole modules.
    pub quiet_zone: u32,
    /// The defects; empty if there are none.
    pub findings: Vec<Finding>,
}

impl Style {
    /// Judges the picture of a symbol of `version`.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Color, Style, VerdictLevel};
    /// let orange = Style::default().with_dark(Color::rgb(0xff, 0x66, 0)).verdict(Version::MIN);
    /// assert_eq!((format!("{:.2}", orange.contrast), orange.level()), ("2.94".into(), VerdictLevel::Refuse));
    /// ```
    pub fn verdict(&self, version: Version) -> Verdict {
        let (dark, light) = self.colors_on_white();
        let (min_side, module, side) = dots(version, self.quiet_zone, self.size);
        let dpi = self.size.dpi();
        let placement = self.placement(version).ok();
        let narrowest = |placement: Placement| placement.narrowest_margin(version) / placement.module;
        let quiet_zone = placement.map_or(self.quiet_zone.modules().into(), narrowest);
        let is_small = (1..Finding::GOOD_DOTS).contains(&module);
        let findings = [
            (module == 0).then_some(Finding::TooSmall { side, min_side, dpi }),
            (quiet_zone < Finding::QUIET_ZONE).then_some(Finding::QuietZone { modules: quiet_zone }),
            dpi.filter(|_| is_small).map(|dpi| Finding::SmallModule { dots: module, dpi }),
        ];
        Verdict {
            contrast: dark.contrast(light),
            inverted: dark.luminance() > light.luminance(),
            module,
            module_length: placement.and_then(|placement| placement.module_length()),
            quiet_zone,
            findings: self.color_findings().into_iter().chain(findings).flatten().collect(),
        }
    }

    /// Returns an error if the colours are refused.
    pub(super) fn check_colors(&self) -> Result<(), RenderError> {
        if self.is_black_on_white() {
            return Ok(());
        }
        let refused =
            self.color_findings().into_iter().flatten().find(|finding| finding.level() == VerdictLevel::Refuse);
        refused.map_or(Ok(()), |finding| Err(finding.into()))
    }

    fn color_findings(&self) -> [Option<Finding>; 3] {
        let (dark, light) = self.colors_on_white();
        let (contrast, allowed) = (dark.contrast(light), self.unsafe_colors);
        [
            (dark.luminance() > light.luminance()).then_some(Finding::Inverted { allowed }),
            (contrast < Finding::GOOD_CONTRAST).then_some(Finding::Contrast { contrast, allowed }),
            self.is_transparent().then_some(Finding::Transparent),
        ]
    }
}

impl Verdict {
    /// Returns the worst level of the findings; [`VerdictLevel::Ok`] if there are none.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Style, VerdictLevel};
    /// assert_eq!(Style::default().verdict(Version::MIN).level(), VerdictLevel::Ok);
    /// ```
    pub fn level(&self) -> VerdictLevel {
        self.findings.iter().map(Finding::level).max().unwrap_or(VerdictLevel::Ok)
    }
}
