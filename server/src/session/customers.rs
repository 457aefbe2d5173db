//! A customer on a connection: reads the own thread and nothing else, and writes at a person's pace.

use minicom_protocol::{
    close::CloseCode,
    command::{CustomerCommand, Done},
    frame::{CustomerMe, CustomerQuestion, CustomerSignal, Customers, Hello},
    gate::Shown,
    ids::{ConversationId, Cursor, LineNo, TenantId},
    people::{CustomerRef, Realm},
    refusal::Refusal,
    text::CustomerName,
};
use tokio::time::Instant;

use super::{
    Door, Doorstep, Shared, behind, encode,
    end::End,
    guest::{Asked, Guest, Opened, SignalSource},
    questions,
    registry::{CustomerPlace, CustomerSeat, Leaves},
    typing::TypingGate,
};
use crate::{
    accounts::{KnownCustomer, device_id},
    desk::Opening,
    hub::Encoded,
    order::{Caller, Order, Who},
    signals::CustomerSignals,
    store::{
        TenantKey,
        audit::{Actor, By},
    },
};

/// When a customer with too many windows may try again, in milliseconds.
const FULL_RETRY_AFTER_MS: u64 = 5_000;

/// See the module.
pub struct CustomerGuest {
    caller: Caller,
    customer: CustomerRef,
    tenant: TenantKey,
    /// How the customer came, and what the tenant had chosen then.
    known: KnownCustomer,
    seat: CustomerSeat,
    typing: TypingGate,
}

impl SignalSource for CustomerSignals {
    type Signal = CustomerSignal;

    async fn next(&mut self) -> CustomerSignal {
        CustomerSignals::next(self).await
    }
}

/// Who it is, by the door and the proof.
async fn by_proof(
    cx: &Shared,
    doorstep: &Doorstep,
    tenant: &TenantId,
    hello: &Hello,
) -> Result<KnownCustomer, Refusal> {
    let peer = doorstep.peer.ip();
    match &doorstep.door {
        Door::Name(name) => {
            let name = CustomerName::parse(name)?;
            cx.accounts.sign_in_customer(tenant, &name, hello.into(), peer).await
        }
        Door::Session(session) => {
            let session = session.parse().map_err(|_| Refusal::NotFound)?;
            cx.accounts
                .customer_of_session(tenant, session, hello.into(), Some(peer))
                .await
        }
        Door::Desk => Err(Refusal::WrongSecret),
    }
}

impl Guest for CustomerGuest {
    type Side = Customers;
    type Signals = CustomerSignals;

    const ROLE: &'static str = "customer";

    async fn sign_in(cx: &Shared, doorstep: &Doorstep, hello: &Hello) -> Result<Self, End> {
        let id = hello.tenant.clone().unwrap_or_else(TenantId::default_tenant);
        let known = by_proof(cx, doorstep, &id, hello)
            .await
            .map_err(|refusal| match refusal {
                // An unknown tenant and an unknown conversation are told from a wrong secret by nobody.
                Refusal::NotFound => Refusal::WrongSecret,
                other => other,
            })?;
        let peer = doorstep.peer.ip();
        let tenant = cx.desk.tenant(&id).map_err(|_| Refusal::WrongSecret)?;
        if let Some(origin) = &doorstep.origin
            && !cx.desk.welcomes(Some(tenant), origin.clone()).await?
        {
            // On another tenant's list, not on this one's.
            return Err(Refusal::Forbidden.into());
        }
        let most = cx.limits.sockets_per_customer;
        let place = CustomerPlace {
            socket: true,
            peer,
            device: known.device.as_ref().map(device_id),
            leaves: Leaves::default(),
        };
        let customer = known.customer.clone();
        let seat = cx.registry.customer(tenant, customer.id, place, most).ok_or_else(|| {
            let retry_after_ms = FULL_RETRY_AFTER_MS;
            End::refused(CloseCode::Full, Refusal::RateLimited { retry_after_ms })
        })?;
        cx.accounts.still_welcome(tenant, &known, peer).await?;
        let actor = Actor::Customer {
            id: customer.id.to_string(),
        };
        let mut caller = Caller::new(id, Who::Customer(customer.clone()));
        caller.by = Some(By::at(actor, peer));
        Ok(CustomerGuest {
            known,
            caller,
            customer,
            tenant,
            seat,
            typing: TypingGate::default(),
        })
    }

