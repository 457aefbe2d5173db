//! What a file says it is, by its first bytes: one of a few media types that are harmless to name, and otherwise bytes. It decodes
//! nothing. What a sender says counts only between kinds of text.

/// The media type of what is nothing else.
pub const OCTETS: &str = "application/octet-stream";

/// Beginnings that only one kind of file has.
const BEGINNINGS: [(&[u8], &str); 7] = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
];

/// Kinds of text that a sender may name.
const TEXTS: [&str; 4] = ["application/json", "text/csv", "text/markdown", "text/x-diff"];

/// The media type for a file that begins so. Never one that a browser would run.
pub fn of(beginning: &[u8], said: &str) -> &'static str {
    if let Some((_, mime)) = BEGINNINGS.iter().find(|(begins, _)| beginning.starts_with(begins)) {
        return mime;
    }
    if beginning.starts_with(b"RIFF") && beginning.get(8..12) == Some(b"WEBP") {
        return "image/webp";
    }
    if !is_text(beginning) {
        return OCTETS;
    }
    let said = said.split(';').next().unwrap_or_default().trim();
    let named = TEXTS.iter().find(|it| it.eq_ignore_ascii_case(said));
    named.copied().unwrap_or("text/plain")
}

/// UTF-8 without the control characters that no log has; the last character may be cut.
fn is_text(beginning: &[u8]) -> bool {
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            let whole = &beginning[..error.valid_up_to()];
            std::str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text
        .chars()
        .any(|c| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x08' | '\x1b'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say_and_never_what_runs() {
        for (bytes, said, expected) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], "text/html", "image/png"),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "", "image/webp"),
            (b"RIFF\x01\x02\x03\x04WAVEfmt ", "image/webp", OCTETS),
            (b"<html><script>alert(1)</script>", "text/html", "text/plain"),
            (b"<svg xmlns='x'>", "image/svg+xml", "text/plain"),
            (b"{\"a\":1}", "application/JSON; charset=utf-8", "application/json"),
            (b"not a picture", "image/png", "text/plain"),
            (b"\x1b[31mred log", "", "text/plain"),
            ("gr\u{fc}n".as_bytes().split_at(3).0, "", "text/plain"),
            (b"\x00\x01\x02", "text/plain", OCTETS),
            (b"\xfe\xff\x00a", "text/plain", OCTETS),
        ] {
            assert_eq!(of(bytes, said), expected, "{bytes:?} said to be {said}");
        }
    }
}
