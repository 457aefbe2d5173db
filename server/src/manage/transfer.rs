//! `minicom-server export` and `import`: a whole desk to lines of JSON and back. An export is read from the database itself, which
//! needs no server and disturbs none; an import asks the API, for the desk's own rules hold for it.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, ErrorKind, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use minicom_protocol::{
    gate::Shown,
    ids::{Cursor, TenantId},
};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::Value;

use super::{Office, print, resume};
use crate::{
    config::{Config, cli::transfer::Transfer},
    exit::{ExitKind, Fatal},
    http::cursor_from,
    limits, refused,
    store::{self, TenantKey, open::DATABASE, tenants},
    upkeep::{
        self,
        export::Export,
        import::{Batch, Taken},
    },
    uploads::Place,
};

/// Does what the command says.
///
/// # Errors
/// Why it was not done.
pub async fn run(command: Transfer, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    match command {
        Transfer::Export {
            go_on: Some(file),
            progress,
            ..
        } => go_on(&config.data, &file, &mut Progress::new(progress)),
        Transfer::Export {
            file,
            tenant,
            since,
            progress,
            ..
        } => {
            let since = since.as_deref().map(cursor).transpose()?;
            let mut progress = Progress::new(progress);
            export(&config.data, file.as_deref(), (tenant, since), out, &mut progress)
        }
        Transfer::Import { file, tenant, .. } => import(config, &file, tenant, out).await,
    }
}

fn cursor(text: &str) -> Result<Cursor, Fatal> {
    cursor_from(text).ok_or_else(|| {
        Fatal::new(
            ExitKind::Usage,
            format!("{} is no cursor.", Shown::line(text).cut(80)),
            "Give the `cursor` of the line `end` of an earlier export, or of a line `event`.",
        )
    })
}

fn export(
    data: &Path,
    file: Option<&Path>,
    (tenant, since): (Option<TenantId>, Option<Cursor>),
    out: &mut impl Write,
    progress: &mut Progress,
) -> Result<(), Fatal> {
    let (database, conn) = opened(data)?;
    let reading = |error: rusqlite::Error| upkeep::reading(&database, &error);
    let mut desks = tenants::all(&conn).map_err(reading)?;
    if let Some(wanted) = tenant {
        desks.retain(|(_, id)| *id == wanted);
        if desks.is_empty() {
            return Err(Fatal::new(
                ExitKind::BadData,
                format!("There is no tenant {wanted}."),
                "`minicom-server doctor` names the tenants that there are.",
            ));
        }
    }
    let Some(file) = file else {
        return write(&conn, (desks, since), out, (&database, "standard output"), progress);
    };
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let opened = opened.map_err(|error| upkeep::backup::cannot_create(file, &error))?;
    let mut to = BufWriter::new(opened);
    let name = refused::shown(file).to_string();
    let written = write(&conn, (desks, since), &mut to, (&database, &name), progress)
        .and_then(|()| kept(to).map_err(|error| upkeep::backup::cannot_create(file, &error)));
    if written.is_err() {
        // A part of a desk is no export.
        let _ = std::fs::remove_file(file);
    }
    written
}

/// The database of a data folder, to be read.
fn opened(data: &Path) -> Result<(PathBuf, Connection), Fatal> {
    let database = data.join(DATABASE);
    if !database.exists() {
        return Err(upkeep::missing(&database));
    }
    let conn = store::backup::reader(&database).map_err(|refused| upkeep::unreadable(&database, &refused))?;
    Ok((database, conn))
}

/// Goes on with a file: a part of its own behind what is whole in it.
fn go_on(data: &Path, file: &Path, progress: &mut Progress) -> Result<(), Fatal> {
    let (database, conn) = opened(data)?;
    let reading = |error: rusqlite::Error| upkeep::reading(&database, &error);
    let found = resume::find(file)?;
    let mut desks = tenants::all(&conn).map_err(reading)?;
    desks.retain(|(_, id)| *id == found.tenant);
    let to = resume::cut(file, found.whole)?;
    let mut to = BufWriter::new(to);
    let name = refused::shown(file).to_string();
    // What cannot be written stays as far as it came: it can be gone on with again.
    write(&conn, (desks, found.since), &mut to, (&database, &name), progress)?;
    kept(to).map_err(|error| unwritable(&name, &error))
}

fn kept(to: BufWriter<File>) -> io::Result<()> {
    to.into_inner().map_err(|error| error.into_error())?.sync_all()
}

