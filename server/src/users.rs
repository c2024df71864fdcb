//! The users: object ids and user principal names.
//!
//! Knows nothing of permissions or codes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use qrmint::credential::can_name;
use serde::Deserialize;
use uuid::Uuid;

/// The maximum length of an id or name, in bytes. In Microsoft Entra it is 113 characters.
pub(crate) const MAX_LEN: usize = 256;

/// A user: the object id, which is the key of stored codes, and the user principal name, which is in a code's content.
/// The case of letters makes no difference between users.
///
/// ```
/// use qrmint_server::User;
///
/// let user = User::new("7C4999F7-9C25-4F8E-8B84-766EB28A1B49", "floki@contoso.com").unwrap();
/// assert_eq!(user.id(), "7c4999f7-9c25-4f8e-8b84-766eb28a1b49");
/// assert!(User::new("", "floki@contoso.com").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    id: String,
    principal_name: String,
}

impl User {
    /// Creates a user. The id is changed to lower case, and a GUID gets its hyphens. Returns `None` if the id or the name
    /// is empty, longer than 256 bytes, or contains a control character.
    #[must_use]
    pub fn new(id: &str, principal_name: &str) -> Option<Self> {
        (is_name(id) && is_name(principal_name))
            .then(|| Self { id: canonical(id), principal_name: principal_name.to_owned() })
    }

    /// Returns the object id in lower case, which stores and `Location` use.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the user principal name, as in a code's raw content.
    #[must_use]
    pub fn principal_name(&self) -> &str {
        &self.principal_name
    }
}

fn is_name(text: &str) -> bool {
    (1..=MAX_LEN).contains(&text.len()) && !text.contains(char::is_control)
}

/// Returns an id in lower case, and a GUID with hyphens: the form that stores keep.
pub(crate) fn canonical(id: &str) -> String {
    Uuid::try_parse(id).map_or_else(|_| id.to_lowercase(), |id| id.to_string())
}

/// The users that a service knows.
///
/// Without a list, any name is a user. An id and a user principal name are then two users, so a service whose clients
/// use both needs a list, and nobody can leave.
///
/// ```
/// use qrmint_server::Users;
///
/// let users = Users::parse(r#"{"id": "7c4999f7-9c25-4f8e-8b84-766eb28a1b49", "userPrincipalName": "floki@contoso.com"}"#)?;
/// let floki = users.named("FLOKI@contoso.com").unwrap();
/// assert_eq!(floki.id(), "7c4999f7-9c25-4f8e-8b84-766eb28a1b49");
/// assert!(users.named("torvi@contoso.com").is_none());
/// assert_eq!(Users::any().named("torvi@contoso.com").unwrap().id(), "torvi@contoso.com");
/// # Ok::<(), qrmint_server::UsersError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Users {
    known: Option<Known>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    users: Vec<User>,
    /// The index in `users` by id and by user principal name, both in lower case.
    by_name: HashMap<String, usize>,
}

/// An error in a list of users.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UsersError {
    /// The file can't be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A line is not a JSON object with `id` and `userPrincipalName`.
    #[error("line {line}: {reason}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A line's id or user principal name is empty, too long, or contains what no code can name.
    #[error(
        "line {line}: an id and a user principal name have 1 to {MAX_LEN} bytes and no control character; \
         a user principal name has no `|` and no invisible character"
    )]
    Name {
        /// Its number, from 1.
        line: usize,
    },
    /// A line's id or user principal name is also that of an earlier line.
    #[error("line {line}: the id or the user principal name is that of line {earlier} too")]
    Twice {
        /// Its number, from 1.
        line: usize,
        /// The number of the earlier one.
        earlier: usize,
    },
    /// The list is empty.
    #[error("no user in it")]
    Empty,
}

/// A line of the list, with Graph's property names. Other properties are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    user_principal_name: String,
}

impl Users {
    /// Creates users without a list: any name is a user.
    #[must_use]
    pub fn any() -> Self {
        Self { known: None }
    }

    /// Reads the users from a file of JSON lines, `{"id": "...", "userPrincipalName": "..."}`.
    ///
    /// # Errors
    ///
    /// [`UsersError::Read`], and those of [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self, UsersError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| UsersError::Read { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// Parses the text of such a file. Empty lines are skipped, but counted in line numbers.
    ///
    /// # Errors
    ///
    /// Any [`UsersError`] but `Read`.
    pub fn parse(text: &str) -> Result<Self, UsersError> {
        let mut known = Known::default();
        let mut lines = Vec::new();
        let filled = (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty());
        for (line, text) in filled {
            let Line { id, user_principal_name } =
                serde_json::from_str(text).map_err(|error| UsersError::Line { line, reason: error.to_string() })?;
            let user = User::new(&id, &user_principal_name).filter(|user| can_name(user.principal_name()));
            let user = user.ok_or(UsersError::Name { line })?;
            for name in [user.id(), user.principal_name()] {
                match known.by_name.insert(name.to_lowercase(), lines.len()) {
                    // The id of this user is also the user principal name.
                    Some(earlier) if earlier == lines.len() => {}
                    Some(earlier) => return Err(UsersError::Twice { line, earlier: lines[earlier] }),
                    None => {}
                }
            }
            known.users.push(user);
            lines.push(line);
        }
        if known.users.is_empty() { Err(UsersError::Empty) } else { Ok(Self { known: Some(known) }) }
    }

