//! `minicom-agent agents`: who answers here, what each is good at, and how much each has to do.

use clap::{Args, Subcommand};
use minicom_protocol::{
    command::AgentCommand,
    frame::{AgentQuestion, AgentReply},
    people::Role,
    settings::DeskSettings,
    staff::{StaffMember, Workload},
    words::{Skill, as_set},
};
use minicom_tui_kit::Shown;

use super::{
    Access, Told, names,
    session::Session,
    table::{self, Table, cell},
};
use crate::exit::Failure;

/// Agents, or one of them.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct AgentsCommand {
    /// What to do instead of printing them.
    #[command(subcommand)]
    command: Option<Change>,
}

/// What can be changed.
#[derive(Debug, Subcommand, PartialEq, Eq)]
enum Change {
    /// Say what an agent is good at and how much an agent can have. For admins.
    ///
    /// Skills that are given take the place of those that were there; what is not given stays.
    Set {
        /// The agent's name or e-mail address.
        name: String,
        /// What the agent is good at; may be given several times.
        #[arg(long = "skill", value_name = "WORD")]
        skills: Vec<Skill>,
        /// The agent has no own skills; those of groups stay.
        #[arg(long, conflicts_with = "skills")]
        no_skills: bool,
        /// How many conversations at once, or none for the desk's limit.
        #[arg(long, value_name = "N|none", value_parser = capacity)]
        capacity: Option<Limit>,
    },
}

/// An own limit, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit(Option<u32>);

fn capacity(word: &str) -> Result<Limit, String> {
    if word == "none" {
        return Ok(Limit(None));
    }
    match word.parse() {
        Ok(number @ 1..=DeskSettings::NUMBER_MAX) => Ok(Limit(Some(number))),
        _ => Err(format!("say a number from 1 to {}, or none", DeskSettings::NUMBER_MAX)),
    }
}

pub(super) async fn run(command: AgentsCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let mut session = access.open().await?;
    let told = match command.command {
        None => {
            let loads = workload(&mut session).await?;
            list(&session, &loads)
        }
        Some(Change::Set {
            name,
            skills,
            no_skills,
            capacity,
        }) => {
            let member = names::agent(&session, &name).await?;
            let given = no_skills || !skills.is_empty();
            let command = AgentCommand::SetAgent {
                agent: member.agent.id,
                skills: if given { as_set(skills) } else { member.skills },
                capacity: capacity.map_or(member.capacity, |it| it.0),
            };
            let changed = session.change(command).await?;
            let word = if changed { "changed" } else { "unchanged" };
            format!("{word}: {}\n", member.agent.name.shown())
        }
    };
    session.leave().await;
    Ok(told.into())
}

/// Who has how much to do: agents who may sign in, by name.
pub(super) async fn workload(session: &mut Session) -> Result<Vec<Workload>, Failure> {
    match session.ask(AgentQuestion::Workload { agent: None }).await? {
        AgentReply::Workload { agents } => Ok(agents),
        _ => Err(session.not_that()),
    }
}

fn list(session: &Session, loads: &[Workload]) -> String {
    let staff = &session.desk().staff;
    let mut table = Table::new(&["NAME", "ROLE", "STATE", "ACTIVE", "CAPACITY", "SKILLS"]);
    for member in &staff.agents {
        let load = loads.iter().find(|it| it.presence.agent.id == member.agent.id);
        table.row(vec![
            member.agent.name.shown(),
            Shown::fixed(role(member.role)),
            match load {
                Some(load) => Shown::fixed(load.presence.state.word()),
                None if member.enabled => Shown::fixed("-"),
                None => Shown::fixed("disabled"),
            },
            load.map_or(Shown::fixed("-"), |it| cell(it.active)),
            limit(member, session),
            skills(session, member),
        ]);
    }
    table.or("There are no agents.")
}

/// The agent's own limit; the desk's is told as such.
fn limit(member: &StaffMember, session: &Session) -> Shown {
    match (member.capacity, session.desk().settings.capacity) {
        (Some(own), _) => cell(own),
        (None, Some(desk)) => cell(format!("{desk} (desk)")),
        (None, None) => Shown::fixed("none"),
    }
}

/// Own skills, and in brackets those of groups.
fn skills(session: &Session, member: &StaffMember) -> Shown {
    let groups = session
        .desk()
        .staff
        .groups
        .iter()
        .filter(|group| group.members.contains(&member.agent.id));
    let of_groups = groups
        .flat_map(|group| &group.skills)
        .filter(|it| !member.skills.contains(it));
    let of_groups = as_set(of_groups.map(|it| format!("({})", it.as_str())).collect());
    let own = member.skills.iter().map(Skill::as_str);
    table::list(own.chain(of_groups.iter().map(String::as_str)))
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Admin => "admin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capacity_is_a_number_or_none() {
        assert_eq!(capacity("3"), Ok(Limit(Some(3))));
        assert_eq!(capacity("none"), Ok(Limit(None)));
        for bad in ["0", "-1", "100001", "many", ""] {
            assert!(capacity(bad).is_err(), "{bad}");
        }
    }
}
