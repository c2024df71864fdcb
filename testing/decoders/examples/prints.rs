//! Writes symbols of several versions, sizes and colours to a folder, each as PDF, EPS, ZPL and PNG of one style, beside its
//! content, and a table of them. For `scanners/prints`, which renders and reads them with programs by other authors.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use qrmint::render::{Color, Dpi, Eps, Length, Pdf, Png, Scale, Size, Style, Zpl};
use qrmint::{Encoder, ErrorCorrectionLevel, Options, Version};

/// Titles with what needs care; each is the title of some prints.
const TITLES: [&str; 4] = ["Badge 4711", "a (b) \\ c)", "Müller & Söhne", "日本 👍"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("the folder for the prints is missing")?);
    let dpi = |number| Dpi::try_from(number);
    let sizes = [
        Size::default(),
        Size::Scale(Scale::try_from(3)?),
        Size::Pixels(733),
        Size::Module(Length::from_mm(0.5)?, dpi(300)?),
        Size::Side(Length::from_mm(30.0)?, dpi(203)?),
        Size::Side(Length::from_inches(2.0)?, dpi(300)?),
        Size::Side(Length::from_mm(100.0)?, dpi(600)?),
    ];
    let style = Style::default();
    let blue = Color::rgb(0, 0x33, 0x66);
    let colors = [
        style.clone().with_light(None),
        style.clone().with_dark(blue),
        style.clone().with_dark(Color::rgba(0, 0, 0, 0xc0)).with_light(None),
        style.clone().with_light(Some(Color::rgb(0xff, 0xff, 0x99))),
        style.clone().with_dark(blue).with_light(Some(Color::rgb(0xcc, 0xee, 0xff))),
    ];
    let of_sizes = [1, 3, 10, 20, 40].into_iter().flat_map(|version| sizes.map(|size| (version, size, style.clone())));
    let of_colors = colors.into_iter().map(|style| (3, sizes[5], style));

    let mut table = String::new();
    for (number, (version, size, style)) in of_sizes.chain(of_colors).enumerate() {
        let version = Version::try_from(version)?;
        let mut encoder = Encoder::with_options(Options::default().with_versions(version));
        let len = version.data_bits(ErrorCorrectionLevel::M) / 8 - 3;
        let content: String =
            "Printed by qrmint, to the dot. ".chars().cycle().take(len.min(14 + 40 * number)).collect();
        let symbol = encoder.encode(&content, ErrorCorrectionLevel::M)?;
        let title = TITLES[number % TITLES.len()];
        let style = style.with_size(size).with_title(title);
        let placement = style.placement(version)?;
        let name = format!("{number:02}-version-{}", version.number());
        let file = folder.join(&name);
        fs::write(file.with_extension("txt"), &content)?;
        fs::write(file.with_extension("pdf"), Pdf::with_style(style.clone()).to_string(symbol)?)?;
        fs::write(file.with_extension("eps"), Eps::with_style(style.clone()).to_string(symbol)?)?;
        fs::write(file.with_extension("zpl"), Zpl::with_style(style.clone()).to_string(symbol)?)?;
        fs::write(file.with_extension("png"), Png::with_style(style.clone()).to_vec(symbol)?)?;
        let dpi = placement.dpi.unwrap_or_default();
        let light = style.light.unwrap_or(Color::WHITE);
        let (side, module, dark) = (placement.side, placement.module, style.dark.over(light));
        writeln!(table, "{name}\t{side}\t{module}\t{dpi}\t{dark}\t{light}\t{title}")?;
    }
    fs::write(folder.join("prints.tsv"), table)?;
    Ok(())
}
