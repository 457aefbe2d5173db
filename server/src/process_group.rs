//! Programs of the operator's that the server starts: what they find in their environment, and that they end with all that they started.

use std::{
    env,
    ffi::OsString,
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// What a program finds in its environment, where the server has it. The server's own settings and secrets are not for it.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "LANG"];

/// The environment of a program.
pub fn environment() -> impl Iterator<Item = (&'static str, OsString)> {
    ENVIRONMENT
        .into_iter()
        .filter_map(|name| Some((name, env::var_os(name)?)))
}

/// A program that leads a process group of its own, and what it started. Ended when dropped, once: afterwards the id may be another's.
pub struct Group {
    leader: Option<Pid>,
    ended: AtomicBool,
}

impl Group {
    /// Of a child that was started as the leader of its group and is not waited for yet.
    pub fn of(child: &Child) -> Group {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group {
            leader: id.and_then(Pid::from_raw),
            ended: AtomicBool::new(false),
        }
    }

    /// Ends all of it.
    pub fn end(&self) {
        if let Some(leader) = self.leader
            && !self.ended.swap(true, Ordering::Relaxed)
        {
            // It fails if nobody is left, which is what is wanted.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}
