//! The formats: their names, and which keywords each has.

use std::fmt;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::number::quoted;

/// A format of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Png,
    Svg,
    /// SVG to embed in HTML: without XML declaration. Its name is that of SVG.
    InlineSvg,
    Pdf,
    Eps,
    Zpl,
    /// Half blocks without escape sequences.
    Text,
    /// Half blocks with ANSI colours; has no name, because it is for `terminal` alone.
    Terminal,
}

impl Kind {
    const NAMED: [(&str, Self); 6] = [
        ("png", Self::Png),
        ("svg", Self::Svg),
        ("pdf", Self::Pdf),
        ("eps", Self::Eps),
        ("zpl", Self::Zpl),
        ("txt", Self::Text),
    ];

    /// Returns the format of this name, which may be in upper case.
    pub(crate) fn named(name: &str) -> PyResult<Self> {
        let found = Self::NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|&(_, kind)| kind).ok_or_else(|| {
            let name = quoted(name);
            PyValueError::new_err(format!("kind must be 'png', 'svg', 'pdf', 'eps', 'zpl' or 'txt', not {name}"))
        })
    }

    /// Returns whether the format has the keyword.
    pub(crate) fn has(self, keyword: &str) -> bool {
        match keyword {
            "border" => true,
            "scale" | "pixels" | "module_size" | "side" | "dpi" => !self.is_text(),
            "dark" | "light" | "unsafe_colors" => !matches!(self, Self::Zpl | Self::Text),
            "title" => !self.is_text() && self != Self::Zpl,
            "desc" => !self.is_text() && !matches!(self, Self::Eps | Self::Zpl),
            "created" => matches!(self, Self::Pdf | Self::Eps),
            "invert" => self == Self::Text,
            "xmldecl" => self == Self::Svg,
            "svgid" | "svgclass" | "omitsize" | "unit" | "current_color" => {
                matches!(self, Self::Svg | Self::InlineSvg)
            }
            _ => false,
        }
    }

    /// Returns whether any format has the keyword.
    pub(crate) fn any_has(keyword: &str) -> bool {
        Self::NAMED.iter().any(|(_, kind)| kind.has(keyword))
    }

    /// Returns whether the format draws with characters.
    fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Terminal)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMED.iter().find(|(_, kind)| kind == self).map_or("it", |(name, _)| name);
        f.write_str(name)
    }
}
