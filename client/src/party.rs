//! What the connection has to know about the two audiences besides their frames.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    frame::{Agents, Audience, Customers},
    ids::ConversationId,
    refusal::Refusal,
};

/// An audience that a client can be.
pub trait Party: Audience {
    /// Checks a command before it is accepted, by the rule the server has at its door.
    fn check(command: &Self::Command) -> Result<(), Refusal>;

    /// The conversation that a momentary command is about: of two about the same one only the newer is sent.
    fn conversation(command: &Self::Command) -> Option<ConversationId>;
}

impl Party for Agents {
    fn check(command: &AgentCommand) -> Result<(), Refusal> {
        command.check()
    }

    fn conversation(command: &AgentCommand) -> Option<ConversationId> {
        command.conversation()
    }
}

impl Party for Customers {
    fn check(command: &CustomerCommand) -> Result<(), Refusal> {
        command.check()
    }

    fn conversation(_: &CustomerCommand) -> Option<ConversationId> {
        None
    }
}
