//! A query as it was typed, in pieces: between spaces, or in quotes.

/// Something typed, between spaces or in quotes.
pub(super) struct Typed<'a> {
    /// All of it.
    pub(super) raw: &'a str,
    /// Without `-` and quotes.
    pub(super) text: &'a str,
    /// Whether it stood in quotes.
    pub(super) quoted: bool,
    /// Whether it began with `-`.
    pub(super) excludes: bool,
}

impl<'a> Typed<'a> {
    /// As a filter: the key in lower case, and the value without quotes.
    pub(super) fn filter(&self) -> Option<(String, &'a str)> {
        if self.quoted {
            return None;
        }
        let (key, value) = self.text.split_once(':')?;
        let is_key = !key.is_empty() && key.len() <= 16 && key.bytes().all(|b| b.is_ascii_alphabetic());
        is_key.then(|| (key.to_ascii_lowercase(), value.trim_matches('"')))
    }
}

/// The pieces of a text: spaces end one, but not within quotes.
pub(super) fn split(text: &str) -> Vec<Typed<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut within = false;
        let end = rest.find(|c: char| {
            within ^= c == '"';
            c.is_whitespace() && !within
        });
        let (raw, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.trim_start();
        let excluded = raw.strip_prefix('-').filter(|it| !it.is_empty());
        let text = excluded.unwrap_or(raw);
        let inside = text.strip_prefix('"');
        pieces.push(Typed {
            raw,
            text: inside.map_or(text, |it| it.strip_suffix('"').unwrap_or(it)),
            quoted: inside.is_some(),
            excludes: excluded.is_some(),
        });
    }
    pieces
}
