//! What the door looks at before anything is decided: the bounds of what a command carries. Whether it may be done is none of
//! this file's business.

use super::{AgentCommand, CustomerCommand};
use crate::{
    library::{ARTICLE_BYTES_MAX, LISTED_MAX, QUESTIONS_BYTES_MAX, QUESTIONS_MAX, REPLY_BYTES_MAX},
    refusal::Refusal,
    settings::DeskSettings,
    template::Template,
    text::{MESSAGE_BYTES_MAX, MessageText},
    words::SubjectLine,
};

/// Things that a command may list: tags, skills, members, mentions.
pub const COMMAND_LIST_MAX: usize = 200;
/// Minutes for which a customer can be kept out, if not for good: ten years.
pub const BLOCK_MINUTES_MAX: u32 = 10 * 366 * 24 * 60;
/// Characters of an attribute's value.
pub const ATTRIBUTE_CHARS_MAX: usize = 500;

impl AgentCommand {
    /// What the door looks at before anything is decided: the bounds of what it carries.
    pub fn check(&self) -> Result<(), Refusal> {
        let text = |text: &str| MessageText::parse(text).map(drop).map_err(Refusal::from);
        match self {
            AgentCommand::Post {
                text: it,
                file: Some(_),
                ..
            } if it.is_empty() => Ok(()),
            AgentCommand::Post { text: it, reply, .. } => {
                // A template may be longer than what it becomes, and the other way round: it is checked when it is filled.
                match reply {
                    Some(_) if it.len() <= MESSAGE_BYTES_MAX => Ok(()),
                    _ => text(it),
                }
            }
            AgentCommand::Note {
                text: it,
                agents,
                groups,
                ..
            } => {
                listed("agents", agents.len())?;
                listed("groups", groups.len())?;
                text(it)
            }
            AgentCommand::EditLine { text: it, .. } | AgentCommand::CommentTicket { text: it, .. } => text(it),
            AgentCommand::Transfer { note: Some(it), .. } => text(it),
            AgentCommand::Tag { add, remove, .. } => {
                listed("add", add.len())?;
                listed("remove", remove.len())
            }
            AgentCommand::DescribeCustomer { attributes, .. } => {
                listed("attributes", attributes.len())?;
                let long = attributes.values().any(|it| it.chars().count() > ATTRIBUTE_CHARS_MAX);
                if long {
                    return Err(bad_field(
                        "attributes",
                        format!("{ATTRIBUTE_CHARS_MAX} characters is the most"),
                    ));
                }
                Ok(())
            }
            AgentCommand::BlockCustomer {
                minutes: Some(minutes), ..
            } if !(1..=BLOCK_MINUTES_MAX).contains(minutes) => Err(bad_field(
                "minutes",
                format!("it is 1 to {BLOCK_MINUTES_MAX}; leave it out for good"),
            )),
            AgentCommand::SaveReply { reply } => {
                if reply.text.len() > REPLY_BYTES_MAX {
                    return Err(bad_field("reply.text", format!("{REPLY_BYTES_MAX} bytes is the most")));
                }
                if reply.actions.len() > LISTED_MAX {
                    return Err(bad_field("reply.actions", format!("{LISTED_MAX} is the most")));
                }
                text(&reply.text)?;
                questions("reply.questions", reply.questions.as_deref())?;
                Template::parse(&reply.text)
                    .map(drop)
                    .map_err(|why| bad_field("reply.text", why.to_string()))
            }
            AgentCommand::SaveArticle { article, tags, .. } => {
                if article.body.len() > ARTICLE_BYTES_MAX || article.body.contains('\0') {
                    return Err(bad_field(
                        "article.body",
                        format!("at most {ARTICLE_BYTES_MAX} bytes, without NUL"),
                    ));
                }
                if tags.len() > LISTED_MAX {
                    return Err(bad_field("tags", format!("{LISTED_MAX} is the most")));
                }
                questions("article.questions", article.questions.as_deref())
            }
            AgentCommand::SaveGroup { group } => {
                listed("group.members", group.members.len())?;
                listed("group.skills", group.skills.len())
            }
            AgentCommand::SetAgent { skills, capacity, .. } => {
                let most = DeskSettings::NUMBER_MAX;
                if capacity.is_some_and(|it| it > most) {
                    return Err(bad_field("capacity", format!("{most} is the most")));
                }
                listed("skills", skills.len())
            }
            AgentCommand::Configure { settings } => settings.check().map_err(|why| bad_field("settings", why)),
            _ => Ok(()),
        }
    }
}

impl CustomerCommand {
    /// What the door looks at before anything is decided: the bounds of the text.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            CustomerCommand::Post {
                text, file: Some(_), ..
            } if text.is_empty() => Ok(()),
            CustomerCommand::Post { text, .. } | CustomerCommand::EditLine { text, .. } => {
                MessageText::parse(text.as_str()).map(drop).map_err(Refusal::from)
            }
            CustomerCommand::Start { answers, .. } if answers.len() > DeskSettings::QUESTIONS_MAX => Err(bad_field(
                "answers",
                format!("{} is the most", DeskSettings::QUESTIONS_MAX),
            )),
            CustomerCommand::Consent { text } if text.chars().count() > DeskSettings::CONSENT_CHARS_MAX => {
                Err(bad_field(
                    "text",
                    format!("{} characters is the most", DeskSettings::CONSENT_CHARS_MAX),
                ))
            }
            CustomerCommand::Rate { score, comment } => {
                if score.is_some_and(|score| !(1..=5).contains(&score)) {
                    return Err(bad_field("score", "it is 1 to 5".to_owned()));
                }
                match comment {
                    Some(text) => MessageText::parse(text.as_str()).map(drop).map_err(Refusal::from),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// The example questions of an article or a saved reply.
fn questions(what: &str, all: Option<&[SubjectLine]>) -> Result<(), Refusal> {
    let all = all.unwrap_or_default();
    let bytes: usize = all.iter().map(|it| it.as_str().len()).sum();
    if all.len() > QUESTIONS_MAX || bytes > QUESTIONS_BYTES_MAX {
        return Err(bad_field(
            what,
            format!("at most {QUESTIONS_MAX}, and {QUESTIONS_BYTES_MAX} bytes together"),
        ));
    }
    Ok(())
}

fn listed(what: &str, count: usize) -> Result<(), Refusal> {
    if count > COMMAND_LIST_MAX {
        return Err(bad_field(what, format!("{COMMAND_LIST_MAX} is the most")));
    }
    Ok(())
}

fn bad_field(what: &str, why: String) -> Refusal {
    Refusal::BadField {
        why: format!("{what}: {why}"),
    }
}
