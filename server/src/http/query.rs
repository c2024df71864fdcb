//! The options in a query, such as `?user=floki&top=10`. Names match in any case, with or without the `$` of OData. An
//! option without a value is as good as none.

use uuid::Uuid;

use super::error::ApiError;

/// How many items a page has if nothing is asked for, and at most.
const DEFAULT_TOP: u32 = 100;
const MAX_TOP: u32 = 1_000;

/// The options of a query that have not been taken yet.
pub(super) struct Query {
    options: Vec<(&'static str, String)>,
}

impl Query {
    /// Parses a query that may have these options. Refuses others, and those that come twice.
    pub(super) fn parse(query: &str, known: &[&'static str]) -> Result<Self, ApiError> {
        let mut options: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let plain = name.strip_prefix('$').unwrap_or(&name);
            let found = known.iter().find(|known| known.eq_ignore_ascii_case(plain));
            match found {
                Some(_) if value.is_empty() => {}
                Some(known) if options.iter().all(|(taken, _)| taken != known) => {
                    options.push((known, value.into_owned()));
                }
                Some(known) => return Err(ApiError::Query { name: (*known).to_owned(), reason: "comes twice" }),
                None => return Err(ApiError::Query { name: name.into_owned(), reason: "is unknown" }),
            }
        }
        Ok(Self { options })
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let index = self.options.iter().position(|(known, _)| *known == name)?;
        Some(self.options.swap_remove(index).1)
    }

    /// Takes the value of an option.
    pub(super) fn parsed<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ApiError> {
        let invalid = || ApiError::Query { name: name.to_owned(), reason: "has no such value" };
        self.take(name).map(|text| parse(&text).ok_or_else(invalid)).transpose()
    }

    /// Takes the number of items and what they come after.
    pub(super) fn page(&mut self) -> Result<(u32, Option<Uuid>), ApiError> {
        let top = self.parsed("top", |text| text.parse().ok().filter(|top| (1..=MAX_TOP).contains(top)))?;
        Ok((top.unwrap_or(DEFAULT_TOP), self.parsed("skipToken", |text| text.parse().ok())?))
    }
}
