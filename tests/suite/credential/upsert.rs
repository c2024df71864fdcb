//! The rules of create and update, one claim each.

use qrmint::credential::{
    self, DateTime, Kind, Policy, PolicyError, QrCodePatch, Randomness, Record, Upsert, UpsertError, Upserted, can_name,
};
use qrmint::render::{Color, Finding, Png, QuietZone, Scale, Style, Svg};
use qrmint::{EncodeError, ErrorCorrectionLevel, ImageWriter, QrCodeImageDetails, Symbol};
use qrmint_checks::Reading;

use super::{USER, at};

const NOW: &str = "2025-03-04T21:27:46.9771036Z";

/// Returns the moment `by` ticks later.
fn ticks(from: DateTime, by: i64) -> DateTime {
    DateTime::from_ticks(from.ticks() + by).expect("a moment")
}

const TICK: i64 = 1;
const HOUR: i64 = 36_000_000_000;
const DAY: i64 = 24 * HOUR;

fn patch(start: impl Into<Option<DateTime>>, expire: impl Into<Option<DateTime>>) -> QrCodePatch {
    QrCodePatch { start_date_time: start.into(), expire_date_time: expire.into() }
}

/// Bytes that differ from seed to seed.
fn bytes(seed: u8) -> [u8; Randomness::LEN] {
    std::array::from_fn(|i| seed.wrapping_mul(89).wrapping_add((i as u8).wrapping_mul(7)))
}

fn randomness(seed: u8) -> Randomness {
    Randomness::new(bytes(seed))
}

fn upsert(kind: Kind, state: Option<&Record>, patch: QrCodePatch, now: DateTime) -> Result<Upserted, UpsertError> {
    Upsert { kind, state, patch: &patch, policy: &Policy::default(), now, user: USER }.run(randomness(1))
}

/// Returns the record of a code that must be new.
fn created(kind: Kind, state: Option<&Record>, patch: QrCodePatch, now: DateTime) -> Record {
    match upsert(kind, state, patch, now) {
        Ok(Upserted::Created { record, response }) => {
            assert!(response.image.is_some());
            record
        }
        other => panic!("not created: {other:?}"),
    }
}

/// Returns the record of a code that must be an existing one, updated.
fn updated(state: &Record, patch: QrCodePatch, now: DateTime) -> Record {
    match upsert(Kind::Standard, Some(state), patch, now) {
        Ok(Upserted::Updated { record, response }) => {
            assert_eq!(response, record.to_qr_code());
            assert_eq!(response.image, None);
            record
        }
        other => panic!("not updated: {other:?}"),
    }
}

fn standard() -> Record {
    let dates = patch(at("2025-01-01T12:00:00Z"), at("2025-12-19T12:00:00Z"));
    created(Kind::Standard, None, dates, at(NOW))
}

#[test]
fn a_new_code_has_status_201_and_a_changed_one_200_and_both_come_with_record_and_response() {
    let created = upsert(Kind::Standard, None, QrCodePatch::default(), at(NOW)).unwrap();
    assert_eq!(created.status(), 201);
    let (first, response) = created.into_parts();
    assert_eq!((response.id, response.image.is_some()), (first.id, true));

    let updated = upsert(Kind::Standard, Some(&first), patch(None, ticks(at(NOW), DAY)), at(NOW)).unwrap();
    assert_eq!(updated.status(), 200);
    let (second, response) = updated.into_parts();
    assert_eq!(second, Record { expire_date_time: ticks(at(NOW), DAY), ..first });
    assert_eq!(response, second.to_qr_code());
}

#[test]
fn the_documented_create_is_answered_as_documented() {
    let dates = patch(at("2025-01-01T12:00:00Z"), at("2025-12-19T12:00:00Z"));
    let Ok(Upserted::Created { record, response }) = upsert(Kind::Standard, None, dates, at(NOW)) else { panic!() };
    assert_eq!(response.start_date_time.to_string(), "2025-01-01T12:00:00Z");
    assert_eq!(response.expire_date_time.to_string(), "2025-12-19T12:00:00Z");
    assert_eq!(response.created_date_time.to_string(), NOW);
    assert_eq!(response.last_used_date_time.to_string(), "0001-01-01T00:00:00Z");
    assert_eq!(record.id, response.id);
    assert_eq!(record.kind, Kind::Standard);
    assert_eq!(record.user_principal_name, USER);
}

