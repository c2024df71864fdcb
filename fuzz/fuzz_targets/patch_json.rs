//! Any bytes as the body of a PATCH, and as a date: taken as they are meant or refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint_checks::{check_date_time, check_patch};

fuzz_target!(|input: &[u8]| {
    check_patch(input);
    check_date_time(input);
});
