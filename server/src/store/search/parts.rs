//! The tables that the index is made of: each has so many positions of the journals. What begins as typed is gathered by SQLite in a
//! whole table before the first hit is told, so in one table for everything a search would take longer the older a desk is.

use std::fmt;

use minicom_protocol::ids::Rev;
use rusqlite::{Connection, params};

use crate::{
    limits::INDEX_PART_BITS,
    store::{Result, pos_from_sql, pos_to_sql},
};

/// A table of the index. It is shown as its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part(u64);

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found_text_{}", self.0)
    }
}

impl Part {
    /// In which one a position is.
    pub fn of(rev: Rev) -> Part {
        Part(rev.0 >> INDEX_PART_BITS)
    }

    /// The first position that is in it.
    pub fn first(self) -> Rev {
        Rev(self.0 << INDEX_PART_BITS)
    }

    /// Whether it is there yet.
    pub fn is_there(self, conn: &Connection) -> Result<bool> {
        conn.prepare_cached("SELECT 1 FROM found_parts WHERE part = ?1")?
            .exists([pos_to_sql(self.0)])
    }

    /// Makes it, if it is not there yet. With secure-delete, words of a text that goes leave its pages at once.
    pub fn begin(self, conn: &Connection) -> Result<()> {
        if self.is_there(conn)? {
            return Ok(());
        }
        conn.execute_batch(&format!(
            "CREATE VIRTUAL TABLE {self} USING fts5 (words, content = '', tokenize = 'ascii', prefix = '2 3');
             INSERT INTO {self} ({self}, rank) VALUES ('secure-delete', 1);"
        ))?;
        conn.prepare_cached("INSERT INTO found_parts (part) VALUES (?1)")?
            .execute([pos_to_sql(self.0)])?;
        Ok(())
    }
}

/// Those that are there and have positions between these two, the newest first.
pub fn between(conn: &Connection, low: Rev, high: Rev) -> Result<Vec<Part>> {
    conn.prepare_cached("SELECT part FROM found_parts WHERE part BETWEEN ?1 AND ?2 ORDER BY part DESC")?
        .query_map(
            params![pos_to_sql(Part::of(low).0), pos_to_sql(Part::of(high).0)],
            |row| Ok(Part(pos_from_sql(row.get(0)?))),
        )?
        .collect()
}