#[test]
fn the_documented_update_is_answered_as_documented() {
    let record = updated(&standard(), patch(None, at("2025-12-01T12:00:00Z")), at(NOW));
    assert_eq!(record, Record { expire_date_time: at("2025-12-01T12:00:00Z"), ..standard() });
}

#[test]
fn by_default_a_code_starts_now_and_lives_as_long_as_the_policy_says() {
    for (days, hours) in [(1, 1), (365, 3), (395, 12)] {
        let policy = Policy::new(days, hours).unwrap();
        for (kind, lifetime) in [(Kind::Standard, i64::from(days) * DAY), (Kind::Temporary, i64::from(hours) * HOUR)] {
            let (patch, now) = (QrCodePatch::default(), at(NOW));
            let upsert = Upsert { kind, state: None, patch: &patch, policy: &policy, now, user: USER };
            let result = upsert.run(randomness(1));
            let Ok(Upserted::Created { record, .. }) = result else { panic!("{result:?}") };
            assert_eq!(record.start_date_time, at(NOW));
            assert_eq!(record.expire_date_time, ticks(at(NOW), lifetime));
        }
    }
}

#[test]
fn by_default_a_code_expires_the_policys_lifetime_after_its_start() {
    let start = ticks(at(NOW), 10 * DAY);
    assert_eq!(created(Kind::Standard, None, patch(start, None), at(NOW)).expire_date_time, ticks(start, 365 * DAY));
    assert_eq!(created(Kind::Temporary, None, patch(start, None), at(NOW)).expire_date_time, ticks(start, 3 * HOUR));
}

#[test]
fn by_default_a_code_starts_now_and_its_lifetime_is_measured_from_there() {
    let expire = ticks(at(NOW), 395 * DAY);
    assert_eq!(created(Kind::Standard, None, patch(None, expire), at(NOW)).start_date_time, at(NOW));
    let error = upsert(Kind::Standard, None, patch(None, ticks(expire, TICK)), at(NOW)).unwrap_err();
    assert_eq!(error.code(), "lifetimeTooLong");
}

#[test]
fn a_code_may_live_longer_than_the_policys_default() {
    let policy = Policy::new(1, 1).unwrap();
    for (kind, longest) in [(Kind::Standard, 395 * DAY), (Kind::Temporary, 12 * HOUR)] {
        let dates = patch(None, ticks(at(NOW), longest));
        let upsert = Upsert { kind, state: None, patch: &dates, policy: &policy, now: at(NOW), user: USER };
        assert!(upsert.run(randomness(1)).is_ok());
    }
}

#[test]
fn a_policy_takes_1_to_395_days_and_1_to_12_hours() {
    for days in [1, 395] {
        for hours in [1, 12] {
            let policy = Policy::new(days, hours).unwrap();
            assert_eq!(policy.lifetime(Kind::Standard).as_hours(), i64::from(days) * 24);
            assert_eq!(policy.lifetime(Kind::Temporary).as_hours(), i64::from(hours));
        }
    }
    for days in [0, 396, u16::MAX] {
        assert_eq!(Policy::new(days, 3), Err(PolicyError::StandardLifetime { days }));
    }
    for hours in [0, 13, u16::MAX] {
        assert_eq!(Policy::new(365, hours), Err(PolicyError::TemporaryLifetime { hours }));
    }
}

#[test]
fn a_standard_code_lives_395_days_and_not_a_tick_longer() {
    let start = at("2025-01-01T12:00:00Z");
    let last = ticks(start, 395 * DAY);
    assert_eq!(last.to_string(), "2026-01-31T12:00:00Z");
    assert_eq!(created(Kind::Standard, None, patch(start, last), at(NOW)).expire_date_time, last);
    assert_eq!(updated(&standard(), patch(None, last), at(NOW)).expire_date_time, last);

    let expire = ticks(last, TICK);
    let longest = Kind::Standard.longest_lifetime();
    for state in [None, Some(&standard())] {
        let error = upsert(Kind::Standard, state, patch(start, expire), at(NOW)).unwrap_err();
        assert_eq!(error, UpsertError::LifetimeTooLong { start, expire, longest });
        assert_eq!(error.target(), "expireDateTime");
    }
}

