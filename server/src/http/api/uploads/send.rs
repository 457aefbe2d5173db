//! `GET uploads/{id}`: a file goes out, as something to be kept and never as something to be shown.

use std::io::{self, SeekFrom};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use minicom_protocol::{gate::Shown, ids::FileId};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use tracing::error;

use super::who;
use crate::{
    http::{
        App,
        api::public::TenantQuery,
        asked::{Asked, Named},
        error::ApiError,
        extract::Peer,
    },
    limits,
    store::files::FileRow,
};

/// Whoever opens it in a browser all the same gets a page that may do nothing.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// Fetches a file.
///
/// By agents, and by the customer of the thread with the key of the session; before it is sent, by who uploaded it. One `Range` is
/// answered. The name in `Content-Disposition` is a stranger's: make no path of it.
#[utoipa::path(
    get, path = "/uploads/{id}", tag = "files", operation_id = "fetch_file",
    params(("id" = Uuid, Path, description = "The file's `upload_id`"), TenantQuery),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part of it that `Range` asks for", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "`If-None-Match` names it"),
        (status = 410, description = "`file_lost`: its bytes are not there any more, or are not what they were"),
        (status = 416, description = "`bad_range`: it has no such part"),
    ),
    security(("bearer" = []))
)]
pub async fn download(
    State(app): State<App>,
    Peer(peer): Peer,
    Named(id): Named<FileId>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (tenant, row, under_way) = who::may_have(&app, &headers, peer, id, query.tenant_id.as_deref()).await?;
    let tag = format!("\"{}\"", row.part().digest);
    if has_it(&headers, &tag) {
        let answer = (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]);
        return Ok(answer.into_response());
    }
    let range = match wanted(&headers, &tag, row.size) {
        Wanted::Whole => None,
        Wanted::Part(from, to) => Some((from, to)),
        Wanted::Nothing => return Err(bad_range(row.size)),
    };
    let file = app
        .uploads
        .open(tenant, &row, range.is_none())
        .await
        .map_err(|stored| {
            error!(file = %row.id, ?stored, "a file is not what was uploaded; `minicom-server verify` names all such");
            let words = "The bytes of this file are lost on the server. Ask for it to be sent again.";
            ApiError::told(StatusCode::GONE, "file_lost", words)
        })?;
    let mut file = tokio::fs::File::from_std(file);
    let (from, to) = range.unwrap_or((0, row.size.saturating_sub(1)));
    file.seek(SeekFrom::Start(from))
        .await
        .map_err(|_| minicom_protocol::refusal::Refusal::Internal)?;
    let length = to + 1 - from;
    let bytes = ReaderStream::with_capacity(file.take(length), limits::FILE_CHUNK_BYTES);
    // Who may have it no more gets no more of it: the answer is cut, which its length tells.
    let chunks = stream::try_unfold((bytes, under_way), async |(mut bytes, under_way)| {
        let next = under_way.unless_over(bytes.next()).await;
        let next = next.map_err(|refusal| io::Error::other(refusal.code()))?.transpose()?;
        Ok::<_, io::Error>(next.map(|chunk| (chunk, (bytes, under_way))))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let head = response.headers_mut();
    for (name, value) in described(&row, &tag) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            head.insert(name, value);
        }
    }
    head.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if range.is_some() {
        let part = format!("bytes {from}-{to}/{}", row.size);
        if let Ok(part) = HeaderValue::from_str(&part) {
            head.insert(header::CONTENT_RANGE, part);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The headers that every file has.
fn described(row: &FileRow, tag: &str) -> [(HeaderName, String); 5] {
    let kind = match row.mime.starts_with("text/") {
        true => format!("{}; charset=utf-8", row.mime),
        false => row.mime.clone(),
    };
    [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition(&row.name)),
        (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
        (header::ETAG, tag.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ]
}

/// `attachment` with the file's name, as RFC 6266 has it: in letters that nobody reads wrong, and once more in all its letters.
fn disposition(name: &str) -> String {
    let shown = Shown::line(name);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._- ()+".contains(c);
    let simple: String = shown.as_str().chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut full = String::new();
    for byte in shown.as_str().bytes() {
        match byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            true => full.push(char::from(byte)),
            false => full.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{simple}\"; filename*=UTF-8''{full}")
}

fn has_it(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|it| it.to_str().ok());
    named
        .flat_map(|list| list.split(','))
        .any(|it| it.trim() == "*" || it.trim().trim_start_matches("W/") == tag)
}

/// What of a file is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    Whole,
    /// From the first byte to the last one, which is in it.
    Part(u64, u64),
    /// A part that there is not.
    Nothing,
}

fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let mut ranges = headers.get_all(header::RANGE).iter();
    let range = ranges.next().filter(|_| ranges.next().is_none());
    let Some(range) = range.and_then(|it| it.to_str().ok()) else {
        return Wanted::Whole;
    };
    // It is a part of what its asker has: of another file it would be none.
    let of_this = headers
        .get(header::IF_RANGE)
        .is_none_or(|it| it.as_bytes() == tag.as_bytes());
    if !of_this {
        return Wanted::Whole;
    }
    part(range, size)
}

