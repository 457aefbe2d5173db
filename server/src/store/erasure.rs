//! Everything that is kept of a customer, or was said in a conversation, erased where it stands. Copies in memory and in the
//! write-ahead log are forgotten by those who have them.

use minicom_protocol::{
    command::Sender,
    event::Subject,
    ids::{ConversationId, CustomerId, Time},
    people::CustomerRef,
    text::CustomerName,
};
use rusqlite::{Connection, params};

use super::{
    Result, TenantKey, commands, conversations, damaged, devices, examples, files, journal::erasure as events,
    profiles, refold, tickets, to_json,
};

/// Who an erased customer is from here on.
pub fn nobody(customer: &CustomerRef) -> Result<CustomerRef> {
    Ok(CustomerRef {
        name: CustomerName::parse(events::nobody(customer.id)).map_err(damaged)?,
        ..customer.clone()
    })
}

/// Takes all that was said out of these conversations of a customer, and out of the tickets that were made of them, and folds
/// the thread again.
pub fn conversations(
    conn: &Connection,
    tenant: TenantKey,
    customer: &CustomerRef,
    ended: &[ConversationId],
    now: Time,
) -> Result<()> {
    events::conversations(conn, tenant, customer, ended)?;
    for conversation in ended {
        files::gone_of(conn, tenant, customer.id, Some(*conversation), now)?;
        examples::erase(conn, tenant, *conversation)?;
        if let Some(mut ticket) = tickets::of_conversation(conn, tenant, *conversation)? {
            let subject = to_json(&Subject::Ticket { number: ticket.number })?;
            events::subject(conn, tenant, customer, &subject)?;
            events::ticket(&mut ticket, customer);
            tickets::save(conn, tenant, &ticket)?;
            tickets::erase_comments(conn, tenant, ticket.number, events::gone())?;
        }
    }
    refold::thread(conn, tenant, customer.id)?;
    for conversation in ended {
        conversations::mark_erased(conn, tenant, *conversation)?;
    }
    Ok(())
}

/// Takes a customer out of everything: what was said, who it was, what proves the name, what was asked and answered. `nobody`
/// is who the customer is from here on; the name is free again.
pub fn customer(conn: &Connection, tenant: TenantKey, nobody: &CustomerRef, now: Time) -> Result<()> {
    let id = nobody.id;
    for one in profiles::same_person(conn, tenant, id)? {
        let customer = one.id;
        events::subject(conn, tenant, nobody, &to_json(&Subject::Customer { customer })?)?;
    }
    let subject = to_json(&Subject::Customer { customer: id })?;
    events::subject(conn, tenant, nobody, &subject)?;
    let all = conversations::ids_of(conn, tenant, id)?;
    conversations(conn, tenant, nobody, &all, now)?;
    // What was never sent too.
    files::gone_of(conn, tenant, id, None, now)?;
    for conversation in all {
        conn.prepare_cached("DELETE FROM timers WHERE tenant = ?1 AND conversation = ?2")?
            .execute(params![tenant.0, conversation.as_bytes()])?;
    }
    devices::forget_code(conn, tenant, id)?;
    let sender = commands::sender_key(Sender::Customer(id));
    for sql in [
        "DELETE FROM customer_devices WHERE tenant = ?1 AND customer = ?2",
        "UPDATE customers SET person = NULL WHERE tenant = ?1 AND id = ?2",
    ] {
        conn.prepare_cached(sql)?.execute(params![tenant.0, id.as_bytes()])?;
    }
    for sql in [
        "DELETE FROM commands WHERE tenant = ?1 AND sender = ?2",
        "DELETE FROM repeats WHERE tenant = ?1 AND sender = ?2",
    ] {
        conn.prepare_cached(sql)?.execute(params![tenant.0, sender])?;
    }
    // Answers to agents' programs that told of this customer.
    conn.prepare_cached("DELETE FROM repeats WHERE tenant = ?1 AND instr(answer, ?2) > 0")?
        .execute(params![tenant.0, id.to_string()])?;
    conn.prepare_cached(
        "UPDATE customers SET name = ?3, profile = '{}', secret_digest = x'', consented_at = NULL, consented_to = NULL,
         blocked_at = NULL, blocked_until = NULL, erased_at = ?4 WHERE tenant = ?1 AND id = ?2",
    )?
    .execute(params![tenant.0, id.as_bytes(), nobody.name.as_str(), now.0])?;
    Ok(())
}

/// Whether a customer was erased.
pub fn is_erased(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<bool> {
    conn.prepare_cached("SELECT 1 FROM customers WHERE tenant = ?1 AND id = ?2 AND erased_at IS NOT NULL")?
        .exists(params![tenant.0, customer.as_bytes()])
}
