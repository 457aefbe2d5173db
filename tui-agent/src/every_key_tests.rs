//! Every key of the table in every context that it has one in: what its action does is seen, not only that a key has one. A new action
//! without a case here does not compile.

use minicom_protocol::command::AgentCommand;
use minicom_tui_kit::{Key, testing::keys as pressed};

use crate::{
    app::{Focus, Order},
    keys::{self, Action, TABLE, contexts},
    testing::{ADA, BO, Desk, Seat},
};

/// carol waits, alice and bob are Ada's and alice has written last, frank is the bot's, heidi is Bo's.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(260).says("carol", "human please").asks("carol");
    desk.ago(240)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi Alice.");
    desk.ago(230)
        .says("bob", "hello")
        .taken("bob", ADA)
        .ago(20)
        .replies("bob", ADA, "Hi Bob.");
    desk.ago(220).says("frank", "prices?").bot("frank", "Here they are.");
    desk.ago(210).says("heidi", "hello").taken("heidi", BO);
    for n in 0..40 {
        desk.ago(40 - n).says("alice", &format!("line {n}"));
    }
    desk
}

/// What is seen of an action.
enum Seen {
    Words(&'static str),
    NoWords(&'static str),
    /// The thread of this customer.
    Chat(&'static str),
    Sent(fn(&AgentCommand) -> bool),
    Is(fn(&mut Seat) -> bool),
    /// From the first line that can be read, to that.
    Top(fn(u32, u32) -> bool),
}

use Seen::{Chat, Is, NoWords, Sent, Top, Words};

/// What is pressed before, with bob open, and what is seen after the key.
fn case(action: Action, composing: bool) -> (&'static str, Seen) {
    use Action as A;
    match action {
        A::Send => ("hello", Sent(|it| matches!(it, AgentCommand::Post { .. }))),
        A::Open => ("", Is(|seat| seat.bench.app.focus == Focus::Compose)),
        A::Next => ("", Sent(|it| matches!(it, AgentCommand::TakeNext {}))),
        A::Previous | A::NextUnread | A::Up => ("", Chat("alice")),
        // By its digit, below.
        A::Jump => ("", Chat("")),
        A::TakeOver => ("<alt-4>", Sent(|it| matches!(it, AgentCommand::TakeOver { .. }))),
        A::HandBack => ("", Sent(|it| matches!(it, AgentCommand::HandBack { .. }))),
        A::Transfer => ("", Words("Transfer bob to")),
        A::Assign => ("", Words("Only admins assign. Transfer (x)")),
        A::Snooze => ("", Words("Put bob aside")),
        A::Intent => ("", Words("takes customers")),
        A::Done => ("", Words("ends in 5 s")),
        A::Undo => ("e", Words("Kept: the chat with bob goes on.")),
        A::SavedReplies => ("", Words("Saved replies")),
        A::Note => ("", Words("NOTE: only agents see this")),
        A::Article => ("", Words("Articles")),
        A::Suggestion => ("", Words("No article and no saved reply fits.")),
        A::Suggestions => ("", Words("What fits")),
        A::Recap => ("", Words("There is nothing of that name or id here.")),
        A::Draft => ("", Words("No draft: ")),
        A::AttachFile => ("", Words("Send a file with the reply")),
        A::Files => ("", Words("Files of this chat")),
        A::AsFile => ("", Words("There is no large paste in the reply.")),
        A::DropFile => ("", Words("No file waits or comes.")),
        A::Editor => ("", Is(|seat| seat.edits.len() == 1)),
        A::Quote => ("", Words("Answer which line")),
        A::EditLast => ("", Words("Edit your line")),
        A::WithdrawLast => ("", Sent(|it| matches!(it, AgentCommand::WithdrawLine { .. }))),
        A::Blank => ("", Words("Blank out which line")),
        A::ReadInFull => ("", Words("Every line on the screen is shown in full.")),
        A::Copy => ("", Words("l b a t o, or Enter copies")),
        A::Pipe => ("", Words("Pipe the line")),
        A::Tags => ("", Words("Tags of bob")),
        A::Priority => ("", Words("Priority of bob")),
        A::Subject => ("", Words("What bob is about")),
        A::Ticket => ("", Words("Ticket of the chat with bob")),
        A::Retry | A::Discard => ("", Words("Nothing here was refused.")),
        A::Down => ("", Chat("frank")),
        A::First => ("", Chat("carol")),
        A::Last => ("", Words("›OTHERS 1")),
        A::Fold => ("G", Words("OTHERS 1 [-]")),
        A::Mark => ("", Words("1 marked")),
        A::MarkAll => ("", Words("2 marked")),
        A::Filter => ("", Words("Which conversations")),
        A::Sort => ("", Words("Order of the list")),
        A::Views => ("", Words("There is no view. f filters the list; then V")),
        A::MarkUnread => ("", Words("Shown as unread until it is opened again.")),
        A::PageUp => ("<alt-2>", Top(|before, after| after + 1 < before)),
        A::PageDown => ("<alt-2><pgup><pgup>", Top(|before, after| after > before + 1)),
        A::RowUp => ("<alt-2>", Top(|before, after| after < before)),
        A::RowDown => ("<alt-2><pgup>", Top(|before, after| after == before + 1)),
        A::Latest => ("<alt-2><pgup><pgup>", Words("line 39")),
        A::Divider => ("<alt-2>", Words("── 41 new")),
        A::Details => ("", Words("CUSTOMER")),
        A::Block => ("", Words("Keep bob out")),
        A::Find if composing => ("", Words("Find in this chat")),
        A::Find => ("", Words("Find everywhere")),
        A::NextHit | A::PreviousHit => ("", Words("No search has led here.")),
        A::Mentions => ("", Words("Mentions")),
        A::Tickets => ("", Words("Tickets")),
        A::Why => ("<alt-1>", Words("Why carol waits")),
        A::Workload => ("", Words("Workload")),
        A::Queue => ("", Words("The queue")),
        A::Statistics => ("", Words("Statistics")),
        A::Transcript => ("", Words("asking for the chat")),
        A::ReloadSettings => ("", Is(|seat| seat.ordered().contains(&Order::ReadSettings))),
        A::Menu => ("", Words("Menu")),
        A::Reconnect => ("", Words("There is a connection.")),
        A::Escape if composing => ("", Is(|seat| seat.bench.app.focus == Focus::List)),
        A::Escape => ("<space>", NoWords("1 marked")),
        A::Help => ("", Words("Keys: Esc closes")),
        A::Interrupt => ("", Words("^C again to quit.")),
        A::Quit => ("", Is(|seat| seat.quit == Some(0))),
        A::Bare => ("", Is(|seat| seat.mouse == [false] && seat.bench.app.bare.is_some())),
        A::Mouse => ("", Is(|seat| seat.mouse == [false] && seat.bench.app.bare.is_none())),
        A::Redraw => ("", Is(|seat| seat.redrawn == 1)),
        A::Suspend => ("", Is(|seat| seat.suspended == 1)),
        // No key of their own: the menu and words in the composer lead there.
        A::SuggestionsShown
        | A::OpenEarlier
        | A::CustomerEdit
        | A::Merge
        | A::Replies
        | A::Articles
        | A::Lessons
        | A::Groups
        | A::Agents
        | A::DeskSettings => panic!("{action:?} has got a key: tell here what is seen of it"),
    }
}

/// The number of the first `line 7` that can be read.
fn top_line(screen: &str) -> u32 {
    let number = |row: &str| {
        let (_, behind) = row.split_once("line ")?;
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    // The list tells the newest line beside the first rows of the thread.
    let thread = |row: &str| row.chars().skip(26).collect::<String>();
    let first = screen.lines().find_map(|row| number(&thread(row)));
    first.unwrap_or_else(|| panic!("no line is on the screen:\n{screen}"))
}

/// What went wrong, if something did.
fn try_key(action: Action, key: Key, composing: bool) -> Option<String> {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.press("<alt-3>").sees("Reply to bob");
    if !composing {
        seat.press("<esc>");
    }
    let (before, seen) = case(action, composing);
    // One after the other: a thread is here only when the server has told it.
    for before in pressed(before) {
        seat.bench.press_key(before);
        seat.pump();
    }
    seat.ordered();
    let screen = seat.bench.screen();
    seat.bench.press_key(key);
    seat.pump();
    let whose = |name: &str| Some(seat.desk.conversation(name));
    let well = match (&seen, key.to_string().chars().last().and_then(|it| it.to_digit(10))) {
        (Chat(_), Some(row)) if action == Action::Jump => {
            match ["carol", "alice", "bob", "frank"].get(row as usize - 1) {
                Some(name) => seat.bench.app.conversation() == whose(name),
                None => seat.bench.screen().contains(&format!("There is no row {row}.")),
            }
        }
        (Chat(name), _) => seat.bench.app.conversation() == whose(name),
        (Words(words), _) => seat.bench.screen().contains(words) && !screen.contains(words),
        (NoWords(words), _) => !seat.bench.screen().contains(words) && screen.contains(words),
        (Sent(is), _) => seat.commands().iter().any(is),
        (Is(is), _) => is(&mut seat),
        (Top(moves), _) => moves(top_line(&screen), top_line(&seat.bench.screen())),
    };
    let wrong = || format!("{action:?} by {key}, composing: {composing}\n{}", seat.bench.screen());
    (!well).then(wrong)
}

#[test]
fn every_key_does_what_its_action_is() {
    let keymap = keys::keymap(false).unwrap();
    let (mut tried, mut wrong) = (0, Vec::new());
    for row in TABLE {
        for composing in [true, false] {
            for key in keymap.keys(contexts(composing), row.action) {
                wrong.extend(try_key(row.action, key, composing));
                tried += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 150, "{tried} keys");
}
