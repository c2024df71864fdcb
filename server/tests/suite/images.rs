//! The images of new codes: formats, levels, scales and quiet zones.

use axum::http::StatusCode;
use qrmint::render::{Png, QuietZone, Scale, Svg};
use qrmint::{ErrorCorrectionLevel, Symbol};
use qrmint_checks::{Reading, png_modules, svg_modules};
use qrmint_server::ImageSettings;
use serde_json::Value;

use crate::support::{Program, STANDARD, Served, Setting, TEMPORARY, bytes, decode, scan};

/// Checks the image of a code: its level, and that it shows the symbol of the raw content in either format.
fn check_image(image: &Value, level: ErrorCorrectionLevel, is_svg: bool, scale: u8, quiet_zone: u8) {
    let (raw_content, picture) = (bytes(&image["rawContent"]), bytes(&image["binaryValue"]));
    let symbol = Symbol::encode(&raw_content, level).unwrap();
    let reading = Reading::of(&symbol);
    assert_eq!((reading.level, reading.content), (level, raw_content));
    assert_eq!(image["errorCorrectionLevel"], level.letter());
    assert_eq!(image["version"], symbol.version().number());
    let modules = if is_svg {
        let picture = String::from_utf8(picture).unwrap();
        let side = (symbol.size() + 2 * usize::from(quiet_zone)) * usize::from(scale);
        assert!(picture.starts_with("<svg ") && picture.contains(&format!("width=\"{side}\" height=\"{side}\"")));
        svg_modules(&picture, quiet_zone.into())
    } else {
        png_modules(&picture, scale.into(), quiet_zone.into())
    };
    assert_eq!(modules, (symbol.modules().collect(), symbol.size()));
}

#[tokio::test]
async fn a_new_code_has_the_image_and_level_of_the_service_and_an_updated_one_has_none() {
    let (scale, quiet_zone) = (Scale::new(3).unwrap(), QuietZone::new(5));
    for level in ErrorCorrectionLevel::ALL {
        for (is_svg, image) in [
            (false, ImageSettings::png(level, Png::new(scale, quiet_zone))),
            (true, ImageSettings::svg(level, Svg::new(scale, quiet_zone))),
        ] {
            let served = Setting { image: image.unwrap(), ..Setting::default() }.serve();
            for path in [STANDARD, TEMPORARY] {
                let code = served.ask("PATCH", path, "{}").await.expect(StatusCode::CREATED);
                check_image(&code["image"], level, is_svg, 3, 5);
                let body = scan(&code["image"]["rawContent"]);
                served.ask("POST", "/qrmint/verify", body.as_str()).await.expect(StatusCode::OK);
            }
            let body = r#"{"expireDateTime":"2025-12-01T12:00:00Z"}"#;
            assert_eq!(served.ask("PATCH", STANDARD, body).await.expect(StatusCode::OK)["image"], Value::Null);
            served.ask("PATCH", TEMPORARY, "{}").await.expect_rule("temporaryQRCodeActive", "temporaryQRCode");
        }
    }
}

#[tokio::test]
async fn by_default_the_image_is_a_png_of_level_l() {
    let code = Served::new().ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    check_image(&code["image"], ErrorCorrectionLevel::L, false, 8, 4);
}

#[test]
fn the_program_makes_the_images_that_the_command_line_asks_for() {
    let arguments = ["--image", "svg", "--image-scale", "3", "--image-level", "Quartile", "--image-quiet-zone", "2"];
    let mut program = Program::start(&[&["--store", "memory:"], &arguments[..]].concat());
    let answer = program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap();
    assert_eq!(answer.status, 201);
    check_image(&answer.json()["image"], ErrorCorrectionLevel::Q, true, 3, 2);
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let warning = "qrmint-server: warning: image of new codes: quiet zone of width 2, better 4 modules\n";
    assert!(program.told().contains(warning), "{}", program.told());

    let mut program = Program::start(&["--store", "memory:", "--image-scale", "220", "--image-level", "h"]);
    let answer = program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap();
    let image = &answer.json()["image"];
    check_image(image, ErrorCorrectionLevel::H, false, 220, 4);
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    assert!(!program.told().contains("image of new codes"), "{}", program.told());
}

#[test]
fn the_images_of_the_program_can_be_chosen_in_the_environment() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_qrmint-server"));
    command.env("QRMINT_IMAGE", "png").env("QRMINT_IMAGE_SCALE", "5").env("QRMINT_IMAGE_LEVEL", "m");
    let program = Program::start_by(command.env("QRMINT_IMAGE_QUIET_ZONE", "6"), &["--store", "memory:"]);
    let image = program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap().json()["image"].take();
    check_image(&image, ErrorCorrectionLevel::M, false, 5, 6);
    assert_eq!(decode(&bytes(&image["binaryValue"])), bytes(&image["rawContent"]));
}
