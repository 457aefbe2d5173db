//! What is about no conversation: what an agent chooses to be, tickets, customers, the library, groups, the desk's settings.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::AgentCommand,
    event::{
        AgentChanged, ArticleChanged, ArticleDeleted, CustomerChanged, CustomersMerged, EventBody, GroupChanged,
        GroupDeleted, MentionsRead, ReplyChanged, ReplyDeleted, SettingsChanged,
    },
    ids::{AgentId, GroupId, ReplyId},
    intake::Introduction,
    library::{Article, ArticleRow, REPLIES_MAX, ReplyAction, SavedReply, beginning, questions_as_set},
    people::Realm,
    refusal::Refusal,
    settings::{AttributeKind, DeskSettings},
    staff::{Group, StaffMember},
    words::{SubjectLine, Tag, as_set},
};

use super::{Decision, Facts, Write, admission, agents::Agent, tickets};
use crate::hours::Calendar;

/// Groups of a tenant.
const GROUPS_MAX: usize = 200;
/// Members of all groups together: every agent's program gets them with the first part of its snapshot.
const MEMBERSHIPS_MAX: usize = 5_000;

pub fn decide(facts: &Facts<'_>, caller: Agent<'_>, command: &AgentCommand) -> Result<Decision, Refusal> {
    match command {
        AgentCommand::SetIntent { intent } => changed(facts, caller.agent.id, true, |it| it.intent = *intent),
        AgentCommand::SetAgent {
            agent,
            skills,
            capacity,
        } => {
            caller.must_be_admin()?;
            if *capacity == Some(0) {
                return Err(bad(
                    "capacity",
                    "0: the agent could take nothing; leave it out for no own limit",
                ));
            }
            changed(facts, *agent, false, |it| {
                it.skills = as_set(skills.clone());
                it.capacity = *capacity;
            })
        }
        AgentCommand::MarkMentionsRead { up_to } => {
            let (known, head) = facts.more.mentions;
            let up_to = (*up_to).min(head);
            let agent = caller.agent.id;
            Ok(if up_to > known {
                one(EventBody::MentionsRead(MentionsRead { agent, up_to }))
            } else {
                Decision::default()
            })
        }
        AgentCommand::ChangeTicket {
            status,
            assignee,
            title,
            ..
        } => tickets::change(facts, caller.agent, *status, *assignee, title.as_ref()),
        AgentCommand::CommentTicket { text, .. } => tickets::comment(facts, caller.agent, text),
        AgentCommand::DescribeCustomer {
            introduction,
            attributes,
            ..
        } => describe(facts, caller, introduction, attributes),
        AgentCommand::MergeCustomers { .. } => merge(facts, caller),
        AgentCommand::BlockCustomer { minutes, .. } => admission::block(facts, caller.agent, *minutes),
        AgentCommand::UnblockCustomer { .. } => admission::unblock(facts, caller.agent),
        AgentCommand::SaveReply { reply } => save_reply(facts, caller, reply),
        AgentCommand::DeleteReply { reply } => delete_reply(facts, caller, *reply),
        AgentCommand::SaveArticle {
            article,
            tags,
            published,
        } => Ok(save_article(facts, caller, article, tags, *published)),
        AgentCommand::DeleteArticle { slug } => {
            facts.more.article.as_ref().ok_or(Refusal::NotFound)?;
            let slug = slug.clone();
            Ok(one(EventBody::ArticleDeleted(ArticleDeleted { slug })))
        }
        AgentCommand::SaveGroup { group } => save_group(facts, caller, group),
        AgentCommand::DeleteGroup { group } => delete_group(facts, caller, *group),
        AgentCommand::Configure { settings } => configure(facts, caller, settings),
        _ => Err(Refusal::Forbidden),
    }
}

fn one(event: EventBody) -> Decision {
    Decision {
        events: vec![event],
        ..Decision::default()
    }
}

fn bad(what: &str, why: &str) -> Refusal {
    Refusal::BadField {
        why: format!("{what}: {why}"),
    }
}

fn changed(
    facts: &Facts<'_>,
    agent: AgentId,
    intent_only: bool,
    change: impl FnOnce(&mut StaffMember),
) -> Result<Decision, Refusal> {
    let known = facts.staff()?.agent(agent).ok_or(Refusal::NotFound)?;
    let mut member = known.clone();
    change(&mut member);
    Ok(if member == *known {
        Decision::default()
    } else {
        one(EventBody::AgentChanged(AgentChanged { member, intent_only }))
    })
}

