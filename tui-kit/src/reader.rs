//! What the standard output leads to, for programs that write for a long time: whether somebody still reads it.

use rustix::event::{PollFd, PollFlags, poll};
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
        let output = rustix::stdio::stdout();
        loop {
            // No event is asked for: that the reader is gone is always told.
            let mut fds = [PollFd::new(&output, PollFlags::empty())];
            match poll(&mut fds, None) {
                Ok(_)
                    if fds[0]
                        .revents()
                        .intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) =>
                {
                    break;
                }
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => break,
            }
        }
        // If nobody waits for it the program ends anyway.
        let _ = gone.send(());
    })?;
    Ok(told)
}
