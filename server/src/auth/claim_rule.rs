//! Rules that classify a token by one claim.

use std::str::FromStr;

use serde_json::{Map, Value};

/// The name of a claim and a value: `NAME=VALUE`.
///
/// A token matches if its claim is the value, or an array that contains it. Numbers and booleans are compared as JSON
/// writes them. The name is that of a claim, else a path of names with dots between them.
///
/// ```
/// use qrmint_server::ClaimRule;
///
/// let rule: ClaimRule = "realm_access.roles=qr-administrator".parse()?;
/// assert!("realm_access.roles".parse::<ClaimRule>().is_err());
/// # Ok::<(), qrmint_server::ClaimRuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRule {
    name: String,
    value: String,
}

/// The text is not a [`ClaimRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected NAME=VALUE, the name of a claim and its value")]
pub struct ClaimRuleError;

impl FromStr for ClaimRule {
    type Err = ClaimRuleError;

    fn from_str(text: &str) -> Result<Self, ClaimRuleError> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                Ok(Self { name: name.into(), value: value.into() })
            }
            _ => Err(ClaimRuleError),
        }
    }
}

impl ClaimRule {
    /// Returns whether these claims have the value.
    pub(super) fn matches(&self, claims: &Map<String, Value>) -> bool {
        match find(claims, &self.name) {
            Some(Value::Array(items)) => items.iter().any(|item| self.is_value(item)),
            found => found.is_some_and(|claim| self.is_value(claim)),
        }
    }

    fn is_value(&self, claim: &Value) -> bool {
        match claim {
            Value::String(text) => *text == self.value,
            Value::Number(number) => number.to_string() == self.value,
            Value::Bool(flag) => flag.to_string() == self.value,
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }
}

/// Returns the member of this name, or the one at the end of the path. A name in the path may have dots itself.
fn find<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let along_path =
        || name.match_indices('.').find_map(|(dot, _)| find(object.get(&name[..dot])?.as_object()?, &name[dot + 1..]));
    object.get(name).or_else(along_path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_matches_texts_numbers_booleans_and_members_of_arrays() {
        let claims = json!({
            "gty": "client-credentials", "level": 3, "admin": true, "groups": ["staff", "qr-admins", 7],
            "https://contoso.com/roles": ["qr=admin"], "realm_access": {"roles": ["qr-administrator"]},
            "resource_access": {"qr.mint": {"roles": ["writer"]}}, "nothing": null, "nested": [["staff"]], "empty": "",
        });
        for (rule, expected) in [
            ("gty=client-credentials", true),
            ("gty=Client-Credentials", false),
            ("gty=client", false),
            ("level=3", true),
            ("level=3.0", false),
            ("admin=true", true),
            ("groups=qr-admins", true),
            ("groups=7", true),
            ("groups=admins", false),
            ("https://contoso.com/roles=qr=admin", true),
            ("realm_access.roles=qr-administrator", true),
            ("resource_access.qr.mint.roles=writer", true),
            ("realm_access=roles", false),
            ("realm_access.=x", false),
            ("missing=x", false),
            ("nothing=null", false),
            ("nested=staff", false),
        ] {
            let parsed: ClaimRule = rule.parse().unwrap();
            assert_eq!(parsed.matches(claims.as_object().unwrap()), expected, "{rule}");
        }
    }

    #[test]
    fn a_rule_has_a_name_and_a_value() {
        for text in ["", "=", "name", "name=", "=value"] {
            assert_eq!(text.parse::<ClaimRule>(), Err(ClaimRuleError), "{text:?}");
        }
    }
}
