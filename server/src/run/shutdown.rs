//! How a server is told to end: first to drain, then, if somebody cannot wait, at once. And to read again what can be read
//! again while it runs.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Tells a server to end. Clones tell the same server.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    drain: CancellationToken,
    hurry: CancellationToken,
    reload: Arc<Notify>,
}

impl Shutdown {
    /// One that nobody has called yet.
    pub fn new() -> Shutdown {
        Shutdown::default()
    }

    /// Asks the server to end in order. Asked again, it does not wait for anybody any more.
    pub fn ask(&self) {
        if self.drain.is_cancelled() {
            self.hurry.cancel();
        }
        self.drain.cancel();
    }

    /// Asks the server to read its certificate again; connections go on.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// Returns when somebody has asked for that.
    pub(crate) async fn reloads(&self) {
        self.reload.notified().await;
    }

    pub(super) async fn drained(&self) {
        self.drain.cancelled().await;
    }

    pub(super) async fn hurried(&self) {
        self.hurry.cancelled().await;
    }
}

/// A token that only drains.
impl From<CancellationToken> for Shutdown {
    fn from(drain: CancellationToken) -> Shutdown {
        Shutdown {
            drain,
            ..Shutdown::default()
        }
    }
}
