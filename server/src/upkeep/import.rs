//! Lines of an exported desk, taken into a desk that is empty, or that has taken what came before them. Each event is appended to
//! this desk's own journal, with its own time and mark, so that everything else follows from it as it did; a line that is there
//! already changes nothing. Accounts come without anything to sign in with. What was erased over there is erased here.

mod erasing;
mod event;

use std::collections::HashMap;

use minicom_protocol::{
    event::{Event, Subject},
    gate::Shown,
    ids::{CustomerId, Rev},
    words::{SubjectLine, Tag},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

use self::erasing::Erasing;
use super::{
    export::FORMAT,
    file_lines::{self, BytesLine, FileLine},
};
use crate::{
    clock,
    execute::Scope,
    store::{
        self, TenantKey,
        audit::By,
        files::{self, FileRow},
        followers, people, timers,
        transfer::{self, AgentLine, CustomerLine, DeskLine, TimerLine},
    },
    uploads::Place,
};

/// Columns of a line's fault in an answer.
const SHOWN_COLUMNS: usize = 160;

/// Lines to take in: the desk they are of, its agents, and some of the lines behind them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// The line `desk`.
    #[schema(value_type = Object)]
    pub desk: Value,
    /// The lines `agent`.
    #[schema(value_type = Vec<Object>)]
    pub agents: Vec<Value>,
    /// Lines, in their order.
    #[schema(value_type = Vec<Object>)]
    pub lines: Vec<Value>,
}

/// What became of them.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// Lines that changed something.
    pub taken: u64,
    /// Lines that were there already.
    pub known: u64,
    /// Lines that follow from others, or are not taken over.
    pub passed: u64,
    /// Customers who are erased by them.
    #[serde(skip)]
    pub erased: Vec<CustomerId>,
    /// Whether anything is.
    #[serde(skip)]
    pub erases: bool,
}

/// Why lines are not taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotTaken {
    /// The desk has something in it, and it is not from there.
    NotEmpty,
    /// Lines between what is here and these are missing; what is here ends at this position.
    Gap(u64),
    /// A line is none: the number within the batch, and why.
    Bad(usize, String),
}

/// Takes lines in, all of them or none.
///
/// # Errors
/// What SQLite said; or why they are not taken, and then nothing was written.
pub fn take(scope: &mut Scope<'_>, batch: &Batch, place: &Place, by: &By) -> store::Result<Result<Taken, NotTaken>> {
    let (conn, tenant) = (scope.conn, scope.tenant);
    let (desk, agents) = match head(batch) {
        Ok(head) => head,
        Err(why) => return Ok(Err(NotTaken::Bad(0, why))),
    };
    let up_to = transfer::taken_up_to(conn, tenant, &desk.desk)?;
    if up_to.is_none() && !transfer::is_empty(conn, tenant)? {
        return Ok(Err(NotTaken::NotEmpty));
    }
    let mut names = HashMap::new();
    for agent in &agents {
        let here = transfer::agent_here(conn, tenant, agent)?;
        if here != agent.id {
            names.insert(agent.id.to_string(), here.to_string());
        }
    }
    // All are understood before the first is written.
    let mut up_to = up_to.unwrap_or(Rev(0));
    let lines = match understand(&batch.lines, &names, up_to) {
        Ok(lines) => lines,
        Err(why) => return Ok(Err(why)),
    };
    if let Some(why) = name_of_another(scope, &lines)? {
        return Ok(Err(why));
    }
    for agent in &agents {
        transfer::take_agent(conn, tenant, agent, scope.now)?;
    }
    // What time has done here since must not be set again, nor come back what was erased here since: timers and files are taken until
    // the end of this export was.
    let ends_at = Rev(desk
        .cursor
        .split('.')
        .next()
        .and_then(|at| at.parse().ok())
        .unwrap_or(0));
    let whole = format!("{}:whole", desk.desk);
    let is_new = transfer::taken_up_to(conn, tenant, &whole)?.is_none_or(|rev| rev < ends_at);
    let mut taken = Taken::default();
    if is_new && let Err(why) = take_bytes(&lines, tenant, place, &mut taken) {
        return Ok(Err(why));
    }
    let mut erasing = Erasing::by(by);
    for line in lines {
        if matches!(line, Line::Bytes(_)) {
            taken.known += u64::from(!is_new);
            continue;
        }
        if matches!(line, Line::End) {
            followers::advance(conn, tenant, &transfer::source_name(&whole), ends_at)?;
        }
        let became = match line {
            Line::Timer(_) | Line::File(_) if !is_new => Became::Known,
            line => write(scope, line, &mut up_to, place, &mut erasing)?,
        };
        match became {
            Became::Taken => taken.taken += 1,
            Became::Known => taken.known += 1,
            Became::Passed => taken.passed += 1,
        }
    }
    erasing.done(scope, &mut taken)?;
    followers::advance(conn, tenant, &transfer::source_name(&desk.desk), up_to)?;
    Ok(Ok(taken))
}