fn write(
    conn: &Connection,
    (desks, since): (Vec<(TenantKey, TenantId)>, Option<Cursor>),
    to: &mut impl Write,
    (database, name): (&Path, &str),
    progress: &mut Progress,
) -> Result<(), Fatal> {
    let reading = |error: rusqlite::Error| upkeep::reading(database, &error);
    let place = Place::new(database.parent().unwrap_or(Path::new(".")));
    for (key, tenant) in desks {
        let begun = Export::begin(conn, (key, tenant.clone()), since, place.clone()).map_err(reading)?;
        let mut export = begun.map_err(|_| {
            Fatal::new(
                ExitKind::BadData,
                format!("The journal of {tenant} does not hold this cursor: it is of another desk, or from after a copy that was restored."),
                "Export from the beginning, and name one --tenant where there are several.",
            )
        })?;
        while let Some(lines) = export.next(conn).map_err(reading)? {
            for line in lines {
                match writeln!(to, "{line}") {
                    // Who reads no further has seen enough.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                    written => written.map_err(|error| unwritable(name, &error))?,
                }
            }
            progress.tell(&format!("{tenant}: {} of {} events", export.events, export.all()));
        }
        tell(&format!("{tenant}: {} events, complete", export.events));
    }
    match to.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(unwritable(name, &error)),
        _ => Ok(()),
    }
}

fn unwritable(name: &str, error: &io::Error) -> Fatal {
    Fatal::new(
        ExitKind::Io,
        format!("Cannot write {name}: {error}."),
        "Look at where the output goes. What is there is not complete.",
    )
}

/// What is told while it goes on: on a terminal in one line that is written over; else, if it was asked for, a line a second.
struct Progress {
    asked: bool,
    told: Option<Instant>,
}

impl Progress {
    fn new(asked: bool) -> Progress {
        Progress { asked, told: None }
    }

    fn tell(&mut self, words: &str) {
        let mut errors = io::stderr().lock();
        if errors.is_terminal() {
            let _ = write!(errors, "\r{words}");
        } else if self.asked && self.told.is_none_or(|told| told.elapsed() >= Duration::from_secs(1)) {
            let _ = writeln!(errors, "{words}");
            self.told = Some(Instant::now());
        }
    }
}

/// What is told at the end.
fn tell(words: &str) {
    let mut errors = io::stderr().lock();
    let over = if errors.is_terminal() { "\r" } else { "" };
    let _ = writeln!(errors, "{over}{words}");
}

async fn import(config: &Config, file: &Path, tenant: TenantId, out: &mut impl Write) -> Result<(), Fatal> {
    let opened = File::open(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => upkeep::missing(file),
        _ => Fatal::new(
            ExitKind::Permission,
            format!("Cannot read {}: {error}.", refused::shown(file)),
            "Look at its rights.",
        ),
    })?;
    let office = Office::open(config, tenant)?;
    let done = send(&office, BufReader::new(opened), file).await;
    let closed = office.close().await;
    let taken = done?;
    closed?;
    let text = format!(
        "Imported {}: {} lines taken, {} there already, {} follow from others. Accounts that came are disabled and have no password.\n",
        refused::shown(file),
        taken.taken,
        taken.known,
        taken.passed
    );
    print(out, &text)
}

/// The agents of a desk. All of them go ahead of the lines, in parts that fit a request; with the lines go those who are named there,
/// whose ids may be others here.
#[derive(Default)]
struct Agents {
    /// By id.
    known: BTreeMap<String, Value>,
    /// Those who were not sent yet, and how long they are.
    ahead: Vec<Value>,
    bytes: usize,
}

impl Agents {
    async fn add(
        &mut self,
        office: &Office,
        desk: &Value,
        line: Value,
        bytes: usize,
        file: &Path,
    ) -> Result<(), Fatal> {
        if self.bytes + bytes > limits::IMPORT_BATCH_BYTES {
            self.go_ahead(office, desk, file).await?;
        }
        let id = line.get("id").and_then(Value::as_str).unwrap_or_default();
        self.known.insert(id.to_owned(), line.clone());
        self.ahead.push(line);
        self.bytes += bytes;
        Ok(())
    }

    async fn go_ahead(&mut self, office: &Office, desk: &Value, file: &Path) -> Result<(), Fatal> {
        let agents = std::mem::take(&mut self.ahead);
        self.bytes = 0;
        if agents.is_empty() {
            return Ok(());
        }
        let desk = desk.clone();
        let mut batch = Batch {
            desk,
            agents,
            lines: vec![],
        };
        submit(office, &mut batch, file, 0).await.map(drop)
    }