#[test]
fn a_standard_code_expires_after_its_start_by_a_tick_at_least() {
    let start = ticks(at(NOW), DAY);
    for expire in [start, ticks(start, -TICK), ticks(start, -2 * DAY), DateTime::NEVER] {
        let error = upsert(Kind::Standard, None, patch(start, expire), at(NOW)).unwrap_err();
        let shortest = Kind::Standard.shortest_lifetime();
        assert_eq!(error, UpsertError::LifetimeTooShort { start, expire, shortest });
        let message = format!("expireDateTime {expire} is not after startDateTime {start}");
        assert_eq!(error.to_string(), message);
    }
    let record = created(Kind::Standard, None, patch(start, ticks(start, TICK)), at(NOW));
    assert_eq!(record.expire_date_time, ticks(start, TICK));

    let waiting = created(Kind::Standard, None, patch(start, ticks(start, DAY)), at(NOW));
    let error = upsert(Kind::Standard, Some(&waiting), patch(None, start), at(NOW)).unwrap_err();
    assert_eq!((error.code(), error.target()), ("lifetimeTooShort", "expireDateTime"));
    assert_eq!(updated(&waiting, patch(None, ticks(start, TICK)), at(NOW)).expire_date_time, ticks(start, TICK));
}

#[test]
fn a_temporary_code_lives_1_hour_and_not_a_tick_less() {
    let start = ticks(at(NOW), DAY);
    let first = ticks(start, HOUR);
    assert_eq!(created(Kind::Temporary, None, patch(start, first), at(NOW)).expire_date_time, first);
    for expire in [ticks(first, -TICK), start, ticks(start, -DAY)] {
        let error = upsert(Kind::Temporary, None, patch(start, expire), at(NOW)).unwrap_err();
        let shortest = Kind::Temporary.shortest_lifetime();
        assert_eq!(error, UpsertError::LifetimeTooShort { start, expire, shortest });
        assert_eq!((error.code(), error.target()), ("lifetimeTooShort", "expireDateTime"));
        assert!(error.to_string().contains("less than 1 hour after"), "{error}");
    }
}

#[test]
fn a_temporary_code_lives_12_hours_and_not_a_tick_longer() {
    let start = ticks(at(NOW), -HOUR);
    let last = ticks(start, 12 * HOUR);
    assert_eq!(created(Kind::Temporary, None, patch(start, last), at(NOW)).expire_date_time, last);
    let expire = ticks(last, TICK);
    let error = upsert(Kind::Temporary, None, patch(start, expire), at(NOW)).unwrap_err();
    let longest = Kind::Temporary.longest_lifetime();
    assert_eq!(error, UpsertError::LifetimeTooLong { start, expire, longest });
    assert!(error.to_string().contains("more than 12 hours after"), "{error}");
}

#[test]
fn an_expiry_is_after_now_by_a_tick_at_least() {
    let now = at(NOW);
    let start = ticks(now, -2 * HOUR);
    for kind in Kind::ALL {
        for expire in [now, ticks(now, -TICK)] {
            let error = upsert(kind, None, patch(start, expire), now).unwrap_err();
            assert_eq!(error, UpsertError::ExpireNotAfterNow { expire, now });
            assert_eq!((error.code(), error.target()), ("expireDateTimeNotAfterNow", "expireDateTime"));
        }
        assert!(upsert(kind, None, patch(start, ticks(now, TICK)), now).is_ok());
    }
    let error = upsert(Kind::Standard, Some(&standard()), patch(None, now), now).unwrap_err();
    assert_eq!(error, UpsertError::ExpireNotAfterNow { expire: now, now });
    assert_eq!(updated(&standard(), patch(None, ticks(now, TICK)), now).expire_date_time, ticks(now, TICK));
}

#[test]
fn an_expiry_by_default_must_be_after_now_too() {
    let now = at(NOW);
    let error = upsert(Kind::Temporary, None, patch(ticks(now, -3 * HOUR), None), now).unwrap_err();
    assert_eq!(error, UpsertError::ExpireNotAfterNow { expire: now, now });
}

#[test]
fn a_start_may_lie_in_the_past_or_the_future() {
    for days in [-394, -1, 1, 10_000] {
        let start = ticks(at(NOW), days * DAY);
        let record = created(Kind::Standard, None, patch(start, ticks(start, 395 * DAY)), at(NOW));
        assert_eq!(record.start_date_time, start);
        assert_eq!(record.created_date_time, at(NOW));
    }
}

