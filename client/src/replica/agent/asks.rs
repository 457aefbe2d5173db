//! What an agent's replica wants to be asked: the threads that are looked at, older pages, what is beside a chat, the
//! library, and rows it cannot know.

use minicom_protocol::{
    frame::AgentQuestion,
    ids::{ConversationId, CustomerId, Rev},
};

use super::AgentReplica;
use crate::{
    limits::{DONE_MAX, PAGE, THREADS_MAX},
    replica::{
        sections::Section,
        thread::Thread,
        tickets::{TicketBook, TicketFilter},
    },
};

impl AgentReplica {
    /// A conversation is looked at, and with it the thread of its customer ([`AgentReplica::open_thread`]). Its row stays until another
    /// is looked at, however old it is.
    #[must_use = "the questions are to be asked"]
    pub fn open_conversation(&mut self, conversation: ConversationId) -> Vec<AgentQuestion> {
        let Some(customer) = self.list.get(conversation).map(|row| row.customer.id) else {
            return Vec::new();
        };
        self.looked_at = Some(conversation);
        self.open_thread(customer)
    }

    /// The thread is looked at: it and what is known of its customer are kept up from here on. Returns what is to be asked
    /// because it is not here yet.
    #[must_use = "the questions are to be asked"]
    pub fn open_thread(&mut self, customer: CustomerId) -> Vec<AgentQuestion> {
        self.keep_thread(customer);
        self.contexts.open(customer);
        let thread = self.threads.get_mut(&customer);
        let page = thread.and_then(|it| it.wants_newest().then(|| newest(customer)));
        page.into_iter().chain(self.contexts.questions()).collect()
    }

    pub(super) fn keep_thread(&mut self, customer: CustomerId) {
        self.opened.retain(|it| *it != customer);
        self.opened.push(customer);
        if self.opened.len() > THREADS_MAX {
            let oldest = self.opened.remove(0);
            self.threads.remove(&oldest);
            self.threads_touched.remove(&oldest);
        }
        self.threads.entry(customer).or_insert_with(Thread::new);
    }

    /// The user has come to the top of a thread. Returns what is to be asked, if there is more.
    pub fn older_events(&mut self, customer: CustomerId) -> Option<AgentQuestion> {
        let before = self.threads.get_mut(&customer)?.wants_older()?;
        Some(AgentQuestion::Thread {
            customer,
            before: Some(Rev(before)),
            limit: PAGE,
        })
    }

    /// The user has come to the end of [`crate::Section::Done`]. Returns what is to be asked, if there is more.
    pub fn older_closed(&mut self) -> Option<AgentQuestion> {
        let full = self.list.count(Section::Done) + PAGE as usize > DONE_MAX;
        if full { None } else { self.closed.older() }
    }

    /// The user wants to know anew what the operator's own command says of the customer who is open.
    #[must_use = "the questions are to be asked"]
    pub fn refresh_extra(&mut self, customer: CustomerId) -> Vec<AgentQuestion> {
        self.contexts.touch_extra(customer);
        self.contexts.questions()
    }

    /// The list of mentions is looked at: it is kept up from here on. Returns what is to be asked, if it is not here yet.
    pub fn open_mentions(&mut self) -> Option<AgentQuestion> {
        self.mentions.open();
        self.mentions.question()
    }

    /// The user has come to the end of the mentions. Returns what is to be asked, if there is more.
    pub fn older_mentions(&mut self) -> Option<AgentQuestion> {
        self.mentions.older()
    }

    /// A list of tickets is looked at: it is kept up from here on, instead of the one before. Returns what is to be asked, if it
    /// is not here yet.
    pub fn open_tickets(&mut self, filter: TicketFilter) -> Option<AgentQuestion> {
        let same = self.tickets.take().filter(|book| book.filter() == filter);
        let mut book = same.unwrap_or_else(|| TicketBook::new(filter));
        book.want();
        self.tickets.insert(book).question()
    }

    /// The user has come to the end of the tickets. Returns what is to be asked, if there is more.
    pub fn older_tickets(&mut self) -> Option<AgentQuestion> {
        self.tickets.as_mut()?.older()
    }

    /// The list of tickets is not looked at any more.
    pub fn close_tickets(&mut self) {
        self.tickets = None;
    }

    /// What was asked on a connection that is gone, or was never here.
    pub(super) fn unanswered_questions(&mut self) -> Vec<AgentQuestion> {
        let threads = self.opened.iter().filter_map(|customer| {
            let thread = self.threads.get_mut(customer)?;
            thread.wants_newest().then(|| newest(*customer))
        });
        let mut questions: Vec<AgentQuestion> = threads.collect();
        questions.extend(self.questions());
        questions
    }

    /// What is to be asked now. Nothing is asked twice.
    pub(super) fn questions(&mut self) -> Vec<AgentQuestion> {
        let mut questions = self.doubts.questions();
        questions.extend(self.contexts.questions());
        questions.extend(self.mentions.question());
        questions.extend(self.tickets.as_mut().and_then(TicketBook::question));
        questions.extend(self.replies.question());
        questions.extend(self.views.question());
        questions
    }
}

fn newest(customer: CustomerId) -> AgentQuestion {
    AgentQuestion::Thread {
        customer,
        before: None,
        limit: PAGE,
    }
}
