//! Any bytes as scanned raw content: the content of a code or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint_checks::check_scanned;

fuzz_target!(|input: &[u8]| check_scanned(input));