#[test]
fn a_code_that_is_yet_to_start_is_active() {
    let start = ticks(at(NOW), 30 * DAY);
    let waiting = created(Kind::Standard, None, patch(start, None), at(NOW));
    let record = updated(&waiting, patch(None, ticks(start, DAY)), at(NOW));
    assert_eq!(record.id, waiting.id);
    let waiting = created(Kind::Temporary, None, patch(start, None), at(NOW));
    let error = upsert(Kind::Temporary, Some(&waiting), QrCodePatch::default(), at(NOW)).unwrap_err();
    assert_eq!(error, UpsertError::TemporaryActive { expire: waiting.expire_date_time });
}

#[test]
fn a_second_temporary_code_is_refused_until_the_first_expires() {
    let first = created(Kind::Temporary, None, QrCodePatch::default(), at(NOW));
    let last = ticks(first.expire_date_time, -TICK);
    let bodies = [
        QrCodePatch::default(),
        patch(None, ticks(at(NOW), 6 * HOUR)),
        patch(first.start_date_time, first.expire_date_time),
        patch(DateTime::MAX, DateTime::NEVER),
    ];
    for body in bodies {
        for now in [at(NOW), last] {
            let error = upsert(Kind::Temporary, Some(&first), body, now).unwrap_err();
            assert_eq!(error, UpsertError::TemporaryActive { expire: first.expire_date_time });
            assert_eq!((error.code(), error.target()), ("temporaryQRCodeActive", "temporaryQRCode"));
        }
    }
    let second = Upsert {
        kind: Kind::Temporary,
        state: Some(&first),
        patch: &QrCodePatch::default(),
        policy: &Policy::default(),
        now: first.expire_date_time,
        user: USER,
    }
    .run(randomness(2));
    let Ok(Upserted::Created { record, .. }) = second else { panic!("{second:?}") };
    assert_eq!(record.start_date_time, first.expire_date_time);
    assert_ne!(record.id, first.id);
}

#[test]
fn an_expired_standard_code_is_replaced_by_another() {
    let mut old = standard();
    old.last_used_date_time = at("2025-06-01T08:00:00Z");
    let now = old.expire_date_time;
    let result = Upsert {
        kind: Kind::Standard,
        state: Some(&old),
        patch: &QrCodePatch::default(),
        policy: &Policy::default(),
        now,
        user: USER,
    }
    .run(randomness(2));
    let Ok(Upserted::Created { record, response }) = result else { panic!("{result:?}") };
    assert_ne!(record.id, old.id);
    assert_ne!(record.secret_digest, old.secret_digest);
    assert_eq!((record.created_date_time, record.last_used_date_time), (now, DateTime::NEVER));
    assert!(response.image.is_some());
    let before = ticks(now, -TICK);
    assert_eq!(updated(&old, QrCodePatch::default(), before), old);
}

#[test]
fn a_user_may_have_a_code_of_each_kind() {
    let temporary = created(Kind::Temporary, None, QrCodePatch::default(), at(NOW));
    assert_eq!(created(Kind::Standard, Some(&temporary), QrCodePatch::default(), at(NOW)).kind, Kind::Standard);
    assert_eq!(created(Kind::Temporary, Some(&standard()), QrCodePatch::default(), at(NOW)).kind, Kind::Temporary);
}

#[test]
fn an_update_changes_nothing_but_the_expiry() {
    let mut before = standard();
    before.last_used_date_time = at("2025-03-04T21:28:00Z");
    let expire = at("2025-06-01T00:00:00.1234567Z");
    let after = updated(&before, patch(None, expire), at("2025-04-01T00:00:00Z"));
    assert_eq!(after, Record { expire_date_time: expire, ..before });
}

#[test]
fn an_update_keeps_the_user_principal_name_in_the_code() {
    let result = Upsert {
        kind: Kind::Standard,
        state: Some(&standard()),
        patch: &QrCodePatch::default(),
        policy: &Policy::default(),
        now: at(NOW),
        user: "lovelace@contoso.com",
    }
    .run(randomness(2));
    let Ok(Upserted::Updated { record, .. }) = result else { panic!("{result:?}") };
    assert_eq!(record, standard());
}

#[test]
fn an_update_without_dates_changes_nothing() {
    assert_eq!(updated(&standard(), QrCodePatch::default(), at(NOW)), standard());
    assert_eq!(updated(&standard(), patch(standard().start_date_time, None), at(NOW)), standard());
}

