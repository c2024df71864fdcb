//! `QrCodeImageDetails` is Graph's JSON, both ways.

use qrmint::render::{Color, Png, QuietZone, RenderError, Scale, Size, Style, Svg};
use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, ImageWriter, QrCodeImageDetails, Symbol};
use qrmint_checks::svg_modules;
use serde_json::{Value, json};

#[test]
fn encode_gives_version_image_level_and_content() {
    let content: Vec<u8> = (0..=255).collect();
    for level in ErrorCorrectionLevel::ALL {
        let details = qrmint::encode(&content, level).unwrap();
        let mut encoder = Encoder::new();
        let symbol = encoder.encode(&content, level).unwrap();
        assert_eq!(details.version, symbol.version());
        assert_eq!(details.error_correction_level, level);
        assert_eq!(details.raw_content, content);
        assert_eq!(details.binary_value, Png::default().to_vec(symbol).unwrap());
    }
}

#[test]
fn an_svg_in_the_details_shows_the_symbol_of_the_content() {
    let content: Vec<u8> = (0..=255).collect();
    for level in ErrorCorrectionLevel::ALL {
        let symbol = Symbol::encode(&content, level).unwrap();
        let svg = Svg::new(Scale::new(3).unwrap(), QuietZone::new(2));
        let details = QrCodeImageDetails::new(&symbol, &content, &svg).unwrap();
        let image = str::from_utf8(&details.binary_value).unwrap();
        assert_eq!(image, svg.to_string(&symbol).unwrap());
        assert_eq!(svg_modules(image, 2), (symbol.modules().collect(), symbol.size()));
        let mut of_png = QrCodeImageDetails::new(&symbol, &content, &Png::default()).unwrap();
        of_png.binary_value.clone_from(&details.binary_value);
        assert_eq!(of_png, details);
    }
}

#[test]
fn details_can_be_renewed_with_another_kind_of_image() {
    let (png, svg) = (Png::default(), Svg::default());
    let images = [ImageWriter::from(&png), ImageWriter::from(&svg)];
    let mut details = qrmint::encode("first", ErrorCorrectionLevel::M).unwrap();
    for (turn, image) in images.into_iter().cycle().take(5).enumerate() {
        let content = "x".repeat(turn * 100);
        let symbol = Symbol::encode(&content, ErrorCorrectionLevel::Q).unwrap();
        details.renew(&symbol, content.as_bytes(), image).unwrap();
        assert_eq!(details, QrCodeImageDetails::new(&symbol, content.as_bytes(), image).unwrap());
    }
}

#[test]
fn the_largest_content_of_every_level_gives_an_image() {
    for (level, bytes) in ErrorCorrectionLevel::ALL.into_iter().zip([2_953, 2_331, 1_663, 1_273]) {
        assert_eq!(qrmint::encode(vec![0x9C; bytes], level).unwrap().version.number(), 40);
        assert!(matches!(qrmint::encode(vec![0x9C; bytes + 1], level), Err(EncodeError::TooLong { .. })));
    }
}

#[test]
fn json_has_the_four_properties_in_their_order() {
    let details = qrmint::encode(b"\x00\xff?", ErrorCorrectionLevel::H).unwrap();
    let json = serde_json::to_string(&details).unwrap();
    let start = r#"{"version":1,"errorCorrectionLevel":"h","rawContent":"AP8/","binaryValue":"iVBORw0KGgo"#;
    assert!(json.starts_with(start), "{json}");
    assert!(json.ends_with("\"}"));
    assert_eq!(serde_json::from_str::<QrCodeImageDetails>(&json).unwrap(), details);
}

#[test]
fn json_of_every_content_and_level_survives_a_round_trip() {
    for len in (0..2_000).step_by(53) {
        let content: Vec<u8> = (0..len).map(|i| (i * 37 % 256) as u8).collect();
        for level in ErrorCorrectionLevel::ALL {
            let Ok(details) = qrmint::encode(&content, level) else { continue };
            let json = serde_json::to_vec(&details).unwrap();
            assert_eq!(serde_json::from_slice::<QrCodeImageDetails>(&json).unwrap(), details);
            let mut written = b"before".to_vec();
            details.write_json(&mut written);
            assert_eq!(written[6..], json);
        }
    }
}

