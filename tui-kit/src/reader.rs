//! What the standard output leads to, for programs that write for a long time: whether somebody still reads it.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use tokio::sync::oneshot;

/// Ends when nobody reads the standard output any more: the other end of a pipe is closed. Never, where it is a file.
///
/// Without it a program that has nothing to say would outlive its reader until it has.
///
/// # Errors
/// The thread that watches cannot be started.
pub fn gone() -> std::io::Result<oneshot::Receiver<()>> {
    let (gone, told) = oneshot::channel();
    std::thread::Builder::new().name("stdout".into()).spawn(move || {
        wait_until_gone(rustix::stdio::stdout());
        // If nobody waits for it the program ends anyway.
        let _ = gone.send(());
    })?;
    Ok(told)
}

/// Waits until nobody has the other end any more: a terminal that hung up, a pipe that is closed. Whether it is that; `false` where
/// it cannot be known.
pub(crate) fn wait_until_gone(end: BorrowedFd<'_>) -> bool {
    loop {
        match look(end, None) {
            Ok(true) => return true,
            Ok(false) | Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// Whether nobody has the other end any more; `false` where it cannot be known.
pub(crate) fn is_gone(end: BorrowedFd<'_>) -> bool {
    look(end, Some(&Timespec::default())) == Ok(true)
}

fn look(end: BorrowedFd<'_>, wait: Option<&Timespec>) -> Result<bool, Errno> {
    // No event is asked for: that the other end is gone is always told.
    let mut fds = [PollFd::new(&end, PollFlags::empty())];
    poll(&mut fds, wait)?;
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    Ok(fds[0].revents().intersects(gone))
}
