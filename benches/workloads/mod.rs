//! The contents that the benches encode, the same for qrmint and its peers.

use qrmint::ErrorCorrectionLevel;
use qrmint_checks::Random;

/// Many different contents of one kind at one level, since the branch predictor would learn a single one.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) level: ErrorCorrectionLevel,
    pub(crate) contents: Vec<Vec<u8>>,
}

/// Contents of a workload; a multiple of the five kinds of short payload.
const CONTENTS: usize = 60;

/// The workloads, by rising size.
pub(crate) fn workloads() -> Vec<Workload> {
    let mut random = Random::new(41);
    let mut workload = |name, level, content: &mut dyn FnMut(usize, &mut Random) -> Vec<u8>| Workload {
        name,
        level,
        contents: (0..CONTENTS).map(|i| content(i, &mut random)).collect(),
    };
    vec![
        workload("short", ErrorCorrectionLevel::M, &mut |i, random| short(i % 5, random)),
        workload("ms-qrpin", ErrorCorrectionLevel::L, &mut |_, random| pin(random)),
        workload("v10-L", ErrorCorrectionLevel::L, &mut |_, random| random.bytes(271)),
        workload("v20-M", ErrorCorrectionLevel::M, &mut |_, random| random.bytes(666)),
        workload("v40-L", ErrorCorrectionLevel::L, &mut |_, random| random.bytes(2_953)),
    ]
}

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// One of the five kinds of short payload.
fn short(kind: usize, random: &mut Random) -> Vec<u8> {
    let text = |random: &mut Random, alphabet: &[u8], len| {
        String::from_utf8(random.text(alphabet, len)).expect("the alphabets are ASCII")
    };
    let payload = match kind {
        0 => text(random, b"0123456789", 20),
        1 => text(random, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./ ", 25),
        2 => format!("https://www.example.com/{}?id={}", text(random, LOWER, 20), text(random, HEX, 12)),
        // Thirty characters, every third of them two bytes of UTF-8.
        3 => (0..10).map(|_| format!("{}é", text(random, LOWER, 2))).collect(),
        _ => format!("WIFI:T:WPA;S:{};P:{};;", text(random, LOWER, 8), text(random, BASE64URL, 12)),
    };
    payload.into_bytes()
}

/// The raw content of a sign-in credential, 125 bytes.
fn pin(random: &mut Random) -> Vec<u8> {
    let mut text =
        |alphabet: &[u8], len| String::from_utf8(random.text(alphabet, len)).expect("the alphabets are ASCII");
    let name = format!("{}@contoso.onmicrosoft.com", text(LOWER, 8));
    let id = [8, 4, 4, 4, 12].map(|len| text(HEX, len)).join("-");
    format!("ms-qrpin:v1|{name}|{id}|{}", text(BASE64URL, 43)).into_bytes()
}
