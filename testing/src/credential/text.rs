//! Any bytes as a date, a body or a scanned code: read as meant or refused.

use qrmint::credential::{
    self, DateTime, Kind, PatchBody, QrCodePatch, Record, ScanBody, ScanError, ScannedContent, SecretDigest,
    VerifyError,
};
use serde_json::Value;

use super::calendar::date_time_text;

/// A date that is read is the same after it is written and read again.
pub fn check_date_time(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let Ok(date_time) = text.parse::<DateTime>() else { return };
    let written = date_time.to_string();
    assert_eq!(written, date_time_text(date_time.ticks().into(), 0, None));
    assert_eq!(written.parse(), Ok(date_time));
    assert_eq!(DateTime::new(date_time.timestamp()), Some(date_time));
    // A text in UTC differs only in the case of letters, omitted seconds, and trailing zeros and digits.
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        assert!(local.get(..16).is_some_and(|start| start.eq_ignore_ascii_case(&written[..16])), "{text} {written}");
    }
}

/// A body that is accepted has known properties and annotations only, and its dates are those of the result.
pub fn check_patch(input: &[u8]) {
    let Ok(body) = serde_json::from_slice::<PatchBody>(input) else { return };
    // `serde_json` does not validate text that it skips, so that the input may be no `Value` at all.
    let Ok(json) = serde_json::from_slice::<Value>(input) else { return };
    let object = json.as_object().unwrap();
    let read = serde_json::from_slice::<QrCodePatch>(input);
    let patch = match body.check() {
        Ok(patch) => patch,
        Err(error) => {
            assert!(read.unwrap_err().to_string().starts_with(&error.to_string()));
            let target = error.target();
            assert!(object.keys().any(|name| name.eq_ignore_ascii_case(target)), "{error}");
            return;
        }
    };
    assert_eq!(read.unwrap(), patch);
    let mut dates = QrCodePatch::default();
    for (name, value) in object {
        let value = value.as_str().and_then(|text| text.parse::<DateTime>().ok());
        match &*name.to_ascii_lowercase() {
            "startdatetime" => dates.start_date_time = value,
            "expiredatetime" => dates.expire_date_time = value,
            "id" | "createddatetime" | "lastuseddatetime" | "image" => {}
            name => assert!(name.contains('@'), "{name}"),
        }
    }
    assert_eq!(patch, dates);
}

/// The body of a verification that is accepted has `rawContent`, the base64 of the result, and annotations only.
pub fn check_scan_body(input: &[u8]) {
    let Ok(body) = serde_json::from_slice::<ScanBody>(input) else { return };
    let Ok(json) = serde_json::from_slice::<Value>(input) else { return };
    let object = json.as_object().unwrap();
    let is_raw_content = |name: &str| name.eq_ignore_ascii_case("rawContent");
    match body.check() {
        Ok(bytes) => {
            let sent: Vec<_> = object.iter().filter(|(name, _)| !name.contains('@')).collect();
            let [(name, value)] = sent[..] else { panic!("{sent:?}") };
            assert!(is_raw_content(name), "{name}");
            let mut decoded = Vec::new();
            qrmint::decode_base64(value.as_str().unwrap(), &mut decoded).unwrap();
            assert_eq!(bytes, decoded);
        }
        Err(ScanError::Missing) => {
            assert!(object.iter().all(|(name, value)| name.contains('@') || is_raw_content(name) && value.is_null()));
        }
        Err(error) => assert!(object.keys().any(|name| name.eq_ignore_ascii_case(error.target())), "{error}"),
    }
}

/// The secret of 32 bytes that are all 7, as the content of a code has it, and its SHA-256 digest.
const SEVENS: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
const DIGEST_OF_SEVENS: [u8; 32] = [
    0x4b, 0xb0, 0x6f, 0x8e, 0x4e, 0x3a, 0x77, 0x15, 0xd2, 0x01, 0xd5, 0x73, 0xd0, 0xaa, 0x42, 0x37, 0x62, 0xe5, 0x5d,
    0xab, 0xd6, 0x1a, 0x2c, 0x02, 0x27, 0x8f, 0xa5, 0x6c, 0xc6, 0xd2, 0x94, 0xe0,
];

/// Scanned content that is accepted is, except for the case of its id, the content of a new code with this user and id. Its `Debug`
/// does not show the secret. It is valid only with the secret of the stored record and at the right time; otherwise the error tells
/// nothing about the record.
pub fn check_scanned(input: &[u8]) {
    let Ok(scanned) = ScannedContent::parse(input) else { return };
    let text = str::from_utf8(input).unwrap();
    let parts: Vec<&str> = text.split('|').collect();
    let [prefix, name, id, secret] = parts[..] else { panic!("{text}") };
    assert_eq!((prefix, name), ("ms-qrpin:v1", scanned.user_principal_name()));
    assert!(credential::can_name(name) && !name.contains(char::is_control), "{text}");
    let id = id.to_ascii_lowercase();
    assert_eq!(id, scanned.id().to_string());
    assert!(
        secret.len() == 43 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
        "{text}"
    );
    assert_eq!(format!("{scanned:?}"), format!("ScannedContent {{ user_principal_name: {name:?}, id: {id}, .. }}"));
    assert!(ScannedContent::parse(format!("{prefix}|{name}|{id}|{secret}").as_bytes()).is_ok());

    let [start, now, expire] = [1, 2, 3].map(|tick| DateTime::from_ticks(tick).unwrap());
    let record = Record {
        id: scanned.id(),
        kind: Kind::Standard,
        start_date_time: start,
        expire_date_time: expire,
        created_date_time: start,
        last_used_date_time: DateTime::NEVER,
        user_principal_name: name.to_owned(),
        secret_digest: SecretDigest::from_bytes(DIGEST_OF_SEVENS),
    };
    let verify = |record: &Record, now| credential::verify(&scanned, Some(record), now);
    let is_it = secret == SEVENS;
    let if_it_is = |result| if is_it { result } else { Err(VerifyError::Unknown) };
    let used = |now| Ok(Record { last_used_date_time: now, ..record.clone() });
    assert_eq!(credential::verify(&scanned, None, now), Err(VerifyError::Unknown));
    assert_eq!(verify(&record, start), if_it_is(used(start)));
    assert_eq!(verify(&record, now), if_it_is(used(now)));
    assert_eq!(verify(&record, expire), if_it_is(Err(VerifyError::Expired { expire, now: expire })));
    let early = DateTime::NEVER;
    assert_eq!(verify(&record, early), if_it_is(Err(VerifyError::NotYetValid { start, now: early })));
    // `last_used_date_time` does not go back, and the case of the name does not matter.
    let used_later = Record { last_used_date_time: expire, user_principal_name: name.to_lowercase(), ..record.clone() };
    assert_eq!(verify(&used_later, now), if_it_is(Ok(used_later.clone())));
    let of_another = Record { user_principal_name: format!("{name}x"), ..record.clone() };
    assert_eq!(verify(&of_another, now), Err(VerifyError::Unknown));
}