    fn caller(&self) -> &Caller {
        &self.caller
    }

    fn me(&self) -> CustomerMe {
        let settings = &self.known.settings;
        CustomerMe {
            name: self.customer.name.clone(),
            tenant: self.caller.tenant.clone(),
            desk: settings.name.clone(),
            subtitle: settings.subtitle.clone(),
            colour: settings.colour.clone(),
            first: settings.first,
            questions: settings.questions.clone(),
            edit_window_s: settings.edit_window_s,
            consent: self.known.consent.clone(),
            verified: self.customer.realm == Realm::Signed,
        }
    }

    fn shown(&self) -> Shown {
        Shown::line(self.customer.name.as_str())
    }

    fn leaves(&self) -> Leaves {
        self.seat.leaves.clone()
    }

    fn over(&self, _: &Shared) -> impl Future<Output = ()> + Send + 'static {
        std::future::pending()
    }

    async fn open(&mut self, cx: &Shared, cursor: Option<Cursor>) -> Result<Opened, Refusal> {
        Ok(
            match cx.desk.open_thread(self.tenant, self.customer.id, cursor).await? {
                Opening::Resumed(feed) => Opened { feed, snapshot: None },
                Opening::Fresh(feed, snapshot) => Opened {
                    feed,
                    snapshot: Some(encode::customer_snapshot(&snapshot)),
                },
            },
        )
    }

    fn signals(&self, cx: &Shared) -> Result<CustomerSignals, Refusal> {
        let told = &self.known.settings;
        let signals = cx.signals.for_customer(self.tenant, self.customer.id, told);
        signals.ok_or(Refusal::WrongSecret)
    }

    fn order(command: CustomerCommand) -> Order {
        Order::Customer(command)
    }

    fn kept(command: &CustomerCommand) -> behind::Order {
        match command {
            CustomerCommand::MarkSeen { .. } => behind::Order::Free,
            _ => behind::Order::Kept,
        }
    }

    fn admits(&self, cx: &Shared, command: &CustomerCommand) -> Result<(), Refusal> {
        match command {
            CustomerCommand::MarkSeen { .. } => cx.rates.mark(self.tenant, self.customer.id),
            // Whoever takes the own secret away would be locked out of the name.
            CustomerCommand::RevokeDevice { device }
                if self.known.device.as_ref().map(device_id).as_ref() == Some(device) =>
            {
                Err(Refusal::BadField {
                    why: "device: it is the one that you use; revoke it from another one".to_owned(),
                })
            }
            _ => cx.rates.line(self.tenant, self.customer.id),
        }
    }

    fn done(done: Done) -> Done {
        done.for_customer()
    }

    fn ask(&self, cx: &Shared, question: CustomerQuestion) -> Asked<Customers> {
        let asking = questions::CustomerAsking {
            desk: cx.desk.clone(),
            accounts: cx.accounts.clone(),
            tenant: self.tenant,
            customer: self.customer.clone(),
            device: self.known.device,
        };
        let makes = matches!(question, CustomerQuestion::Link {});
        let admitted = if makes {
            cx.rates.line(self.tenant, self.customer.id)
        } else {
            Ok(())
        };
        Box::pin(async move {
            admitted?;
            asking.reply(question).await
        })
    }

    async fn types(&mut self, cx: &Shared, _: Option<ConversationId>, on: bool) {
        if self.typing.passes(None, on, cx.limits.signal_every, Instant::now()) {
            cx.signals.customer_types(self.tenant, self.customer.id, on).await;
        }
    }

    async fn got(&mut self, cx: &Shared, _: Option<ConversationId>, up_to: LineNo) {
        cx.signals.customer_got(self.tenant, self.customer.id, up_to).await;
    }

    fn views(&mut self, _: Option<ConversationId>) -> Result<(), Refusal> {
        Err(Refusal::Forbidden)
    }

    fn sees(&mut self, _: &Encoded) -> Result<(), End> {
        Ok(())
    }
}
