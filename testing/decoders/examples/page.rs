//! Writes web pages that show SVG images under a content security policy that allows nothing but `data:` images, and beside each
//! the PNG of the same style. For `scanners/browser`, which opens them in Chromium.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use qrmint::render::{Color, Dpi, Length, Png, QuietZone, Scale, Size, Style, Svg, SvgUnit};
use qrmint::{ErrorCorrectionLevel, Symbol};

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>page</title>\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:\"></head><body>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("the folder for the pages is missing")?);
    let navy = Style::default().with_dark(Color::rgb(0, 0x33, 0x66)).with_light(Some(Color::rgb(0xff, 0xee, 0xcc)));
    let titled = navy.clone().with_title("José's <ticket> & \"badge\" 👍").with_description("Scan me\nat the gate");
    let scale = |pixels| Scale::new(pixels).ok_or("a scale of 0");
    let two_inches = Size::Side(Length::from_inches(2.0)?, Dpi::default());
    let plain = Style::default();
    let styles = [
        ("default", Svg::default()),
        ("scale-1", Svg::new(scale(1)?, QuietZone::default())),
        ("scale-3", Svg::new(scale(3)?, QuietZone::new(6))),
        ("colours", Svg::with_style(navy.clone())),
        ("transparent", Svg::with_style(navy.clone().with_light(None))),
        ("alpha", Svg::with_style(plain.clone().with_dark(Color::rgba(0, 0, 0, 0xc0)))),
        ("pixels-400", Svg::with_style(navy.clone().with_size(Size::Pixels(400)))),
        ("titled", Svg::with_style(titled.clone())),
        ("ids", Svg::with_style(titled).with_id("t1").with_class("ticket wide")),
        ("current-colour", Svg::default().with_current_color(true)),
        ("two-inches", Svg::with_style(plain.clone().with_size(two_inches)).with_unit(SvgUnit::Pixels)),
        ("millimetres", Svg::with_style(plain.clone().with_size(two_inches))),
        ("no-size", Svg::with_style(navy).with_dimensions(false)),
    ];
    let contents = [("short", "https://example.com/badge/4711".to_owned()), ("long", "x7".repeat(1_000))];
    for (length, content) in &contents {
        let symbol = Symbol::encode(content, ErrorCorrectionLevel::M)?;
        for (name, svg) in &styles {
            let file = folder.join(format!("{length}-{name}"));
            fs::write(file.with_extension("txt"), content)?;
            fs::write(file.with_extension("png"), Png::with_style(svg.style().clone()).to_vec(&symbol)?)?;
            fs::write(file.with_extension("html"), format!("{HEAD}{}</body></html>\n", svg.display(&symbol)?))?;
            let image = format!("{HEAD}<img alt=\"\" src=\"{}\"></body></html>\n", svg.to_data_uri(&symbol)?);
            fs::write(folder.join(format!("{length}-{name}-image.html")), image)?;
            fs::write(file.with_extension("svg"), svg.clone().with_xml_declaration(true).to_string(&symbol)?)?;
        }
    }
    // What the policy forbids, so that it is seen to work.
    fs::write(folder.join("forbidden.html"), format!("{HEAD}<p style=\"color: red\">red</p></body></html>\n"))?;
    Ok(())
}
