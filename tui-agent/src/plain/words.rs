//! The table of words: what can be written with a slash, for which action of the screen each stands, and what it does. Help, the
//! search for the nearest and the order to do something are made from it. What a word does is in the file of its noun.

use minicom_protocol::ids::ConversationId;
use minicom_tui_kit::{Now, Shown};

use super::{Awaiting, FLUSH_MAX, Line, PlainAgent, arguments};
use crate::{app::Order, exit, keys::Action};

use Action as A;
use Needs::{Connection, Nothing, Replies, Stored};
use PlainAgent as P;

/// What a word cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is done here, or waits in the outbox.
    Nothing,
    /// A connection.
    Connection,
    /// That what was written before is stored, if there is a connection: it is about lines.
    Stored,
    /// All saved replies, if there is a connection: they come after the welcome.
    Replies,
}

/// A word.
pub struct Word {
    /// What is written behind the slash.
    pub name: &'static str,
    /// What stands behind it, as help shows it.
    pub arguments: &'static str,
    /// What it does.
    pub help: &'static str,
    /// The actions of the screen that it stands for.
    pub actions: &'static [Action],
    /// What it cannot do without.
    pub needs: Needs,
    /// Whether it can be said of many conversations at once.
    pub of_many: bool,
    /// Whether lines go to somebody else from then on.
    pub opens: bool,
    run: fn(&mut PlainAgent, Given<'_>),
}

/// A word as it was written.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    /// Which.
    pub word: &'static Word,
    /// What stands behind it, without blanks around.
    pub rest: &'a str,
    /// When it is dealt with.
    pub now: Now,
}

