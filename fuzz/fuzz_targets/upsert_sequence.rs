//! Any sequence of requests about one user: every answer, record and verification as in the model.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint_checks::check_upsert_sequence;

fuzz_target!(|input: &[u8]| check_upsert_sequence(input));
