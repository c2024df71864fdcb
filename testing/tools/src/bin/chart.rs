//! Draws the chart of the README from what the bench `peers` measured: `cargo run -p qrmint-tools --bin chart`.

use std::fmt::Write as _;
use std::{env, fs};

#[derive(serde::Deserialize)]
struct Row {
    workload: String,
    to: String,
    qrmint: String,
    against: String,
    ratio: f64,
}

/// For each output and competitor: the colour of its bar and its name in the legend.
const BARS: [(&str, &str, &str, &str); 4] = [
    ("matrix", "fast_qr", "#4c78a8", "matrix, fast_qr 0.14"),
    ("matrix", "qrcodegen", "#72b7b2", "matrix, qrcodegen 1.8"),
    ("matrix", "qrcode", "#54a24b", "matrix, qrcode 0.14"),
    ("png", "qrcodegen + png", "#e45756", "PNG, qrcodegen + png (Fast)"),
];
const LEFT: usize = 90;
const WIDTH: usize = 620;
const BAR: usize = 13;
const GROUP: usize = BARS.len() * BAR + 16;
const TOP: usize = 56;

/// Returns the horizontal position of a ratio on a logarithmic axis from 1 to 1,000.
fn x(ratio: f64) -> f64 {
    LEFT as f64 + ratio.log10() / 3.0 * WIDTH as f64
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let rows: Vec<Row> = serde_json::from_str(&fs::read_to_string(format!("{root}/target/peers.json"))?)?;
    let mut workloads: Vec<&str> = rows.iter().map(|row| &*row.workload).collect();
    workloads.dedup();

    let height = TOP + workloads.len() * GROUP + 24;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {height}" font-family="sans-serif" font-size="11" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
<text x="{LEFT}" y="18" font-size="14">Times faster than others, from raw content (logarithmic)</text>
"##,
        LEFT + WIDTH + 60
    );
    for (i, (.., colour, name)) in BARS.iter().enumerate() {
        let x = LEFT + i * 168;
        writeln!(
            svg,
            r#"<rect x="{x}" y="28" width="10" height="10" fill="{colour}"/><text x="{}" y="37">{name}</text>"#,
            x + 14
        )?;
    }
    for ratio in [1, 10, 100, 1_000] {
        let x = x(ratio.into());
        let bottom = height - 20;
        writeln!(
            svg,
            r##"<path d="M{x:.1} {}V{bottom}" stroke="#ddd"/><text x="{x:.1}" y="{}" text-anchor="middle">{ratio}x</text>"##,
            TOP - 8,
            height - 6
        )?;
    }
    for (i, workload) in workloads.iter().enumerate() {
        let top = TOP + i * GROUP;
        writeln!(svg, r#"<text x="{}" y="{}" text-anchor="end">{workload}</text>"#, LEFT - 8, top + 2 * BAR + 4)?;
        for (j, (to, against, colour, _)) in BARS.iter().enumerate() {
            let is_it = |row: &&Row| {
                (&*row.workload, &*row.qrmint, &*row.to, &*row.against) == (workload, "qrmint", to, against)
            };
            let Some(row) = rows.iter().find(is_it) else { continue };
            let (y, end) = (top + j * BAR, x(row.ratio));
            writeln!(
                svg,
                r#"<rect x="{LEFT}" y="{y}" width="{:.1}" height="{}" fill="{colour}"/><text x="{:.1}" y="{}">{:.0}x</text>"#,
                end - LEFT as f64,
                BAR - 2,
                end + 4.0,
                y + BAR - 3,
                row.ratio
            )?;
        }
    }
    svg += "</svg>\n";
    let path = env::args().nth(1).unwrap_or_else(|| format!("{root}/docs/peers.svg"));
    fs::write(&path, svg)?;
    println!("{path}");
    Ok(())
}
