//! The permissions that scopes and roles grant.
//!
//! The names and what they grant are those in the permission tables of Graph's "Create or Update qrCode" and "Get
//! qrCode" pages. `QrMint.Verify` is this service's own, since Graph has no request that verifies a scanned code.

/// The permissions of a token: to read and write codes, the caller's own or all, and to verify scanned codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permissions {
    /// To read one's own codes.
    pub(crate) read_own: bool,
    /// To create, update and delete one's own codes.
    pub(crate) write_own: bool,
    /// To read anyone's codes.
    pub(crate) read_all: bool,
    /// To create, update and delete anyone's codes.
    pub(crate) write_all: bool,
    /// To verify scanned codes.
    pub(crate) verify: bool,
}

impl Permissions {
    /// All permissions.
    pub(crate) const ALL: Self =
        Self { read_own: true, write_own: true, read_all: true, write_all: true, verify: true };

    /// No permission.
    pub(crate) const NONE: Self =
        Self { read_own: false, write_own: false, read_all: false, write_all: false, verify: false };

    /// Returns what the scopes of a signed-in user's token grant: a list separated by spaces. Unknown scopes grant
    /// nothing.
    pub(crate) fn of_scopes(scopes: &str) -> Self {
        scopes.split_ascii_whitespace().map(Self::of).fold(Self::NONE, Self::union)
    }

    /// Returns what the roles of an application's token grant. An application has no codes of its own.
    pub(crate) fn of_roles<'a>(roles: impl IntoIterator<Item = &'a str>) -> Self {
        let granted = roles.into_iter().map(Self::of).fold(Self::NONE, Self::union);
        Self { read_own: false, write_own: false, ..granted }
    }

    /// Returns these permissions without those on others' codes.
    pub(super) fn only_own(self) -> Self {
        Self { read_all: false, write_all: false, ..self }
    }

    /// Returns what one scope or role grants.
    fn of(scope: &str) -> Self {
        let reads = Self { read_own: true, ..Self::NONE };
        match scope {
            "UserAuthMethod-QR.Read" | "UserAuthenticationMethod.Read" => reads,
            "UserAuthMethod-QR.ReadWrite" | "UserAuthenticationMethod.ReadWrite" => Self { write_own: true, ..reads },
            "UserAuthMethod-QR.Read.All" | "UserAuthenticationMethod.Read.All" => Self { read_all: true, ..reads },
            "UserAuthMethod-QR.ReadWrite.All" | "UserAuthenticationMethod.ReadWrite.All" => {
                Self { verify: false, ..Self::ALL }
            }
            "QrMint.Verify" => Self { verify: true, ..Self::NONE },
            _ => Self::NONE,
        }
    }

    fn union(self, other: Self) -> Self {
        Self {
            read_own: self.read_own || other.read_own,
            write_own: self.write_own || other.write_own,
            read_all: self.read_all || other.read_all,
            write_all: self.write_all || other.write_all,
            verify: self.verify || other.verify,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_grants_what_graph_says() {
        let granted = |scope: &str| {
            let Permissions { read_own, write_own, read_all, write_all, verify } = Permissions::of_scopes(scope);
            [read_own, write_own, read_all, write_all, verify].map(u8::from)
        };
        for family in ["UserAuthMethod-QR", "UserAuthenticationMethod"] {
            assert_eq!(granted(&format!("{family}.Read")), [1, 0, 0, 0, 0]);
            assert_eq!(granted(&format!("{family}.ReadWrite")), [1, 1, 0, 0, 0]);
            assert_eq!(granted(&format!("{family}.Read.All")), [1, 0, 1, 0, 0]);
            assert_eq!(granted(&format!("{family}.ReadWrite.All")), [1, 1, 1, 1, 0]);
        }
        assert_eq!(granted("QrMint.Verify"), [0, 0, 0, 0, 1]);
        assert_eq!(granted("User.ReadWrite.All Directory.ReadWrite.All openid"), [0; 5]);
        assert_eq!(granted("UserAuthMethod-QR.Read.All  QrMint.Verify"), [1, 0, 1, 0, 1]);
        assert_eq!(granted(""), [0; 5]);
    }

    #[test]
    fn without_those_on_others_codes_a_scope_of_all_grants_what_the_same_without_all_does() {
        for scope in ["UserAuthMethod-QR.Read", "UserAuthMethod-QR.ReadWrite", "UserAuthenticationMethod.ReadWrite"] {
            assert_eq!(Permissions::of_scopes(&format!("{scope}.All")).only_own(), Permissions::of_scopes(scope));
        }
        assert!(Permissions::ALL.only_own().verify);
    }

    #[test]
    fn an_application_has_nothing_of_its_own() {
        let all = Permissions::of_roles(["UserAuthMethod-QR.ReadWrite.All"]);
        assert!(all.read_all && all.write_all && !all.read_own && !all.write_own);
        assert_eq!(Permissions::of_roles(["UserAuthMethod-QR.ReadWrite", "UserAuthMethod-QR.Read"]), Permissions::NONE);
    }
}
