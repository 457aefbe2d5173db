//! The data folder: its rights, its files, the database in it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use minicom_protocol::ids::TenantId;
use rusqlite::Connection;

use crate::{
    accounts::LOCAL_TOKEN,
    auth::seal::SEALING_KEY,
    clock, refused,
    server_file::SERVER_FILE,
    store::{
        self,
        migrations::{self, VERSION},
        open::DATABASE,
        tenants,
    },
    upkeep::{ago, part::Part},
};

/// Before this time (2024-01-01) no release was made: a clock that says so is wrong.
const CLOCK_LEAST: i64 = 1_704_067_200_000_000;
/// The database is checked by SQLite up to this size; a larger one takes too long for a look.
const CHECKED_BYTES_MAX: u64 = 64 * 1024 * 1024;

fn open_to_others(path: &Path) -> Option<u32> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// The folder itself.
pub fn itself(data: &Path) -> Part {
    const NAME: &str = "data folder";
    let path = refused::shown(data);
    if !data.is_dir() {
        let fix = "Name the right one with --data, or start the server once: it makes the folder and the first admin.";
        return Part::fail(NAME, format!("{path} is not there"), fix);
    }
    if fs::read_dir(data).is_err() {
        return Part::fail(
            NAME,
            format!("{path} may not be read"),
            "Run this as the user who runs the server.",
        );
    }
    match open_to_others(data) {
        Some(mode) => Part::warn(
            NAME,
            format!("{path} has the mode {mode:04o}: other users can look into it"),
            format!("chmod 700 {path}"),
        ),
        None => Part::ok(NAME, path.to_string()),
    }
}

/// The rights of what is in it.
pub fn files(data: &Path) -> Part {
    const NAME: &str = "files";
    let names = [DATABASE, "minicom.db-wal", SEALING_KEY, LOCAL_TOKEN, SERVER_FILE];
    let open: Vec<&str> = names
        .into_iter()
        .filter(|name| open_to_others(&data.join(name)).is_some())
        .collect();
    if open.is_empty() {
        return Part::ok(NAME, "only their owner can read them");
    }
    let fix = format!("cd {} && chmod 600 {}", refused::shown(data), open.join(" "));
    Part::fail(NAME, format!("other users can read {}", open.join(", ")), fix)
}

/// The key beside the database.
pub fn sealing_key(data: &Path) -> Part {
    const NAME: &str = "sealing key";
    let fix = "Put the sealing.key of this desk's data folder back; without it second factors and signing keys must be made anew.";
    match fs::metadata(data.join(SEALING_KEY)) {
        Ok(meta) if meta.len() == 32 => Part::ok(
            NAME,
            "is there; keep a copy of it apart from the copies of the database",
        ),
        Ok(meta) => Part::fail(NAME, format!("has {} bytes, and should have 32", meta.len()), fix),
        Err(_) if data.join(DATABASE).exists() => Part::warn(NAME, "is not there", fix),
        Err(_) => Part::ok(NAME, "is made at the first start"),
    }
}

/// What is in the database: its schema, its tenants, its newest event against the clock.
pub fn database(data: &Path) -> Vec<Part> {
    const NAME: &str = "schema";
    let file = data.join(DATABASE);
    if !file.exists() {
        let fix = "Start the server once, or put a copy back: `minicom-server restore FILE`.";
        return vec![Part::warn(NAME, "there is no database yet", fix)];
    }
    let conn = match store::backup::reader(&file) {
        Ok(conn) => conn,
        Err(refused) => {
            let fatal = crate::upkeep::unreadable(&file, &refused);
            return vec![Part::fail(NAME, fatal.what, fatal.fix)];
        }
    };
    let version = match migrations::identify(&conn) {
        Ok(version) => version,
        Err(refused) => return vec![Part::fail(NAME, refused.to_string(), "Use the release that wrote it.")],
    };
    if version < VERSION {
        let says = format!("{version}; this program brings it to {VERSION} at its next start, with a copy beside it");
        return vec![Part::warn(NAME, says, "Start the server.")];
    }
    match sound(&conn, &file).and_then(|found| Ok((found, people(&conn)?, newest(&conn)?))) {
        Ok((Some(finding), ..)) => vec![Part::fail(
            NAME,
            format!("{version}, and the database is damaged: {finding}"),
            "Stop the server, keep the file, and put a copy back: `minicom-server restore FILE`.",
        )],
        Ok((None, people, newest)) => vec![Part::ok(NAME, version.to_string()), people, newest],
        Err(error) => {
            let fatal = crate::upkeep::reading(&file, &error);
            vec![Part::fail(NAME, fatal.what, fatal.fix)]
        }
    }
}

fn sound(conn: &Connection, file: &Path) -> store::Result<Option<String>> {
    if fs::metadata(file).is_ok_and(|meta| meta.len() > CHECKED_BYTES_MAX) {
        return Ok(None);
    }
    let found: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

fn people(conn: &Connection) -> store::Result<Part> {
    const NAME: &str = "sign-in";
    let tenants: Vec<String> = tenants::all(conn)?.into_iter().map(|(_, id)| id.to_string()).collect();
    let without = store::vitals::without_admin(conn)?;
    let says = format!("tenants: {}", tenants.join(", "));
    Ok(match without.is_empty() {
        true => Part::ok(NAME, says),
        false => Part::warn(
            NAME,
            format!(
                "{says}; nobody can sign in as an admin with a password in {}",
                names(&without).join(", ")
            ),
            passwords(&without),
        ),
    })
}

fn names(tenants: &[(String, Option<String>)]) -> Vec<&str> {
    tenants.iter().map(|(tenant, _)| tenant.as_str()).collect()
}

/// What gives each of these tenants an admin who can sign in, ready to be typed.
fn passwords(without: &[(String, Option<String>)]) -> String {
    /// Commands that are told; who has more tenants than that knows what to write for the others.
    const TOLD_MAX: usize = 3;
    let command = |(tenant, admin): &(String, Option<String>)| {
        let of_tenant = match tenant == TenantId::default_tenant().as_str() {
            true => String::new(),
            false => format!(" --tenant {tenant}"),
        };
        match admin {
            Some(admin) => format!("`minicom-server agent{of_tenant} passwd {admin}`"),
            None => format!("`minicom-server agent{of_tenant} add EMAIL --name NAME --role admin`"),
        }
    };
    let told: Vec<String> = without.iter().take(TOLD_MAX).map(command).collect();
    let others = match without.len() > TOLD_MAX {
        true => ", and the others alike",
        false => "",
    };
    format!("Give an admin of each a password: {}{others}.", told.join(", "))
}

fn newest(conn: &Connection) -> store::Result<Part> {
    const NAME: &str = "clock";
    let now = clock::now();
    if now.0 < CLOCK_LEAST {
        let says = format!("it says {}", clock::rfc3339(now));
        return Ok(Part::fail(NAME, says, "Set it; let it be kept by NTP."));
    }
    Ok(match store::vitals::newest_event(conn)? {
        // A minute: two clocks of a cluster may differ by that after a move.
        Some(newest) if newest.0 > now.0 + 60_000_000 => Part::warn(
            NAME,
            format!(
                "it says {}, before the newest event of {}",
                clock::rfc3339(now),
                clock::rfc3339(newest)
            ),
            "Set it; let it be kept by NTP. The order of messages does not depend on it; waits and expiry do.",
        ),
        Some(newest) => Part::ok(
            NAME,
            format!("{}; the newest event was {}", clock::rfc3339(now), ago(newest)),
        ),
        None => Part::ok(NAME, clock::rfc3339(now)),
    })
}
