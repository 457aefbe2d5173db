use axum::http::{HeaderMap, HeaderValue, header};
use futures_util::{StreamExt, stream};
use std::{convert::Infallible, sync::atomic::AtomicUsize};

use super::{super::form, *};

const MOST: u64 = 10 * 1024 * 1024;
const CHUNK: usize = 16 * 1024;

/// A body of which is counted how many bytes were asked for.
fn counted(chunks: impl Iterator<Item = Vec<u8>> + Send + 'static) -> (Body, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let chunks = chunks.map(move |chunk| {
        counted.fetch_add(chunk.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(Bytes::from(chunk))
    });
    (Body::from_stream(stream::iter(chunks)), count)
}

async fn opened(body: Body) -> Result<form::Opened, crate::http::error::ApiError> {
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("multipart/form-data; boundary=B");
    headers.insert(header::CONTENT_TYPE, kind);
    form::open(&headers, body, String::new(), MOST).await
}

#[tokio::test]
async fn a_form_in_which_no_boundary_comes_is_not_read_on() {
    let (body, count) = counted((0..512).map(|_| vec![b'x'; CHUNK]));
    assert!(opened(body).await.is_err());
    let read = count.load(Ordering::Relaxed);
    assert!(read <= limits::UPLOAD_FORM_BYTES_MAX + CHUNK, "{read}");
}

#[tokio::test]
async fn nothing_endless_comes_behind_the_file() {
    let head =
        b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nsome\r\n--B\r\nno: ".to_vec();
    let (body, count) = counted(std::iter::once(head).chain((0..512).map(|_| vec![b'x'; CHUNK])));
    let mut opened = opened(body).await.ok().unwrap();
    while let Ok(Some(bytes)) = opened.source.next(MOST).await {
        assert_eq!(bytes, "some");
    }
    let read = count.load(Ordering::Relaxed);
    let most = limits::UPLOAD_FORM_BYTES_MAX + limits::FILE_CHUNK_BYTES + 2 * CHUNK;
    assert!(read <= most, "{read}");
}

#[tokio::test]
async fn a_file_is_given_as_it_comes_and_not_held() {
    let head = b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".to_vec();
    let end = b"\r\n--B--\r\n".to_vec();
    let file = (0..64).map(|_| vec![b'x'; CHUNK]);
    let (body, count) = counted(std::iter::once(head).chain(file).chain(std::iter::once(end)));
    let mut opened = opened(body).await.ok().unwrap();
    let mut given = 0;
    while let Some(bytes) = opened.source.next(MOST).await.ok().unwrap() {
        given += bytes.len();
        let held = count.load(Ordering::Relaxed) - given;
        assert!(held <= 2 * limits::FILE_CHUNK_BYTES, "{held}");
    }
    assert_eq!(given, 64 * CHUNK);
}

/// A body that comes so many bytes at a time, so far apart.
fn slowly(bytes: usize, every: Duration) -> Pieces {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let chunks = stream::unfold(ticks, move |mut ticks| async move {
        ticks.tick().await;
        Some((Ok::<_, Infallible>(Bytes::from(vec![b'x'; bytes])), ticks))
    });
    let all = InFile::default();
    all.set(true);
    Pieces::of(Body::from_stream(chunks), all)
}

#[tokio::test(start_paused = true)]
async fn who_sends_a_byte_now_and_then_is_told_that_it_is_too_slow() {
    let began = Instant::now();
    let mut pieces = slowly(1, Duration::from_secs(4));
    assert_eq!(pieces.next().await, Some(Ok(Bytes::from_static(b"x"))));
    assert_eq!(pieces.next().await, Some(Err(Stopped::Slow)));
    assert!(began.elapsed() < limits::UPLOAD_PACE_GRACE + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_slow_line_that_is_one_goes_on() {
    let mut pieces = slowly(4_096, Duration::from_secs(4));
    for _ in 0..100 {
        assert!(matches!(pieces.next().await, Some(Ok(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn time_in_which_nobody_reads_is_not_the_senders() {
    let mut pieces = slowly(1, Duration::from_secs(1));
    for _ in 0..3 {
        assert!(matches!(pieces.next().await, Some(Ok(_))));
        tokio::time::advance(Duration::from_secs(60)).await;
    }
}
