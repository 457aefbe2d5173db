//! Waiting for facts, never for time: a look is cheap, the pause is only between looks, and what does not become true
//! in [`PATIENCE`] is an error that says what was waited for.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long a fact may take. Generous: it is only used up by what is broken, or by a machine that is very busy.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// The pause between two looks at something that tells nobody when it changes.
const BETWEEN_LOOKS: Duration = Duration::from_millis(4);

/// Looks until there is something to see, and returns it.
///
/// # Errors
/// It was not there within [`PATIENCE`].
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    until_async(what, async || look()).await
}

/// The same with a look that takes time, such as a request.
///
/// # Errors
/// It was not there within [`PATIENCE`].
pub async fn until_async<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return Ok(seen);
        }
        if Instant::now() > end {
            bail!("waited {} s in vain for {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// The same without a runtime.
///
/// # Errors
/// It was not there within [`PATIENCE`].
pub fn until_blocking<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return Ok(seen);
        }
        if Instant::now() > end {
            bail!("waited {} s in vain for {what}", PATIENCE.as_secs());
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// Lets time pass where the moment itself is left to chance, as a fault's is. Nothing is concluded from it.
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