/// One range; several, and what cannot be read, is as none. What begins behind its end, or behind the file's, is a part that
/// there is not.
fn part(range: &str, size: u64) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|it| it.split_once('-')) else {
        return Wanted::Whole;
    };
    // No file has as many bytes as a number that is too large to be read.
    let number = |text: &str| match !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit()) {
        true => Some(text.parse().unwrap_or(u64::MAX)),
        false => None,
    };
    let end = size.saturating_sub(1);
    match (first, number(first), last, number(last)) {
        ("", _, _, Some(0)) => Wanted::Nothing,
        ("", _, _, Some(count)) => Wanted::Part(size.saturating_sub(count), end),
        (_, Some(from), "", _) if from < size => Wanted::Part(from, end),
        (_, Some(from), _, Some(to)) if from <= to && from < size => Wanted::Part(from, to.min(end)),
        (_, Some(_), "", _) | (_, Some(_), _, Some(_)) => Wanted::Nothing,
        _ => Wanted::Whole,
    }
}

fn bad_range(size: u64) -> ApiError {
    let words = format!("The file has {size} bytes, and none where `Range` asks for some.");
    let error = ApiError::told(StatusCode::RANGE_NOT_SATISFIABLE, "bad_range", &words);
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(value) => error.with_header(header::CONTENT_RANGE, value),
        Err(_) => error,
    }
}

#[cfg(test)]
#[path = "../../../../../protocol/src/tests/hostile_names.rs"]
mod hostile_names;

#[cfg(test)]
mod tests {
    use super::{hostile_names, *};

    /// What a reader of RFC 6266 and 8187 gets: the name in plain letters, and the one in all letters. [`None`] if it is not in order.
    fn read(header: &str) -> Option<(&str, String)> {
        let rest = header.strip_prefix("attachment; filename=\"")?;
        let (simple, rest) = rest.split_once('"')?;
        let full = rest.strip_prefix("; filename*=UTF-8''")?;
        let mut bytes = Vec::new();
        let mut left = full.bytes();
        while let Some(byte) = left.next() {
            match byte {
                b'%' => {
                    let digits = [left.next()?, left.next()?];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
                }
                // attr-char, of which no more is used.
                byte if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) => bytes.push(byte),
                _ => return None,
            }
        }
        Some((simple, String::from_utf8(bytes).ok()?))
    }

    #[test]
    fn no_name_breaks_its_header_and_each_is_read_as_it_is_shown() {
        for name in hostile_names::all() {
            let header = disposition(&name);
            assert!(HeaderValue::from_str(&header).is_ok(), "{name:?}: {header}");
            let (simple, full) = read(&header).unwrap_or_else(|| panic!("{name:?}: {header}"));
            assert!(!simple.contains(['\\', '/']) && simple.is_ascii(), "{name:?}: {header}");
            assert_eq!(full, Shown::line(&name).as_str(), "{name:?}");
            assert!(!hostile_names::is_raw(&full), "{name:?}: {full:?}");
            assert!(!full.contains(['\r', '\n', '\0']), "{name:?}: {full:?}");
        }
    }

    #[test]
    fn one_range_is_read_and_what_is_none_is_passed_over() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=2-", Wanted::Part(2, 9)),
            ("bytes=-3", Wanted::Part(7, 9)),
            ("bytes=-30", Wanted::Part(0, 9)),
            ("bytes=4-400", Wanted::Part(4, 9)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=10-12", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::Nothing),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("bytes=99999999999999999999-", Wanted::Nothing),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
    }

    #[test]
    fn a_name_in_a_header_is_no_header_of_its_own() {
        for (name, expected) in [
            ("build.log", "filename=\"build.log\"; filename*=UTF-8''build.log"),
            (
                "a\"; x=\"b",
                "filename=\"a__ x__b\"; filename*=UTF-8''a%22%3B%20x%3D%22b",
            ),
            ("gr\u{fc}n.txt", "filename=\"gr_n.txt\"; filename*=UTF-8''gr%C3%BCn.txt"),
        ] {
            assert_eq!(disposition(name), format!("attachment; {expected}"));
        }
        let evil = disposition("x\r\nSet-Cookie: a=b\u{202e}gpj.exe\x1b[2J");
        assert!(HeaderValue::from_str(&evil).is_ok(), "{evil}");
        assert!(!evil.contains(['\r', '\n', '\x1b', '\u{202e}']), "{evil}");
    }
}
