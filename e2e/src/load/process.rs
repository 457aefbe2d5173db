//! What a process has used, from `/proc`: processor time, bytes given to the disk, memory. Nothing on other systems.

use std::{collections::HashMap, ffi::OsString, fmt, fs, pin::pin, time::Duration};

use anyhow::{Context, Result};
use tokio::time::sleep;

/// Linux tells times in hundredths of a second, on every machine.
const TICK: Duration = Duration::from_millis(10);
/// Between two looks at a process' memory.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What a process has used so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Used {
    /// Processor time of all its threads.
    pub cpu: Duration,
    /// Bytes that it caused to be written to the disk.
    pub written: u64,
    /// Memory that is resident now, in bytes.
    pub memory: u64,
}

impl Used {
    /// Looks at a process.
    pub fn by(pid: u32) -> Option<Used> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let io = fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        // The name in brackets may have anything in it; the fields begin after it, with the third.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
        Some(Used {
            cpu: TICK * ticks,
            written: number(&io, "write_bytes:")?,
            memory: number(&status, "VmRSS:")? * 1_024,
        })
    }
}

/// Memory of a process while something is done to it, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Memory {
    /// Before.
    pub before: u64,
    /// The most that was seen meanwhile.
    pub most: u64,
    /// After.
    pub after: u64,
}

impl Memory {
    /// Looks at a process before, while and after something is done.
    ///
    /// # Errors
    /// The process is not there, or this system does not tell.
    pub async fn during<T>(pid: u32, done: impl Future<Output = T>) -> Result<(T, Memory)> {
        let now = || Used::by(pid).map(|used| used.memory).context("no process to look at");
        let before = now()?;
        let (mut most, mut done) = (before, pin!(done));
        loop {
            tokio::select! {
                what = done.as_mut() => {
                    let after = now()?;
                    let most = most.max(after);
                    return Ok((what, Memory { before, most, after }));
                }
                () = sleep(BETWEEN_LOOKS) => most = most.max(now()?),
            }
        }
    }

    /// By how much it grew at most.
    pub fn growth(&self) -> u64 {
        self.most.saturating_sub(self.before)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes / 1_048_576;
        let (before, most, after) = (mib(self.before), mib(self.most), mib(self.after));
        write!(f, "memory {before} MiB before, {most} MiB at most, {after} MiB after")
    }
}

/// How often each thread of a process gave the processor away by itself: each time it was woken before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WakeUps(HashMap<OsString, u64>);

impl WakeUps {
    /// Looks at a process.
    pub fn of(pid: u32) -> Option<WakeUps> {
        let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
        let counts = threads.filter_map(|thread| {
            let thread = thread.ok()?;
            // A thread that ends in between is not there any more.
            let status = fs::read_to_string(thread.path().join("status")).ok()?;
            Some((thread.file_name(), number(&status, "voluntary_ctxt_switches:")?))
        });
        Some(WakeUps(counts.collect()))
    }

    /// How many there were since an earlier look. A thread that has ended meanwhile was woken for it.
    pub fn since(&self, earlier: &WakeUps) -> u64 {
        let of_thread = |(thread, count): (&OsString, &u64)| count - earlier.0.get(thread).unwrap_or(&0);
        let ended = earlier.0.keys().filter(|thread| !self.0.contains_key(*thread)).count();
        self.0.iter().map(of_thread).sum::<u64>() + ended as u64
    }
}

fn number(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_something() {
        let used = Used::by(std::process::id()).unwrap();
        assert!(used.memory > 0);
        let looked = WakeUps::of(std::process::id()).unwrap();
        assert_eq!(looked.since(&looked), 0);
        let without = WakeUps(HashMap::new());
        assert_eq!(without.since(&looked), looked.0.len() as u64);
        assert_eq!(Used::by(u32::MAX), None);
    }
}
