//! Raw content to matrix, to PNG, to JSON, beside `qrcodegen` and `png`: `cargo bench --bench pipeline`.

mod peer;
mod workloads;

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use peer::{qrcodegen, qrcodegen_png};
use qrmint::Encoder;
use qrmint::render::Png;
use workloads::workloads;

fn pipeline(criterion: &mut Criterion) {
    for workload in workloads() {
        let level = workload.level;
        let mut contents = workload.contents.iter().cycle();
        let mut next = || black_box(contents.next().expect("a cycle has no end").as_slice());
        let (mut encoder, mut png, mut image, mut json) = (Encoder::new(), Png::default(), Vec::new(), Vec::new());
        let mut details = qrmint::encode(b"", level).expect("it fits");

        let mut group = criterion.benchmark_group("matrix");
        group.bench_function(BenchmarkId::new("qrmint", workload.name), |bencher| {
            bencher.iter(|| encoder.encode(next(), level).map(|symbol| symbol.mask()));
        });
        group.bench_function(BenchmarkId::new("qrcodegen", workload.name), |bencher| {
            bencher.iter(|| qrcodegen(next(), level));
        });
        group.finish();

        let mut group = criterion.benchmark_group("png");
        group.bench_function(BenchmarkId::new("qrmint", workload.name), |bencher| {
            bencher.iter(|| {
                image.clear();
                let symbol = encoder.encode(next(), level).expect("it fits");
                png.write(symbol, &mut image).expect("it is small enough");
                black_box(&image);
            });
        });
        group.bench_function(BenchmarkId::new("qrcodegen+png", workload.name), |bencher| {
            bencher.iter(|| {
                qrcodegen_png(&qrcodegen(next(), level), &mut image);
                black_box(&image);
            });
        });
        group.finish();

        let mut group = criterion.benchmark_group("json");
        group.bench_function(BenchmarkId::new("qrmint", workload.name), |bencher| {
            bencher.iter(|| {
                json.clear();
                let content = next();
                let symbol = encoder.encode(content, level).expect("it fits");
                details.renew(symbol, content, &mut png).expect("it is small enough");
                details.write_json(&mut json);
                black_box(&json);
            });
        });
        group.bench_function(BenchmarkId::new("qrcodegen+png+serde_json", workload.name), |bencher| {
            bencher.iter(|| {
                let content = next();
                let code = qrcodegen(content, level);
                qrcodegen_png(&code, &mut image);
                serde_json::to_vec(&serde_json::json!({
                    "version": code.version().value(),
                    "errorCorrectionLevel": level.letter(),
                    "rawContent": STANDARD.encode(content),
                    "binaryValue": STANDARD.encode(&image),
                }))
            });
        });
        group.finish();
    }
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