#[test]
fn an_update_may_repeat_the_start_but_not_change_it() {
    let stored = standard().start_date_time;
    let expire = at("2025-12-01T12:00:00Z");
    assert_eq!(updated(&standard(), patch(stored, expire), at(NOW)).expire_date_time, expire);
    for by in [TICK, -TICK, HOUR, -DAY] {
        let sent = ticks(stored, by);
        let error = upsert(Kind::Standard, Some(&standard()), patch(sent, expire), at(NOW)).unwrap_err();
        assert_eq!(error, UpsertError::StartChanged { stored, sent });
        assert_eq!((error.code(), error.target()), ("startDateTimeChanged", "startDateTime"));
    }
}

#[test]
fn a_start_repeated_with_fewer_digits_is_the_same() {
    let record = created(Kind::Standard, None, QrCodePatch::default(), at(NOW));
    for kept in ["46.9771036", "46.977103", "46.97710", "46.9771", "46.977", "46.97", "46.9", "46"] {
        updated(&record, patch(at(&format!("2025-03-04T21:27:{kept}Z")), None), at(NOW));
    }
    for other in ["40", "46.9771037", "46.9771035", "46.977104", "46.978", "46.976", "47", "45", "46.0000001"] {
        let sent = at(&format!("2025-03-04T21:27:{other}Z"));
        let error = upsert(Kind::Standard, Some(&record), patch(sent, None), at(NOW)).unwrap_err();
        assert_eq!(error, UpsertError::StartChanged { stored: at(NOW), sent });
    }
}

#[test]
fn rules_are_checked_in_the_order_of_the_errors() {
    let now = at(NOW);
    // Each breaks two rules; the error is that of the first.
    for (start, expire, state, code) in [
        // The start is another, and the expiry breaks every rule.
        (Some(DateTime::MAX), Some(DateTime::NEVER), Some(standard()), "startDateTimeChanged"),
        // Before the start and before now.
        (Some(ticks(now, DAY)), Some(ticks(now, -DAY)), None, "lifetimeTooShort"),
        // Too long after the start and before now.
        (Some(ticks(now, -800 * DAY)), Some(ticks(now, -DAY)), None, "lifetimeTooLong"),
        (None, Some(ticks(at("2025-01-01T12:00:00Z"), -DAY)), Some(standard()), "lifetimeTooShort"),
    ] {
        let error = upsert(Kind::Standard, state.as_ref(), patch(start, expire), now).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    // The dates come before the name.
    let (dates, policy) = (patch(None, now), Policy::default());
    let nameless = Upsert { kind: Kind::Standard, state: None, patch: &dates, policy: &policy, now, user: "" };
    assert_eq!(nameless.run(randomness(1)).unwrap_err().code(), "lifetimeTooShort");
}

#[test]
fn dates_at_both_ends_of_time_are_refused_and_nothing_overflows() {
    let ends = [DateTime::NEVER, ticks(DateTime::NEVER, TICK), ticks(DateTime::MAX, -TICK), DateTime::MAX];
    let optional = || std::iter::once(None).chain(ends.map(Some));
    for kind in Kind::ALL {
        for now in ends {
            for (start, expire) in optional().flat_map(|start| optional().map(move |expire| (start, expire))) {
                let result = upsert(kind, None, patch(start, expire), now);
                if let Ok(Upserted::Created { record, .. }) = &result {
                    assert!(record.is_active(now));
                }
            }
        }
    }
    for start in [DateTime::MAX, ticks(DateTime::MAX, -365 * DAY + TICK)] {
        let error = upsert(Kind::Standard, None, patch(start, None), at(NOW)).unwrap_err();
        assert_eq!(error, UpsertError::StartTooLate { start });
        assert_eq!((error.code(), error.target()), ("startDateTimeTooLate", "startDateTime"));
    }
    let start = ticks(DateTime::MAX, -365 * DAY);
    assert_eq!(created(Kind::Standard, None, patch(start, None), at(NOW)).expire_date_time, DateTime::MAX);
}

#[test]
fn records_of_any_dates_are_updated_or_refused() {
    let ends = [DateTime::NEVER, at(NOW), DateTime::MAX];
    for start_date_time in ends {
        for expire_date_time in ends {
            let record = Record { start_date_time, expire_date_time, ..standard() };
            for now in ends {
                for expire in ends {
                    let _ = upsert(Kind::Standard, Some(&record), patch(None, expire), now);
                }
            }
        }
    }
}

#[test]
fn an_id_is_a_random_uuid_made_of_the_given_randomness() {
    for seed in 0..=255 {
        let result = Upsert {
            kind: Kind::Standard,
            state: None,
            patch: &QrCodePatch::default(),
            policy: &Policy::default(),
            now: at(NOW),
            user: USER,
        }
        .run(randomness(seed));
        let Ok(Upserted::Created { record, .. }) = result else { panic!("{result:?}") };
        assert_eq!(record.id.get_version(), Some(uuid::Version::Random));
        assert_eq!(record.id.get_variant(), uuid::Variant::RFC4122);
        let given = bytes(seed);
        for (i, (byte, given)) in record.id.as_bytes().iter().zip(given).enumerate() {
            let free = [(6, 0x0f), (8, 0x3f)].into_iter().find(|(at, _)| *at == i).map_or(0xff, |(_, free)| free);
            assert_eq!(byte & free, given & free);
        }
    }
}

#[test]
fn the_image_is_that_of_the_raw_content_at_level_l() {
    let Ok(Upserted::Created { response, .. }) = upsert(Kind::Standard, None, QrCodePatch::default(), at(NOW)) else {
        panic!()
    };
    let image = response.image.unwrap();
    assert_eq!(image.error_correction_level, ErrorCorrectionLevel::L);
    assert_eq!(image, qrmint::encode(&image.raw_content, ErrorCorrectionLevel::L).unwrap());
}

fn create_for(user: &str) -> Result<Upserted, UpsertError> {
    create_with(user, ErrorCorrectionLevel::L, &Png::default())
}

fn create_with<'a>(
    user: &str,
    level: ErrorCorrectionLevel,
    image: impl Into<ImageWriter<'a>>,
) -> Result<Upserted, UpsertError> {
    let (patch, policy) = (QrCodePatch::default(), Policy::default());
    let upsert = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now: at(NOW), user };
    upsert.run_with(randomness(1), level, image)
}

