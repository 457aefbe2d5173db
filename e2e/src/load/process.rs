//! What a process has used, from `/proc`: processor time, bytes given to the disk, memory. Nothing on other systems.

use std::{fs, time::Duration};

/// Linux tells times in hundredths of a second, on every machine.
const TICK: Duration = Duration::from_millis(10);

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

/// How often the threads of a process gave the processor away by themselves: each time they were woken before.
pub fn wake_ups(pid: u32) -> Option<u64> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    threads
        .map(|thread| {
            // A thread that ends in between has no more wake-ups.
            let status = fs::read_to_string(thread.ok()?.path().join("status")).ok()?;
            number(&status, "voluntary_ctxt_switches:")
        })
        .sum()
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
        assert!(wake_ups(std::process::id()).is_some());
        assert_eq!(Used::by(u32::MAX), None);
    }
}
