//! The views of the desk: which of them shows what, and what a key, a choice or an answer does there. One file for each noun; this one
//! only tells them apart.

mod agents;
mod answers;
mod articles;
mod asking;
mod customer;
mod export;
mod groups;
mod lessons;
mod mentions;
mod queue;
mod replies;
mod settings;
mod stack;
mod statistics;
mod ticket;
mod tickets;
mod why;
mod work;
mod workload;

use minicom_tui_kit::{Now, Shown, picker, styled::StyledLine, table::TableRow};

use crate::{
    app::{App, Order},
    desk_view::{Layer, RowId, View},
    lessons::LessonsOrder,
};

/// What a view shows.
pub(crate) enum Content {
    /// Rows of a table.
    Rows {
        title: String,
        rows: Vec<TableRow<RowId>>,
        /// What is told where there are none.
        empty: Shown,
    },
    /// Lines to read.
    Lines(Vec<StyledLine>),
    /// Something to read, in Markdown.
    Markdown(String),
    /// What can be chosen.
    Choices(Vec<picker::Row<RowId>>),
    /// It stays as it is.
    Same,
}

impl App {
    /// What a view shows now.
    fn content(&self, view: &View, now: Now) -> Content {
        match view {
            View::Why { conversation, why, .. } => self.why_content(*conversation, why, now),
            View::Queue => self.queue_content(now),
            View::Workload => self.workload_content(),
            View::Statistics { shown, told, .. } => self.statistics_content(*shown, told),
            View::ChatsOf(agent) => self.chats_content(*agent),
            View::Tickets(filter) => self.tickets_content(*filter, now),
            View::Ticket { number, told } => self.ticket_content(*number, told, now),
            View::TicketAssignee(_) => self.assignee_content(),
            View::Mentions { read } => self.mentions_content(*read, now),
            View::Replies => self.replies_content(),
            View::Articles { query, told } => self.articles_content(query, told, now),
            View::Article { told, .. } => self.article_content(told),
            View::Lessons => self.lessons_content(),
            View::Groups => self.groups_content(),
            View::GroupMembers(group) => self.members_content(*group),
            View::Agents => self.agents_content(),
            View::Settings => self.settings_content(),
            View::MergeWith { customer, at } => self.merge_content(*customer, *at),
            View::NewTicket(_)
            | View::Comment(_)
            | View::TicketTitle(_)
            | View::TicketStatus(_)
            | View::ReplyFields(_)
            | View::DeleteReply(_)
            | View::ArticleSearch
            | View::NewArticle
            | View::DeleteArticle(_)
            | View::GroupSkills(_)
            | View::GroupName(_)
            | View::DeleteGroup(_)
            | View::AgentFields(_)
            | View::Unsaved(_)
            | View::Customer(_)
            | View::Merge { .. } => Content::Same,
        }
    }

    /// A letter in a table or in something that is read. Returns whether it means anything there.
    fn view_key(&mut self, view: &View, row: Option<&RowId>, key: &str, now: Now) -> bool {
        match (view, row) {
            (View::Why { conversation, .. }, _) => self.key_in_why(*conversation, key, now),
            (View::Statistics { shown, .. }, _) => self.key_in_statistics(*shown, key, now),
            (View::Tickets(filter), _) => self.key_in_tickets(*filter, key, now),
            (View::Ticket { number, told }, _) => self.key_in_ticket(*number, told, key, now),
            (View::Replies, row) => self.key_in_replies(row, key, now),
            (View::Articles { query, told }, row) => self.key_in_articles(query, told, row, key, now),
            (View::Article { slug, told, .. }, _) => self.key_in_article(slug, told, key, now),
            (View::Lessons, row) => self.key_in_lessons(row, key, now),
            (View::Groups, row) => self.key_in_groups(row, key, now),
            (View::Agents, row) => self.key_in_agents(row, key, now),
            (View::Settings, _) => self.key_in_settings(key, now),
            _ => false,
        }
    }

