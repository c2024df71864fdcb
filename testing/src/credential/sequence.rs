//! Compares the layer with the model over any sequence of create, update, delete, expire and verify.

use qrmint::credential::{
    self, DateTime, Kind, PatchBody, Policy, QrCode, Randomness, Record, ScannedContent, Upsert, Upserted,
};

use super::calendar::{DAY, HOUR, LAST, date_time_text};
use super::input::Input;
use super::model::{Code, Expected, expected, kept, refusal};

/// Steps of a sequence; the rest of an input is ignored.
const MAX_STEPS: usize = 80;

/// Reads `input` as a sequence of requests about one user, at and around the moments that the rules depend on, and compares every
/// answer, every stored record and every verification with the model.
pub fn check_upsert_sequence(input: &[u8]) {
    let mut input = Input(input);
    let days = 1 + (input.bits() % 395) as u16;
    let hours = 1 + input.below(12) as u16;
    let mut world = World {
        policy: Policy::new(days, hours).unwrap(),
        lifetimes: [i128::from(days) * DAY, i128::from(hours) * HOUR],
        user: input.one_of(&["ada@contoso.com", "7c4999f7-9c25-4f8e-8b84-766eb28a1b49", "зоя ☃@contoso.com"]),
        now: match input.below(8) {
            0 => 0,
            1 => LAST - i128::from(input.bits()) % (400 * DAY),
            // In March 2025.
            _ => 638_767_204_660_000_000 + i128::from(input.bits()) % HOUR,
        },
        records: [None, None],
        codes: [None, None],
        ended: Vec::new(),
        drawn: 0,
    };
    for _ in 0..MAX_STEPS {
        if input.is_empty() {
            return;
        }
        let kind = input.one_of(&Kind::ALL);
        match input.below(8) {
            0..4 => world.patch(kind, &mut input),
            4 => world.delete(kind),
            5..7 => world.verify(kind, &mut input),
            _ => world.wait(&mut input),
        }
    }
}

/// A user's codes, as the layer and as the model store them. Both arrays have the standard code first.
struct World {
    policy: Policy,
    lifetimes: [i128; 2],
    user: &'static str,
    now: i128,
    records: [Option<Record>; 2],
    codes: [Option<Code>; 2],
    /// The contents of codes that were deleted or replaced.
    ended: Vec<String>,
    /// How often randomness was drawn.
    drawn: u64,
}

fn date_time(tick: i128) -> DateTime {
    DateTime::from_ticks(tick as i64).unwrap()
}

fn tick(date_time: DateTime) -> i128 {
    date_time.ticks().into()
}

/// Returns a moment at or near a limit of the rules.
fn moment(from: i128, input: &mut Input<'_>) -> i128 {
    let unit = input.one_of(&[HOUR, HOUR, DAY, DAY, 1]);
    let count = match input.below(4) {
        0 => i128::from(input.byte()) * 3 - 384,
        _ => input.one_of(&[0, 1, 2, 3, 12, 365, 395]),
    };
    (from + unit * count + input.one_of(&[-1, 0, 0, 1])).clamp(0, LAST)
}

