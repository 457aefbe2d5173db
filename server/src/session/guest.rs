//! Where agents and customers differ on a connection. Everything else is the same for both.

use futures_util::future::BoxFuture;
use minicom_protocol::{
    command::Done,
    frame::Audience,
    gate::Shown,
    ids::{ConversationId, Cursor, LineNo},
    refusal::Refusal,
};

use super::{Doorstep, Shared, behind, end::End, registry::Leaves};
use crate::{
    hub::{Encoded, Feed},
    order::{Caller, Order},
};

/// What somebody reads from.
pub struct Opened {
    /// Where it goes on.
    pub feed: Feed,
    /// The snapshot's frames, if the client starts afresh.
    pub snapshot: Option<Vec<String>>,
}

/// A question that is being answered.
pub type Asked<A> = BoxFuture<'static, Result<<A as Audience>::Reply, Refusal>>;

/// What a guest is told without it being stored.
pub trait SignalSource: Send {
    /// A signal.
    type Signal;

    /// The next one. May be dropped while it waits.
    fn next(&mut self) -> impl Future<Output = Self::Signal> + Send;
}

/// Somebody who is signed in on a connection. Dropping it gives back the seat.
pub trait Guest: Send + Sync + Sized + 'static {
    /// Which side of the protocol is spoken.
    type Side: Audience;
    /// The signals this one is told.
    type Signals: SignalSource<Signal = <Self::Side as Audience>::Signal>;

    /// For the log.
    const ROLE: &'static str;

    /// Signs in, and takes a seat.
    fn sign_in(
        cx: &Shared,
        doorstep: &Doorstep,
        hello: &minicom_protocol::frame::Hello,
    ) -> impl Future<Output = Result<Self, End>> + Send;

    /// Who asks, for the desk.
    fn caller(&self) -> &Caller;

    /// Who the client is told it is.
    fn me(&self) -> <Self::Side as Audience>::Me;

    /// The name, for the log.
    fn shown(&self) -> Shown;

    /// Told when the sign-in has ended, and why.
    fn leaves(&self) -> Leaves;

    /// Is done when the sign-in has ended by itself. Until then it says every now and then that the sign-in is used.
    fn over(&self, cx: &Shared) -> impl Future<Output = ()> + Send + 'static;

    /// Opens what is read: from a cursor if it is good, else afresh.
    fn open(&mut self, cx: &Shared, cursor: Option<Cursor>) -> impl Future<Output = Result<Opened, Refusal>> + Send;

    /// The signals from here on.
    fn signals(&self, cx: &Shared) -> Result<Self::Signals, Refusal>;

    /// A command as the desk takes it.
    fn order(command: <Self::Side as Audience>::Command) -> Order;

    /// Whether a command's place among the others matters.
    fn kept(command: &<Self::Side as Audience>::Command) -> behind::Order;

    /// Whether a command may come now.
    fn admits(&self, cx: &Shared, command: &<Self::Side as Audience>::Command) -> Result<(), Refusal>;

    /// An answer as this side may see it.
    fn done(done: Done) -> Done;

    /// Answers a question.
    fn ask(&self, cx: &Shared, question: <Self::Side as Audience>::Question) -> Asked<Self::Side>;

    /// The client's typing.
    fn types(&mut self, cx: &Shared, conversation: Option<ConversationId>, on: bool)
    -> impl Future<Output = ()> + Send;

    /// The other side's lines are on the client's screen up to here.
    fn got(
        &mut self,
        cx: &Shared,
        conversation: Option<ConversationId>,
        up_to: LineNo,
    ) -> impl Future<Output = ()> + Send;

    /// What the client shows.
    fn views(&mut self, conversation: Option<ConversationId>) -> Result<(), Refusal>;

    /// An event that was just sent to this guest. It may be about the guest itself.
    fn sees(&mut self, event: &Encoded) -> Result<(), End>;
}

/// A page's length as it was asked for.
pub fn page(limit: u32) -> Result<usize, Refusal> {
    let most = crate::limits::PAGE_MAX;
    match usize::try_from(limit) {
        Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(Refusal::BadField {
            why: format!("`limit` is 1 to {most}"),
        }),
    }
}
