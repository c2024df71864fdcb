//! Scanned codes: parsing their content, and verifying it against a record.

use qrmint::credential::{
    self, Kind, Policy, QrCodePatch, Randomness, Record, ScannedContent, SecretDigest, Upsert, Upserted, VerifyError,
};
use sha2::{Digest as _, Sha256};

use super::{USER, at};

/// Creates a code that is valid from 12:00 to 15:00, and returns its content and its record.
fn code(first: u8) -> (String, Record) {
    let patch = QrCodePatch { start_date_time: Some(at("2025-03-04T12:00:00Z")), expire_date_time: None };
    let randomness = Randomness::new(std::array::from_fn(|i| first.wrapping_add(i as u8)));
    let now = at("2025-03-04T11:00:00Z");
    let policy = Policy::default();
    let upsert = Upsert { kind: Kind::Temporary, state: None, patch: &patch, policy: &policy, now, user: USER };
    let (record, response) = upsert.run(randomness).unwrap().into_parts();
    let image = response.image.expect("an image");
    (String::from_utf8(image.raw_content).expect("text"), record)
}

fn verify(content: &str, record: Option<&Record>, now: &str) -> Result<Record, VerifyError> {
    credential::verify(&ScannedContent::parse(content.as_bytes())?, record, at(now))
}

#[test]
fn content_has_prefix_user_id_and_secret() {
    let (content, record) = code(0);
    assert_eq!(
        content,
        "ms-qrpin:v1|ada@contoso.com|00010203-0405-4607-8809-0a0b0c0d0e0f|EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8"
    );
    let secret: [u8; 32] = std::array::from_fn(|i| 16 + i as u8);
    assert_eq!(record.secret_digest, SecretDigest::from_bytes(Sha256::digest(secret).into()));
    let scanned = ScannedContent::parse(content.as_bytes()).unwrap();
    assert_eq!((scanned.user_principal_name(), scanned.id()), (USER, record.id));
}

#[test]
fn a_code_is_valid_from_its_start_until_just_before_its_expiry() {
    let (content, record) = code(0);
    let (start, expire) = (record.start_date_time, record.expire_date_time);
    for now in ["2025-03-04T12:00:00Z", "2025-03-04T14:59:59.9999999Z"] {
        let used = verify(&content, Some(&record), now).unwrap();
        assert_eq!(used, Record { last_used_date_time: at(now), ..record.clone() });
    }
    let now = at("2025-03-04T11:59:59.9999999Z");
    let error = verify(&content, Some(&record), "2025-03-04T11:59:59.9999999Z").unwrap_err();
    assert_eq!(error, VerifyError::NotYetValid { start, now });
    assert_eq!(error.code(), "notYetValid");
    let now = at("2025-03-04T15:00:00Z");
    let error = verify(&content, Some(&record), "2025-03-04T15:00:00Z").unwrap_err();
    assert_eq!(error, VerifyError::Expired { expire, now });
    assert_eq!(error.code(), "expired");
}

#[test]
fn a_code_may_be_used_more_than_once() {
    let (content, record) = code(0);
    let once = verify(&content, Some(&record), "2025-03-04T12:00:01Z").unwrap();
    let twice = verify(&content, Some(&once), "2025-03-04T12:00:02Z").unwrap();
    assert_eq!(twice.last_used_date_time, at("2025-03-04T12:00:02Z"));
}

#[test]
fn the_last_use_does_not_go_back_when_the_clock_does() {
    let (content, record) = code(0);
    let used = verify(&content, Some(&record), "2025-03-04T12:00:02Z").unwrap();
    let again = verify(&content, Some(&used), "2025-03-04T12:00:01Z").unwrap();
    assert_eq!(again.last_used_date_time, at("2025-03-04T12:00:02Z"));
}

#[test]
fn the_case_of_the_user_principal_name_does_not_matter() {
    let (content, record) = code(0);
    for (scanned, stored) in [
        ("Ada@Contoso.com", USER),
        (USER, "ADA@CONTOSO.COM"),
        ("ЗОЯ@contoso.com", "зоя@contoso.com"),
        ("RENÉE@contoso.com", "renée@contoso.com"),
    ] {
        let content = content.replace(USER, scanned);
        let record = Record { user_principal_name: stored.into(), ..record.clone() };
        let used = verify(&content, Some(&record), "2025-03-04T12:00:00Z").unwrap();
        assert_eq!(used.user_principal_name, stored);
    }
    let accented = content.replace(USER, "renee@contoso.com");
    let record = Record { user_principal_name: "renée@contoso.com".into(), ..record };
    assert_eq!(verify(&accented, Some(&record), "2025-03-04T12:00:00Z"), Err(VerifyError::Unknown));
}

#[test]
fn a_code_without_a_record_is_unknown() {
    let error = verify(&code(0).0, None, "2025-03-04T12:00:00Z").unwrap_err();
    assert_eq!((error, error.code()), (VerifyError::Unknown, "unknown"));
}

#[test]
fn a_code_of_another_id_secret_or_user_is_unknown_whatever_the_time() {
    let (content, record) = code(0);
    let others = [
        Record { id: code(1).1.id, ..record.clone() },
        Record { secret_digest: code(1).1.secret_digest, ..record.clone() },
        Record { user_principal_name: "eve@contoso.com".into(), ..record.clone() },
        code(1).1,
    ];
    for other in others {
        for now in ["0001-01-01T00:00:00Z", "2025-03-04T12:00:00Z", "2026-01-01T00:00:00Z"] {
            assert_eq!(verify(&content, Some(&other), now), Err(VerifyError::Unknown));
        }
    }
}

