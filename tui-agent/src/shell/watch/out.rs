//! The standard output of `watch`. Where it is a file, the cursor's file says how long it was: what was written after that by a
//! program that was killed is found again in it.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    os::{fd::AsFd, unix::fs::MetadataExt},
};

use minicom_client::cursor_file::{Output, Place, is_cursor};
use serde::Deserialize;

/// The output, without a buffer: what is written is out.
pub(super) struct Out {
    file: File,
    is_file: bool,
    /// The same file to be read, if it is one and may be.
    again: Option<File>,
}

impl Out {
    pub fn stdout() -> io::Result<Out> {
        let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let is_file = file.metadata()?.is_file();
        // Not everywhere, and not where the file may only be written: then nothing is found again.
        let again = is_file.then(|| File::open("/dev/fd/1").ok()).flatten();
        Ok(Out { file, is_file, again })
    }

    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())
    }

    /// How far the output has come. It is on the disk by then: a cursor must not be ahead of its lines.
    pub fn reached(&mut self) -> io::Result<Option<Output>> {
        if !self.is_file {
            return Ok(None);
        }
        self.file.sync_data()?;
        let meta = self.file.metadata()?;
        Ok(Some(Output {
            device: meta.dev(),
            inode: meta.ino(),
            length: meta.len(),
        }))
    }

    /// The cursor to go on from: the kept one, or that of the last whole line which a killed program wrote after it. Half a line
    /// is cut off.
    pub fn goes_on(&mut self, kept: Place, json: bool) -> io::Result<String> {
        let (Some(then), Some(now)) = (kept.output, self.reached()?) else {
            return Ok(kept.cursor);
        };
        let same = (then.device, then.inode) == (now.device, now.inode) && now.length > then.length;
        match &mut self.again {
            Some(again) if same && json => {
                again.seek(SeekFrom::Start(then.length))?;
                let tail = Tail::read(again.take(now.length - then.length))?;
                if let Some(bytes) = tail.half {
                    self.file.set_len(now.length - bytes)?;
                }
                Ok(tail.cursor.unwrap_or(kept.cursor))
            }
            _ => Ok(kept.cursor),
        }
    }
}

/// What was written after the cursor was kept.
#[derive(Debug, PartialEq, Eq)]
struct Tail {
    /// Of the last whole line of ours.
    cursor: Option<String>,
    /// Bytes of a line that has no end, if it is one of ours.
    half: Option<u64>,
}

/// How a line of ours begins.
const BEGINNING: &[u8] = b"{\"cursor\":\"";

impl Tail {
    fn read(tail: impl Read) -> io::Result<Tail> {
        #[derive(Deserialize)]
        struct Line {
            cursor: String,
        }
        let (mut tail, mut found) = (
            BufReader::new(tail),
            Tail {
                cursor: None,
                half: None,
            },
        );
        let mut line = Vec::new();
        while tail.read_until(b'\n', &mut line)? > 0 {
            if line.last() == Some(&b'\n') {
                let ours = serde_json::from_slice::<Line>(&line).ok();
                found.cursor = ours.map(|it| it.cursor).filter(|it| is_cursor(it)).or(found.cursor);
            } else if line.starts_with(BEGINNING) || BEGINNING.starts_with(&line) {
                // Another program's half line is its own affair.
                found.half = Some(line.len() as u64);
            }
            line.clear();
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(text: &str) -> (Option<String>, Option<u64>) {
        let Tail { cursor, half } = Tail::read(text.as_bytes()).unwrap();
        (cursor, half)
    }

    #[test]
    fn the_last_whole_line_of_ours_counts() {
        let line = |at: u64| format!("{{\"cursor\":\"{at}.00000000000000aa\",\"event\":{{\"rev\":{at}}}}}\n");
        let cursor = |at: u64| Some(format!("{at}.00000000000000aa"));
        assert_eq!(tail(""), (None, None));
        assert_eq!(tail(&line(1)), (cursor(1), None));
        assert_eq!(tail(&(line(1) + &line(2))), (cursor(2), None));
        let whole = line(2);
        for cut in 1..whole.len() {
            assert_eq!(tail(&(line(1) + &whole[..cut])), (cursor(1), Some(cut as u64)), "{cut}");
        }
    }

    #[test]
    fn what_others_wrote_there_stays() {
        let line = "{\"cursor\":\"1.00000000000000aa\"}\n";
        assert_eq!(tail("hello\nhalf"), (None, None));
        assert_eq!(
            tail(&format!("{line}note to self\nand")),
            (Some("1.00000000000000aa".into()), None)
        );
        assert_eq!(tail("{\"cursor\":\"x\"}\n{\"a\":1}\n"), (None, None));
    }
}
