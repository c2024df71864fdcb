//! Times each step of an encode by itself: `cargo bench --bench stages`.
//!
//! A step runs repeatedly on the results of the steps before it, for many contents in turn. The feature `bench-internals`,
//! which has the steps, needs no flag: the dev-dependency `qrmint-checks` turns it on.

mod workloads;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use qrmint::render::Png;
use qrmint::stages::{Stage, Stages};
use qrmint::{Encoder, QrCodeImageDetails};
use workloads::workloads;

fn stages(criterion: &mut Criterion) {
    for workload in workloads() {
        let mut group = criterion.benchmark_group(workload.name);
        let mut encoded: Vec<Stages> = workload
            .contents
            .iter()
            .map(|content| Stages::new(Encoder::new(), content, workload.level).expect("it fits"))
            .collect();
        let contents = encoded.len();
        for stage in Stage::ALL {
            let mut turn = 0;
            group.bench_function(BenchmarkId::from_parameter(format!("{stage:?}")), |bencher| {
                bencher.iter(|| {
                    turn = (turn + 1) % contents;
                    encoded[turn].run(stage);
                });
            });
        }

        let mut encoder = Encoder::new();
        let symbol = |content| encoder.encode(content, workload.level).expect("it fits").clone();
        let symbols: Vec<_> = workload.contents.iter().map(symbol).collect();
        let (png, mut image, mut json, mut turn) = (Png::default(), Vec::new(), Vec::new(), 0);
        group.bench_function("Png", |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % contents;
                image.clear();
                png.write(black_box(&symbols[turn]), &mut image).expect("it is small enough");
                black_box(&image);
            });
        });
        // For comparison with the whole encode, which the steps above are parts of.
        group.bench_function("Encode", |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % contents;
                black_box(encoder.encode(black_box(&workload.contents[turn]), workload.level).expect("it fits"));
            });
        });
        group.bench_function("Check", |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % contents;
                black_box(&symbols[turn]).check(&workload.contents[turn]).expect("it is right");
            });
        });
        let details: Vec<_> = symbols
            .iter()
            .zip(&workload.contents)
            .map(|(symbol, content)| QrCodeImageDetails::new(symbol, content, &png).expect("it is small enough"))
            .collect();
        group.bench_function("Base64", |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % contents;
                json.clear();
                black_box(&details[turn]).write_json(&mut json);
                black_box(&json);
            });
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
