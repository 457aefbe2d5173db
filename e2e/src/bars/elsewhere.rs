//! Work as if on another computer: those who load a server have processors of their own, and what theirs cost must not be
//! taken for what the others feel.

use std::thread;

use anyhow::{Context, Result};
use tokio::{runtime, sync::oneshot};

/// As low as it goes, as of `nice(2)`: they get what the server and those who are measured leave.
const NICENESS: i32 = 19;

/// Has something done by a thread of its own, behind all others.
///
/// # Errors
/// There is no thread to be had, or it fails.
pub async fn elsewhere<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    let (done, result) = oneshot::channel();
    thread::Builder::new().name("elsewhere".to_owned()).spawn(move || {
        // Elsewhere than on Linux this would be the whole program's.
        #[cfg(target_os = "linux")]
        let _unless_forbidden = rustix::process::nice(NICENESS);
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let result = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(work));
        // Who does not wait any more does not want to know.
        let _gone = done.send(result);
    })?;
    result.await.context("what was done elsewhere broke off")?
}
