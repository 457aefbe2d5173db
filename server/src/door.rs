//! Where what works inside the server hands in its orders: at the desk's front door, as everybody does. Tests put a book
//! there that writes down what comes.

use minicom_protocol::{command::Done, ids::CommandId, refusal::Refusal};

use crate::{
    desk::Desk,
    order::{Caller, Order},
};

/// See the module.
pub(crate) trait Door: Send + Sync + 'static {
    /// Does an order, at most once for each id.
    fn submit(&self, id: CommandId, order: Order) -> impl Future<Output = Result<Done, Refusal>> + Send;
}

/// The desk's, for one caller.
pub(crate) struct FrontDoor {
    /// The desk.
    pub desk: Desk,
    /// In whose name.
    pub caller: Caller,
}

impl Door for FrontDoor {
    async fn submit(&self, id: CommandId, order: Order) -> Result<Done, Refusal> {
        self.desk.submit(&self.caller, id, order).await
    }
}