#[test]
fn the_image_has_the_level_and_the_format_asked_for_and_the_code_does_not_depend_on_them() {
    let (record, response) = create_for(USER).unwrap().into_parts();
    let content = response.image.unwrap().raw_content;
    let (png, svg) = (Png::new(Scale::new(3).unwrap(), QuietZone::new(2)), Svg::default());
    for level in ErrorCorrectionLevel::ALL {
        for image in [ImageWriter::from(&png), ImageWriter::from(&svg)] {
            let (found, response) = create_with(USER, level, image).unwrap().into_parts();
            assert_eq!(found, record);
            let symbol = Symbol::encode(&content, level).unwrap();
            let reading = Reading::of(&symbol);
            assert_eq!((reading.level, &reading.content), (level, &content));
            assert_eq!(response.image, Some(QrCodeImageDetails::new(&symbol, &content, image).unwrap()));
        }
    }
}

#[test]
fn an_image_that_cannot_be_made_is_the_servers_error_after_all_rules() {
    let too_large = Png::new(Scale::new(255).unwrap(), QuietZone::new(255));
    let inverted = Svg::with_style(Style::default().with_dark(Color::WHITE).with_light(Some(Color::BLACK)));
    let refused = Finding::Inverted { allowed: false };
    for (image, expected, code, message) in [
        (
            ImageWriter::from(&too_large),
            UpsertError::ImageTooLarge { side: 255 * (41 + 2 * 255), max_side: Png::MAX_SIDE },
            "imageTooLarge",
            "image too large: 140505 x 140505 pixels, at most 23160 x 23160",
        ),
        (
            ImageWriter::from(&inverted),
            UpsertError::ImageRefused(refused),
            "imageRefused",
            "the new image is refused: inverted: dark modules are lighter than light ones",
        ),
    ] {
        let level = ErrorCorrectionLevel::L;
        let error = create_with(USER, level, image).unwrap_err();
        assert_eq!(error, expected);
        assert_eq!((error.code(), error.target(), error.is_server_error()), (code, "image", true));
        assert_eq!(error.to_string(), message);

        let error = create_with("", level, image).unwrap_err();
        assert_eq!((error, error.is_server_error()), (UpsertError::UserPrincipalName, false));
        // An update has no image.
        let (patch, policy, state) = (QrCodePatch::default(), Policy::default(), standard());
        let (now, user) = (at(NOW), USER);
        let update = Upsert { kind: Kind::Standard, state: Some(&state), patch: &patch, policy: &policy, now, user };
        assert_eq!(update.run_with(randomness(2), level, image).unwrap().into_parts().0, state);
    }
}

