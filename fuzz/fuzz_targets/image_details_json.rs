//! Any bytes as the JSON of image details, and the details of any content, are the same when read again.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::image_details_json(input));
