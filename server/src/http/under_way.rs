//! What takes long and must end with its sign-in: files that come and go, feeds, exports. It sits among those whom a revocation
//! closes, as a socket does, and refuses to know what is done there.

use std::net::IpAddr;

use minicom_protocol::{ids::TenantId, refusal::Refusal};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::{
    accounts::{KnownCustomer, SignedIn, device_id},
    clock,
    session::{AgentSeat, CustomerSeat, Leaves},
    store::TenantKey,
};

/// See the module. It ends as soon as it is dropped.
pub struct UnderWay {
    app: App,
    tenant: TenantId,
    who: Who,
    /// Cancelled when the tenant is served no more.
    served: CancellationToken,
}

enum Who {
    Agent {
        seat: AgentSeat,
        signed_in: Box<SignedIn>,
        token: String,
        ends_at: Option<tokio::time::Instant>,
    },
    Customer {
        seat: CustomerSeat,
        key: TenantKey,
        known: Box<KnownCustomer>,
        peer: IpAddr,
    },
}

impl UnderWay {
    /// By an agent, who has signed in by this token.
    ///
    /// # Errors
    /// The sign-in ended meanwhile, or what kept the store from answering.
    pub async fn of_agent(app: &App, signed_in: &SignedIn, token: &str) -> Result<UnderWay, Refusal> {
        let key = app.desk.tenant(&signed_in.tenant)?;
        let who = Who::Agent {
            seat: app.registry.agent(key, signed_in),
            signed_in: Box::new(signed_in.clone()),
            token: token.to_owned(),
            ends_at: signed_in.ends_at(),
        };
        Self::begin(app, signed_in.tenant.clone(), who).await
    }

    /// By a customer who has come in.
    ///
    /// # Errors
    /// The customer was kept out meanwhile, or what kept the store from answering.
    pub async fn of_customer(
        app: &App,
        tenant: &TenantId,
        known: KnownCustomer,
        peer: IpAddr,
    ) -> Result<UnderWay, Refusal> {
        let key = app.desk.tenant(tenant)?;
        let device = known.device.as_ref().map(device_id);
        let who = Who::Customer {
            seat: app.registry.visit(key, known.customer.id, peer, device),
            key,
            known: Box::new(known),
            peer,
        };
        Self::begin(app, tenant.clone(), who).await
    }

    async fn begin(app: &App, tenant: TenantId, who: Who) -> Result<UnderWay, Refusal> {
        let served = app.desk.while_served(&tenant);
        let app = app.clone();
        let begun = UnderWay {
            app,
            tenant,
            who,
            served,
        };
        // Looked at again now that the seat is taken: what ended in between closed only the seats that were there.
        begun.still_good().await?;
        Ok(begun)
    }

    /// Whether the sign-in is still good, as the store has it now.
    ///
    /// # Errors
    /// Why it is not; what kept the store from answering.
    pub async fn still_good(&self) -> Result<(), Refusal> {
        let accounts = &self.app.accounts;
        match &self.who {
            _ if self.served.is_cancelled() => Err(Refusal::SignIn),
            Who::Agent { signed_in, token, .. } => {
                let again = accounts.sign_in(&self.tenant, token, signed_in.peer).await?;
                match again.role == signed_in.role {
                    true => Ok(()),
                    false => Err(Refusal::Forbidden),
                }
            }
            Who::Customer { key, known, peer, .. } => accounts.still_welcome(*key, known, *peer).await,
        }
    }

    /// Waits until it has to end, and says why. May be dropped while it waits.
    pub async fn over(&self) -> Refusal {
        let (leaves, ends_at): (&Leaves, _) = match &self.who {
            Who::Agent { seat, ends_at, .. } => (&seat.leaves, *ends_at),
            Who::Customer { seat, .. } => (&seat.leaves, None),
        };
        tokio::select! {
            biased;
            () = self.served.cancelled() => Refusal::SignIn,
            () = leaves.closed.cancelled() => leaves.why(),
            () = clock::until(ends_at) => Refusal::SignIn,
        }
    }

    /// Does some of it, unless it has to end first.
    ///
    /// # Errors
    /// Why it has to end.
    pub async fn unless_over<T>(&self, some: impl Future<Output = T>) -> Result<T, Refusal> {
        tokio::select! {
            biased;
            why = self.over() => Err(why),
            done = some => Ok(done),
        }
    }
}