#[test]
fn the_longest_user_principal_name_depends_on_the_level() {
    for (level, bytes) in ErrorCorrectionLevel::ALL.into_iter().zip([2_953, 2_331, 1_663, 1_273]) {
        // Around it are 12 + 1 + 36 + 1 + 43 bytes.
        let longest = "é".repeat((bytes - 93) / 2);
        let (_, response) = create_with(&longest, level, &Svg::default()).unwrap().into_parts();
        assert_eq!(response.image.unwrap().version.number(), 40);
        let error = create_with(&(longest + "é"), level, &Svg::default()).unwrap_err();
        assert_eq!((error.code(), error.is_server_error()), ("userPrincipalNameTooLong", false));
    }
}

#[test]
fn a_user_principal_name_with_a_separator_or_control_character_is_refused() {
    for user in
        ["", "|", "ada|grace@contoso.com", "ada@contoso.com|", "ada\n@contoso.com", "\0", "ada\u{7f}", "a\u{85}b"]
    {
        let error = create_for(user).unwrap_err();
        assert_eq!(error, UpsertError::UserPrincipalName, "{user:?}");
        assert_eq!((error.code(), error.target()), ("userPrincipalNameInvalid", "userPrincipalName"));
        assert!(!can_name(user), "{user:?}");
    }
    for user in ["a", "7c4999f7-9c25-4f8e-8b84-766eb28a1b49", "ada@contoso.com", "зоя@contoso.com", "o'hara smith"] {
        assert!(create_for(user).is_ok(), "{user:?}");
        assert!(can_name(user), "{user:?}");
    }
}

#[test]
fn a_user_principal_name_with_an_invisible_character_is_refused() {
    for (first, last) in [
        ('\u{ad}', '\u{ad}'),
        ('\u{34f}', '\u{34f}'),
        ('\u{61c}', '\u{61c}'),
        ('\u{115f}', '\u{1160}'),
        ('\u{17b4}', '\u{17b5}'),
        ('\u{180b}', '\u{180f}'),
        ('\u{200b}', '\u{200f}'),
        ('\u{2028}', '\u{202e}'),
        ('\u{2060}', '\u{206f}'),
        ('\u{2800}', '\u{2800}'),
        ('\u{3164}', '\u{3164}'),
        ('\u{fe00}', '\u{fe0f}'),
        ('\u{feff}', '\u{feff}'),
        ('\u{ffa0}', '\u{ffa0}'),
        ('\u{fff0}', '\u{fffb}'),
        ('\u{1bca0}', '\u{1bca3}'),
        ('\u{1d173}', '\u{1d17a}'),
        ('\u{e0000}', '\u{e0fff}'),
    ] {
        for invisible in first..=last {
            let user = format!("ada{invisible}@contoso.com");
            assert_eq!(create_for(&user), Err(UpsertError::UserPrincipalName), "{user:?}");
            assert!(!can_name(&user), "{user:?}");
        }
        for beside in [u32::from(first) - 1, u32::from(last) + 1].into_iter().filter_map(char::from_u32) {
            assert!(can_name(&format!("ada{beside}@contoso.com")), "{beside:?}");
        }
    }
}

#[test]
fn a_user_principal_name_that_does_not_fit_is_refused_with_its_bits() {
    // Around it are 12 + 1 + 36 + 1 + 43 bytes.
    let longest = 2_953 - 93;
    let Ok(Upserted::Created { response, .. }) = create_for(&"é".repeat(longest / 2)) else { panic!() };
    assert_eq!(response.image.unwrap().version.number(), 40);
    let error = create_for(&"é".repeat(longest / 2 + 1)).unwrap_err();
    let UpsertError::Content(EncodeError::TooLong { bits_needed, bits_available, .. }) = error else {
        panic!("{error:?}")
    };
    assert!(bits_needed > bits_available && bits_available == 23_648);
    assert_eq!((error.code(), error.target()), ("userPrincipalNameTooLong", "userPrincipalName"));
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(error.to_string(), format!("user principal name: {source}"));
    assert!(std::error::Error::source(&UpsertError::UserPrincipalName).is_none());
    assert!(create_for(&"a".repeat(1_000_000)).is_err());
}

