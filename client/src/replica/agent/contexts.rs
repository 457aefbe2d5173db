//! What is known of customers beside the chat: asked for when one is opened, and again when something touches it. Only the
//! one that is opened is kept up; another's is asked for again when it is opened.

use std::collections::HashMap;

use minicom_protocol::{
    context::CustomerContext,
    event::{Event, EventBody, Subject},
    frame::AgentQuestion,
    ids::CustomerId,
};

use crate::limits::CONTEXTS_MAX;

/// What the operator's own command says of a customer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Extra {
    /// Lines, as raw as the command gave them: they go through the gate before they are shown.
    pub lines: Vec<String>,
    /// What went wrong with the command, if anything did.
    pub trouble: Option<String>,
}

/// Contexts of the customers that were opened last.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContextBook {
    known: HashMap<CustomerId, Entry>,
    /// The last opened last.
    opened: Vec<CustomerId>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    context: Option<Box<CustomerContext>>,
    wants: Want,
    extra: Option<Extra>,
    wants_extra: Want,
}

/// Whether something is to be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Want {
    /// It is to be asked for.
    #[default]
    Ask,
    Asked,
    /// Something has touched it since it was asked for.
    AskedAndTouched,
    Here,
}

impl Want {
    fn touch(&mut self) {
        *self = match *self {
            Want::Ask | Want::Here => Want::Ask,
            Want::Asked | Want::AskedAndTouched => Want::AskedAndTouched,
        };
    }

    /// Something has happened that what is here follows by itself, but what is on its way may not know of yet.
    fn overtake(&mut self) {
        if *self == Want::Asked {
            *self = Want::AskedAndTouched;
        }
    }

    fn came(&mut self) {
        *self = match *self {
            Want::AskedAndTouched => Want::Ask,
            _ => Want::Here,
        };
    }

    fn failed(&mut self) {
        if *self != Want::Here {
            *self = Want::Ask;
        }
    }

    fn take(&mut self) -> bool {
        let ask = *self == Want::Ask;
        if ask {
            *self = Want::Asked;
        }
        ask
    }
}

impl ContextBook {
    /// A customer is opened, and kept up from here on.
    pub fn open(&mut self, customer: CustomerId) {
        self.opened.retain(|it| *it != customer);
        self.opened.push(customer);
        if self.opened.len() > CONTEXTS_MAX {
            let oldest = self.opened.remove(0);
            self.known.remove(&oldest);
        }
        self.known.entry(customer).or_default();
    }

    /// Starts afresh: what was opened last is asked for again.
    pub fn clear(&mut self) {
        self.known.clear();
        let last = self.opened.pop();
        self.opened.clear();
        if let Some(customer) = last {
            self.open(customer);
        }
    }

    /// The user wants the extra lines anew.
    pub fn touch_extra(&mut self, customer: CustomerId) {
        if let Some(entry) = self.known.get_mut(&customer) {
            entry.wants_extra.touch();
        }
    }

    /// What is to be asked now.
    pub fn questions(&mut self) -> Vec<AgentQuestion> {
        let Some(customer) = self.opened.last().copied() else {
            return Vec::new();
        };
        let entry = self.known.entry(customer).or_default();
        let context = entry.wants.take().then_some(AgentQuestion::Customer { customer });
        let extra = entry.wants_extra.take().then_some(AgentQuestion::Extra { customer });
        context.into_iter().chain(extra).collect()
    }

    /// Takes in what happened. Conversations' rows follow at once; what else is known is asked for again.
    pub fn apply(&mut self, event: &Event) {
        let rows = self.known.values_mut().filter_map(|entry| entry.context.as_mut());
        for row in rows.flat_map(|context| &mut context.newest) {
            if Some(row.conversation) == event.subject.conversation() {
                row.apply(event);
            }
        }
        let (one, other) = match &event.body {
            EventBody::Opened(_) | EventBody::Closed(_) | EventBody::Noted(_) | EventBody::Ticketed(_) => {
                (event.subject.customer(), None)
            }
            EventBody::CustomerChanged(it) => (Some(it.customer.id), None),
            EventBody::CustomersMerged(it) => (Some(it.customer.id), Some(it.also.id)),
            EventBody::TicketChanged(it) => (Some(it.ticket.customer.id), None),
            // Whatever it is, it may be about this.
            EventBody::Unknown(_) => match event.subject {
                Subject::Customer { customer } => (Some(customer), None),
                subject => (subject.customer(), None),
            },
            _ => return self.touch(event.subject.customer(), Want::overtake),
        };
        self.touch(one.into_iter().chain(other), Want::touch);
    }

    /// Does something to what is wanted of these customers, under each of their names.
    fn touch(&mut self, customers: impl IntoIterator<Item = CustomerId>, how: fn(&mut Want)) {
        for touched in customers {
            for (customer, entry) in &mut self.known {
                let also = entry.context.iter().flat_map(|it| &it.also);
                if *customer == touched || also.into_iter().any(|it| it.id == touched) {
                    how(&mut entry.wants);
                }
            }
        }
    }

    /// It came; `None` if the server would not tell.
    pub fn context_came(&mut self, customer: CustomerId, context: Option<Box<CustomerContext>>) {
        if let Some(entry) = self.known.get_mut(&customer) {
            entry.wants.came();
            entry.context = context;
        }
    }

    /// It came; `None` if the server would not tell.
    pub fn extra_came(&mut self, customer: CustomerId, extra: Option<Extra>) {
        if let Some(entry) = self.known.get_mut(&customer) {
            entry.wants_extra.came();
            entry.extra = extra;
        }
    }

    /// A question was lost with the connection.
    pub fn context_failed(&mut self, customer: CustomerId) {
        if let Some(entry) = self.known.get_mut(&customer) {
            entry.wants.failed();
        }
    }

    /// See [`Self::context_failed`].
    pub fn extra_failed(&mut self, customer: CustomerId) {
        if let Some(entry) = self.known.get_mut(&customer) {
            entry.wants_extra.failed();
        }
    }

    pub fn context(&self, customer: CustomerId) -> Option<&CustomerContext> {
        self.known.get(&customer)?.context.as_deref()
    }

    pub fn extra(&self, customer: CustomerId) -> Option<&Extra> {
        self.known.get(&customer)?.extra.as_ref()
    }
}
