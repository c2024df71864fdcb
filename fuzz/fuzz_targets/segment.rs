//! Any short content: as many bits as the shortest segmentation has, in every band of versions.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint_checks::check_segment;

fuzz_target!(|input: &[u8]| check_segment(input));
