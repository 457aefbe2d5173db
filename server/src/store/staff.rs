//! Agents and groups as the desk decides about them, and how much each agent has to do. Accounts with their addresses,
//! passwords and tokens are in `people`.

use minicom_protocol::{
    ids::{AgentId, ConversationId, GroupId, Rev, Time},
    people::AgentRef,
    staff::{Group, Intent, Staff, StaffMember},
    text::DisplayName,
    words::GroupName,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Result, TenantKey, damaged, from_json, people, pos_from_sql, pos_to_sql, to_json};

const MEMBER: &str = "id, name, role, enabled, skills, capacity, intent";

fn read_member(row: &Row<'_>) -> Result<StaffMember> {
    Ok(StaffMember {
        agent: AgentRef {
            id: AgentId::from_bytes(row.get(0)?),
            name: DisplayName::try_from(row.get::<_, String>(1)?).map_err(damaged)?,
        },
        role: people::role_from(&row.get::<_, String>(2)?),
        enabled: row.get(3)?,
        skills: from_json(&row.get::<_, String>(4)?)?,
        capacity: row.get(5)?,
        intent: intent_from(&row.get::<_, String>(6)?),
    })
}

fn read_group(row: &Row<'_>) -> Result<Group> {
    Ok(Group {
        id: GroupId::from_bytes(row.get(0)?),
        name: GroupName::try_from(row.get::<_, String>(1)?).map_err(damaged)?,
        members: from_json(&row.get::<_, String>(2)?)?,
        skills: from_json(&row.get::<_, String>(3)?)?,
    })
}

/// All agents, disabled ones too, and all groups, both in the order of names.
pub fn load(conn: &Connection, tenant: TenantKey) -> Result<Staff> {
    let agents = conn
        .prepare_cached(&format!(
            "SELECT {MEMBER} FROM agents WHERE tenant = ?1 ORDER BY name, id"
        ))?
        .query_map([tenant.0], read_member)?
        .collect::<Result<_>>()?;
    let groups = conn
        .prepare_cached("SELECT id, name, members, skills FROM groups WHERE tenant = ?1 ORDER BY name")?
        .query_map([tenant.0], read_group)?
        .collect::<Result<_>>()?;
    Ok(Staff { agents, groups })
}

/// One agent.
pub fn member(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Option<StaffMember>> {
    conn.prepare_cached(&format!("SELECT {MEMBER} FROM agents WHERE tenant = ?1 AND id = ?2"))?
        .query_row(params![tenant.0, agent.as_bytes()], read_member)
        .optional()
}

/// One group.
pub fn group(conn: &Connection, tenant: TenantKey, group: GroupId) -> Result<Option<Group>> {
    conn.prepare_cached("SELECT id, name, members, skills FROM groups WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, group.as_bytes()], read_group)
        .optional()
}

/// How many conversations count against an agent's capacity: active ones. Snoozed ones do not.
pub fn active_count(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<u32> {
    conn.prepare_cached("SELECT count(*) FROM conversations WHERE tenant = ?1 AND owner = ?2 AND stage = 'active'")?
        .query_row(params![tenant.0, agent.as_bytes()], |row| row.get(0))
}

/// How much an agent has to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AgentCount {
    /// Who.
    pub agent: AgentId,
    /// Conversations that count against the capacity.
    pub active: u32,
    /// Conversations put aside.
    pub snoozed: u32,
    /// The event by which the agent last became an owner; 0 if never.
    pub last_assigned: Rev,
}

/// How much each agent has to do, disabled ones too, in the order of ids.
pub fn counts(conn: &Connection, tenant: TenantKey) -> Result<Vec<AgentCount>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, count(*) FILTER (WHERE c.stage = 'active'), count(*) FILTER (WHERE c.stage = 'snoozed'),
                a.last_assigned
         FROM agents a LEFT JOIN conversations c ON c.tenant = a.tenant AND c.owner = a.id
         WHERE a.tenant = ?1 GROUP BY a.id ORDER BY a.id",
    )?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok(AgentCount {
            agent: AgentId::from_bytes(row.get(0)?),
            active: row.get(1)?,
            snoozed: row.get(2)?,
            last_assigned: Rev(pos_from_sql(row.get(3)?)),
        })
    })?;
    rows.collect()
}

/// All that an agent owns, snoozed ones too: those with the newest event first.
pub fn owned(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Vec<ConversationId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM conversations WHERE tenant = ?1 AND owner = ?2 ORDER BY rev DESC")?;
    let rows = statement.query_map(params![tenant.0, agent.as_bytes()], |row| {
        row.get(0).map(ConversationId::from_bytes)
    })?;
    rows.collect()
}

/// Notes when an agent last did something. No event tells of it.
pub fn set_activity(conn: &Connection, tenant: TenantKey, agent: AgentId, at: Time) -> Result<()> {
    conn.prepare_cached(
        "UPDATE agents SET last_activity_at = max(coalesce(last_activity_at, ?3), ?3) WHERE tenant = ?1 AND id = ?2",
    )?
    .execute(params![tenant.0, agent.as_bytes(), at.0])?;
    Ok(())
}

/// When an agent last did something, if that was ever noted.
pub fn activity(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Option<Time>> {
    let found = conn
        .prepare_cached("SELECT last_activity_at FROM agents WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, agent.as_bytes()], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    Ok(found.flatten().map(Time))
}

/// Writes what colleagues see of an account that is there.
pub(super) fn save_member(conn: &Connection, tenant: TenantKey, it: &StaffMember) -> Result<()> {
    conn.prepare_cached(
        "UPDATE agents SET name = ?3, role = ?4, enabled = ?5, skills = ?6, capacity = ?7, intent = ?8
         WHERE tenant = ?1 AND id = ?2",
    )?
    .execute(params![
        tenant.0,
        it.agent.id.as_bytes(),
        it.agent.name.as_str(),
        people::role_name(it.role),
        it.enabled,
        to_json(&it.skills)?,
        it.capacity,
        intent_name(it.intent),
    ])?;
    Ok(())
}

/// Notes by which event an agent became an owner.
pub(super) fn assigned(conn: &Connection, tenant: TenantKey, agent: AgentId, by: Rev) -> Result<()> {
    conn.prepare_cached("UPDATE agents SET last_assigned = ?3 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, agent.as_bytes(), pos_to_sql(by.0)])?;
    Ok(())
}

/// Writes a group, new or changed.
pub(super) fn save_group(conn: &Connection, tenant: TenantKey, it: &Group) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO groups (tenant, id, name, members, skills) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant, id) DO UPDATE SET name = ?3, members = ?4, skills = ?5",
    )?
    .execute(params![
        tenant.0,
        it.id.as_bytes(),
        it.name.as_str(),
        to_json(&it.members)?,
        to_json(&it.skills)?
    ])?;
    Ok(())
}

/// Forgets a group.
pub(super) fn delete_group(conn: &Connection, tenant: TenantKey, group: GroupId) -> Result<()> {
    conn.prepare_cached("DELETE FROM groups WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, group.as_bytes()])?;
    Ok(())
}

fn intent_name(intent: Intent) -> &'static str {
    match intent {
        Intent::Available => "available",
        Intent::Busy => "busy",
        Intent::Away => "away",
        Intent::AwayHandBack => "away_hand_back",
    }
}

fn intent_from(name: &str) -> Intent {
    match name {
        "busy" => Intent::Busy,
        "away" => Intent::Away,
        "away_hand_back" => Intent::AwayHandBack,
        _ => Intent::Available,
    }
}

#[cfg(test)]
#[path = "staff_tests.rs"]
mod tests;