fn describe(
    facts: &Facts<'_>,
    caller: Agent<'_>,
    introduction: &Introduction,
    attributes: &BTreeMap<String, String>,
) -> Result<Decision, Refusal> {
    let (customer, _, _) = facts.more.customers.as_ref().ok_or(Refusal::NotFound)?;
    let known = facts.more.profile.clone().unwrap_or_default();
    let mut profile = known.clone();
    profile.name = introduction.name.clone().or(profile.name);
    profile.email = introduction.email.clone().or(profile.email);
    for (key, value) in attributes {
        // What the settings do not have any more can still be taken away.
        if value.trim().is_empty() && profile.attributes.remove(key).is_some() {
            continue;
        }
        let attribute = facts.desk.attributes.iter().find(|it| it.key == *key);
        let attribute = attribute.ok_or_else(|| bad("attributes", &format!("there is no attribute `{key}` here")))?;
        if value.trim().is_empty() {
            profile.attributes.remove(key);
        } else {
            let value = typed(attribute.kind, value).ok_or_else(|| bad(key, meant(attribute.kind)))?;
            profile.attributes.insert(key.clone(), value);
        }
    }
    Ok(if profile == known {
        Decision::default()
    } else {
        one(EventBody::CustomerChanged(CustomerChanged {
            customer: customer.clone(),
            profile,
            agent: Some(caller.agent.clone()),
        }))
    })
}

/// The value in the one form that its kind has; `None` if it is none of that kind.
fn typed(kind: AttributeKind, value: &str) -> Option<String> {
    let value = value.trim();
    match kind {
        AttributeKind::Text => SubjectLine::parse(value).ok().map(String::from),
        AttributeKind::Number => {
            let number: f64 = value.parse().ok()?;
            number.is_finite().then(|| value.to_owned())
        }
        AttributeKind::YesNo => match value.to_lowercase().as_str() {
            "yes" | "true" | "1" => Some("yes".to_owned()),
            "no" | "false" | "0" => Some("no".to_owned()),
            _ => None,
        },
        AttributeKind::Date => {
            let date: jiff::civil::Date = value.parse().ok()?;
            Some(date.to_string())
        }
    }
}

fn meant(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text => "give a text on one line, at most 200 characters",
        AttributeKind::Number => "give a number",
        AttributeKind::YesNo => "say yes or no",
        AttributeKind::Date => "give a day, as 2026-11-21",
    }
}

fn merge(facts: &Facts<'_>, caller: Agent<'_>) -> Result<Decision, Refusal> {
    let (customer, also, one_person) = facts.more.customers.as_ref().ok_or(Refusal::NotFound)?;
    if [customer, also].iter().any(|it| it.realm == Realm::Signed) {
        return Err(Refusal::Verified);
    }
    if *one_person || customer.id == also.id {
        return Ok(Decision::default());
    }
    Ok(one(EventBody::CustomersMerged(CustomersMerged {
        agent: caller.agent.clone(),
        customer: customer.clone(),
        also: also.clone(),
    })))
}

/// Whether the caller may change this one: everybody's, or the own. A colleague's own is an unknown one.
fn may_change(reply: &SavedReply, caller: Agent<'_>) -> Result<(), Refusal> {
    match reply.owner {
        Some(owner) if owner != caller.agent.id => Err(Refusal::NotFound),
        _ => Ok(()),
    }
}

fn save_reply(facts: &Facts<'_>, caller: Agent<'_>, reply: &SavedReply) -> Result<Decision, Refusal> {
    may_change(reply, caller)?;
    let known = facts.more.reply.as_ref();
    match known {
        Some(known) => may_change(known, caller)?,
        None if facts.more.replies >= REPLIES_MAX as u64 => {
            let limit = REPLIES_MAX as u64;
            return Err(Refusal::TooMany { limit });
        }
        None => {}
    }
    if facts.more.same_code.is_some_and(|other| other != reply.id) {
        let what = format!("a saved reply `{}`", reply.code.as_str());
        return Err(Refusal::Exists { what });
    }
    can_be_done(facts, &reply.actions)?;
    let reply = SavedReply {
        uses: known.map_or(0, |it| it.uses),
        questions: match &reply.questions {
            Some(questions) => questions_as_set(questions.clone()),
            None => known.and_then(|it| it.questions.clone()),
        },
        ..reply.clone()
    };
    Ok(if known == Some(&reply) {
        Decision::default()
    } else {
        one(EventBody::ReplyChanged(ReplyChanged { reply }))
    })
}

