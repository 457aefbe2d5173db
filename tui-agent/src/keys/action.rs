//! What an agent can want, one name for each. It refuses to know keys, words and what is done.

/// What an agent can want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Send what is written; take over where the title says so.
    Send,
    /// From the list to the composer.
    Open,
    /// Open what needs me most, and claim it.
    Next,
    /// The conversation of mine before this one.
    Previous,
    /// The next of mine with something unread; claims nothing.
    NextUnread,
    /// A row of the list by its number.
    Jump,
    /// Become the owner, and send nothing.
    TakeOver,
    /// Give it back to the bot.
    HandBack,
    /// Give it to a colleague, a group or the queue.
    Transfer,
    /// Make somebody the owner. Admins only.
    Assign,
    /// Put it aside, or take it up again.
    Snooze,
    /// Choose what to be: available, busy, away.
    Intent,
    /// End the chat, with five seconds to think again.
    Done,
    /// Take back what is about to happen.
    Undo,
    /// Send again what was refused or has become old.
    Retry,
    /// Drop what was refused or has become old.
    Discard,
    /// The row above.
    Up,
    /// The row below.
    Down,
    /// The first row.
    First,
    /// The last row.
    Last,
    /// Show or hide a section's rows.
    Fold,
    /// Mark the row for what comes next; on a section: fold it.
    Mark,
    /// Mark all rows of the section, or none.
    MarkAll,
    /// Find what was said, here or everywhere.
    Find,
    /// The next place in this thread where it was said, an older one.
    NextHit,
    /// The place before, a newer one.
    PreviousHit,
    /// Only rows that fit, by a line such as `priority:high tag:vip`.
    Filter,
    /// Another order of the rows.
    Sort,
    /// Filters with names: choose, save, delete.
    Views,
    /// Show it as unread until it is opened again.
    MarkUnread,
    /// Towards older lines by a page.
    PageUp,
    /// Towards the latest line by a page.
    PageDown,
    /// Towards older lines by a row.
    RowUp,
    /// Towards the latest line by a row.
    RowDown,
    /// To the latest line.
    Latest,
    /// To the first unread line.
    Divider,
    /// Show or hide what is known of the customer.
    Details,
    /// Connect now instead of waiting.
    Reconnect,
    /// Out of whatever is passing; at last to the list.
    Escape,
    /// The keys.
    Help,
    /// Clear the composer; when it is empty, quit by pressing it twice.
    Interrupt,
    /// End the program.
    Quit,
    /// Draw everything anew.
    Redraw,
    /// To the shell.
    Suspend,
    /// Tags of the conversation.
    Tags,
    /// How urgent it is.
    Priority,
    /// What it is about.
    Subject,
    /// Between writing to the customer and writing a note.
    Note,
    /// A saved reply into the composer.
    SavedReplies,
    /// An article to go with the reply.
    Article,
    /// Answer one line in particular.
    Quote,
    /// Change one's own last line.
    EditLast,
    /// Take one's own last line back.
    WithdrawLast,
    /// Erase what a line says.
    Blank,
    /// Make a ticket of it.
    Ticket,
    /// The list of tickets.
    Tickets,
    /// Notes that mention me.
    Mentions,
    /// Why a conversation waits, and who may take it.
    Why,
    /// Who has how much to do.
    Workload,
    /// The queue in numbers.
    Queue,
    /// What was counted: today, 7, 30 and 90 days.
    Statistics,
    /// The chat into a file.
    Transcript,
    /// An earlier conversation of the customer, or a ticket.
    OpenEarlier,
    /// Name, address and attributes of the customer.
    CustomerEdit,
    /// Join two customers who are one person.
    Merge,
    /// Keep the customer out, or let the customer in again.
    Block,
    /// Saved replies: make, change, delete.
    Replies,
    /// Articles: make, change, delete.
    Articles,
    /// What the bot could learn: examples, and what people ask that nothing answers.
    Lessons,
    /// Groups and their members.
    Groups,
    /// Agents, their skills, and how much each can have.
    Agents,
    /// What the desk has chosen.
    DeskSettings,
    /// Read a long line in full.
    ReadInFull,
    /// Copy a line, a block or the chat.
    Copy,
    /// Give a line or the chat to a command, and take what it says.
    Pipe,
    /// Write in the agent's own editor.
    Editor,
    /// What fits best, into the composer.
    Suggestion,
    /// All that fits what the customer wrote last.
    Suggestions,
    /// Show or hide what fits.
    SuggestionsShown,
    /// The chat in a few lines.
    Recap,
    /// The next line as a language model puts it, into the composer.
    Draft,
    /// A file to go with the reply.
    AttachFile,
    /// The files of the thread, to fetch or open one.
    Files,
    /// The last paste as a file.
    AsFile,
    /// The last file off the reply; else the last one that comes is stopped.
    DropFile,
    /// Only the chat, so that the terminal's own selection takes text and nothing else.
    Bare,
    /// Whether wheel and clicks come here, or stay the terminal's.
    Mouse,
    /// What the file of settings says by now.
    ReloadSettings,
    /// Every action, and conversations and customers by name.
    Menu,
}