/// Bytes of files, and files that are whole by now get their places. What cannot be had of them is found before a row is written; what
/// is there already changes nothing.
fn take_bytes(lines: &[Line], tenant: TenantKey, place: &Place, taken: &mut Taken) -> Result<(), NotTaken> {
    for (n, line) in lines.iter().enumerate() {
        let wrong = |why| NotTaken::Bad(n + 1, why);
        match line {
            Line::Bytes(piece) => match file_lines::take_piece(place, tenant, piece).map_err(wrong)? {
                true => taken.taken += 1,
                false => taken.known += 1,
            },
            Line::File(row) => drop(file_lines::settle(place, tenant, row).map_err(wrong)?),
            _ => {}
        }
    }
    Ok(())
}

/// A line that was understood.
enum Line {
    Event(Box<Event>),
    Customer(CustomerLine),
    Article {
        slug: Tag,
        body: String,
        questions: Option<Vec<SubjectLine>>,
    },
    Timer(TimerLine),
    /// Bytes of a file.
    Bytes(BytesLine),
    /// A file whose bytes were before it.
    File(Box<FileRow>),
    /// It follows from the events.
    Follows,
    /// All of the export was before it.
    End,
}

/// What became of a line.
enum Became {
    Taken,
    Known,
    Passed,
}

fn head(batch: &Batch) -> Result<(DeskLine, Vec<AgentLine>), String> {
    let desk: DeskLine =
        serde_json::from_value(batch.desk.clone()).map_err(|error| format!("the line `desk`: {error}"))?;
    if desk.format != FORMAT {
        return Err(format!(
            "the format {} is not known; this release reads {FORMAT}",
            desk.format
        ));
    }
    let agents = batch.agents.iter().map(|line| serde_json::from_value(line.clone()));
    let agents = agents.collect::<Result<Vec<_>, _>>();
    Ok((desk, agents.map_err(|error| format!("a line `agent`: {error}"))?))
}

/// Reads all lines. An event is good only right after the one before it.
fn understand(lines: &[Value], names: &HashMap<String, String>, mut up_to: Rev) -> Result<Vec<Line>, NotTaken> {
    let mut understood = Vec::with_capacity(lines.len());
    for (n, line) in lines.iter().enumerate() {
        let line = read(line, names).map_err(|why| NotTaken::Bad(n + 1, why))?;
        if let Line::Event(event) = &line
            && event.rev > up_to
        {
            if event.rev.0 != up_to.0 + 1 {
                return Err(NotTaken::Gap(up_to.0));
            }
            up_to = event.rev;
        }
        understood.push(line);
    }
    Ok(understood)
}

fn read(line: &Value, names: &HashMap<String, String>) -> Result<Line, String> {
    fn of<T: DeserializeOwned>(value: Value) -> Result<T, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }
    let text = |field: &str| line.get(field).and_then(Value::as_str).unwrap_or_default();
    Ok(match text("type") {
        "event" => {
            let mut event = line.get("event").cloned().unwrap_or_default();
            rename(&mut event, names);
            Line::Event(Box::new(of(event)?))
        }
        "customer" => {
            let it: CustomerLine = of(line.clone())?;
            if !transfer::has_digests(&it) {
                return Err("`secret_digest` or `consented_to` is not 64 letters of hex".to_owned());
            }
            Line::Customer(it)
        }
        "timer" => {
            let it: TimerLine = of(line.clone())?;
            timers::known_kind(&it.timer).map_err(|error| error.to_string())?;
            Line::Timer(it)
        }
        "bytes" => Line::Bytes(of(line.clone())?),
        "file" => {
            let mut line = line.clone();
            rename(&mut line, names);
            let file: FileLine = of(line)?;
            let row = file.row(clock::now()).ok_or("`digest` is not 64 letters of hex")?;
            Line::File(Box::new(row))
        }
        "article" => Line::Article {
            slug: Tag::parse(text("slug")).map_err(|error| error.to_string())?,
            body: text("body").to_owned(),
            // Exports of earlier releases have none.
            questions: line.get("questions").cloned().map(of).transpose()?,
        },
        "settings" | "conversation" | "ticket" | "group" | "reply" => Line::Follows,
        "end" => Line::End,
        "desk" | "agent" => return Err("another desk begins: export one tenant into a file".to_owned()),
        other => return Err(format!("there are no lines of the type '{other}'")),
    })
}