#[test]
fn messages_have_the_values_that_break_the_rule() {
    let (then, now) = (at("2025-03-04T12:00:00Z"), at("2025-03-05T12:00:00.5Z"));
    let (standard, temporary) = (Kind::Standard, Kind::Temporary);
    for (error, message) in [
        (
            UpsertError::TemporaryActive { expire: now },
            "a temporary code is active until 2025-03-05T12:00:00.5Z: it cannot be changed, but deleted",
        ),
        (
            UpsertError::StartChanged { stored: then, sent: now },
            "startDateTime 2025-03-05T12:00:00.5Z is not the code's, 2025-03-04T12:00:00Z: it cannot be changed",
        ),
        (
            UpsertError::LifetimeTooShort { start: then, expire: now, shortest: standard.shortest_lifetime() },
            "expireDateTime 2025-03-05T12:00:00.5Z is not after startDateTime 2025-03-04T12:00:00Z",
        ),
        (
            UpsertError::LifetimeTooShort { start: then, expire: now, shortest: temporary.shortest_lifetime() },
            "expireDateTime 2025-03-05T12:00:00.5Z is less than 1 hour after startDateTime 2025-03-04T12:00:00Z",
        ),
        (
            UpsertError::LifetimeTooLong { start: then, expire: now, longest: standard.longest_lifetime() },
            "expireDateTime 2025-03-05T12:00:00.5Z is more than 395 days of 24 hours after startDateTime 2025-03-04T12:00:00Z",
        ),
        (
            UpsertError::LifetimeTooLong { start: then, expire: now, longest: temporary.longest_lifetime() },
            "expireDateTime 2025-03-05T12:00:00.5Z is more than 12 hours after startDateTime 2025-03-04T12:00:00Z",
        ),
        (
            UpsertError::ExpireNotAfterNow { expire: then, now },
            "expireDateTime 2025-03-04T12:00:00Z is not after now, 2025-03-05T12:00:00.5Z",
        ),
        (
            UpsertError::StartTooLate { start: now },
            "startDateTime 2025-03-05T12:00:00.5Z leaves no room for a lifetime: no date is after 9999-12-30T22:00:00.9999999Z",
        ),
        (
            UpsertError::UserPrincipalName,
            "user principal name: empty, or with a `|`, a control character or an invisible character in it",
        ),
        (UpsertError::ImageUnwritten, "the new image cannot be written"),
    ] {
        assert_eq!(error.to_string(), message);
    }
    for (error, message) in [
        (Policy::new(0, 3).unwrap_err(), "lifetime of standard codes: 0 days are not 1 to 395"),
        (Policy::new(365, 13).unwrap_err(), "lifetime of temporary codes: 13 hours are not 1 to 12"),
    ] {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn no_debug_shows_a_secret() {
    let upserted = upsert(Kind::Standard, None, QrCodePatch::default(), at(NOW)).unwrap();
    let Upserted::Created { record, response } = &upserted else { panic!() };
    let content = String::from_utf8(response.image.clone().unwrap().raw_content).unwrap();
    let secret = content.rsplit('|').next().unwrap();
    let scanned = credential::ScannedContent::parse(content.as_bytes()).unwrap();
    let image = response.image.as_ref().unwrap();
    let body = format!(r#"{{"rawContent": {}}}"#, serde_json::to_value(image).unwrap()["rawContent"]);
    let body: credential::ScanBody = serde_json::from_str(&body).unwrap();
    let shown_image = format!(
        "QrCodeImageDetails {{ version: {}, binary_value: [{} bytes], error_correction_level: L, raw_content: [{} bytes] }}",
        image.version,
        image.binary_value.len(),
        content.len()
    );
    let (id, start, expire, created) =
        (record.id, record.start_date_time, record.expire_date_time, record.created_date_time);
    for (shown, exact) in [
        (
            format!("{record:?}"),
            format!(
                "Record {{ id: {id}, kind: Standard, start_date_time: {start}, expire_date_time: {expire}, \
                 created_date_time: {created}, last_used_date_time: 0001-01-01T00:00:00Z, \
                 user_principal_name: {USER:?}, secret_digest: SecretDigest(..) }}"
            ),
        ),
        (
            format!("{response:?}"),
            format!(
                "QrCode {{ id: {id}, expire_date_time: {expire}, start_date_time: {start}, created_date_time: {created}, \
                 last_used_date_time: 0001-01-01T00:00:00Z, image: Some({shown_image}) }}"
            ),
        ),
        (format!("{upserted:?}"), format!("Created {{ record: {record:?}, response: {response:?} }}")),
        (format!("{scanned:?}"), format!("ScannedContent {{ user_principal_name: {USER:?}, id: {id}, .. }}")),
        (format!("{:?}", randomness(1)), "Randomness(..)".to_owned()),
        (format!("{body:?}"), "ScanBody(..)".to_owned()),
    ] {
        assert_eq!(shown, exact);
        assert!(!shown.contains(secret));
    }
}
