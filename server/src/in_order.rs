//! Order among the commands of one connection, kept in the writer: when one of them is refused for now, those that were sent
//! after it may wait in the queue already, and must not overtake it. It refuses to know connections; whoever shares one of
//! these says that order matters among what it is given to.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Shared by commands of which none may overtake another. Once one of them is refused for now, all that follow are refused as
/// `behind`; what comes after the refused one was sent again shares a new one.
#[derive(Clone, Debug, Default)]
pub struct InOrder(Arc<AtomicBool>);

impl InOrder {
    /// One among which nothing was refused yet.
    pub fn new() -> InOrder {
        InOrder::default()
    }

    /// Whether one of them was refused for now.
    pub fn is_broken(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// One of them was refused for now.
    pub fn set_broken(&self) {
        self.0.store(true, Ordering::Release);
    }
}