#[test]
fn every_byte_of_the_digest_counts() {
    let (content, record) = code(0);
    for bit in 0..256 {
        let mut digest = *record.secret_digest.as_bytes();
        digest[bit / 8] ^= 1 << (bit % 8);
        let other = Record { secret_digest: SecretDigest::from_bytes(digest), ..record.clone() };
        assert_eq!(verify(&content, Some(&other), "2025-03-04T12:00:00Z"), Err(VerifyError::Unknown));
    }
}

#[test]
fn an_id_in_upper_case_is_the_same() {
    let (content, record) = code(0xa0);
    let id = record.id.to_string();
    assert_ne!(id, id.to_uppercase());
    let upper = content.replace(&id, &id.to_uppercase());
    assert!(verify(&upper, Some(&record), "2025-03-04T12:00:00Z").is_ok());
}

#[test]
fn every_other_content_is_malformed() {
    let (content, record) = code(0);
    let [prefix, user, id, secret] = content.split('|').collect::<Vec<_>>()[..] else { panic!() };
    let join = |parts: &[&str]| parts.join("|");
    let malformed = [
        String::new(),
        "ms-qrpin:v1|".into(),
        "https://example.com/".into(),
        join(&[prefix, user, id]),
        join(&[prefix, user, id, secret, ""]),
        join(&[prefix, user, user, id, secret]),
        join(&["ms-qrpin:v2", user, id, secret]),
        join(&["MS-QRPIN:v1", user, id, secret]),
        format!(" {content}"),
        format!("{content}\n"),
        join(&[prefix, "", id, secret]),
        join(&[prefix, "ada\r@contoso.com", id, secret]),
        join(&[prefix, "ada\u{200b}@contoso.com", id, secret]),
        join(&[prefix, user, &id.replace('-', ""), secret]),
        join(&[prefix, user, &format!("{{{id}}}"), secret]),
        join(&[prefix, user, &format!("urn:uuid:{id}"), secret]),
        join(&[prefix, user, &id.replace('0', "g"), secret]),
        join(&[prefix, user, "", secret]),
        join(&[prefix, user, id, ""]),
        join(&[prefix, user, id, &secret[1..]]),
        join(&[prefix, user, id, &format!("{secret}A")]),
        join(&[prefix, user, id, &format!("{secret}=")]),
        join(&[prefix, user, id, &format!("{secret}AAAA")]),
        join(&[prefix, user, id, &secret.replace('E', "+")]),
        join(&[prefix, user, id, &secret.replace('E', "/")]),
        // The same 32 bytes, with a padding bit that is not zero.
        join(&[prefix, user, id, &format!("{}9", &secret[..42])]),
        join(&[prefix, user, id, &"A".repeat(1_000_000)]),
    ];
    assert!(secret.ends_with('8') && secret.contains('E'));
    for malformed in malformed {
        assert_eq!(verify(&malformed, Some(&record), "2025-03-04T12:00:00Z"), Err(VerifyError::Malformed));
    }
    assert_eq!(VerifyError::Malformed.code(), "malformed");
    let mut bytes = content.into_bytes();
    bytes[14] = 0xff;
    assert_eq!(ScannedContent::parse(&bytes).unwrap_err(), VerifyError::Malformed);
}

#[test]
fn messages_say_what_is_wrong_and_when() {
    let (then, now) = (at("2025-03-04T12:00:00Z"), at("2025-03-05T12:00:00.5Z"));
    for (error, message) in [
        (VerifyError::Malformed, "not the content of a sign-in code"),
        (VerifyError::Unknown, "no such code"),
        (
            VerifyError::NotYetValid { start: now, now: then },
            "valid from 2025-03-05T12:00:00.5Z, now it is 2025-03-04T12:00:00Z",
        ),
        (VerifyError::Expired { expire: then, now }, "expired 2025-03-04T12:00:00Z, now it is 2025-03-05T12:00:00.5Z"),
    ] {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn an_update_keeps_the_last_use_and_a_read_shows_it() {
    let (patch, policy, now) = (QrCodePatch::default(), Policy::default(), at("2025-03-04T12:00:00Z"));
    let upsert = |state, seed| {
        let upsert = Upsert { kind: Kind::Standard, state, patch: &patch, policy: &policy, now, user: USER };
        upsert.run(Randomness::new([seed; Randomness::LEN]))
    };
    let Ok(Upserted::Created { record, response }) = upsert(None, 1) else { panic!() };
    let content = String::from_utf8(response.image.unwrap().raw_content).unwrap();
    let used = verify(&content, Some(&record), "2025-03-04T12:00:01Z").unwrap();
    let Ok(Upserted::Updated { record, response }) = upsert(Some(&used), 2) else { panic!() };
    assert_eq!(response.last_used_date_time, at("2025-03-04T12:00:01Z"));
    assert_eq!(record.to_qr_code(), response);
    assert!(verify(&content, Some(&record), "2025-03-04T12:00:02Z").is_ok());
}
