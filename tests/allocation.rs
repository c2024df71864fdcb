//! Once warm, nothing is allocated: from content to symbol to PNG.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Mutex;

use qrmint::render::{Color, Dpi, Eps, Length, Pdf, Png, QuietZone, Scale, Size, Style, Svg, Text, Zpl};
use qrmint::{Encoder, ErrorCorrectionLevel, Version};
use qrmint_checks::Random;

/// The system's allocator, counting what the running thread asks of it.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

fn count(more: usize, fewer: usize) {
    BYTES.with(|bytes| bytes.set(bytes.get().wrapping_add(more).wrapping_sub(fewer)));
    ALLOCATIONS.with(|count| count.set(count.get() + usize::from(more > 0)));
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory that it manages.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Held by tests that write images: one must not overwrite the tables in the cache of the process while another counts.
static TABLES: Mutex<()> = Mutex::new(());

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn a_warm_encoder_and_writer_allocate_nothing() {
    let _tables = TABLES.lock();
    let mut random = Random::new(21);
    let contents: Vec<Vec<u8>> = (0..400).map(|_| random.content(2_000)).collect();
    let (mut encoder, png, mut image) = (Encoder::new(), Png::default(), Vec::new());
    let (mut details, mut json) = (qrmint::encode(b"", ErrorCorrectionLevel::L).unwrap(), Vec::new());
    let mut all = || {
        for (content, level) in
            contents.iter().flat_map(|content| ErrorCorrectionLevel::ALL.map(|level| (content, level)))
        {
            image.clear();
            if let Ok(symbol) = encoder.encode(content, level) {
                png.write(symbol, &mut image).unwrap();
                details.renew(symbol, content, &png).unwrap();
                json.clear();
                details.write_json(&mut json);
            }
        }
    };
    assert!(allocations(&mut all) > 0, "the counter counts");
    assert_eq!(allocations(&mut all), 0);
}

#[test]
fn colours_and_sizes_of_a_warm_writer_allocate_nothing() {
    let _tables = TABLES.lock();
    let symbol = Encoder::new().encode("badge 4711", ErrorCorrectionLevel::M).unwrap().clone();
    let size = Size::Side(Length::from_mm(30.0).unwrap(), Dpi::default());
    let dark = Color::rgb(0, 0x33, 0x66);
    for style in [
        Style::default().with_size(size),
        Style::default().with_dark(dark).with_size(size),
        Style::default().with_light(None),
        Style::default().with_dark(dark).with_light(Some(Color::rgba(255, 255, 255, 128))),
    ] {
        let mut image = Vec::with_capacity(100_000);
        let (png, svg, text) =
            (Png::with_style(style.clone()), Svg::with_style(style.clone()), Text::with_style(style.clone()));
        let (pdf, eps, zpl) =
            (Pdf::with_style(style.clone()), Eps::with_style(style.clone()), Zpl::with_style(style.clone()));
        let mut all = || {
            png.write(&symbol, &mut image).unwrap();
            svg.write(&symbol, &mut image).unwrap();
            text.write(&symbol, &mut image).unwrap();
            pdf.write(&symbol, &mut image).unwrap();
            eps.write(&symbol, &mut image).unwrap();
            zpl.write(&symbol, &mut image).unwrap();
            image.clear();
        };
        all();
        assert_eq!(allocations(all), 0, "{style:?}");
    }
}

#[test]
fn svg_and_text_allocate_nothing_in_a_vector_that_is_large_enough() {
    let symbol = Encoder::new().encode([0x80; 2_953], ErrorCorrectionLevel::L).unwrap().clone();
    let mut image = Vec::with_capacity(1_000_000);
    let len = allocations(|| {
        Svg::default().write(&symbol, &mut image).unwrap();
        Text::default().with_ansi(true).write(&symbol, &mut image).unwrap();
    });
    assert_eq!(len, 0);
}

#[test]
fn the_largest_symbol_of_plain_bytes_warms_for_all_smaller_ones() {
    let mut encoder = Encoder::new();
    encoder.encode([0x80; 2_953], ErrorCorrectionLevel::L).unwrap();
    let len = allocations(|| {
        for len in (0..2_953).step_by(31) {
            encoder.encode(&[0x80; 2_953][..len], ErrorCorrectionLevel::L).unwrap();
        }
    });
    assert_eq!(len, 0);
}

#[test]
fn a_refusal_by_length_allocates_nothing() {
    let mut encoder = Encoder::new();
    let content = vec![0; 8_000];
    assert_eq!(allocations(|| assert!(encoder.encode(&content, ErrorCorrectionLevel::L).is_err())), 0);
}

#[test]
fn an_encoder_takes_64_kilobytes_or_with_hundreds_of_segments_96() {
    // The largest symbols in bytes, digits and letters; and of runs just long enough for segments of their own.
    for (content, segments, most) in [
        (vec![0x80; 2_953], 1, 64_000),
        (vec![b'7'; 7_089], 1, 64_000),
        (vec![b'X'; 4_296], 1, 64_000),
        (b"123456789x".repeat(311), 622, 96_000),
    ] {
        let before = BYTES.with(Cell::get);
        let mut encoder = Encoder::new();
        for len in (0..content.len()).step_by(97).chain([content.len()]) {
            encoder.encode(&content[..len], ErrorCorrectionLevel::L).unwrap();
        }
        assert_eq!(encoder.segments().len(), segments);
        let taken = size_of::<Encoder>() + BYTES.with(Cell::get) - before;
        assert!(taken < most, "{taken} bytes");
    }
}

#[test]
fn a_table_takes_16_kilobytes_at_every_scale_and_a_second_writer_makes_none() {
    let _tables = TABLES.lock();
    let mut encoder = Encoder::new();
    let (mut image, mut kept) = (Vec::with_capacity(1_000_000), Vec::new());
    for version in [1, 7, 20, 40] {
        encoder.options_mut().versions = Version::new(version).unwrap().into();
        let symbol = encoder.encode(b"tables", ErrorCorrectionLevel::L).unwrap();
        // No other test of this file has these quiet zones.
        for (scale, quiet_zone) in (1..=32).chain([40, 64, 100, 128, 255]).flat_map(|scale| [(scale, 5), (scale, 200)])
        {
            let new = || Png::new(Scale::new(scale).unwrap(), QuietZone::new(quiet_zone));
            image.clear();
            let before = BYTES.with(Cell::get);
            if new().write(symbol, &mut image).is_err() {
                continue;
            }
            // The writer is gone with its buffer, the table is in the cache. It may have overwritten one of another test.
            let taken = BYTES.with(Cell::get).wrapping_sub(before) as isize;
            assert!(taken <= 16_384, "{taken} bytes at scale {scale}, version {version}");

            image.clear();
            let second = new();
            let allocated = allocations(|| second.write(symbol, &mut image).unwrap());
            // The stream and the buffers of the container; a table would take dozens.
            assert!(allocated <= 8, "{allocated} allocations at scale {scale}, version {version}");
            // Keep the writers: a table that the cache drops is then not freed, and the difference counts new allocations only.
            kept.push(second);
        }
    }
}
