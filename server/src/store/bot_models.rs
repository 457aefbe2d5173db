//! What the bot's last two models of a tenant stand on: the newest, and the one before to go back to.

use minicom_protocol::ids::Time;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Result, TenantKey, pos_from_sql, pos_to_sql};

/// Models that are kept.
const KEPT: i64 = 2;

/// A model, without what it knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelRow {
    /// Counted from 1.
    pub version: u64,
    /// When it was trained.
    pub made_at: Time,
    /// The digest of all that it was trained on.
    pub inputs: [u8; 32],
    /// The digest of what training made of it: the same inputs give the same.
    pub heads: [u8; 32],
    /// Articles that it knows.
    pub articles: u64,
    /// Texts that it learnt from.
    pub examples: u64,
    /// The inputs in whose place it is used, after going back.
    pub instead: Option<[u8; 32]>,
}

const ROW: &str = "version, made_at, inputs, heads, articles, examples, instead";

fn read(row: &Row<'_>) -> Result<ModelRow> {
    Ok(ModelRow {
        version: pos_from_sql(row.get(0)?),
        made_at: Time(row.get(1)?),
        inputs: row.get(2)?,
        heads: row.get(3)?,
        articles: pos_from_sql(row.get(4)?),
        examples: pos_from_sql(row.get(5)?),
        instead: row.get(6)?,
    })
}

/// The models, newest first.
pub fn all(conn: &Connection, tenant: TenantKey) -> Result<Vec<ModelRow>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {ROW} FROM bot_models WHERE tenant = ?1 ORDER BY version DESC"
    ))?;
    let rows = statement.query_map([tenant.0], read)?;
    rows.collect()
}

/// The model that is used in the place of one with these inputs, and what it knows.
pub fn instead_of(conn: &Connection, tenant: TenantKey, inputs: &[u8; 32]) -> Result<Option<(ModelRow, String)>> {
    conn.prepare_cached(&format!(
        "SELECT {ROW}, knowledge FROM bot_models WHERE tenant = ?1 AND instead = ?2"
    ))?
    .query_row(params![tenant.0, inputs], |row| Ok((read(row)?, row.get(7)?)))
    .optional()
}

/// Keeps a model that was trained, unless it is the newest already, and forgets those before the last. Gives its row.
pub fn keep(conn: &Connection, tenant: TenantKey, it: &ModelRow, knowledge: &str) -> Result<ModelRow> {
    let newest = all(conn, tenant)?.into_iter().next();
    if let Some(newest) = &newest
        && newest.inputs == it.inputs
    {
        // Another kind of processor may round otherwise.
        conn.prepare_cached("UPDATE bot_models SET heads = ?3 WHERE tenant = ?1 AND version = ?2")?
            .execute(params![tenant.0, pos_to_sql(newest.version), it.heads])?;
        return Ok(ModelRow {
            heads: it.heads,
            ..newest.clone()
        });
    }
    let version = newest.map_or(0, |it| it.version) + 1;
    conn.prepare_cached(
        "INSERT INTO bot_models (tenant, version, made_at, inputs, heads, articles, examples, knowledge)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(version),
        it.made_at.0,
        it.inputs,
        it.heads,
        it.articles as i64,
        it.examples as i64,
        knowledge
    ])?;
    conn.prepare_cached("DELETE FROM bot_models WHERE tenant = ?1 AND version <= ?2")?
        .execute(params![tenant.0, pos_to_sql(version) - KEPT])?;
    // Others are known now: nobody is gone back from them.
    conn.prepare_cached("UPDATE bot_models SET instead = NULL WHERE tenant = ?1")?
        .execute([tenant.0])?;
    Ok(ModelRow {
        version,
        instead: None,
        ..it.clone()
    })
}

/// Uses the model before the newest in its place, until something else is to be learnt. `None`: there is none before it, or what it knew
/// was too much to be kept.
pub fn go_back(conn: &Connection, tenant: TenantKey) -> Result<Option<ModelRow>> {
    let models = all(conn, tenant)?;
    let [newest, before, ..] = &models[..] else {
        return Ok(None);
    };
    let is_kept = "SELECT 1 FROM bot_models WHERE tenant = ?1 AND version = ?2 AND knowledge <> ''";
    if !conn
        .prepare_cached(is_kept)?
        .exists(params![tenant.0, pos_to_sql(before.version)])?
    {
        return Ok(None);
    }
    conn.prepare_cached("UPDATE bot_models SET instead = ?3 WHERE tenant = ?1 AND version = ?2")?
        .execute(params![tenant.0, pos_to_sql(before.version), newest.inputs])?;
    Ok(Some(before.clone()))
}

/// Uses the newest again.
pub fn go_on(conn: &Connection, tenant: TenantKey) -> Result<()> {
    conn.prepare_cached("UPDATE bot_models SET instead = NULL WHERE tenant = ?1")?
        .execute([tenant.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Store;

    #[test]
    fn the_last_two_are_kept_and_one_is_gone_back_to_until_there_is_another() {
        let store = Store::new();
        let (conn, tenant) = (&store.conn, TenantKey(1));
        let model = |n: u8| ModelRow {
            version: 0,
            made_at: Time(i64::from(n)),
            inputs: [n; 32],
            heads: [n + 100; 32],
            articles: 1,
            examples: 2,
            instead: None,
        };
        let keep = |n| keep(conn, tenant, &model(n), &format!("[{n}]")).unwrap().version;
        assert_eq!((keep(1), go_back(conn, tenant).unwrap()), (1, None));
        assert_eq!((keep(2), keep(2), keep(3)), (2, 2, 3));
        let kept: Vec<u64> = all(conn, tenant).unwrap().iter().map(|it| it.version).collect();
        assert_eq!(kept, [3, 2]);

        assert_eq!(go_back(conn, tenant).unwrap().map(|it| it.version), Some(2));
        let used = |n: u8| instead_of(conn, tenant, &[n; 32]).unwrap().map(|it| it.1);
        assert_eq!((used(3).as_deref(), used(4)), (Some("[2]"), None));
        assert_eq!(keep(4), 4);
        assert_eq!(used(3), None, "what is new is used");
        go_back(conn, tenant).unwrap();
        go_on(conn, tenant).unwrap();
        assert_eq!(used(4), None);
    }
}
