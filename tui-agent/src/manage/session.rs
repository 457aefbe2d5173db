//! One visit at the server: connect, know the desk, ask and do in turn, leave. A lost connection ends it: what was done stays
//! done, and whoever runs the program again changes nothing of it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use minicom_client::{AgentReplica, ClientEvent, ConnState, Handle, ServerUrl, Unsent, open, rest};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    frame::{AgentMe, AgentQuestion, AgentReply, Agents, DeskState, Told},
    ids::{AgentId, Time},
    people::Role,
    refusal::Refusal,
};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

use crate::{
    exit::{self, Failure},
    sign_in::SignedIn,
};

/// The server has so long for each answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Questions and commands in one second. The server takes 200 frames; a folder of a thousand files must not be taken for a flood.
const FRAMES_PER_S: u32 = 100;
const SECOND: Duration = Duration::from_secs(1);

/// One visit.
pub struct Session {
    handle: Handle<Agents>,
    events: mpsc::Receiver<ClientEvent<Agents>>,
    replica: AgentReplica,
    server: ServerUrl,
    signed_in: SignedIn,
    /// When the running second began, and what was sent in it.
    pace: (Instant, u32),
}

impl Session {
    /// Connects, and waits until the desk is known.
    ///
    /// # Errors
    /// The server is away, does not answer, or does not let us in.
    pub async fn open(signed_in: SignedIn) -> Result<Session, Failure> {
        // Nothing is kept on disk: a command that is not answered is told as such, and is repeated by whoever gave it.
        let (handle, events) = open(signed_in.config());
        let mut session = Session {
            handle,
            events,
            replica: AgentReplica::new(),
            server: signed_in.profile.server.clone(),
            signed_in,
            pace: (Instant::now(), 0),
        };
        session
            .until(|event| matches!(event, ClientEvent::Fresh { .. }))
            .await?;
        if session.replica.desk().is_none() {
            return Err(session.strange());
        }
        Ok(session)
    }

    /// What is known: all open conversations, the last closed ones, the desk.
    pub fn replica(&self) -> &AgentReplica {
        &self.replica
    }

    /// Agents, groups and settings.
    pub fn desk(&self) -> &DeskState {
        self.replica.desk().expect("a session is open once the desk is known")
    }

    /// Who is signed in.
    pub fn me(&self) -> &AgentMe {
        self.replica
            .me()
            .expect("a session is open once it is said who is signed in")
    }