    /// A row was chosen.
    fn view_chosen(&mut self, view: View, row: RowId, now: Now) {
        match (view, row) {
            (View::Workload, RowId::Agent(agent)) => self.chats_of(agent, now),
            (View::ChatsOf(_), RowId::Chat(conversation)) => self.leave_for(conversation, None, now),
            (View::Tickets(_), RowId::Ticket(number)) => self.show_ticket(number, now),
            (View::TicketAssignee(number), row) => self.ticket_assigned(number, &row, now),
            (View::TicketStatus(number), RowId::Status(status)) => self.ticket_set(number, status, now),
            (View::Mentions { .. }, RowId::Note(rev)) => self.mention_chosen(rev, now),
            (View::Replies, RowId::Reply(reply)) => self.edit_saved_reply(reply, now),
            (View::Articles { .. }, RowId::Article(slug)) => self.show_article(slug, crate::desk_view::Then::Read, now),
            (View::Lessons, RowId::Example(_, conversation)) => self.leave_for(conversation, None, now),
            (View::Lessons, RowId::Gap(gap)) => self.order(Order::Lessons(LessonsOrder::Draft(gap))),
            (View::Groups, RowId::Group(group)) => self.choose_members(group, now),
            (View::GroupMembers(group), RowId::Agent(agent)) => self.member_toggled(group, agent, now),
            (View::Agents, RowId::Agent(agent)) => self.ask_agent_fields(agent, now),
            (View::Unsaved(work), RowId::Again) => self.begin_work(*work),
            (View::Unsaved(work), _) => self.drop_work(&work, now),
            (View::MergeWith { customer, .. }, RowId::Customer(also)) => self.ask_merge(customer, also, now),
            _ => {}
        }
    }

    /// Everything was answered. The layer is given back by whoever finds something wrong with it.
    fn view_answered(&mut self, layer: Layer, answers: &[String], now: Now) {
        let first = answers.first().map_or("", String::as_str);
        match layer.view.clone() {
            View::NewTicket(conversation) => self.ticket_titled(conversation, first, now),
            View::Comment(number) => self.ticket_commented(number, first, now),
            View::TicketTitle(number) => self.ticket_renamed(number, first, now),
            View::ReplyFields(reply) => self.reply_fields_given(layer, *reply, answers, now),
            View::DeleteReply(reply) => self.delete_reply(reply, now),
            View::ArticleSearch => self.articles_searched(first, now),
            View::NewArticle => self.article_named(layer, first, now),
            View::DeleteArticle(slug) => self.delete_article(slug, now),
            View::GroupSkills(group) => self.group_skills_given(group, first, now),
            View::GroupName(group) => self.group_named(layer, group, first, now),
            View::DeleteGroup(group) => self.delete_group(group, now),
            View::AgentFields(agent) => self.agent_fields_given(agent, answers, now),
            View::Customer(customer) => self.customer_described(customer, answers, now),
            View::Merge { customer, also } => self.merge(customer, also, now),
            _ => {}
        }
    }
}

/// What the letters do in a view, for the footer.
pub(crate) fn letters(view: &View) -> &'static [&'static str] {
    match view {
        View::Why { .. } => &["o open", "Esc closes"],
        View::Queue => &["PgUp PgDn scroll", "Esc closes"],
        View::Workload => &["Enter chats", "Esc closes"],
        View::Statistics { shown, .. } if !shown.may_split => &["1 today", "2 7d", "3 30d", "4 90d", "Esc closes"],
        View::Statistics { .. } => &[
            "1 today",
            "2 7d",
            "3 30d",
            "4 90d",
            "a agents",
            "g groups",
            "t tags",
            "Esc closes",
        ],
        View::Tickets(_) => &["Enter reads", "s status", "m mine", "Esc closes"],
        View::Ticket { .. } => &[
            "c comment",
            "a assign",
            "s status",
            "t title",
            "e export",
            "o chat",
            "Esc closes",
        ],
        View::Mentions { .. } => &["Enter opens", "Esc closes"],
        View::Replies => &["Enter edits", "n new", "d delete", "Esc closes"],
        View::Articles { .. } => &[
            "Enter reads",
            "/ search",
            "n new",
            "e edit",
            "p publish",
            "d delete",
            "Esc closes",
        ],
        View::Article { .. } => &["e edit", "PgUp PgDn scroll", "Esc closes"],
        View::Lessons => &["a accept", "d drop", "e draft", "Enter opens", "Esc closes"],
        View::Groups => &[
            "Enter members",
            "s skills",
            "n new",
            "r rename",
            "d delete",
            "Esc closes",
        ],
        View::Agents => &["Enter skills, capacity", "Esc closes"],
        View::Settings => &["e edit", "PgUp PgDn scroll", "Esc closes"],
        View::GroupMembers(_) => &["Enter in or out", "Esc closes"],
        View::ChatsOf(_) => &["Enter opens", "Esc closes"],
        View::TicketAssignee(_) | View::TicketStatus(_) | View::Unsaved(_) | View::MergeWith { .. } => {
            &["Enter chooses", "Esc closes"]
        }
        // Questions tell it themselves.
        _ => &[],
    }
}

/// Whether what a letter does, in the words of the footer, is done with the chosen row of a table.
pub(crate) fn needs_row(view: &View, letter: &str) -> bool {
    let key = letter.split(' ').next().unwrap_or_default();
    match view {
        View::Tickets(_) | View::Why { .. } => key == "Enter",
        _ => !matches!(key, "n" | "/" | "Esc"),
    }
}

#[cfg(test)]
mod tests;
