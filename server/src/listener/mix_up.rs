//! HTTP where TLS is spoken, and TLS where it is not: recognised by the first byte, told to who can read it, and logged so
//! that the operator sees which of the two it was.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Instant,
};

use minicom_protocol::refusal::Refusal;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tracing::warn;

use crate::limits::MIX_UP_LOG_EVERY;

/// The first byte of every TLS connection: a record with a handshake. No method of HTTP begins with it.
pub const TLS_HANDSHAKE: u8 = 0x16;

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MixUp {
    /// Plain HTTP came to a port with TLS.
    HttpOnTls,
    /// TLS came to a port without it.
    TlsOnHttp,
}

impl MixUp {
    fn words(self) -> &'static str {
        match self {
            MixUp::HttpOnTls => "plain HTTP came to this port, which speaks TLS: that client needs https:// or wss://",
            MixUp::TlsOnHttp => "TLS came to this port, which speaks plain HTTP: that client needs http:// or ws://",
        }
    }
}

/// Tells the log of mix-ups, not more often than anybody reads.
#[derive(Default)]
pub struct MixUps {
    /// When each was last told, and how many were not since. Std mutex: nothing awaits while it is held.
    told: Mutex<[(Option<Instant>, u64); 2]>,
}

impl MixUps {
    /// One more.
    pub fn tell(&self, it: MixUp, peer: SocketAddr) {
        if let Some(untold) = self.count(it, Instant::now()) {
            warn!(%peer, untold, "{}", it.words());
        }
    }

    /// How many were not told before this one; `None` if this one is not told either.
    fn count(&self, it: MixUp, now: Instant) -> Option<u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, untold) = &mut told[it as usize];
        if last.is_some_and(|last| now.duration_since(last) < MIX_UP_LOG_EVERY) {
            *untold += 1;
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(untold))
    }
}

/// What plain HTTP is told on a port with TLS: a whole answer.
pub fn tls_required() -> &'static [u8] {
    static WORDS: LazyLock<String> = LazyLock::new(|| {
        let refusal = Refusal::Unknown {
            code: "tls_required".to_owned(),
            message: "This port speaks TLS: write https:// (or wss://) instead of http:// (or ws://).".to_owned(),
            retryable: false,
        };
        let body = refusal.to_wire().to_string();
        format!(
            "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    });
    WORDS.as_bytes()
}

/// A stream that looks at its first byte, whether TLS is meant. HTTP takes it for the bad request that it is, and its answer in
/// plain text shows the client that this is not TLS.
pub struct FirstByte<S> {
    inner: S,
    seen: bool,
    is_tls: Arc<AtomicBool>,
}

impl<S> FirstByte<S> {
    /// `is_tls` becomes true if it was.
    pub fn new(inner: S, is_tls: Arc<AtomicBool>) -> FirstByte<S> {
        FirstByte {
            inner,
            seen: false,
            is_tls,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FirstByte<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        if !this.seen
            && let Some(first) = buf.filled().get(before)
        {
            this.seen = true;
            if *first == TLS_HANDSHAKE {
                this.is_tls.store(true, Ordering::Relaxed);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FirstByte<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_log_is_told_now_and_then_of_each() {
        let (ups, now) = (MixUps::default(), Instant::now());
        assert_eq!(ups.count(MixUp::HttpOnTls, now), Some(0));
        assert_eq!(ups.count(MixUp::HttpOnTls, now + Duration::from_secs(1)), None);
        assert_eq!(ups.count(MixUp::TlsOnHttp, now), Some(0), "the other one is another");
        assert_eq!(ups.count(MixUp::HttpOnTls, now + Duration::from_secs(2)), None);
        assert_eq!(ups.count(MixUp::HttpOnTls, now + MIX_UP_LOG_EVERY), Some(2));
    }
}
