//! The keywords that describe a picture, and which of them each format has.

use csscolorparser::Color as CssColor;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use qrmint::render::{Color, Dpi, Length, QuietZone, Scale, Size, Style, Svg, SvgUnit};

use crate::kind::Kind;
use crate::number::{number, quoted, shown, type_error};

/// What the keywords of a picture say.
#[derive(Default)]
pub(crate) struct Keywords {
    pub(crate) style: Style,
    pub(crate) svg: SvgKeywords,
    /// The date of creation in seconds since 1970.
    pub(crate) created: Option<u64>,
    /// Whether text draws dark modules.
    pub(crate) invert: bool,
}

/// Keywords of SVG alone.
#[derive(Default)]
pub(crate) struct SvgKeywords {
    pub(crate) id: Option<String>,
    pub(crate) class: Option<String>,
    pub(crate) omit_size: bool,
    pub(crate) unit: Option<SvgUnit>,
    pub(crate) current_color: bool,
    pub(crate) xml_declaration: bool,
}

/// The keywords that give the size of a module or a side, of which there can be one.
#[derive(Default)]
struct SizeKeywords {
    scale: Option<Scale>,
    pixels: Option<u32>,
    module_size: Option<Length>,
    side: Option<Length>,
    dpi: Option<Dpi>,
}

impl Keywords {
    /// Reads the keywords of a picture of this kind. `function` is the name of the function that got them; scale and
    /// border are arguments of their own in most.
    ///
    /// # Errors
    ///
    /// `TypeError` for a keyword that the kind does not have, a wrong type and two sizes, `ValueError` for a wrong value.
    pub(crate) fn read(
        function: &str,
        kind: Kind,
        scale: Option<&Bound<'_, PyAny>>,
        border: Option<&Bound<'_, PyAny>>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut read = Self::default();
        let mut size = SizeKeywords::default();
        if let Some(scale) = scale {
            size.read("scale", scale)?;
        }
        if let Some(border) = border {
            read.read_style("border", border)?;
        }
        for (name, value) in keywords.into_iter().flatten() {
            let name = name.cast::<PyString>()?.to_str()?;
            let is_read = kind.has(name)
                && (read.read_style(name, &value)? || read.read_file(name, &value)? || size.read(name, &value)?);
            if !is_read {
                return Err(PyTypeError::new_err(if Kind::any_has(name) {
                    format!("{function}() got a keyword argument '{name}' that {kind} does not have")
                } else {
                    format!("{function}() got an unexpected keyword argument '{name}'")
                }));
            }
        }
        read.style.size = size.size()?;
        Ok(read)
    }

    /// Returns a writer of SVG.
    pub(crate) fn svg(self) -> Svg {
        let SvgKeywords { id, class, omit_size, unit, current_color, xml_declaration } = self.svg;
        let mut svg = Svg::with_style(self.style)
            .with_dimensions(!omit_size)
            .with_current_color(current_color)
            .with_xml_declaration(xml_declaration);
        if let Some(id) = id {
            svg = svg.with_id(id);
        }
        if let Some(class) = class {
            svg = svg.with_class(class);
        }
        match unit {
            Some(unit) => svg.with_unit(unit),
            None => svg,
        }
    }