    /// Returns the user with this id or user principal name. Returns `None` for an unknown or invalid name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<User> {
        match &self.known {
            Some(known) => known.get(&canonical(name)).cloned(),
            None => User::new(name, name),
        }
    }

    /// Returns the object id of a user, or the name itself as an id for somebody who is not in the list and may have
    /// been. Returns `None` for an invalid name.
    #[must_use]
    pub fn id_of(&self, name: &str) -> Option<String> {
        self.named(name).or_else(|| User::new(name, name)).map(|user| user.id)
    }

    /// Returns the user with this id, under the user principal name of the list; without a list, under the given name or
    /// else the id. Returns `None` for an id that is not in the list.
    #[must_use]
    pub fn with_id(&self, id: &str, principal_name: Option<&str>) -> Option<User> {
        match &self.known {
            Some(known) => known.get(&canonical(id)).filter(|user| user.id == canonical(id)).cloned(),
            None => principal_name.and_then(|name| User::new(id, name)).or_else(|| User::new(id, id)),
        }
    }

    /// Returns the first user of the list.
    #[must_use]
    pub fn first(&self) -> Option<&User> {
        self.known.as_ref().and_then(|known| known.users.first())
    }
}

impl Known {
    fn get(&self, name: &str) -> Option<&User> {
        // A longer name cannot be in the list.
        let name = Some(name).filter(|name| name.len() <= MAX_LEN)?.to_lowercase();
        self.by_name.get(&name).map(|&place| &self.users[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOKI: &str = r#"{"id":"7C4999F7-9C25-4F8E-8B84-766EB28A1B49","userPrincipalName":"Floki@contoso.com"}"#;

    #[test]
    fn a_user_of_the_list_is_found_by_id_and_by_name_in_any_case() {
        let users = Users::parse(FLOKI).unwrap();
        for name in ["7c4999f7-9c25-4f8e-8b84-766eb28a1b49", "7C4999F79C254F8E8B84766EB28A1B49", "FLOKI@CONTOSO.COM"] {
            let user = users.named(name).unwrap();
            assert_eq!(
                (user.id(), user.principal_name()),
                ("7c4999f7-9c25-4f8e-8b84-766eb28a1b49", "Floki@contoso.com")
            );
        }
    }

    #[test]
    fn a_user_of_the_list_is_identified_by_id_alone_and_named_by_the_list() {
        let users = Users::parse(FLOKI).unwrap();
        let floki = users.with_id("7C4999F7-9C25-4F8E-8B84-766EB28A1B49", Some("ceo@contoso.com")).unwrap();
        assert_eq!(floki.principal_name(), "Floki@contoso.com");
        assert!(users.with_id("floki@contoso.com", None).is_none());
        assert!(users.with_id("someone", Some("floki@contoso.com")).is_none());
    }

    #[test]
    fn without_a_list_names_that_differ_in_case_are_one_user() {
        let users = Users::any();
        for name in ["floki@contoso.com", "Floki@contoso.com", "FLOKI@CONTOSO.COM"] {
            let user = users.named(name).unwrap();
            assert_eq!((user.id(), user.principal_name()), ("floki@contoso.com", name));
        }
        assert_eq!(users.named("\u{c5}sa").unwrap().id(), "\u{e5}sa");
        let guid = users.named("7C4999F7-9C25-4F8E-8B84-766EB28A1B49").unwrap();
        assert_eq!(guid.id(), "7c4999f7-9c25-4f8e-8b84-766eb28a1b49");
        assert_eq!(users.with_id("Floki", Some("f@contoso.com")), User::new("floki", "f@contoso.com"));
    }

    #[test]
    fn a_name_that_no_code_can_name_is_found_when_the_list_is_read() {
        for name in ["a|b@contoso.com", "a\u{200b}@contoso.com", "\u{202e}moc.osotnoc@a"] {
            let line = serde_json::json!({"id": "a", "userPrincipalName": name}).to_string();
            assert!(matches!(Users::parse(&line), Err(UsersError::Name { line: 1 })), "{name:?}");
        }
    }

    #[test]
    fn nothing_control_characters_and_what_has_no_end_are_no_name() {
        for name in ["", "a\nb", "a\0", &"x".repeat(257)] {
            assert!(Users::any().named(name).is_none(), "{name:?}");
            assert!(Users::parse(FLOKI).unwrap().named(name).is_none(), "{name:?}");
        }
        assert!(Users::any().named(&"x".repeat(256)).is_some());
    }

    #[test]
    fn errors_of_the_list_name_the_line() {
        let message = |text: &str| Users::parse(text).unwrap_err().to_string();
        assert!(message("\n{").starts_with("line 2: "));
        assert!(message(r#"{"id":"a"}"#).contains("userPrincipalName"));
        assert!(message(r#"{"id":"","userPrincipalName":"c"}"#).starts_with("line 1: "));
        let twice = format!("{FLOKI}\n\n{}", r#"{"id":"x","userPrincipalName":"FLOKI@contoso.com"}"#);
        assert_eq!(message(&twice), "line 3: the id or the user principal name is that of line 1 too");
        assert_eq!(message(""), "no user in it");
    }

    #[test]
    fn a_user_may_have_one_name_for_both() {
        let users = Users::parse(r#"{"id":"badge-17","userPrincipalName":"badge-17","mail":null}"#).unwrap();
        assert_eq!(users.named("BADGE-17"), users.first().cloned());
    }
}
