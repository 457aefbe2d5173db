//! `minicom-agent group`: who belongs together, and what they are good at.

use clap::Subcommand;
use minicom_client::CommandIds;
use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, GroupId},
    staff::{Group, Staff},
    words::{GroupName, Skill, as_set},
};

use super::{
    Access, Told, names,
    session::Session,
    table::{self, Table, cell},
};
use crate::exit::Failure;

/// What can be done with groups.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum GroupCommand {
    /// Print the groups.
    List,
    /// Make a group, or change one. For admins.
    ///
    /// Members and skills that are given take the place of those that were there; what is not given stays.
    Save {
        /// Its name, of letters, digits, hyphen, underscore and dot.
        name: GroupName,
        /// Who is in it, by name or e-mail address; may be given several times.
        #[arg(long = "member", value_name = "EMAIL-or-NAME")]
        members: Vec<String>,
        /// Nobody is in it.
        #[arg(long, conflicts_with = "members")]
        no_members: bool,
        /// What its members are good at; may be given several times.
        #[arg(long = "skill", value_name = "WORD")]
        skills: Vec<Skill>,
        /// It says nothing of what its members are good at.
        #[arg(long, conflicts_with = "skills")]
        no_skills: bool,
    },
    /// Delete a group. What waits for it waits for anybody. For admins.
    Delete {
        /// Its name.
        name: GroupName,
    },
}

pub(super) async fn run(command: GroupCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let mut session = access.open().await?;
    let told = match command {
        GroupCommand::List => list(&session.desk().staff),
        GroupCommand::Save {
            name,
            members,
            no_members,
            skills,
            no_skills,
        } => {
            let mut ids = Vec::new();
            for member in &members {
                ids.push(names::agent(&session, member).await?.agent.id);
            }
            let members = (no_members || !ids.is_empty()).then_some(ids);
            let skills = (no_skills || !skills.is_empty()).then_some(skills);
            save(&mut session, name, members, skills).await?
        }
        GroupCommand::Delete { name } => delete(&mut session, &name).await?,
    };
    session.leave().await;
    Ok(told.into())
}

fn list(staff: &Staff) -> String {
    let mut table = Table::new(&["NAME", "SKILLS", "MEMBERS"]);
    for group in &staff.groups {
        let mut members: Vec<String> = group.members.iter().map(|it| names::name_of(staff, *it)).collect();
        members.sort();
        table.row(vec![
            group.name.shown(),
            table::list(group.skills.iter().map(Skill::as_str)),
            table::list(members.iter().map(String::as_str)),
        ]);
    }
    table.or("There are no groups. Make one:  minicom-agent group save NAME --member NAME --skill WORD")
}

async fn save(
    session: &mut Session,
    name: GroupName,
    members: Option<Vec<AgentId>>,
    skills: Option<Vec<Skill>>,
) -> Result<String, Failure> {
    let known = names::group(&session.desk().staff, &name).cloned();
    let is_new = known.is_none();
    let known = known.unwrap_or_else(|| Group {
        id: GroupId(CommandIds::random().next(session.now().0).0),
        name: name.clone(),
        members: vec![],
        skills: vec![],
    });
    let group = Group {
        members: members.map_or(known.members, as_set),
        skills: skills.map_or(known.skills, as_set),
        ..known
    };
    let changed = session.change(AgentCommand::SaveGroup { group }).await?;
    let word = match (is_new, changed) {
        (true, _) => "new",
        (false, true) => "changed",
        (false, false) => "unchanged",
    };
    Ok(format!("{word}: group {}\n", name.shown()))
}

async fn delete(session: &mut Session, name: &GroupName) -> Result<String, Failure> {
    let staff = &session.desk().staff;
    let Some(group) = names::group(staff, name).map(|it| it.id) else {
        let near = super::strict::nearest(name.as_str(), staff.groups.iter().map(|it| it.name.as_str()));
        return Ok(super::absent("group", name.shown(), near));
    };
    session.change(AgentCommand::DeleteGroup { group }).await?;
    Ok(format!("deleted: group {}\n", cell(name.shown())))
}
