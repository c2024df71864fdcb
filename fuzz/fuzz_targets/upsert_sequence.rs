//! Any sequence of requests about one user gives the answers, records and verifications of the model.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::upsert_sequence(input));
