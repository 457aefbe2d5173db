//! Which agent, group or customer somebody means by a word on the command line.

use minicom_protocol::{
    ids::AgentId,
    staff::{Group, Staff, StaffMember},
    words::GroupName,
};
use minicom_tui_kit::Shown;

use super::{session::Session, strict::nearest};
use crate::exit::{self, Failure};

/// An agent by name, id, or (for admins) e-mail address. Case does not count.
///
/// # Errors
/// There is none, or there are several.
pub async fn agent(session: &Session, word: &str) -> Result<StaffMember, Failure> {
    let staff = &session.desk().staff;
    if word.contains('@') {
        let addresses = session.addresses().await?;
        let id = addresses.get(&word.trim().to_lowercase());
        return id
            .and_then(|id| staff.agent(*id))
            .cloned()
            .ok_or_else(|| unknown(word, addresses.keys()));
    }
    by_name(staff, word).cloned()
}

/// An agent by name or id.
fn by_name<'a>(staff: &'a Staff, word: &str) -> Result<&'a StaffMember, Failure> {
    let word = word.trim();
    let id: Option<AgentId> = word.parse().ok();
    if let Some(member) = id.and_then(|id| staff.agent(id)) {
        return Ok(member);
    }
    let exactly = |it: &&StaffMember| it.agent.name.as_str() == word;
    let nearly = |it: &&StaffMember| it.agent.name.as_str().to_lowercase() == word.to_lowercase();
    let mut found: Vec<&StaffMember> = staff.agents.iter().filter(exactly).collect();
    if found.is_empty() {
        found = staff.agents.iter().filter(nearly).collect();
    }
    match found[..] {
        [one] => Ok(one),
        [] => Err(unknown(word, staff.agents.iter().map(|it| it.agent.name.as_str()))),
        _ => {
            let ids: Vec<String> = found.iter().map(|it| it.agent.id.to_string()).collect();
            let words = format!(
                "{} agents are called {}. Say which, by its id: {}",
                found.len(),
                Shown::name(word),
                ids.join(", ")
            );
            Err(Failure::new(exit::USAGE, words))
        }
    }
}

fn unknown(word: &str, known: impl Iterator<Item = impl AsRef<str>>) -> Failure {
    let known: Vec<String> = known.map(|it| it.as_ref().to_owned()).collect();
    let hint = match nearest(word, known.iter().map(String::as_str)) {
        Some(near) => format!("Did you mean {}?", Shown::name(near)),
        None => "See:  minicom-agent agents".to_owned(),
    };
    Failure::new(exit::USAGE, format!("There is no agent {}. {hint}", Shown::name(word)))
}

/// A group by name, if there is one.
pub fn group<'a>(staff: &'a Staff, name: &GroupName) -> Option<&'a Group> {
    staff.groups.iter().find(|it| it.name == *name)
}

/// The name of an agent who is in a group or has a ticket; one who is not known any more has an id only.
pub fn name_of(staff: &Staff, agent: AgentId) -> String {
    match staff.agent(agent) {
        Some(member) => member.agent.name.as_str().to_owned(),
        None => agent.to_string(),
    }
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
