//! A dark blue code for print, 30 mm wide as a PDF, and with modules of half a millimetre for a label printer: `cargo run --example
//! print`.

use std::error::Error;
use std::path::Path;

use qrmint::render::{Color, Dpi, Length, Pdf, Size, Style, Zpl};
use qrmint::{ErrorCorrectionLevel, Symbol};

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
    let style = Style::default().with_dark(Color::rgb(0, 0x33, 0x66)).with_title("Badge 4711");

    let paper = style.clone().with_size(Size::Side(Length::from_mm(30.0)?, Dpi::try_from(600)?));
    let verdict = paper.verdict(symbol.version());
    println!("contrast {:.1}:1, modules of {} dots", verdict.contrast, verdict.module);
    verdict.findings.iter().for_each(|finding| println!("warning: {finding}"));
    std::fs::write(folder.join("badge.pdf"), Pdf::with_style(paper).to_string(&symbol)?)?;

    let label = style.with_size(Size::Module(Length::from_mm(0.5)?, Dpi::try_from(203)?));
    std::fs::write(folder.join("badge.zpl"), Zpl::with_style(label).to_string(&symbol)?)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir();
    write(&folder)?;
    println!("badge.pdf and badge.zpl are in {}", folder.display());
    Ok(())
}

#[test]
fn the_page_has_the_size_and_title_and_the_label_has_whole_dots() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("qrmint-print-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    write(&folder)?;
    let [pdf, zpl] = ["badge.pdf", "badge.zpl"].map(|name| std::fs::read_to_string(folder.join(name)));
    std::fs::remove_dir_all(folder)?;
    let (pdf, zpl) = (pdf?, zpl?);

    // 30 mm are 709 dots at 600 dpi, and a page is a 4,000th dot smaller.
    let side: f64 =
        pdf.split("/MediaBox[0 0 ").nth(1).and_then(|rest| rest.split(' ').next()).ok_or("no page")?.parse()?;
    assert!((side * 600.0 / 72.0 - 709.0).abs() < 0.001, "{side} points");
    assert!(pdf.contains("/Title(Badge 4711)"));
    // 4 dots for each of 29 + 2 x 4 modules: 148 rows of 19 bytes.
    assert!(zpl.contains("^GFA,2812,2812,19,"));
    Ok(())
}
