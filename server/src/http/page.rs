//! `limit` and `cursor` of a list. A cursor is opaque to clients; inside it is a position and the mark there.

use axum::{extract::Query, http::Uri};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use minicom_protocol::ids::{Cursor, Mark};
use serde::Deserialize;

use super::error::ApiError;
use crate::{desk::ListCursor, limits};

/// How many rows a request wants, 1 to `MOST`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Limit<const MOST: usize>(pub usize);

impl<const MOST: usize> TryFrom<String> for Limit<MOST> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fits = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
        fits.map(Self)
            .ok_or_else(|| format!("`limit` is a number from 1 to {MOST}"))
    }
}

impl<const MOST: usize> Default for Limit<MOST> {
    fn default() -> Self {
        Self(limits::PAGE_DEFAULT.min(MOST))
    }
}

/// A limit of rows that are short.
pub type ShortLimit = Limit<{ limits::PAGE_MAX }>;
/// A limit of rows each of which can be long.
pub type LongLimit = Limit<{ limits::PAGE_OF_LONG_MAX }>;

/// Cuts a page that was read with one row more than is wanted. Whether there are more.
pub fn cut<T>(rows: &mut Vec<T>, limit: usize) -> bool {
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// A position in a list that is in no journal, as text: which list, where, and whose: the tenant's birth mark, so that a
/// position of another tenant is found out.
pub fn place_text(list: &str, at: &str, whose: Mark) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{whose}{list}\n{at}"))
}

/// Where a page begins, read as what its list goes by; `None` for the beginning.
///
/// # Errors
/// `bad_cursor` if the cursor is malformed, of another list or of another tenant.
pub fn begins_at<T>(
    cursor: Option<&str>,
    list: &str,
    whose: Mark,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let Some(text) = cursor else { return Ok(None) };
    let place = place_from(text, list, whose)?;
    read(&place).map(Some).ok_or_else(ApiError::bad_cursor)
}

/// The position from its text.
fn place_from(text: &str, list: &str, whose: Mark) -> Result<String, ApiError> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let inside = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    inside
        .as_deref()
        .and_then(|inside| inside.strip_prefix(&format!("{whose}{list}\n")))
        .map(str::to_owned)
        .ok_or_else(ApiError::bad_cursor)
}

/// What a request says about its page. The cursor is read by the list it belongs to.
#[derive(PartialEq, Eq, Debug)]
pub struct Page {
    /// Rows, 1 to [`limits::PAGE_MAX`].
    pub limit: usize,
    /// As it was given.
    pub cursor: Option<String>,
}

impl Page {
    /// Reads the query of a request.
    pub fn of(uri: &Uri) -> Result<Page, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| ApiError::bad_request("The query of the address cannot be read."))?;
        let mut page = Page {
            limit: limits::PAGE_DEFAULT,
            cursor: None,
        };
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => page.limit = limit(&value)?,
                "cursor" => page.cursor = Some(value),
                _ => {}
            }
        }
        Ok(page)
    }
}

fn limit(value: &str) -> Result<usize, ApiError> {
    let most = limits::PAGE_MAX;
    let fits = value.parse().ok().filter(|limit| (1..=most).contains(limit));
    fits.ok_or_else(|| ApiError::bad_field(format!("`limit` is a number from 1 to {most}")))
}

/// A position as text.
pub fn cursor_text(cursor: Cursor) -> String {
    format!("{}.{}", cursor.at, cursor.mark)
}

/// A position from text; `None` if it is none.
pub fn cursor_from(text: &str) -> Option<Cursor> {
    let (at, mark) = text.split_once('.')?;
    let digits = |text: &str, of: fn(u8) -> bool| !text.is_empty() && text.bytes().all(of);
    // Rust's own reader would take a sign too.
    let fits = digits(at, |b| b.is_ascii_digit()) && mark.len() == 16 && digits(mark, |b| b.is_ascii_hexdigit());
    let at = at.parse().ok().filter(|_| fits)?;
    let mark = Mark(u64::from_str_radix(mark, 16).ok()?);
    Some(Cursor { at, mark })
}

/// A position in the list of all conversations as text.
pub fn list_cursor_text(place: ListCursor) -> String {
    let part = if place.closed { "closed" } else { "open" };
    format!("{part}.{}", cursor_text(place.at))
}

/// A position in the list of all conversations from text; `None` if it is none.
pub fn list_cursor_from(text: &str) -> Option<ListCursor> {
    let (part, at) = text.split_once('.')?;
    let closed = match part {
        "open" => false,
        "closed" => true,
        _ => return None,
    };
    cursor_from(at).map(|at| ListCursor { closed, at })
}

/// What [`Page::of`] reads, as the description of a route has it.
#[expect(dead_code, reason = "a description is made of it; the values are read by hand")]
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows, 1 to 200; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_comes_back_from_its_text(closed: bool, at in 0..u64::MAX, mark: u64) {
            let place = ListCursor { closed, at: Cursor { at, mark: Mark(mark) } };
            prop_assert_eq!(list_cursor_from(&list_cursor_text(place)), Some(place));
            prop_assert_eq!(cursor_from(&cursor_text(place.at)), Some(place.at));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,60}") {
            let _ = (list_cursor_from(&text), cursor_from(&text), place_from(&text, "tickets", Mark(0)));
        }

        #[test]
        fn a_place_is_good_in_its_list_and_tenant_only(at in ".{0,40}", mark: u64, other: u64) {
            let text = place_text("tickets", &at, Mark(mark));
            prop_assert_eq!(place_from(&text, "tickets", Mark(mark)).ok(), Some(at));
            prop_assert!(place_from(&text, "articles", Mark(mark)).is_err());
            prop_assert!(mark == other || place_from(&text, "tickets", Mark(other)).is_err());
        }
    }

    #[test]
    fn what_is_no_cursor() {
        for bad in [
            "",
            "abc",
            "1",
            "1.",
            ".0123456789abcdef",
            "-1.0123456789abcdef",
            "+1.0123456789abcdef",
            "1.+123456789abcdef",
            "1.123",
        ] {
            assert_eq!(cursor_from(bad), None, "{bad}");
        }
        assert_eq!(list_cursor_from("both.1.0123456789abcdef"), None);
    }

    #[test]
    fn limits_have_a_range() {
        let of = |query: &str| Page::of(&format!("/x?{query}").parse().unwrap()).map(|page| page.limit);
        for bad in [
            "limit=-1",
            "limit=0",
            "limit=201",
            "limit=1e9",
            "limit=",
            "limit=abc",
            "limit=99999999999999999999",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
        assert_eq!(of("limit=200&other=1").ok(), Some(200));
        assert_eq!(of("").ok(), Some(limits::PAGE_DEFAULT));
    }
}