    /// Reads a keyword of a [`Style`], the size apart. Returns `false` if there is none of this name.
    fn read_style(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let style = &mut self.style;
        match name {
            "border" => {
                style.quiet_zone =
                    optional(value, |value| number(name, value, 0..=255))?.map(QuietZone::new).unwrap_or_default()
            }
            "dark" => style.dark = color(name, value)?,
            "light" => style.light = if value.is_none() { None } else { Some(color(name, value)?) },
            "unsafe_colors" => style.unsafe_colors = truth(name, value)?,
            "title" => style.title = optional_text(name, value)?,
            "desc" => style.description = optional_text(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Reads a keyword of some formats only. Returns `false` if there is none of this name.
    fn read_file(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        /// The last second of the year 9999.
        const LAST_DATE: u64 = 253_402_300_799;

        let svg = &mut self.svg;
        match name {
            "svgid" => svg.id = optional_text(name, value)?,
            "svgclass" => svg.class = optional_text(name, value)?,
            "omitsize" => svg.omit_size = truth(name, value)?,
            "unit" => svg.unit = optional_text(name, value)?.map(|unit| svg_unit(&unit)).transpose()?,
            "current_color" => svg.current_color = truth(name, value)?,
            "xmldecl" => svg.xml_declaration = truth(name, value)?,
            "created" => self.created = optional(value, |value| number(name, value, 0..=LAST_DATE))?,
            "invert" => self.invert = truth(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl SizeKeywords {
    /// Reads a keyword of the size. Returns `false` if there is none of this name.
    fn read(&mut self, name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        match name {
            "scale" => self.scale = optional(value, |value| number(name, value, 1..=255))?.and_then(Scale::new),
            "pixels" => self.pixels = optional(value, |value| number(name, value, 1..=u32::MAX.into()))?,
            "module_size" => self.module_size = optional(value, |value| length(name, value))?,
            "side" => self.side = optional(value, |value| length(name, value))?,
            "dpi" => self.dpi = optional(value, |value| number(name, value, 1..=10_000))?.and_then(Dpi::new),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn size(self) -> PyResult<Size> {
        let Self { scale, pixels, module_size, side, dpi } = self;
        Ok(match (scale, pixels, module_size, side, dpi) {
            (scale, None, None, None, None) => Size::Scale(scale.unwrap_or_default()),
            (scale, None, None, None, Some(dpi)) => {
                Size::Module(Length::of_dots(scale.unwrap_or_default().pixels().into(), dpi), dpi)
            }
            (None, Some(pixels), None, None, None) => Size::Pixels(pixels),
            (None, Some(pixels), None, None, Some(dpi)) => Size::Side(Length::of_dots(pixels, dpi), dpi),
            (None, None, Some(length), None, dpi) => Size::Module(length, dpi.unwrap_or_default()),
            (None, None, None, Some(length), dpi) => Size::Side(length, dpi.unwrap_or_default()),
            _ => return Err(PyTypeError::new_err("give only one of scale, pixels, module_size and side")),
        })
    }
}

/// Returns the colour of CSS, or of three or four numbers.
fn color(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Color> {
    let expected = "a colour such as '#003366', 'navy' or (0, 51, 102)";
    let wrong = || PyValueError::new_err(format!("{name} must be {expected}, not {}", shown(value)));
    if let Ok(text) = value.cast::<PyString>() {
        let [red, green, blue, alpha] = text.to_str()?.parse::<CssColor>().map_err(|_| wrong())?.to_rgba8();
        Ok(Color::rgba(red, green, blue, alpha))
    } else if let Ok(numbers) = value.cast::<PyTuple>() {
        let numbers = numbers.iter().map(|value| number(name, &value, 0..=255)).collect::<PyResult<Vec<u8>>>()?;
        match numbers[..] {
            [red, green, blue] => Ok(Color::rgb(red, green, blue)),
            [red, green, blue, alpha] => Ok(Color::rgba(red, green, blue, alpha)),
            _ => Err(wrong()),
        }
    } else {
        Err(type_error(name, "str or tuple", value))
    }
}

fn length(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Length> {
    let length = text(name, value)?.parse::<Length>();
    length.map_err(|error| PyValueError::new_err(format!("{name}: {error}, not {}", shown(value))))
}

fn svg_unit(name: &str) -> PyResult<SvgUnit> {
    Ok(match name {
        "mm" => SvgUnit::Millimetres,
        "in" => SvgUnit::Inches,
        "pt" => SvgUnit::Points,
        "px" => SvgUnit::Pixels,
        _ => {
            let name = quoted(name);
            return Err(PyValueError::new_err(format!("unit must be 'mm', 'in', 'pt' or 'px', not {name}")));
        }
    })
}

/// Returns `None` for Python's `None`.
fn optional<'py, T>(
    value: &Bound<'py, PyAny>,
    read: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Option<T>> {
    if value.is_none() { Ok(None) } else { read(value).map(Some) }
}

fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = value.cast::<PyString>().map_err(|_| type_error(name, "str", value))?;
    Ok(text.to_str()?.to_owned())
}

fn optional_text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    optional(value, |value| text(name, value))
}

fn truth(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.extract().map_err(|_| type_error(name, "bool", value))
}
