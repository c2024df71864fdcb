//! Raw content to matrix, to PNG, to JSON, at five sizes, beside `qrcodegen` and `png`.
//!
//! `cargo bench --bench pipeline`. Every workload is many different contents of one length, taken in turn: one content over
//! and over would teach it to the branch predictor.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};
use qrmint::render::Png;
use qrmint::{Encoder, ErrorCorrectionLevel, QrCodeImageDetails};
use qrmint_checks::Random;

/// Contents of one length, served in turn.
struct Contents {
    all: Vec<Vec<u8>>,
    next: usize,
}

impl Contents {
    fn new(len: usize) -> Self {
        let mut random = Random::new(len as u64);
        Self { all: (0..64).map(|_| random.bytes(len)).collect(), next: 0 }
    }

    fn next(&mut self) -> &[u8] {
        self.next += 1;
        &self.all[self.next % self.all.len()]
    }
}

fn theirs(content: &[u8]) -> QrCode {
    let (min, max) = (qrcodegen::Version::MIN, qrcodegen::Version::MAX);
    QrCode::encode_segments_advanced(&[QrSegment::make_bytes(content)], QrCodeEcc::Low, min, max, None, false)
        .expect("it fits")
}

/// A scale-8, quiet-zone-4 image of one bit a pixel, as the user of the two crates would write it.
fn their_png(code: &QrCode, image: &mut Vec<u8>) {
    let side = 8 * (code.size() as usize + 8);
    let mut pixels = vec![0xff; side * side / 8];
    for (y, line) in pixels.chunks_exact_mut(side / 8).enumerate() {
        for (x, byte) in line.iter_mut().enumerate() {
            if code.get_module(x as i32 - 4, (y / 8) as i32 - 4) {
                *byte = 0;
            }
        }
    }
    image.clear();
    let mut encoder = png::Encoder::new(image, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a vector takes all");
    writer.write_image_data(&pixels).expect("a vector takes all");
    writer.finish().expect("a vector takes all");
}

fn pipeline(criterion: &mut Criterion) {
    // Bytes that fill a symbol of version 1, 5, 10, 20 and 40 at level L.
    for (version, len) in [(1, 17), (5, 106), (10, 271), (20, 858), (40, 2_953)] {
        let mut contents = Contents::new(len);
        let (mut encoder, mut png, mut image, mut json) = (Encoder::new(), Png::default(), Vec::new(), Vec::new());

        let mut group = criterion.benchmark_group("matrix");
        group.bench_function(BenchmarkId::new("qrmint", version), |bencher| {
            bencher.iter(|| {
                encoder.encode(black_box(contents.next()), ErrorCorrectionLevel::L).map(|symbol| symbol.mask())
            });
        });
        group.bench_function(BenchmarkId::new("qrcodegen", version), |bencher| {
            bencher.iter(|| theirs(black_box(contents.next())));
        });
        group.finish();

        let mut group = criterion.benchmark_group("png");
        group.bench_function(BenchmarkId::new("qrmint", version), |bencher| {
            bencher.iter(|| {
                image.clear();
                let symbol = encoder.encode(black_box(contents.next()), ErrorCorrectionLevel::L).expect("it fits");
                png.write(symbol, &mut image).expect("it is small enough");
                black_box(&image);
            });
        });
        group.bench_function(BenchmarkId::new("qrcodegen+png", version), |bencher| {
            bencher.iter(|| {
                their_png(&theirs(black_box(contents.next())), &mut image);
                black_box(&image);
            });
        });
        group.finish();

        let mut group = criterion.benchmark_group("json");
        group.bench_function(BenchmarkId::new("qrmint", version), |bencher| {
            bencher.iter(|| {
                json.clear();
                let content = black_box(contents.next());
                let symbol = encoder.encode(content, ErrorCorrectionLevel::L).expect("it fits");
                let details = QrCodeImageDetails::new(symbol, content, &mut png).expect("it is small enough");
                serde_json::to_writer(&mut json, &details).expect("a vector takes all");
                black_box(&json);
            });
        });
        group.finish();
    }
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
