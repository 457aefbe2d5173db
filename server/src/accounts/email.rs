//! The address of an account: what it must look like, and its one form. Whether mail arrives there is not asked.

/// The most bytes of an address that mail has.
const BYTES_MAX: usize = 254;

/// The address cannot be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an e-mail address looks like name@example.org, without blanks, at most {BYTES_MAX} bytes")]
pub struct BadEmail;

/// The one form of an address: trimmed and in lower case, so that `Ada@` and `ada@` are one account.
pub fn normal(text: &str) -> Result<String, BadEmail> {
    let email = text.trim().to_lowercase();
    let (name, host) = email.rsplit_once('@').ok_or(BadEmail)?;
    let fits = email.len() <= BYTES_MAX
        && !name.is_empty()
        && !name.contains('@')
        && !host.is_empty()
        && email.chars().all(|c| c.is_ascii_graphic() || (c.is_alphanumeric() && !c.is_ascii()))
        // These mean something in paths, headers and lists.
        && !email.contains(['/', '\\', '"', '<', '>', ',', ';', '?', '#', '%']);
    if fits { Ok(email) } else { Err(BadEmail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_one_account() {
        assert_eq!(normal(" Ada@Example.ORG "), Ok("ada@example.org".to_owned()));
        assert_eq!(normal("admin@localhost"), Ok("admin@localhost".to_owned()));
        assert_eq!(
            normal("jörg+desk@müller.example"),
            Ok("jörg+desk@müller.example".to_owned())
        );
    }

    #[test]
    fn what_is_no_address() {
        let long = format!("{}@example.org", "a".repeat(BYTES_MAX));
        for bad in [
            "",
            "ada",
            "@",
            "ada@",
            "@example.org",
            "a b@example.org",
            "a@b@c",
            "a\0@b",
            "a\n@b",
            "a/b@c",
            "a\u{202e}@b",
            &long,
        ] {
            assert_eq!(normal(bad), Err(BadEmail), "{bad:?}");
        }
    }
}