const fn word(
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    actions: &'static [Action],
    needs: Needs,
    run: fn(&mut PlainAgent, Given<'_>),
) -> Word {
    let (of_many, opens) = (false, false);
    Word {
        name,
        arguments,
        help,
        actions,
        needs,
        of_many,
        opens,
        run,
    }
}

impl Word {
    const fn of_many(mut self) -> Word {
        self.of_many = true;
        self
    }

    const fn opening(mut self) -> Word {
        self.opens = true;
        self
    }

    /// How it is written: `/open NAME`.
    pub fn usage(&self) -> String {
        match self.arguments {
            "" => format!("/{}", self.name),
            arguments => format!("/{} {arguments}", self.name),
        }
    }
}

/// All words, as help shows them.
#[rustfmt::skip]
pub const WORDS: &[Word] = &[
    // The list.
    word("list", "[FILTER]", "the open conversations, as priority:high tag:vip owner:me wait>5m", &[], Nothing, P::list),
    word("filter", "[FILTER|off]", "what /list shows from now on", &[A::Filter], Nothing, P::set_filter),
    word("sort", "queue|wait|priority|newest", "the order of /list", &[A::Sort], Nothing, P::set_sort),
    word("view", "[NAME|save NAME|delete NAME|rename NAME NEW]", "filters with names: all, show one in /list, keep the one of /list, forget one, call one otherwise", &[A::Views], Nothing, P::view),
    word("find", "WORDS", "what was said, with numbers to /open; from:customer tag:vip after:7d narrow it", &[A::Find], Connection, P::find),
    word("open", "NAME|#N", "look at one; claims nothing", &[A::Open, A::Jump], Nothing, P::look_at).opening(),
    word("previous", "", "open the one of mine before this one", &[A::Previous], Nothing, P::previous).opening(),
    word("unread", "", "open the next of mine with something unread", &[A::NextUnread], Nothing, P::next_unread).opening(),
    word("mark-unread", "[NAME]", "show it as unread until it is opened again", &[A::MarkUnread], Nothing, P::mark_unread).of_many(),
    word("older", "", "50 older lines of the open thread", &[A::PageUp], Nothing, P::older),
    word("each", "FILTER -- WORD ...", "a word for every conversation that fits, as tag:vip -- done", &[A::Mark, A::MarkAll], Nothing, P::each),
    // Who has it.
    word("next", "", "open what needs you most, and claim it", &[A::Next], Connection, P::next).opening(),
    word("take", "[NAME]", "take over", &[A::TakeOver], Connection, P::take).opening(),
    word("transfer", "NAME|#GROUP|queue [-- NOTE]", "to somebody else, with a note for the next one", &[A::Transfer], Connection, P::transfer).of_many(),
    word("assign", "NAME", "make somebody the owner (admins)", &[A::Assign], Connection, P::assign).of_many(),
    word("snooze", "[2h|14:30|tomorrow 9:00]", "put aside until then, or until the customer writes", &[A::Snooze], Connection, P::snooze).of_many(),
    word("wake", "", "take up again what was put aside", &[A::Snooze], Connection, P::wake).of_many(),
    word("back", "[NAME]", "give it back to the bot", &[A::HandBack], Connection, P::hand_back).of_many(),
    word("done", "[NAME]", "end the chat, in 5 seconds", &[A::Done], Connection, P::done).of_many(),
    word("undo", "", "keep the chat that is about to end", &[A::Undo], Nothing, P::undo),
    // Lines.
    word("send", "", "send what /reply, /article or /draft has prepared", &[A::Send], Nothing, P::send_prepared),
    word("anyway", "", "send the line that was held", &[A::Send], Nothing, P::anyway),
    word("resend", "", "send what is older than a day, or was refused, after all", &[A::Retry], Nothing, P::resend),
    word("discard", "", "throw it away; also what was prepared", &[A::Discard], Nothing, P::discard),
    word("lines", "[COUNT]", "the lines with numbers, 1 is the newest", &[], Stored, P::tell_lines),
    word("copy", "N|all", "a line to the clipboard, or all of the open chat without notes", &[A::Copy], Stored, P::copy),
    word("quote", "N TEXT", "answer one line", &[A::Quote], Stored, P::quote),
    word("edit", "TEXT", "change your last line, for a short time", &[A::EditLast], Stored, P::edit),
    word("withdraw", "", "take your last line back, for a short time", &[A::WithdrawLast], Stored, P::withdraw),
    word("blank", "N [yes]", "erase what a line says, for good", &[A::Blank], Stored, P::blank),
    word("attach", "FILE ... [-- TEXT]", "send files, with a text or alone", &[A::AttachFile, A::AsFile], Connection, P::attach),
    word("files", "", "the files of the open thread, with numbers", &[A::Files], Nothing, P::tell_files),
    word("get", "[N|NAME] [TO]", "fetch a file: the newest, or by number or name", &[A::Files], Nothing, P::get_file),
    word("open-file", "[N|NAME]", "fetch a file and open it", &[A::Files], Nothing, P::open_file),
    word("drop", "", "give up what is sent or fetched", &[A::DropFile], Nothing, P::drop_file),
    word("note", "TEXT", "write what only agents see; @name tells somebody", &[A::Note], Nothing, P::note),
    word("notes", "", "the notes about the customer", &[], Nothing, P::notes),
    word("mentions", "", "the notes that mention you", &[A::Mentions], Connection, P::mentions),
    // The library.
    word("replies", "[WORDS]", "saved replies", &[A::Replies], Replies, P::replies),
    word("reply", "CODE [question=answer ...]", "prepare a saved reply; /send sends it", &[A::SavedReplies], Replies, P::reply),
    word("reply-save", "CODE title=TITLE [mine=yes] [tag=T] [priority=P] [group=G] [snooze=2h] [close=yes] -- TEXT", "make or change a saved reply; \\n ends a line", &[A::Replies], Replies, P::save_reply),
    word("reply-delete", "CODE yes", "delete a saved reply", &[A::Replies], Replies, P::delete_reply),
    word("articles", "[WORDS]", "articles of the knowledge base", &[A::Articles], Connection, P::articles),
    word("read", "SLUG", "read an article", &[A::Articles], Connection, P::read),
    word("article", "SLUG [TEXT]", "send an article as a card; without a text /send sends it", &[A::Article], Nothing, P::article),
    word("article-save", "SLUG [title=TITLE] [tags=A,B] [published=yes|no] [-- TEXT]", "make or change an article; \\n ends a line", &[A::Articles], Connection, P::save_article),
    word("article-delete", "SLUG yes", "delete an article", &[A::Articles], Nothing, P::delete_article),
    // What it is about.
    word("tag", "[+tag] [-tag]", "put tags on and take them off", &[A::Tags], Nothing, P::tag).of_many(),
    word("subject", "[TEXT|none]", "what it is about", &[A::Subject], Nothing, P::set_subject).of_many(),
    word("priority", "[low|medium|high|urgent]", "how urgent it is", &[A::Priority], Nothing, P::priority).of_many(),
    // The customer.
    word("customer", "[NAME]", "what is known of the customer", &[A::Details], Connection, P::customer),
    word("earlier", "[N]", "earlier conversations and tickets; with a number, what was said", &[A::OpenEarlier], Connection, P::earlier),
    word("describe", "name=... email=... key=...", "say something of the customer; key= takes the key away", &[A::CustomerEdit], Nothing, P::describe),
    word("block", "2h|forever [address] [-- REASON]", "keep the customer out; with address, that too", &[A::Block], Connection, P::block),
    word("unblock", "[NAME]", "let the customer in again", &[A::Block], Connection, P::unblock),
    word("merge", "NAME NAME [yes]", "join two customers who are one person", &[A::Merge], Connection, P::merge),
    // Tickets.
    word("ticket", "[TITLE]", "make a ticket of the conversation", &[A::Ticket], Nothing, P::make_ticket),
    word("tickets", "[open|pending|solved] [mine]", "tickets, the last changed first", &[A::Tickets], Connection, P::tickets),
    word("ticket-show", "N", "a ticket with its comments", &[A::Tickets], Connection, P::show_ticket),
    word("ticket-assign", "N NAME|me|nobody", "who does it", &[A::Tickets], Nothing, P::assign_ticket),
    word("ticket-status", "N open|pending|solved", "where it stands", &[A::Tickets], Nothing, P::set_ticket_status),
    word("ticket-title", "N TEXT", "what is to be done", &[A::Tickets], Nothing, P::set_ticket_title),
    word("comment", "N TEXT", "say something on a ticket, for agents only", &[A::Tickets], Nothing, P::comment),
    // The desk.
    word("why", "[NAME]", "why it waits, and who may take it", &[A::Why], Connection, P::why),
    word("suggest", "[NAME]", "articles and saved replies that fit what the customer wrote last", &[A::Suggestion, A::Suggestions], Connection, P::suggest),
    word("summary", "[NAME]", "the chat in a few lines", &[A::Recap], Connection, P::summary),
    word("draft", "[NAME]", "have a language model draft the answer; /send sends it", &[A::Draft], Connection, P::draft),
    word("queue", "", "the queue in numbers", &[A::Queue], Connection, P::queue),
    word("workload", "[NAME]", "who has how much to do", &[A::Workload], Connection, P::workload),
    word("stats", "[today|7d|30d|90d] [agent|group|tag]", "what was counted", &[A::Statistics], Connection, P::statistics),
    word("agents", "", "who is there", &[A::Agents], Nothing, P::agents),
    word("agent", "NAME [+skill] [-skill] [capacity=N|none]", "what somebody is good at and how much is enough (admins)", &[A::Agents], Nothing, P::change_agent),
    word("groups", "", "groups, their members and skills", &[A::Groups], Nothing, P::groups),
    word("group", "NAME [new|delete] [+name] [-name] [+skill:S] [-skill:S]", "make or change a group (admins)", &[A::Groups], Nothing, P::change_group),
    word("settings", "", "what the desk has chosen", &[A::DeskSettings], Nothing, P::settings),
    word("intent", "[available|busy|away|away-hand-back]", "what you want to be", &[A::Intent], Connection, P::set_intent),
    // The program.
    word("reconnect", "", "connect now instead of waiting", &[A::Reconnect], Nothing, P::reconnect),
    word("help", "[WORD]", "these words", &[A::Help, A::Menu], Nothing, P::help),
    word("quit", "", "end the program", &[A::Quit, A::Interrupt], Nothing, P::leave),
];

/// What a word is told by that is none, before the nearest is looked for.
const NAME_CHARS_MAX: usize = 20;
/// What is said before the words.
const HELP_HEAD: &str = "A line is sent to the open conversation. // at its start is a slash that is meant.";

/// The word of this name.
pub fn of_name(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}

/// The word that was probably meant: what begins so and is the only one, else what differs in a letter or two.
pub fn nearest(name: &str) -> Option<&'static Word> {
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return None;
    }
    let mut begin = WORDS.iter().filter(|word| word.name.starts_with(name));
    if let (Some(only), None) = (begin.next(), begin.next()) {
        return Some(only);
    }
    let off = |word: &&Word| strsim::damerau_levenshtein(word.name, name);
    let most = (name.chars().count() / 3).clamp(1, 2);
    WORDS.iter().min_by_key(off).filter(|word| off(word) <= most)
}

