//! Counts the fragments of each message on the way in, by the heads of the frames alone. The library joins fragments without a
//! bound on their number, and empty ones cost nothing of its bound on bytes: a message could go on for ever.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::limits::FRAGMENTS_MAX;

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

/// A message came in more than [`FRAGMENTS_MAX`] fragments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a message in more than {FRAGMENTS_MAX} fragments")]
pub struct TooMany;

/// A stream of which reading fails with [`TooMany`].
pub struct Fragments<S> {
    inner: S,
    frames: Frames,
}

impl<S> Fragments<S> {
    /// Over a stream whose next byte is a frame's first.
    pub fn new(inner: S) -> Fragments<S> {
        let frames = Frames::default();
        Fragments { inner, frames }
    }
}

/// Where in the frames the stream is. What is wrong with them is the library's to say.
#[derive(Default)]
struct Frames {
    /// What is here of the head of a frame, at most 14 bytes.
    head: Vec<u8>,
    /// Bytes that are still to come of a frame whose head was read.
    rest: u64,
    /// Frames of the message that has begun.
    fragments: u32,
}

impl Frames {
    fn pass(&mut self, mut bytes: &[u8]) -> Result<(), TooMany> {
        while let [first, others @ ..] = bytes {
            if self.rest > 0 {
                let passed = bytes.len().min(usize::try_from(self.rest).unwrap_or(usize::MAX));
                self.rest -= passed as u64;
                bytes = &bytes[passed..];
                continue;
            }
            self.head.push(*first);
            bytes = others;
            let Some(length) = length(&self.head) else { continue };
            let (last, kind) = (self.head[0] & FIN != 0, self.head[0] & 0x0f);
            // Pings may come in between.
            if kind < 8 {
                self.fragments = if kind == 0 { self.fragments + 1 } else { 1 };
                if self.fragments > FRAGMENTS_MAX {
                    return Err(TooMany);
                }
                if last {
                    self.fragments = 0;
                }
            }
            self.head.clear();
            self.rest = length;
        }
        Ok(())
    }
}

/// The length of the payload, once the head is whole.
fn length(head: &[u8]) -> Option<u64> {
    let second = *head.get(1)?;
    let wide = match second & !MASKED {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & MASKED == 0 { 0 } else { 4 };
    if head.len() < 2 + wide + mask {
        return None;
    }
    let long = head[2..2 + wide]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    Some(if wide == 0 { u64::from(second & !MASKED) } else { long })
}

impl<S: AsyncRead + Unpin> AsyncRead for Fragments<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        let passed = this.frames.pass(&buf.filled()[before..]);
        Poll::Ready(passed.map_err(io::Error::other))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Fragments<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match length {
            0..126 => frame.push(MASKED | length as u8),
            126..65_536 => {
                frame.push(MASKED | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(MASKED | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        // A mask and a payload that look like heads of fragments.
        frame.resize(frame.len() + 4 + length, 0);
        frame
    }

    fn message(fragments: u32, length: usize) -> Vec<u8> {
        let middle = (2..fragments).flat_map(|_| [frame(9 | FIN, 3), frame(0, length)].concat());
        let mut all = frame(1, length);
        all.extend(middle);
        all.extend(frame(FIN, length));
        all
    }

    /// However the bytes are cut into reads, and whatever the payloads look like.
    #[test]
    fn fragments_are_counted_and_nothing_else_is() {
        for length in [0, 1, 125, 126, 300, 70_000] {
            let mut fine = [frame(1 | FIN, length), message(FRAGMENTS_MAX, length)]
                .concat()
                .repeat(2);
            for cut in [1, 7, 4_096, usize::MAX] {
                let mut frames = Frames::default();
                assert!(
                    fine.chunks(cut).all(|read| frames.pass(read).is_ok()),
                    "{length} by {cut}"
                );
                assert_eq!((frames.fragments, frames.rest, frames.head.len()), (0, 0, 0));
            }
            fine.extend(message(FRAGMENTS_MAX + 1, length));
            for cut in [1, 7, 4_096, usize::MAX] {
                let mut frames = Frames::default();
                assert!(
                    fine.chunks(cut).any(|read| frames.pass(read) == Err(TooMany)),
                    "{length} by {cut}"
                );
            }
        }
    }
}
