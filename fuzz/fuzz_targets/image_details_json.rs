//! Any bytes as the JSON of an image's details, and the details of any content as JSON: the same when read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint_checks::{Choices, check_image_details, check_image_details_json};

fuzz_target!(|input: &[u8]| {
    check_image_details_json(input);
    let (choices, content) = Choices::split(input);
    check_image_details(&choices, content);
});