    /// Those who are named in these lines.
    fn named(&self, lines: &[Value]) -> Vec<Value> {
        let mut found = BTreeMap::new();
        lines.iter().for_each(|line| self.find(line, &mut found));
        found.into_values().cloned().collect()
    }

    fn find<'a>(&'a self, value: &Value, found: &mut BTreeMap<&'a str, &'a Value>) {
        match value {
            Value::String(text) => {
                if let Some((id, line)) = self.known.get_key_value(text.as_str()) {
                    found.insert(id, line);
                }
            }
            Value::Array(items) => items.iter().for_each(|it| self.find(it, found)),
            Value::Object(fields) => fields.values().for_each(|it| self.find(it, found)),
            _ => {}
        }
    }
}

async fn send(office: &Office, lines: impl BufRead, file: &Path) -> Result<Taken, Fatal> {
    let mut progress = Progress::new(false);
    let (mut batch, mut bytes, mut all) = (Batch::default(), 0, Taken::default());
    let mut agents = Agents::default();
    // The line in the file that the batch begins with.
    let mut first = 0;
    // Whether all lines of this part were of the desk and its agents.
    let mut head = true;
    for (n, line) in lines.lines().enumerate() {
        let line = line.map_err(|error| bad(file, n + 1, &error.to_string()))?;
        let read: Value = serde_json::from_str(&line).map_err(|error| bad(file, n + 1, &error.to_string()))?;
        match read.get("type").and_then(Value::as_str) {
            Some("desk") if batch.desk.is_null() => batch.desk = read,
            Some("desk") if read["desk"] != batch.desk["desk"] => {
                return Err(bad(file, n + 1, "another desk begins: export one tenant into a file"));
            }
            // A part that an export which went on wrote behind what was there.
            Some("desk") => {
                agents.go_ahead(office, &batch.desk, file).await?;
                batch.agents = agents.named(&batch.lines);
                add(&mut all, submit(office, &mut batch, file, first).await?);
                (batch.desk, bytes, head) = (read, 0, true);
            }
            _ if batch.desk.is_null() => return Err(bad(file, n + 1, "a desk begins with its line `desk`")),
            Some("agent") if head => {
                agents.add(office, &batch.desk, read, line.len(), file).await?;
            }
            _ => {
                head = false;
                agents.go_ahead(office, &batch.desk, file).await?;
                if bytes + line.len() > limits::IMPORT_BATCH_BYTES && !batch.lines.is_empty() {
                    batch.agents = agents.named(&batch.lines);
                    add(&mut all, submit(office, &mut batch, file, first).await?);
                    bytes = 0;
                    progress.tell(&format!("{} lines", all.taken + all.known + all.passed));
                }
                if batch.lines.is_empty() {
                    first = n;
                }
                bytes += line.len();
                batch.lines.push(read);
            }
        }
    }
    if batch.desk.is_null() {
        return Err(bad(file, 1, "it is empty"));
    }
    if batch
        .lines
        .last()
        .and_then(|line| line.get("type"))
        .and_then(Value::as_str)
        != Some("end")
    {
        tell(
            "The file has no line `end`: the export was cut. What is there is taken; export again from the last cursor for the rest.",
        );
    }
    agents.go_ahead(office, &batch.desk, file).await?;
    batch.agents = agents.named(&batch.lines);
    add(&mut all, submit(office, &mut batch, file, first).await?);
    Ok(all)
}

async fn submit(office: &Office, batch: &mut Batch, file: &Path, first: usize) -> Result<Taken, Fatal> {
    let answer = office.ask(Method::POST, "/api/v1/chat/import", Some(&*batch)).await;
    batch.lines.clear();
    answer.map_err(|mut fatal: Fatal| {
        fatal.what = format!("{} (from line {} of {})", fatal.what, first + 1, refused::shown(file));
        fatal
    })
}

fn add(all: &mut Taken, more: Taken) {
    all.taken += more.taken;
    all.known += more.known;
    all.passed += more.passed;
}

fn bad(file: &Path, line: usize, why: &str) -> Fatal {
    Fatal::new(
        ExitKind::BadData,
        format!("{}, line {line}: {}.", refused::shown(file), Shown::line(why).cut(160)),
        "Give a file that `minicom-server export --tenant NAME` wrote.",
    )
}
