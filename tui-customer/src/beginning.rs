//! What a conversation begins with, and when it is to be said: with the first line of a new one, or into one that is open. Pure.

use minicom_client::{CustomerReplica, PendingMark};
use minicom_protocol::{
    command::CustomerCommand,
    gate::Shown,
    intake::{ClientInfo, Intake, Introduction, Priority},
    settings::{PreChatAnswer, PreChatQuestion},
    thread_view::CustomerStage,
    words::{Email, Skill, SubjectLine},
};

/// What the customer asked for on the command line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wishes {
    /// The name to be called by.
    pub name: Option<SubjectLine>,
    /// Where an answer can be sent.
    pub email: Option<Email>,
    /// What it is about.
    pub subject: Option<SubjectLine>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// What an agent must be good at, at most [`Intake::SKILLS_MAX`].
    pub skills: Vec<Skill>,
}

/// What is known for the conversation to come.
#[derive(Clone, Debug)]
pub struct Beginning {
    introduction: Introduction,
    /// For one conversation: what is said of it is not true of the next.
    subject: Option<SubjectLine>,
    priority: Option<Priority>,
    skills: Vec<Skill>,
    channel: &'static str,
    client: ClientInfo,
    /// Whether it is known how the thread stood when the program came.
    met: bool,
}

/// What is to be done when the thread is known for the first time.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Met {
    /// To be sent, in order.
    pub commands: Vec<CustomerCommand>,
    /// To be told.
    pub told: Option<Shown>,
}

impl Beginning {
    /// `channel` and `client` say what the customer chats with.
    pub fn new(wishes: Wishes, channel: &'static str, client: ClientInfo) -> Beginning {
        let Wishes {
            name,
            email,
            subject,
            priority,
            skills,
        } = wishes;
        Beginning {
            introduction: Introduction { name, email },
            subject,
            priority,
            skills,
            channel,
            client,
            met: false,
        }
    }

    /// The thread is known. The first time, a conversation that is open already is told what there is to tell.
    pub fn meet(&mut self, known: &CustomerReplica) -> Met {
        if std::mem::replace(&mut self.met, true) {
            return Met::default();
        }
        let started = pending(known).any(|it| matches!(it, CustomerCommand::Start { .. }));
        if !is_open(known) {
            if started {
                self.said();
            }
            return Met::default();
        }
        let mut commands = Vec::new();
        if !started && self.introduction != Introduction::default() {
            let introduction = self.introduction.clone();
            commands.push(CustomerCommand::Introduce { introduction });
        }
        commands.extend(
            self.subject
                .take()
                .map(|subject| CustomerCommand::SetSubject { subject }),
        );
        let later = self.priority.is_some() || !self.skills.is_empty();
        let told =
            later.then(|| Shown::fixed("This chat is open already: --priority and --skill are for the next one."));
        Met { commands, told }
    }

    /// Whether a line needs a conversation to be begun before it.
    pub fn is_due(known: &CustomerReplica) -> bool {
        let open = pending(known).fold(is_open(known), |open, command| match command {
            CustomerCommand::Start { .. } | CustomerCommand::Post { .. } => true,
            CustomerCommand::Close {} => false,
            _ => open,
        });
        !open
    }

    /// Begins a conversation. Harmless if one is open after all: then only who one is counts.
    pub fn start(&mut self, answers: Vec<PreChatAnswer>) -> CustomerCommand {
        let intake = Intake {
            subject: self.subject.clone(),
            priority: self.priority.unwrap_or_default(),
            skills: self.skills.clone(),
            channel: self.channel.to_owned(),
            client: self.client.clone(),
        };
        // Before the thread is known one may be open, which the subject is for then.
        if self.met {
            self.said();
        }
        CustomerCommand::Start {
            intake,
            introduction: self.introduction.clone(),
            answers,
        }
    }

    fn said(&mut self) {
        (self.subject, self.priority) = (None, None);
        self.skills.clear();
    }

    /// The customer says who it is, from here on.
    pub fn introduce(&mut self, introduction: Introduction) -> CustomerCommand {
        let Introduction { name, email } = introduction.clone();
        self.introduction.name = name.or(self.introduction.name.take());
        self.introduction.email = email.or(self.introduction.email.take());
        CustomerCommand::Introduce { introduction }
    }

    /// What the conversation is about. Without one it is kept for the next: then there is nothing to send.
    pub fn about(&mut self, subject: SubjectLine, known: &CustomerReplica) -> Option<CustomerCommand> {
        if Beginning::is_due(known) {
            self.subject = Some(subject);
            return None;
        }
        Some(CustomerCommand::SetSubject { subject })
    }
}

/// Answers by the keys of their questions, in order; what was skipped is left out.
pub fn answers_to(questions: &[PreChatQuestion], texts: impl IntoIterator<Item = String>) -> Vec<PreChatAnswer> {
    let all = questions.iter().zip(texts).filter(|(_, text)| !text.trim().is_empty());
    all.map(|(question, text)| PreChatAnswer {
        key: question.key.clone(),
        text: text.chars().take(PreChatAnswer::CHARS_MAX).collect(),
    })
    .collect()
}

fn is_open(known: &CustomerReplica) -> bool {
    !matches!(known.view().stage, None | Some(CustomerStage::Closed { .. }))
}

/// What is on its way and will be done.
fn pending(known: &CustomerReplica) -> impl Iterator<Item = &CustomerCommand> {
    let goes = |mark: &PendingMark| matches!(mark, PendingMark::Waiting | PendingMark::Stored);
    known
        .pending_commands()
        .filter(move |it| goes(&it.mark))
        .map(|it| &it.command)
}

#[cfg(test)]
#[path = "beginning_tests.rs"]
mod tests;