impl PlainAgent {
    /// Deals with the lines whose turn it is.
    pub(super) fn deal_with_lines(&mut self, now: Now) {
        while self.awaiting.is_none() && !self.denied {
            let needs_nobody =
                |line: &Line| matches!(line, Line::Word { name, .. } if name == "help" || name == "quit");
            if !self.began && !self.lines.front().is_some_and(needs_nobody) {
                return;
            }
            match self.lines.pop_front() {
                Some(Line::Text(text)) => self.text(text, now),
                Some(Line::TooLong) => self.deny("That line was too long and was dropped. Nothing was sent."),
                Some(Line::Word { name, rest, about }) => self.word(name, rest, about, now),
                None => return,
            }
            // Somebody is there, and looks at this.
            if self.listener.person {
                self.order(Order::Viewing(self.open));
            }
        }
    }

    fn word(&mut self, name: String, rest: String, about: Option<ConversationId>, now: Now) {
        let Some(word) = of_name(&name) else {
            return self.no_such_word(&name);
        };
        match word.needs {
            Connection if !self.state.is_live() => {
                if word.opens {
                    self.close_thread();
                }
                return self.deny_as(
                    exit::UNAVAILABLE,
                    format!("/{} needs a connection. Nothing was done.", word.name),
                );
            }
            Stored if self.state.is_live() && self.under_way() > 0 => {
                self.lines.push_front(Line::Word { name, rest, about });
                self.awaiting = Some(Awaiting::Quiet);
                return;
            }
            Replies if self.state.is_live() && self.replica.are_replies_coming() => {
                self.lines.push_front(Line::Word { name, rest, about });
                self.awaiting = Some(Awaiting::Replies);
                return;
            }
            Nothing | Connection | Stored | Replies => {}
        }
        self.about = about;
        let rest = rest.as_str();
        (word.run)(self, Given { word, rest, now });
        self.about = None;
    }