    /// The server's time.
    pub fn now(&self) -> Time {
        self.replica.server_time(Instant::now()).unwrap_or_default()
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// The server refuses, or is away.
    pub async fn ask(&mut self, question: AgentQuestion) -> Result<AgentReply, Failure> {
        let told = self.ask_if(question).await?;
        told.map_err(|refusal| self.refused(&refusal))
    }

    /// The same, where a refusal is an answer too.
    ///
    /// # Errors
    /// The server is away.
    pub async fn ask_if(&mut self, question: AgentQuestion) -> Result<Result<AgentReply, Refusal>, Failure> {
        self.slow_down().await;
        let asked = self.handle.ask(question).map_err(|unsent| self.unsent(&unsent))?;
        let answered = |event: &ClientEvent<Agents>| match event {
            ClientEvent::Reply { n, .. } | ClientEvent::AskFailed { n, .. } => *n == asked,
            _ => false,
        };
        match self.until(answered).await? {
            ClientEvent::Reply { told, .. } => Ok(match told {
                Told::Reply(reply) => Ok(reply),
                Told::Refusal(refusal) => Err(refusal),
            }),
            _ => Err(self.away("the connection was lost")),
        }
    }

    /// Does something, and waits until it is on the server's disk. Returns whether it changed anything.
    ///
    /// # Errors
    /// The server refuses, or is away.
    pub async fn change(&mut self, command: AgentCommand) -> Result<bool, Failure> {
        let done = self.command(command).await?;
        done.map(|done| done.rev.is_some())
            .map_err(|refusal| self.refused(&refusal))
    }

    /// The same, where a refusal is an answer too.
    ///
    /// # Errors
    /// The server is away, or the command is larger than any that it takes.
    pub async fn command(&mut self, command: AgentCommand) -> Result<Result<Done, Refusal>, Failure> {
        self.slow_down().await;
        let sent = match self.handle.send(command) {
            Ok(sent) => sent,
            Err(Unsent::Refused(refusal)) => return Ok(Err(refusal)),
            Err(unsent) => return Err(self.unsent(&unsent)),
        };
        let answered = |event: &ClientEvent<Agents>| matches!(event, ClientEvent::Answered { id, .. } if *id == sent);
        match self.until(answered).await {
            Ok(ClientEvent::Answered {
                outcome: Outcome::Done(done),
                ..
            }) => Ok(Ok(done)),
            Ok(ClientEvent::Answered {
                outcome: Outcome::Refused { refusal },
                ..
            }) => Ok(Err(refusal)),
            Ok(_) => Err(self.strange()),
            Err(failure) => Err(Failure::new(
                failure.code,
                format!(
                    "{} Whether the last change was made is not known: run the command again.",
                    failure.words
                ),
            )),
        }
    }

    /// E-mail addresses of accounts, in lower case. Only admins are told.
    ///
    /// # Errors
    /// The server refuses, or is away.
    pub async fn addresses(&self) -> Result<HashMap<String, AgentId>, Failure> {
        let told = rest::accounts(&self.server, &self.signed_in.profile.tenant, &self.signed_in.token()).await;
        let accounts = told.map_err(|error| match error {
            rest::LoginError::Refused(refusal) => self.refused(&refusal),
            other => Failure::new(exit::UNAVAILABLE, other.to_string()),
        })?;
        let known = accounts.into_iter().filter_map(|account| {
            let id = account.agent.id.parse().ok()?;
            Some((account.agent.email.to_lowercase(), id))
        });
        Ok(known.collect())
    }

    /// A refusal as the end of the program.
    pub fn refused(&self, refusal: &Refusal) -> Failure {
        let code = match exit::of_refusal(refusal) {
            // What is refused here was asked for on the command line or by a file that it names.
            exit::BUG => exit::USAGE,
            code => code,
        };
        let words = match (refusal, self.me().role) {
            (Refusal::Forbidden, Role::Agent) => format!(
                "Only admins may do this, and {} is not one. Sign in as an admin:  {}",
                self.me().agent.name.shown(),
                crate::sign_in::short_command(&self.signed_in.profile, " login")
            ),
            _ => refusal.message(),
        };
        Failure::new(code, words)
    }

    /// Leaves in good order.
    pub async fn leave(self) {
        self.handle.shutdown().await;
    }

    /// The first event that is wanted. What comes before it is taken in.
    async fn until(&mut self, wanted: impl Fn(&ClientEvent<Agents>) -> bool) -> Result<ClientEvent<Agents>, Failure> {
        match timeout(ANSWER_MAX, self.find(wanted)).await {
            Ok(found) => found,
            Err(_) => Err(self.away(&format!("there was no answer for {} s", ANSWER_MAX.as_secs()))),
        }
    }

    async fn find(&mut self, wanted: impl Fn(&ClientEvent<Agents>) -> bool) -> Result<ClientEvent<Agents>, Failure> {
        loop {
            let event = match self.events.recv().await {
                None => return Err(self.away("the connection has ended")),
                Some(ClientEvent::Ended(ended)) => return Err(Failure::new(exit::after(&ended), ended.words())),
                Some(ClientEvent::State(ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. })) => {
                    return Err(self.away(&why));
                }
                Some(ClientEvent::State(ConnState::Untrusted { why, .. })) => {
                    return Err(Failure::new(exit::UNAVAILABLE, format!("No connection: {why}.")));
                }
                Some(ClientEvent::State(ConnState::Draining { .. })) => return Err(self.away("it restarts")),
                Some(event) => event,
            };
            if wanted(&event) {
                if let ClientEvent::Fresh { .. } = &event {
                    // What the replica would ask for a screen is nothing that a command needs.
                    let _ = self.replica.apply(event.clone(), Instant::now());
                }
                return Ok(event);
            }
            let _ = self.replica.apply(event, Instant::now());
        }
    }

    async fn slow_down(&mut self) {
        let (began, sent) = &mut self.pace;
        if began.elapsed() >= SECOND {
            (*began, *sent) = (Instant::now(), 0);
        } else if *sent >= FRAMES_PER_S {
            sleep(SECOND.saturating_sub(began.elapsed())).await;
            (*began, *sent) = (Instant::now(), 0);
        }
        *sent += 1;
    }

    fn away(&self, why: &str) -> Failure {
        let why = minicom_tui_kit::Shown::line(why);
        Failure::new(
            exit::UNAVAILABLE,
            format!("The server at {} is away: {why}.", self.server),
        )
    }

    fn strange(&self) -> Failure {
        let words = format!(
            "What answers at {} did not answer as a Minicom server does.",
            self.server
        );
        Failure::new(exit::BUG, words)
    }

    fn unsent(&self, unsent: &Unsent) -> Failure {
        match unsent {
            Unsent::Refused(refusal) => self.refused(refusal),
            Unsent::Full | Unsent::Ended => self.away("the connection has ended"),
        }
    }

    /// An answer of another kind than was asked for.
    pub fn not_that(&self) -> Failure {
        self.strange()
    }
}
