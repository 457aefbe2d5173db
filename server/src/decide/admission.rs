//! Who may write: whoever is not kept out, has agreed to what the desk asks, and is vouched for where that is wanted. It is
//! decided again with every command, so that no way in goes past it.

use minicom_protocol::{
    command::CustomerCommand,
    context::{Block, Profile},
    event::{CustomerChanged, EventBody},
    ids::Time,
    people::{AgentRef, Realm},
    refusal::Refusal,
    settings::SignedIdentity,
};
use sha2::{Digest, Sha256};

use super::{Decision, Facts, OfCustomer, Write};

/// Whether a customer's command is taken at all.
pub fn admit(facts: &Facts<'_>, realm: Realm, command: &CustomerCommand) -> Result<(), Refusal> {
    // What is one's own can be erased whatever else holds.
    if matches!(command, CustomerCommand::Forget {}) {
        return Ok(());
    }
    let admission = &facts.more.admission;
    if admission.blocked {
        return Err(Refusal::Blocked);
    }
    if facts.desk.signed_identity == SignedIdentity::Enforce && realm != Realm::Signed {
        return Err(Refusal::Identity);
    }
    if !says_something(command) || facts.desk.consent.is_empty() {
        return Ok(());
    }
    match admission.consented_to == Some(digest(&facts.desk.consent)) {
        true => Ok(()),
        false => Err(Refusal::ConsentRequired),
    }
}

/// Whether anything of the customer's is kept by it.
fn says_something(command: &CustomerCommand) -> bool {
    match command {
        CustomerCommand::Post { .. }
        | CustomerCommand::Start { .. }
        | CustomerCommand::Introduce { .. }
        | CustomerCommand::SetSubject { .. }
        | CustomerCommand::EditLine { .. }
        | CustomerCommand::Rate { .. }
        | CustomerCommand::RequestHuman {} => true,
        CustomerCommand::WithdrawLine { .. }
        | CustomerCommand::Close {}
        | CustomerCommand::MarkSeen { .. }
        | CustomerCommand::Consent { .. }
        | CustomerCommand::RevokeDevice { .. }
        | CustomerCommand::Forget {} => false,
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// The customer agrees to a text: to the one that is asked now, or to none.
pub fn consent(facts: &Facts<'_>, text: &str) -> Result<Decision, Refusal> {
    if text != facts.desk.consent {
        return Err(Refusal::ConsentRequired);
    }
    let agreed = digest(text);
    Ok(match facts.more.admission.consented_to == Some(agreed) {
        true => Decision::default(),
        false => writes(OfCustomer::Consents(agreed)),
    })
}

/// Nothing but this.
pub fn writes(what: OfCustomer) -> Decision {
    Decision {
        writes: vec![Write::OfCustomer(what)],
        ..Decision::default()
    }
}

/// Keeps a customer out. Again, it is for another time.
pub fn block(facts: &Facts<'_>, agent: &AgentRef, minutes: Option<u32>) -> Result<Decision, Refusal> {
    let until = minutes.map(|it| Time(facts.now.0 + i64::from(it) * 60_000_000));
    change(facts, agent, |known| {
        Some(Block {
            by: agent.clone(),
            since: known.filter(|it| it.holds(facts.now)).map_or(facts.now, |it| it.since),
            until,
        })
    })
}

/// Lets a customer in again.
pub fn unblock(facts: &Facts<'_>, agent: &AgentRef) -> Result<Decision, Refusal> {
    change(facts, agent, |_| None)
}

fn change(
    facts: &Facts<'_>,
    agent: &AgentRef,
    new: impl FnOnce(Option<&Block>) -> Option<Block>,
) -> Result<Decision, Refusal> {
    let (customer, _, _) = facts.more.customers.as_ref().ok_or(Refusal::NotFound)?;
    let known = facts.more.profile.clone().unwrap_or_default();
    let blocked = new(known.blocked.as_ref());
    if blocked == known.blocked {
        return Ok(Decision::default());
    }
    let changed = EventBody::CustomerChanged(CustomerChanged {
        customer: customer.clone(),
        profile: Profile { blocked, ..known },
        agent: Some(agent.clone()),
    });
    Ok(Decision {
        events: vec![changed],
        ..Decision::default()
    })
}