/// A customer whose name belongs to another one here, who came otherwise: found before anything is written.
fn name_of_another(scope: &Scope<'_>, lines: &[Line]) -> store::Result<Option<NotTaken>> {
    let (conn, tenant) = (scope.conn, scope.tenant);
    let mut free = vec![];
    for (n, line) in lines.iter().enumerate() {
        let Line::Customer(it) = line else { continue };
        if erasing::is_nobody(&it.customer) {
            free.push(it.customer.id);
            continue;
        }
        // One who is here already stays as it is, whoever has the name by now.
        if people::customer_by_id(conn, tenant, it.customer.id)?.is_some() {
            continue;
        }
        let holder = people::customer_by_name(conn, tenant, it.customer.realm, &it.customer.name)?;
        if holder.is_some_and(|holder| holder.customer.id != it.customer.id && !free.contains(&holder.customer.id)) {
            let name = it.customer.name.as_str();
            let why = format!("another customer of this desk has the name {name}, who did not come from there");
            return Ok(Some(NotTaken::Bad(n + 1, why)));
        }
    }
    Ok(None)
}

fn write(
    scope: &mut Scope<'_>,
    line: Line,
    up_to: &mut Rev,
    place: &Place,
    erasing: &mut Erasing<'_>,
) -> store::Result<Became> {
    let (conn, tenant) = (scope.conn, scope.tenant);
    erasing.before(scope, &line)?;
    let changed = match line {
        Line::Event(event) if event.rev <= *up_to => false,
        Line::Event(event) => {
            *up_to = event.rev;
            if !transfer::is_taken(&event.body) || event.subject == Subject::Unknown {
                return Ok(Became::Passed);
            }
            event::take(scope, *event, erasing)?;
            true
        }
        Line::Customer(it) => {
            let new = transfer::take_customer(conn, tenant, &it)?;
            let erased = erasing::is_nobody(&it.customer) && erasing.customer(scope, it.customer.id)?;
            new || erased
        }
        Line::Timer(it) => transfer::take_timer(conn, tenant, &it)?,
        Line::File(row) => {
            // Its bytes may have been lost over there; or what it belongs to was erased by lines that were taken before.
            let lost = place.open_whole(tenant, &row.digest, row.size).is_err();
            if lost || erasing::is_of_nobody(conn, tenant, &row)? {
                return Ok(Became::Passed);
            }
            let new = !files::is_known(conn, tenant, row.id)?;
            if new {
                files::insert(conn, tenant, &row)?;
            }
            new
        }
        Line::Article { slug, body, questions } => transfer::take_article(conn, tenant, &slug, &body, questions)?,
        Line::Follows | Line::End | Line::Bytes(_) => return Ok(Became::Passed),
    };
    Ok(if changed { Became::Taken } else { Became::Known })
}

/// Puts the ids that agents have here in the place of those that they had there. An id is 128 random bits: what equals one is
/// one.
fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(here) = names.get(text.as_str()) {
                text.clone_from(here);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|it| rename(it, names)),
        Value::Object(fields) => fields.values_mut().for_each(|it| rename(it, names)),
        _ => {}
    }
}

impl NotTaken {
    /// Code and words for whoever asked.
    pub fn told(&self) -> (&'static str, String) {
        match self {
            NotTaken::NotEmpty => (
                "not_empty",
                "This desk has customers or a library of its own, or took them from another desk. Import into a new tenant.".to_owned(),
            ),
            NotTaken::Gap(at) => (
                "gap",
                format!("Lines are missing: this desk has the other one's events up to {at}. Import what comes after that first."),
            ),
            NotTaken::Bad(0, why) => ("bad_line", format!("The lines cannot be read: {}.", Shown::line(why).cut(SHOWN_COLUMNS))),
            NotTaken::Bad(n, why) => ("bad_line", format!("Line {n} of these cannot be read: {}.", Shown::line(why).cut(SHOWN_COLUMNS))),
        }
    }

    /// Which line of the batch it is, if it is one.
    pub fn line(&self) -> Option<usize> {
        match self {
            NotTaken::Bad(n, _) if *n > 0 => Some(*n),
            _ => None,
        }
    }
}
