//! Any short content takes as many bits as its shortest segmentation, in every band of versions.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::segment(input));
