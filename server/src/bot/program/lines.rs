//! Lines that a program writes, each with a bound: what is longer is no line of ours, and is never held whole.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// How a line ended.
pub enum Line {
    /// With its end, which is not in it; or at the end of all.
    Whole(Vec<u8>),
    /// Not within the bound: so much of it was read.
    TooLong(Vec<u8>),
    /// There is none any more.
    End,
}

/// The next line of at most `most` bytes.
///
/// # Errors
/// What kept it from being read.
pub async fn next(from: &mut (impl AsyncBufRead + Unpin), most: usize) -> io::Result<Line> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = from.take(limit).read_until(b'\n', &mut bytes).await?;
    if read == 0 {
        return Ok(Line::End);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if bytes.len() > most {
        return Ok(Line::TooLong(bytes));
    }
    Ok(Line::Whole(bytes))
}

/// Reads on to the end of a line that was too long, and keeps nothing of it.
///
/// # Errors
/// What kept it from being read.
pub async fn skip(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<()> {
    loop {
        let bytes = from.fill_buf().await?;
        let (taken, ended) = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (bytes.len(), bytes.is_empty()),
        };
        from.consume(taken);
        if ended {
            return Ok(());
        }
    }
}
