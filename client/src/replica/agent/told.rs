//! What the server tells when it is asked: each reply goes to the part that wanted it. What only the program asks (the queue
//! in numbers, workload, why, articles) passes by.

use minicom_protocol::{
    frame::{AgentQuestion, AgentReply, Agents, Told},
    summary::Summary,
};

use super::{AgentReplica, contexts::Extra};

impl AgentReplica {
    /// Takes in a reply. Returns what is to be asked now.
    pub fn apply_reply(&mut self, question: &AgentQuestion, told: Told<Agents>) -> Vec<AgentQuestion> {
        match (question, told) {
            (AgentQuestion::Thread { before, .. }, Told::Reply(AgentReply::Thread { customer, events, more })) => {
                for event in &events {
                    self.pending.event_came(event.command);
                }
                if let Some(thread) = self.threads.get_mut(&customer) {
                    thread.page(before.map(|it| it.0), events, more);
                    self.touch_thread(customer);
                }
            }
            (AgentQuestion::Summary { .. }, Told::Reply(AgentReply::Summary { summary })) => {
                self.brought = Some(summary.conversation);
                self.apply_summary(*summary);
            }
            (AgentQuestion::Closed { before, .. }, Told::Reply(AgentReply::Closed { conversations, more })) => {
                if self.closed.page(*before, &conversations, more) {
                    conversations.into_iter().for_each(|row| self.apply_summary(row));
                }
            }
            (AgentQuestion::Customer { customer }, Told::Reply(AgentReply::Customer { context })) => {
                self.contexts.context_came(*customer, Some(context));
            }
            (AgentQuestion::Extra { customer }, Told::Reply(AgentReply::Extra { lines, trouble })) => {
                self.contexts.extra_came(*customer, Some(Extra { lines, trouble }));
            }
            (AgentQuestion::Replies { query, after, .. }, Told::Reply(AgentReply::Replies { replies, more })) => {
                // The program's own searches are not the whole.
                if query.is_empty() {
                    self.replies.page(after.as_ref(), replies, more);
                }
            }
            (AgentQuestion::Mentions { before, .. }, Told::Reply(AgentReply::Mentions { mentions, more })) => {
                self.mentions.page(*before, mentions, more);
                self.count_mentions();
            }
            (
                AgentQuestion::Tickets {
                    status,
                    assignee,
                    before,
                    ..
                },
                Told::Reply(AgentReply::Tickets { tickets, more }),
            ) => {
                if let Some(book) = self.tickets.as_mut().filter(|it| it.is_about(*status, *assignee)) {
                    book.page(*before, tickets, more);
                }
            }
            (AgentQuestion::Views {}, Told::Reply(AgentReply::Views { views })) => self.views.told(views),
            // It is not to be had, or the reply is to something else: it is not asked for again by itself.
            (question, _) => self.ask_failed(question, true),
        }
        self.settle();
        self.questions()
    }

    /// A row that was asked for.
    fn apply_summary(&mut self, row: Summary) {
        let wanted = self.doubts.came(row.conversation, row.rev);
        let older = || self.list.get(row.conversation).is_some_and(|ours| ours.rev >= row.rev);
        if wanted.unwrap_or_else(|| !older()) {
            self.list.put(row);
        }
    }

    /// A question was lost with the connection, or the server would not tell.
    pub(super) fn ask_failed(&mut self, question: &AgentQuestion, refused: bool) {
        match question {
            AgentQuestion::Thread { customer, .. } => {
                if let Some(thread) = self.threads.get_mut(customer) {
                    thread.ask_failed();
                }
            }
            AgentQuestion::Summary { conversation } if refused => {
                if self.doubts.forget(*conversation) {
                    self.list.forget(*conversation);
                }
            }
            AgentQuestion::Summary { conversation } => self.doubts.ask_failed(*conversation),
            AgentQuestion::Closed { before, .. } => self.closed.ask_failed(*before),
            AgentQuestion::Customer { customer } if refused => self.contexts.context_came(*customer, None),
            AgentQuestion::Customer { customer } => self.contexts.context_failed(*customer),
            AgentQuestion::Extra { customer } if refused => self.contexts.extra_came(*customer, None),
            AgentQuestion::Extra { customer } => self.contexts.extra_failed(*customer),
            AgentQuestion::Replies { query, .. } if !query.is_empty() => {}
            AgentQuestion::Replies { .. } if refused => self.replies.refused(),
            AgentQuestion::Replies { .. } => self.replies.ask_failed(),
            AgentQuestion::Mentions { before, .. } => self.mentions.ask_failed(*before, refused),
            AgentQuestion::Tickets { before, .. } => {
                if let Some(book) = &mut self.tickets {
                    book.ask_failed(*before, refused);
                }
            }
            AgentQuestion::Queue {}
            | AgentQuestion::Workload { .. }
            | AgentQuestion::Why { .. }
            | AgentQuestion::Suggestions { .. }
            | AgentQuestion::Recap { .. }
            | AgentQuestion::Draft { .. }
            | AgentQuestion::Articles { .. }
            | AgentQuestion::AllArticles { .. }
            | AgentQuestion::Article { .. }
            | AgentQuestion::Ticket { .. }
            | AgentQuestion::Search { .. }
            | AgentQuestion::Statistics { .. } => {}
            AgentQuestion::Views {} => self.views.ask_failed(),
        }
    }
}
