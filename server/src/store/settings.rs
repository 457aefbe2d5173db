//! What a tenant has chosen for its desk: one row, written by the event that changes it.

use minicom_protocol::settings::DeskSettings;
use rusqlite::{Connection, params};

use super::{Result, TenantKey, from_json, to_json};

/// The tenant's settings. What nobody has chosen has its default.
pub fn load(conn: &Connection, tenant: TenantKey) -> Result<DeskSettings> {
    parse(&text(conn, tenant)?)
}

/// The settings as they stand in their row: the same text is the same settings.
pub fn text(conn: &Connection, tenant: TenantKey) -> Result<String> {
    conn.prepare_cached("SELECT settings FROM tenants WHERE key = ?1")?
        .query_row([tenant.0], |row| row.get(0))
}

/// What [`text`] says.
pub fn parse(text: &str) -> Result<DeskSettings> {
    from_json(text)
}

/// Whether pages of this origin may call and open customers' sockets: of this tenant, or of any that is served.
pub fn welcomes(conn: &Connection, tenant: Option<TenantKey>, origin: &str) -> Result<bool> {
    conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM tenants, json_each(tenants.settings, '$.origins') AS listed
         WHERE (?1 IS NULL OR tenants.key = ?1) AND disabled_at IS NULL AND listed.value = ?2)",
    )?
    .query_row(params![tenant.map(|it| it.0), origin], |row| row.get(0))
}

/// Writes the settings.
pub(super) fn save(conn: &Connection, tenant: TenantKey, settings: &DeskSettings) -> Result<()> {
    conn.prepare_cached("UPDATE tenants SET settings = ?2 WHERE key = ?1")?
        .execute(params![tenant.0, to_json(settings)?])?;
    Ok(())
}
