//! An agent on a connection: reads the tenant's journal, is seen by the colleagues, and is closed when the sign-in ends.

use minicom_protocol::{
    close::CloseCode,
    command::{AgentCommand, Done},
    event::{Event, EventBody},
    frame::{AgentMe, AgentQuestion, AgentSignal, Agents, Hello},
    gate::Shown,
    ids::{ConversationId, Cursor, LineNo, Rev, TenantId},
    refusal::Refusal,
};
use tokio::time::{Instant, sleep_until};

use super::{
    Doorstep, Shared, behind, encode,
    end::End,
    guest::{Asked, Guest, Opened, SignalSource},
    questions,
    registry::{AgentSeat, Leaves},
    typing::TypingGate,
};
use crate::{
    accounts::SignedIn,
    auth::scope::Scope,
    clock,
    desk::Opening,
    hub::Encoded,
    limits,
    order::{Caller, Order},
    signals::{AgentSignals, Present},
    store::TenantKey,
};

/// See the module.
pub struct AgentGuest {
    signed_in: SignedIn,
    tenant: TenantKey,
    seat: AgentSeat,
    present: Present,
    typing: TypingGate,
    /// When the token ends.
    ends_at: Option<Instant>,
    /// Where the journal stood when this connection was opened: what is older was known when the token was checked.
    opened_at: Rev,
}

impl SignalSource for AgentSignals {
    type Signal = AgentSignal;

    async fn next(&mut self) -> AgentSignal {
        AgentSignals::next(self).await
    }
}

impl Guest for AgentGuest {
    type Side = Agents;
    type Signals = AgentSignals;

    const ROLE: &'static str = "agent";

    async fn sign_in(cx: &Shared, doorstep: &Doorstep, hello: &Hello) -> Result<Self, End> {
        let named = hello.tenant.clone().unwrap_or_else(TenantId::default_tenant);
        let token = hello.token.as_deref().unwrap_or_default();
        let address = doorstep.peer.ip();
        let first = cx.accounts.sign_in(&named, token, address).await?;
        if first.scope < Scope::Write {
            // Who has a socket counts as somebody who is there and answers. What only looks asks over HTTP.
            return Err(End::refused(CloseCode::Forbidden, Refusal::Forbidden));
        }
        let tenant = cx.desk.tenant(&named).map_err(|_| Refusal::SignIn)?;
        let seat = cx.registry.agent(tenant, &first);
        // Again, now that the seat is known: a sign-in that ended in between closed only the seats that were there.
        let signed_in = cx.accounts.sign_in(&named, token, address).await?;
        let ends_at = signed_in.ends_at();
        // A client with a cursor comes back by itself after its network or the server was gone; its agent did nothing.
        let present = cx.signals.present(tenant, &signed_in.agent, hello.cursor.is_none());
        Ok(AgentGuest {
            signed_in,
            tenant,
            seat,
            present: present.ok_or(Refusal::SignIn)?,
            typing: TypingGate::default(),
            ends_at,
            opened_at: Rev::default(),
        })
    }

    fn caller(&self) -> &Caller {
        &self.signed_in.caller
    }

    fn me(&self) -> AgentMe {
        AgentMe {
            agent: self.signed_in.agent.clone(),
            role: self.signed_in.role,
            tenant: self.signed_in.tenant.clone(),
        }
    }

    fn shown(&self) -> Shown {
        Shown::line(self.signed_in.agent.name.as_str())
    }

    fn leaves(&self) -> Leaves {
        self.seat.leaves.clone()
    }

    fn over(&self, cx: &Shared) -> impl Future<Output = ()> + Send + 'static {
        let (accounts, signed_in, ends_at) = (cx.accounts.clone(), self.signed_in.clone(), self.ends_at);
        let every = limits::TOKEN_USE_WRITE_EVERY;
        async move {
            let mut used_at = Instant::now() + every;
            loop {
                tokio::select! {
                    () = clock::until(ends_at) => return,
                    () = sleep_until(used_at) => accounts.used(&signed_in),
                }
                used_at += every;
            }
        }
    }

    async fn open(&mut self, cx: &Shared, cursor: Option<Cursor>) -> Result<Opened, Refusal> {
        let opening = cx
            .desk
            .open_journal(self.tenant, self.signed_in.agent.id, cursor)
            .await?;
        self.opened_at = Rev(*cx.desk.hub().watch(self.tenant).borrow());
        Ok(match opening {
            Opening::Resumed(feed) => Opened { feed, snapshot: None },
            Opening::Fresh(feed, snapshot) => Opened {
                feed,
                snapshot: Some(encode::agent_snapshot(&snapshot)),
            },
        })
    }

    fn signals(&self, cx: &Shared) -> Result<AgentSignals, Refusal> {
        let signals = cx.signals.for_agent(self.tenant, self.signed_in.agent.id);
        signals.ok_or(Refusal::SignIn)
    }

    fn order(command: AgentCommand) -> Order {
        Order::Agent(command)
    }

    fn kept(command: &AgentCommand) -> behind::Order {
        match command {
            AgentCommand::MarkSeen { .. } => behind::Order::Free,
            _ => behind::Order::Kept,
        }
    }

    fn admits(&self, _: &Shared, command: &AgentCommand) -> Result<(), Refusal> {
        // Read marks are made by clients, also while nobody sits before one.
        if !matches!(command, AgentCommand::MarkSeen { .. }) {
            self.present.acts();
        }
        Ok(())
    }

    fn done(done: Done) -> Done {
        done
    }

    fn ask(&self, cx: &Shared, question: AgentQuestion) -> Asked<Agents> {
        let (caller, agent) = (&self.signed_in.caller, self.signed_in.agent.id);
        questions::by_agent(cx, self.tenant, caller, agent, question)
    }

    async fn types(&mut self, cx: &Shared, conversation: Option<ConversationId>, on: bool) {
        let Some(place) = conversation else { return };
        let every = cx.limits.signal_every;
        self.present.acts();
        if self.typing.passes(conversation, on, every, Instant::now()) {
            let agent = &self.signed_in.agent;
            cx.signals.agent_types(self.tenant, agent, place, on).await;
        }
    }

    async fn got(&mut self, cx: &Shared, conversation: Option<ConversationId>, up_to: LineNo) {
        let Some(place) = conversation else { return };
        let agent = self.signed_in.agent.id;
        cx.signals.agent_got(self.tenant, agent, place, up_to).await;
    }

    fn views(&mut self, conversation: Option<ConversationId>) -> Result<(), Refusal> {
        self.present.views(conversation);
        Ok(())
    }

    fn sees(&mut self, event: &Encoded) -> Result<(), End> {
        if event.at <= self.opened_at.0 || !is_about_an_agent(&event.json) {
            return Ok(());
        }
        let Ok(event) = serde_json::from_slice::<Event>(&event.json) else {
            return Ok(());
        };
        let EventBody::AgentChanged(changed) = event.body else {
            return Ok(());
        };
        let member = changed.member;
        if member.agent.id != self.signed_in.agent.id {
            return Ok(());
        }
        if !member.enabled {
            return Err(End::refused(CloseCode::SignIn, Refusal::SignIn));
        }
        self.signed_in.changed(member.agent, member.role);
        Ok(())
    }
}

/// Whether it is worth decoding. The subject stands before anything that a person wrote.
fn is_about_an_agent(json: &[u8]) -> bool {
    const SUBJECT: &[u8] = br#""subject":{"of":"agent""#;
    let head = &json[..json.len().min(256)];
    head.windows(SUBJECT.len()).any(|window| window == SUBJECT)
}