    fn no_such_word(&mut self, name: &str) {
        let written = Shown::line(name).cut(NAME_CHARS_MAX);
        match nearest(name) {
            Some(word) => self.deny(format!("There is no /{written}. Did you mean {}?", word.usage())),
            None => self.deny(format!("There is no /{written}. /help tells the words.")),
        }
    }

    /// Says how a word is written.
    pub(super) fn usage(&mut self, given: Given<'_>) {
        self.deny(format!("Write {}. Nothing was done.", given.word.usage()));
    }

    pub(super) fn help(&mut self, given: Given<'_>) {
        let name = given.rest.trim_start_matches('/');
        match of_name(name) {
            Some(word) => self.say(format!("{}: {}", word.usage(), word.help)),
            None if name.is_empty() => {
                self.say(HELP_HEAD);
                for word in WORDS {
                    self.say(format!("{}: {}", word.usage(), word.help));
                }
            }
            None => self.no_such_word(name),
        }
    }

    pub(super) fn leave(&mut self, given: Given<'_>) {
        self.quit(given.now.elapsed + FLUSH_MAX);
    }

    pub(super) fn reconnect(&mut self, _: Given<'_>) {
        match self.state.is_live() {
            true => self.say("Connected."),
            false => self.order(Order::ReconnectNow),
        }
    }

    /// Says a word of every conversation that fits a filter.
    pub(super) fn each(&mut self, given: Given<'_>) {
        let (filter, said) = arguments::apart(given.rest);
        let (name, rest) = arguments::first(said.unwrap_or_default());
        let name = name.trim_start_matches('/');
        if filter.is_empty() || name.is_empty() {
            return self.usage(given);
        }
        let Some(word) = of_name(name) else {
            return self.no_such_word(name);
        };
        if !word.of_many {
            let many: Vec<&str> = WORDS.iter().filter(|word| word.of_many).map(|word| word.name).collect();
            let words = format!(
                "/{name} is said of one conversation. Of many can be said: {}.",
                many.join(", ")
            );
            return self.say(words);
        }
        let Some(filter) = self.parsed_filter(filter) else {
            return;
        };
        let about = self.rows_shown(&filter, given.now);
        let Some(names) = self.told_names(&about) else {
            return self.say("No conversation fits. Nothing was done.");
        };
        self.say(format!("/{name} for {names}."));
        for conversation in about.into_iter().rev() {
            let (name, rest) = (name.to_owned(), rest.to_owned());
            let about = Some(conversation);
            self.lines.push_front(Line::Word { name, rest, about });
        }
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
