//! Which conversations somebody means by a customer's name or by the beginning of an id.

use minicom_protocol::{refusal::Refusal, text::CustomerName};

use super::{
    Desk,
    sessions::{Filter, Session, with_profiles},
};
use crate::{
    limits,
    store::{TenantKey, conversations},
};

/// How somebody names conversations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NamedBy {
    /// By the customer's name, in all realms.
    Customer(CustomerName),
    /// By the beginning of the id: the first and the last id that begin so.
    Id(([u8; 16], [u8; 16])),
}

impl NamedBy {
    /// By the beginning of an id, with or without its dashes; `None` if no id begins so.
    pub fn id(text: &str) -> Option<NamedBy> {
        let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
        let fits = (1..=32).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit);
        let filled = |with: u8| {
            let mut bytes = [0; 16];
            for (at, byte) in bytes.iter_mut().enumerate() {
                let nibble = |at: usize| (digits.get(at).copied().unwrap_or(with) as char).to_digit(16);
                *byte = (nibble(2 * at)? * 16 + nibble(2 * at + 1)?) as u8;
            }
            Some(bytes)
        };
        if !fits {
            return None;
        }
        Some(NamedBy::Id((filled(b'0')?, filled(b'f')?)))
    }
}

impl Desk {
    /// The conversations that somebody means by a customer's name or the beginning of an id, and that fit: those that began
    /// last first, at most so many.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn sessions_named(
        &self,
        tenant: TenantKey,
        named: NamedBy,
        filter: Filter,
        limit: usize,
    ) -> Result<Vec<Session>, Refusal> {
        self.read(move |conn| {
            let most = limits::SESSIONS_LOOKED_AT_MAX;
            let mut rows = match &named {
                NamedBy::Customer(name) => conversations::of_name(conn, tenant, name.as_str(), most)?,
                NamedBy::Id(range) => conversations::between(conn, tenant, *range, most)?,
            };
            rows.retain(|row| filter.fits(row));
            rows.truncate(limit);
            with_profiles(conn, tenant, rows)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_id_is_a_range_of_ids() {
        let range = |text: &str| match NamedBy::id(text) {
            Some(NamedBy::Id((from, to))) => Some((u128::from_be_bytes(from), u128::from_be_bytes(to))),
            _ => None,
        };
        let end = 0x0193_a000_0000_0000_0000_0000_0000_0000;
        assert_eq!(range("0193A"), Some((end, end | (u128::MAX >> 20))));
        assert_eq!(range("0193-a"), range("0193a"));
        let whole = "0192f000-0000-7000-8000-00000000000c";
        assert!(range(whole).is_some_and(|(from, to)| from == to));
        for bad in ["", "-", "x", "0193g", "0192f000-0000-7000-8000-00000000000c1", "é"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