#[test]
fn json_of_details_with_an_svg_survives_a_round_trip() {
    for len in (0..1_200).step_by(97) {
        let content = vec![b'~'; len];
        let symbol = Symbol::encode(&content, ErrorCorrectionLevel::H).unwrap();
        let details = QrCodeImageDetails::new(&symbol, &content, &Svg::default()).unwrap();
        let json = serde_json::to_string(&details).unwrap();
        assert!(json.contains(r#","binaryValue":"PHN2Zy"#), "base64 of `<svg`: {json}");
        assert_eq!(serde_json::from_str::<QrCodeImageDetails>(&json).unwrap(), details);
        let mut written = Vec::new();
        details.write_json(&mut written);
        assert_eq!(written, json.as_bytes());
    }
}

#[test]
fn an_array_is_refused() {
    let error = serde_json::from_str::<QrCodeImageDetails>(r#"[null,1,"l","aGk=","aGk="]"#).unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
}

/// Graph's published example, with its placeholders.
fn example() -> Value {
    json!({
        "@odata.type": "#microsoft.graph.qrCodeImageDetails",
        "binaryValue": "SGVsbG9Xb3JsZCE=",
        "version": 1,
        "errorCorrectionLevel": "l",
        "rawContent": "SGVsbG9Xb3JsZCEyTXlSYXdDb250ZW50",
    })
}

#[test]
fn graphs_example_is_read() {
    let details: QrCodeImageDetails = serde_json::from_value(example()).unwrap();
    assert_eq!(details.version.number(), 1);
    assert_eq!(details.error_correction_level, ErrorCorrectionLevel::L);
    assert_eq!(details.binary_value, b"HelloWorld!");
    assert_eq!(details.raw_content, b"HelloWorld!2MyRawContent");
}

#[test]
fn the_type_and_its_hash_are_optional() {
    for name in [json!("microsoft.graph.qrCodeImageDetails"), Value::Null] {
        let mut json = example();
        json["@odata.type"] = name;
        assert!(serde_json::from_value::<QrCodeImageDetails>(json).is_ok());
    }
    let mut json = example();
    json.as_object_mut().unwrap().remove("@odata.type");
    assert!(serde_json::from_value::<QrCodeImageDetails>(json).is_ok());
}

#[test]
fn wrong_json_is_refused_with_the_property_named() {
    for (property, value, message) in [
        ("@odata.type", json!("#microsoft.graph.qrCode"), "@odata.type: `#microsoft.graph.qrCode` is not"),
        ("@odata.type", json!("##microsoft.graph.qrCodeImageDetails"), "@odata.type: "),
        ("version", json!(0), "version: 0 is not 1 to 40"),
        ("version", json!(41), "version: 41 is not 1 to 40"),
        ("version", json!(300), "300"),
        ("version", json!("1"), "invalid type: string"),
        ("errorCorrectionLevel", json!("x"), "errorCorrectionLevel: unknown error-correction level"),
        ("rawContent", json!("SGVsbG8"), "rawContent: "),
        ("binaryValue", json!("SGVs*G8="), "binaryValue: "),
        ("binaryValue", json!("SGVs_G8="), "binaryValue: "),
        ("rawContent", json!(null), "invalid type: null"),
    ] {
        let mut json = example();
        json[property] = value;
        let error = serde_json::from_value::<QrCodeImageDetails>(json).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    for property in ["version", "errorCorrectionLevel", "rawContent", "binaryValue"] {
        let mut json = example();
        json.as_object_mut().unwrap().remove(property);
        let error = serde_json::from_value::<QrCodeImageDetails>(json).unwrap_err().to_string();
        assert!(error.contains(property), "{error}");
    }
}

#[test]
fn details_that_cannot_be_renewed_are_unchanged() {
    let before = qrmint::encode(b"before", ErrorCorrectionLevel::M).unwrap();
    let mut details = before.clone();
    let symbol = Symbol::encode(b"after", ErrorCorrectionLevel::H).unwrap();
    let too_large = Png::new(Scale::new(255).unwrap(), QuietZone::new(255));
    assert!(matches!(details.renew(&symbol, b"after", &too_large), Err(RenderError::TooLarge { .. })));
    let inverted = Style::default().with_dark(Color::WHITE).with_light(Some(Color::BLACK));
    for style in [inverted, Style::default().with_size(Size::Pixels(20))] {
        let (png, svg) = (Png::with_style(style.clone()), Svg::with_style(style));
        for image in [ImageWriter::from(&png), ImageWriter::from(&svg)] {
            assert!(matches!(image.check(symbol.version()), Err(RenderError::Refused(_))));
            assert!(matches!(details.renew(&symbol, b"after", image), Err(RenderError::Refused(_))));
        }
    }
    assert_eq!(details, before);
}