/// Writes a property of a body, the moment in one of its many spellings.
fn property(name: &str, tick: i128, input: &mut Input<'_>) -> String {
    let offset = input.one_of(&[0, 0, 60, -330, 840, 1]);
    // Near the first and last moments, the date in another offset may be out of range.
    let offset = if (2 * DAY..LAST - 2 * DAY).contains(&tick) { offset } else { 0 };
    let digits = input.one_of(&[None, Some(7), Some(8), Some(9)]);
    let name = match input.below(4) {
        0 => format!("{}{}", name[..1].to_uppercase(), &name[1..]),
        _ => name.into(),
    };
    format!(r#""{name}": "{}""#, date_time_text(tick, offset, digits))
}

impl World {
    fn patch(&mut self, kind: Kind, input: &mut Input<'_>) {
        let index = kind as usize;
        let code = self.codes[index].clone();
        let stored_start = code.as_ref().map_or(self.now, |code| code.start);
        let (mut start, mut expire) = (None, None);
        let mut properties = vec![r##""@odata.type": "#microsoft.graph.qrCode""##.to_owned()];
        match input.below(8) {
            0 => properties.push(r#""startDateTime": null"#.into()),
            1 => start = Some(stored_start),
            2 => start = Some(moment(self.now, input)),
            3 => start = Some((stored_start + input.one_of(&[-1, 1])).clamp(0, LAST)),
            4 => {
                let text = kept(stored_start, input.below(8));
                start = Some(tick(text.parse().unwrap()));
            }
            _ => {}
        }
        match input.below(6) {
            0 => properties.push(r#""expireDateTime": null"#.into()),
            1 => expire = Some(moment(self.now, input)),
            2..5 => expire = Some(moment(start.unwrap_or(stored_start), input)),
            _ => {}
        }
        properties.extend(start.map(|start| property("startDateTime", start, input)));
        properties.extend(expire.map(|expire| property("expireDateTime", expire, input)));
        if input.below(2) == 0 {
            properties.push(r#""id": null, "Image": {"version": 1}, "createdDateTime": "then""#.into());
            properties.reverse();
        }
        let body: PatchBody = serde_json::from_str(&format!("{{{}}}", properties.join(", "))).unwrap();
        let patch = body.check().unwrap();
        assert_eq!(patch.start_date_time.map(tick), start);
        assert_eq!(patch.expire_date_time.map(tick), expire);

        self.drawn += 1;
        let mut bytes = [0; Randomness::LEN];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.drawn.to_be_bytes());
        }
        let (state, now) = (self.records[index].as_ref(), date_time(self.now));
        let upsert = Upsert { kind, state, patch: &patch, policy: &self.policy, now, user: self.user };
        let result = upsert.run(Randomness::new(bytes));
        let is_temporary = kind == Kind::Temporary;
        let wanted = expected(is_temporary, code.as_ref(), start, expire, self.lifetimes[index], self.now);
        match result {
            Err(error) => {
                assert_eq!(Expected::Refused { code: error.code(), target: error.target() }, wanted, "{error}");
                assert!(!error.to_string().ends_with('.'));
            }
            Ok(Upserted::Created { record, response }) => {
                let (start, expire) = (tick(record.start_date_time), tick(record.expire_date_time));
                assert_eq!(wanted, Expected::Created { start, expire });
                let content = check_image(&response);
                let code = Code { id: record.id.to_string(), content, start, expire, created: self.now, last_used: 0 };
                self.check_content(&code, &record);
                assert_eq!((record.kind, &*record.user_principal_name), (kind, self.user));
                self.ended.extend(self.codes[index].take().map(|code| code.content));
                self.check_new(&code);
                self.codes[index] = Some(code);
                self.store(index, record, &response);
            }
            Ok(Upserted::Updated { record, response }) => {
                assert_eq!(wanted, Expected::Updated { expire: tick(record.expire_date_time) });
                assert_eq!(response.image, None);
                let before = self.records[index].clone().unwrap();
                assert_eq!(record, Record { expire_date_time: record.expire_date_time, ..before });
                let code = self.codes[index].as_mut().unwrap();
                code.expire = tick(record.expire_date_time);
                self.store(index, record, &response);
            }
        }
    }

    /// Stores the record after comparing it and the answer with the model's code.
    fn store(&mut self, index: usize, record: Record, response: &QrCode) {
        let code = self.codes[index].as_ref().unwrap();
        let dates = [code.expire, code.start, code.created, code.last_used].map(|tick| date_time_text(tick, 0, None));
        let image = response.image.as_ref().map_or("null".to_owned(), |image| {
            let image = serde_json::to_value(image).unwrap();
            format!(
                r##"{{"@odata.type":"#microsoft.graph.qrCodeImageDetails","binaryValue":{},"version":{},"errorCorrectionLevel":"l","rawContent":{}}}"##,
                image["binaryValue"], image["version"], image["rawContent"],
            )
        });
        let json = format!(
            r##"{{"@odata.type":"#microsoft.graph.qrCode","id":"{}","expireDateTime":"{}","startDateTime":"{}","createdDateTime":"{}","lastUsedDateTime":"{}","image":{image}}}"##,
            code.id, dates[0], dates[1], dates[2], dates[3],
        );
        let written = serde_json::to_string(response).unwrap();
        assert_eq!(written, json);
        assert_eq!(serde_json::from_str::<QrCode>(&written).unwrap(), *response);
        let read = record.to_qr_code();
        assert_eq!((read.image, read.id), (None, response.id));
        let secret = code.content.rsplit('|').next().unwrap();
        assert!(!shows(&format!("{record:?} {response:?}"), secret));
        self.records[index] = Some(record);
    }

    /// Checks the form of the content, and that the record does not have the secret.
    fn check_content(&self, code: &Code, record: &Record) {
        let start = format!("ms-qrpin:v1|{}|{}|", self.user, code.id);
        let secret = code.content.strip_prefix(&start).unwrap();
        assert_eq!(secret.len(), 43);
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!((code.id.len(), &code.id[14..15]), (36, "4"));
        assert!("89ab".contains(&code.id[19..20]));
        assert!(!shows(&format!("{record:?}"), secret));
    }

    /// Checks that no other code has the id or the secret.
    fn check_new(&self, code: &Code) {
        let others = self.ended.iter().chain(self.codes.iter().flatten().map(|code| &code.content));
        let secret = |content: &str| content.rsplit('|').next().unwrap().to_owned();
        for other in others {
            assert!(!other.contains(&code.id));
            assert_ne!(secret(other), secret(&code.content));
        }
    }

    fn delete(&mut self, kind: Kind) {
        self.records[kind as usize] = None;
        self.ended.extend(self.codes[kind as usize].take().map(|code| code.content));
    }

    fn wait(&mut self, input: &mut Input<'_>) {
        let code = self.codes[input.below(2)].as_ref();
        let from = match input.below(4) {
            0 => code.map_or(self.now, |code| code.start),
            1 | 2 => code.map_or(self.now, |code| code.expire),
            _ => self.now,
        };
        let by = match input.below(3) {
            0 => moment(from, input) - from,
            _ => input.one_of(&[-1, 0, 1]),
        };
        self.now = (from + by).clamp(0, LAST);
    }

    fn verify(&mut self, kind: Kind, input: &mut Input<'_>) {
        let index = kind as usize;
        let now = date_time(self.now);
        let verify = |content: &str, record| {
            let result =
                ScannedContent::parse(content.as_bytes()).and_then(|scanned| credential::verify(&scanned, record, now));
            result.map_err(|error| error.code())
        };
        let record = self.records[index].as_ref();
        for content in self.ended.iter().chain(self.codes[1 - index].as_ref().map(|code| &code.content)) {
            assert_eq!(verify(content, record), Err("unknown"));
        }
        let Some(code) = &mut self.codes[index] else { return };
        assert_eq!(verify(&code.content, None), Err("unknown"));

        let at = code.content.len() - 43 + input.below(43);
        let other = char::from(input.one_of(b"AZaz09-_"));
        let damaged = format!("{}{other}{}", &code.content[..at], &code.content[at + 1..]);
        if damaged != code.content {
            assert!(matches!(verify(&damaged, record), Err("unknown" | "malformed")));
        }
        assert_eq!(verify(&code.content[..at], record), Err("malformed"));
        let renamed = code.content.replacen(self.user, "eve@contoso.com", 1);
        assert_eq!(verify(&renamed, record), Err("unknown"));

        match (verify(&code.content, record), refusal(code, self.now)) {
            (Ok(used), None) => {
                code.last_used = code.last_used.max(self.now);
                let last_used_date_time = date_time(code.last_used);
                assert_eq!(used, Record { last_used_date_time, ..record.unwrap().clone() });
                self.records[index] = Some(used);
            }
            (result, wanted) => assert_eq!(result.err(), wanted),
        }
    }
}

/// Returns whether a text contains the secret, as text or as the numbers of its bytes.
fn shows(text: &str, secret: &str) -> bool {
    let numbers = format!("{:?}", secret.as_bytes());
    text.contains(secret) || text.contains(&numbers[1..numbers.len() - 1])
}

/// Checks the image of a new code and returns its content.
fn check_image(response: &QrCode) -> String {
    let image = response.image.as_ref().unwrap();
    assert_eq!(*image, qrmint::encode(&image.raw_content, qrmint::ErrorCorrectionLevel::L).unwrap());
    String::from_utf8(image.raw_content.clone()).unwrap()
}