/// Whether each of a saved reply's actions can be done, and all of them together.
fn can_be_done(facts: &Facts<'_>, actions: &[ReplyAction]) -> Result<(), Refusal> {
    let mut ends = 0;
    for action in actions {
        match action {
            ReplyAction::Tag { .. } | ReplyAction::Priority { .. } => continue,
            ReplyAction::Transfer { group } => drop(facts.staff()?.group(*group).ok_or(Refusal::NotFound)?),
            ReplyAction::Snooze { minutes: Some(0) } => return Err(bad("actions", "snooze for a minute or more")),
            ReplyAction::Snooze { .. } | ReplyAction::Close => {}
        }
        ends += 1;
    }
    if ends > 1 {
        let why = "transfer, snooze and close lead to different places: choose one";
        return Err(bad("actions", why));
    }
    Ok(())
}

fn delete_reply(facts: &Facts<'_>, caller: Agent<'_>, reply: ReplyId) -> Result<Decision, Refusal> {
    may_change(facts.more.reply.as_ref().ok_or(Refusal::NotFound)?, caller)?;
    Ok(one(EventBody::ReplyDeleted(ReplyDeleted { reply })))
}

fn save_article(facts: &Facts<'_>, caller: Agent<'_>, article: &Article, tags: &[Tag], published: bool) -> Decision {
    let tags = as_set(tags.to_vec());
    let known = facts.more.article.as_ref();
    let article = Article {
        questions: match &article.questions {
            Some(questions) => questions_as_set(questions.clone()),
            None => known.and_then(|(known, _)| known.questions.clone()),
        },
        ..article.clone()
    };
    if let Some((known, row)) = known
        && (known, &row.tags, row.published) == (&article, &tags, published)
    {
        return Decision::default();
    }
    let row = ArticleRow {
        slug: article.slug.clone(),
        title: article.title.clone(),
        tags,
        published,
        updated_at: facts.now,
        updated_by: Some(caller.agent.clone()),
        excerpt: beginning(&article.body),
    };
    Decision {
        writes: vec![Write::Article(Box::new((article, row.clone())))],
        ..one(EventBody::ArticleChanged(ArticleChanged { article: row }))
    }
}

fn save_group(facts: &Facts<'_>, caller: Agent<'_>, group: &Group) -> Result<Decision, Refusal> {
    caller.must_be_admin()?;
    let staff = facts.staff()?;
    let group = Group {
        members: as_set(group.members.clone()),
        skills: as_set(group.skills.clone()),
        ..group.clone()
    };
    if staff.groups.iter().any(|it| it.name == group.name && it.id != group.id) {
        let what = format!("a group `{}`", group.name.as_str());
        return Err(Refusal::Exists { what });
    }
    if staff.group(group.id).is_none() && staff.groups.len() >= GROUPS_MAX {
        let limit = GROUPS_MAX as u64;
        return Err(Refusal::TooMany { limit });
    }
    let others = staff.groups.iter().filter(|it| it.id != group.id);
    let memberships: usize = others.map(|it| it.members.len()).sum();
    if memberships + group.members.len() > MEMBERSHIPS_MAX {
        let limit = MEMBERSHIPS_MAX as u64;
        return Err(Refusal::TooMany { limit });
    }
    if group.members.iter().any(|it| staff.agent(*it).is_none()) {
        return Err(Refusal::NotFound);
    }
    Ok(if staff.group(group.id) == Some(&group) {
        Decision::default()
    } else {
        one(EventBody::GroupChanged(GroupChanged { group }))
    })
}

fn delete_group(facts: &Facts<'_>, caller: Agent<'_>, group: GroupId) -> Result<Decision, Refusal> {
    caller.must_be_admin()?;
    facts.staff()?.group(group).ok_or(Refusal::NotFound)?;
    Ok(one(EventBody::GroupDeleted(GroupDeleted { group })))
}

fn configure(facts: &Facts<'_>, caller: Agent<'_>, settings: &DeskSettings) -> Result<Decision, Refusal> {
    caller.must_be_admin()?;
    if let Some(hours) = &settings.hours {
        Calendar::new(hours).map_err(|why| bad("settings.hours", &why.to_string()))?;
    }
    Ok(if facts.desk == settings {
        Decision::default()
    } else {
        let settings = Box::new(settings.clone());
        one(EventBody::SettingsChanged(SettingsChanged { settings }))
    })
}
