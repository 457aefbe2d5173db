//! The real programs on real terminals: what is typed, pasted and resized; a server that goes away and comes back; every
//! way out gives the terminal back; and nothing wakes up while nothing happens.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use anyhow::{Result, bail};
use minicom_e2e::{
    bars,
    computer::Computer,
    desk_setup::Setup,
    idle,
    keys::{self, Bar},
    people::{agent, customer},
    pty::Pty,
    server::{ServerProcess, TestServer},
    wait::until_blocking,
};
use minicom_protocol::{
    command::AgentCommand,
    ids::ReplyId,
    library::SavedReply,
    words::{SubjectLine, Tag},
};
use rustix::process::Signal;

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const CTRL_T: &str = "\x14";
const CTRL_K: &str = "\x0b";
const CTRL_N: &str = "\x0e";
const ALT_1: &str = "\x1b1";
const F5: &str = "\x1b[15~";
const FOCUS_LOST: &str = "\x1b[O";

/// A server with an agent, and a computer beside it.
async fn desk() -> Result<(TestServer, Computer)> {
    let server = TestServer::start(Setup::with_agents(&["Ada"])).await?;
    let computer = Computer::new(server.url())?;
    Ok((server, computer))
}

/// It has let go of the terminal as it found it, without a word about a mistake.
#[track_caller]
fn ended_well(pty: &mut Pty) {
    assert_eq!(pty.end().unwrap(), 0, "{}", pty.screen());
    pty.given_back().unwrap();
    assert!(!pty.raw().contains("panicked"), "{}", pty.screen());
}

/// With nothing written, Ctrl-C twice is the way out. Both at once: the program waits two seconds for the second, which may be over on a
/// busy machine before a test has seen what the first did.
fn quit(pty: &mut Pty) -> Result<()> {
    pty.press(&CTRL_C.repeat(2))?;
    ended_well(pty);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_types_pastes_resizes_and_leaves() -> Result<()> {
    let (server, computer) = desk().await?;
    let mut alice = computer.chat_screen("alice", 80, 24)?;
    alice.sees("No messages yet. Say hello.")?;
    alice.sees("live")?;
    assert!(alice.is_taken());
    alice.press("Hello, I need help\r")?;
    alice.sees("Hello, I need help")?;
    alice.sees("The assistant")?;
    alice.sees("✓")?;
    alice.sees("bot")?;

    alice.paste("two\nlines")?;
    alice.until("the paste in the composer, not sent", |pty| {
        let screen = pty.screen();
        screen.contains("two\n") && screen.contains("lines")
    })?;
    assert_eq!(
        server.journal()?.lines().filter(|line| line.2.contains("two")).count(),
        0
    );

    alice.resize(40, 12)?;
    alice.until("the last row at its new place", |pty| pty.row(11).contains("F1"))?;
    alice.sees("lines")?;
    alice.resize(10, 3)?;
    alice.sees("too small")?;
    alice.resize(120, 40)?;
    alice.sees("Hello, I need help")?;
    alice.press("\r")?;
    alice.until("the pasted lines as one message", |pty| {
        pty.screen().matches("two").count() == 1
    })?;
    quit(&mut alice)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_cannot_move_its_cursor_is_given_lines() -> Result<()> {
    let (server, computer) = desk().await?;
    for (term, name) in [("dumb", "alice"), ("", "carol")] {
        let mut chat = computer.chat(name, &[])?;
        let mut agent = computer.agent(&server.agents[0], &[])?;
        for program in [&mut chat, &mut agent] {
            program.env.push(("TERM".into(), term.into()));
        }
        let mut customer = Pty::start(&chat, 80, 24)?;
        customer.press("Hello, I need help\n")?;
        customer.sees("bot: ")?;
        let mut ada = Pty::start(&agent, 80, 24)?;
        ada.press("/list\n")?;
        ada.sees(name)?;
        for pty in [&mut customer, &mut ada] {
            assert!(!pty.is_taken(), "TERM={term}");
            pty.press("/quit\n")?;
            assert_eq!(pty.end()?, 0, "TERM={term}: {}", pty.screen());
            assert!(!pty.raw().contains('\u{1b}'), "TERM={term}: {}", pty.raw());
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mouse_and_keyboard_modes_are_asked_for_only_where_they_are_wanted() -> Result<()> {
    let (server, computer) = desk().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("mine.toml");
    fs::write(&file, "mouse = false\nkitty_keys = false\n")?;
    let own = ["--config", file.to_str().unwrap_or_default()];
    for (more, wanted) in [(&[][..], true), (&own[..], false)] {
        for mut program in [computer.chat("alice", more)?, computer.agent(&server.agents[0], more)?] {
            program.env.push(("TERM".into(), "xterm-kitty".into()));
            let mut pty = Pty::start(&program, 80, 24)?;
            pty.sees("live")?;
            for asks in ["\x1b[>1u", "\x1b[?1000h"] {
                assert_eq!(pty.raw().contains(asks), wanted, "{asks:?}");
            }
            quit(&mut pty)?;
        }
    }
    Ok(())
}

/// As through a slow line, or from a terminal that does not mark what is pasted.
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_that_is_not_marked_as_a_paste_comes_to_its_end() -> Result<()> {
    let (_server, computer) = desk().await?;
    let mut alice = computer.chat_screen("alice", 80, 24)?;
    alice.sees("live")?;
    let words: String = (1..=600).map(|number| format!("word{number} ")).collect();
    alice.press(&words)?;
    alice.sees("word600")?;
    alice.press("it goes on")?;
    alice.sees("it goes on")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_takes_over_answers_and_leaves() -> Result<()> {
    let (_server, computer) = desk().await?;
    let ada = &_server.agents[0];
    let mut desk = computer.agent_screen(ada, 120, 40)?;
    desk.sees("Ada")?;
    let mut alice = computer.chat_screen("alice", 80, 24)?;
    alice.sees("Say hello")?;
    alice.press("human please\r")?;
    alice.sees("A person has been asked for.")?;
    desk.sees("alice")?;
    desk.sees("WAIT")?;
    desk.press(CTRL_N)?;
    desk.sees("human please")?;
    alice.sees("Ada is with you")?;
    desk.press("Hi Alice, Ada here.\r")?;
    alice.sees("Hi Alice, Ada here.")?;
    desk.resize(80, 24)?;
    desk.sees("Hi Alice, Ada here.")?;
    desk.resize(10, 3)?;
    desk.sees("too small")?;
    desk.resize(50, 12)?;
    desk.sees("Hi Alice")?;
    quit(&mut desk)?;
    Ok(())
}

/// Without colours the row that has the keys is still seen, and what is bold is bold.
#[tokio::test(flavor = "multi_thread")]
async fn without_colours_weight_still_tells() -> Result<()> {
    let (server, computer) = desk().await?;
    let ada = &server.agents[0];
    let alice = customer(server.address, "alice").await?;
    alice.says("is anyone there?").await?;
    for (variable, coloured) in [(None, true), (Some(("NO_COLOR", "1")), false)] {
        let mut program = computer.agent(ada, &[])?;
        program
            .env
            .extend(variable.map(|(name, value)| (name.into(), value.into())));
        let mut desk = Pty::start(&program, 80, 24)?;
        desk.sees("is anyone there?")?;
        desk.press(ESC)?;
        let reversed = |pty: &Pty| pty.raw().contains("\x1b[7m");
        desk.until("the row under the cursor reversed", reversed)?;
        let raw = desk.raw();
        assert!(raw.contains("\x1b[1m"), "bold");
        let colours = raw.contains("\x1b[38;") || raw.contains("\x1b[48;");
        assert_eq!(colours, coloured, "{variable:?}");
        quit(&mut desk)?;
    }
    Ok(())
}

/// The keys of a day, as fast as they can be pressed: two for a customer besides the text, four with a saved reply, one more to end
/// it; and what is typed reaches whom it is meant for, however long the server takes to answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_costs_two_keys_with_a_saved_reply_four_and_the_end_one_more() -> Result<()> {
    let server = TestServer::start(Setup::with_agents(&["Ada"]).bot(false)).await?;
    let ada = &server.agents[0];
    let library = agent(server.address, ada).await?;
    let reply = SavedReply {
        id: ReplyId(uuid::Uuid::now_v7()),
        code: Tag::parse("hi")?,
        title: SubjectLine::parse("A greeting")?,
        text: "Hello {{customer_name|there}}, Ada here.".to_owned(),
        owner: None,
        actions: vec![],
        uses: 0,
        questions: None,
    };
    library.done(AgentCommand::SaveReply { reply }).await?;
    library.close().await;
    let mut customers = Vec::new();
    for name in ["alice", "bob", "carol", "dora"] {
        let who = customer(server.address, name).await?;
        who.says("can you help me?").await?;
        customers.push(who);
    }
    let [alice, bob, carol, dora] = customers.as_slice() else {
        unreachable!("four came")
    };
    let computer = Computer::new(server.url())?;
    let mut desk = computer.agent_screen(ada, 120, 40)?;
    desk.sees("waiting 4")?;
    // Saved replies come behind the list: who has seen them once knows their digits.
    desk.press("/")?;
    desk.sees("A greeting")?;
    desk.press(ESC)?;
    desk.until("the list of saved replies to go", |pty| {
        !pty.screen().contains("A greeting")
    })?;

    for key in [CTRL_N, "Hello Alice, of course.", ENTER] {
        desk.press(key)?;
    }
    for key in [CTRL_N, "Hello Bob.", ENTER] {
        desk.press(key)?;
    }
    for key in [CTRL_N, "/", "1", ENTER] {
        desk.press(key)?;
    }
    // Who ends a chat has seen that the answer stands.
    carol.sees("Ada: Hello carol, Ada here.").await?;
    desk.sees("Hello carol, Ada here.")?;
    // Her thanks want no answer: the next one is somebody else, although the end can be undone for a while.
    carol.says("thank you!").await?;
    desk.sees("thank you!")?;
    for key in [CTRL_D, CTRL_N] {
        desk.press(key)?;
    }
    for (who, words) in [
        (alice, "Ada: Hello Alice, of course."),
        (bob, "Ada: Hello Bob."),
        (carol, "Ada: Hello carol, Ada here."),
        (carol, "This chat has ended"),
        (dora, "Ada joined"),
    ] {
        who.sees(words).await?;
    }
    for who in &customers {
        let shown = who.shown();
        let of_ada = shown.iter().filter(|line| line.starts_with("Ada: ")).count();
        assert!(of_ada <= 1, "one each: {shown:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_give_the_terminal_back_and_keep_what_was_typed() -> Result<()> {
    let (server, computer) = desk().await?;
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut alice = computer.chat_screen("alice", 80, 24)?;
        alice.sees("live")?;
        alice.press("half a thought")?;
        alice.sees("half a thought")?;
        alice.signal(signal)?;
        ended_well(&mut alice);

        let mut again = computer.chat_screen("alice", 80, 24)?;
        again.sees("half a thought")?;
        again.press(CTRL_C)?;
        again.sees_no("half a thought")?;
        quit(&mut again)?;

        let mut desk = computer.agent_screen(&server.agents[0], 80, 24)?;
        desk.sees("live")?;
        desk.signal(signal)?;
        ended_well(&mut desk);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_and_comes_back_while_people_type() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let setup = Setup::with_agents(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let computer = Computer::new(server.url())?;
    let mut alice = computer.chat_screen("alice", 80, 24)?;
    let mut desk = computer.agent_screen(&agents[0], 120, 40)?;
    alice.sees("live")?;
    alice.press("before\r")?;
    alice.sees("The assistant")?;
    desk.sees("alice")?;
    desk.press(ALT_1)?;
    desk.press(CTRL_T)?;
    alice.sees("Ada is with you")?;
    desk.sees("you took over")?;
    desk.press("\r")?;
    desk.sees_no("Enter to write")?;
    alice.press("half a sen")?;
    alice.sees("half a sen")?;
    desk.press("half an ans")?;
    desk.sees("half an ans")?;

    server.kill().await?;
    alice.until("the loss in words", |pty| {
        pty.screen().contains("reconnecting") || pty.screen().contains("offline")
    })?;
    desk.until("the loss in words", |pty| {
        pty.screen().contains("reconnecting") || pty.screen().contains("offline")
    })?;
    // Typing never waits for the network; what is sent waits and says so.
    alice.press("tence\r")?;
    alice.sees("half a sentence")?;
    alice.sees("waiting to send")?;
    desk.press("wer\r")?;
    desk.sees("half an answer")?;

    server.begin().await?;
    alice.press(F5)?;
    desk.press(F5)?;
    alice.sees("half an answer")?;
    alice.sees_no("waiting to send")?;
    desk.sees("half a sentence")?;
    for pty in [&mut alice, &mut desk] {
        pty.sees("live")?;
        let screen = pty.screen();
        for words in ["half a sentence", "half an answer"] {
            assert_eq!(screen.matches(words).count(), 1, "{words}, once:\n{screen}");
        }
        quit(pty)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_an_agent_reads_and_writes_and_what_waited_is_sent_or_comes_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let setup = Setup::with_agents(&["Ada"]).admin("Bo");
    let agents = setup.prepare(&data).await?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let address = format!("{}:{}", server.url().host(), server.url().port()).parse()?;
    let computer = Computer::new(server.url())?;
    let (alice, carol) = (customer(address, "alice").await?, customer(address, "carol").await?);
    alice.says("where is my parcel?").await?;
    carol.says("the lamp is broken").await?;
    let mut desk = computer.agent_screen(&agents[0], 120, 40)?;
    for (name, said) in [("alice", "where is my parcel?"), ("carol", "the lamp is broken")] {
        desk.sees(name)?;
        desk.press(CTRL_K)?;
        desk.sees("Menu")?;
        desk.press(&format!("{name}\r"))?;
        desk.sees(said)?;
        desk.press(CTRL_T)?;
        desk.sees("you took over")?;
    }
    quit(&mut desk)?;
    server.kill().await?;

    // Another day, without a network.
    let mut desk = computer.agent_screen(&agents[0], 120, 40)?;
    desk.sees("as of")?;
    desk.sees("not live")?;
    for (name, said, reply) in [
        ("alice", "where is my parcel?", "It is on its way."),
        ("carol", "the lamp is broken", "We send a new one."),
    ] {
        desk.press(CTRL_K)?;
        desk.sees("Menu")?;
        desk.press(&format!("{name}\r"))?;
        desk.sees(said)?;
        desk.press(reply)?;
        desk.sees(reply)?;
        desk.press("\r")?;
        desk.sees("waiting to send")?;
    }
    quit(&mut desk)?;

    // Meanwhile a colleague answers one of them, and it is Ada's again.
    server.begin().await?;
    let bo = agent(address, &agents[1]).await?;
    let conversation = bo.conversation("carol").await?;
    let assign = |to: usize| AgentCommand::Assign {
        conversation,
        agent: agents[to].agent.id,
    };
    bo.done(assign(1)).await?;
    bo.row("carol", "Bo's", |row| row.stage.is_owned_by(agents[1].agent.id))
        .await?;
    bo.replies("carol", "A new lamp is on its way.").await?;
    bo.done(assign(0)).await?;

    let mut desk = computer.agent_screen(&agents[0], 120, 40)?;
    desk.sees("live")?;
    alice.sees("It is on its way.").await?;
    desk.press(CTRL_K)?;
    desk.sees("Menu")?;
    desk.press("carol\r")?;
    desk.sees("A new lamp is on its way.")?;
    desk.sees("Enter sends anyway")?;
    desk.sees("We send a new one.")?;
    let shown = carol.shown();
    assert!(!shown.iter().any(|line| line.contains("We send")), "{shown:?}");
    // What came back is in the composer.
    desk.press(CTRL_C)?;
    desk.sees("Cleared")?;
    quit(&mut desk)
}

/// One run of an agent's command for calls.
#[derive(Debug)]
struct Run {
    /// In nanoseconds since 1970.
    at: u128,
    arguments: String,
    title: String,
    words: String,
    /// What came by the standard input.
    input: String,
}

/// Writes down how it was run: a file a run, whole or not there.
const COMMAND: &str = r#"#!/bin/sh
{
    date +%s%N
    printf '%s|' "$@"
    printf '\n%s\n%s\n' "$MINICOM_NOTIFY_TITLE" "$MINICOM_NOTIFY_TEXT"
    cat
} > "$0.$$.part"
mv "$0.$$.part" "$0.$$.run"
"#;

/// The runs of the command in a folder, the earliest first.
fn runs(folder: &Path) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for file in fs::read_dir(folder)? {
        let file = file?.path();
        if file.extension().is_none_or(|it| it != "run") {
            continue;
        }
        let told = fs::read_to_string(file)?;
        let lines: Vec<&str> = told.lines().collect();
        let [at, arguments, title, words, input] = lines[..] else {
            bail!("this is not how it was told: {told:?}");
        };
        runs.push(Run {
            at: at.parse()?,
            arguments: arguments.to_owned(),
            title: title.to_owned(),
            words: words.to_owned(),
            input: input.to_owned(),
        });
    }
    runs.sort_by_key(|run| run.at);
    Ok(runs)
}

/// As soon as the command was run with these words.
fn run_with(folder: &Path, words: &str) -> Result<Run> {
    let look = || runs(folder).ok()?.into_iter().find(|run| run.words.contains(words));
    until_blocking(&format!("a run with {words:?}"), look)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_own_command_is_run_for_calls_and_no_name_or_text_is_ever_a_command() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (command, mark) = (folder.path().join("call"), folder.path().join("mark"));
    fs::write(&command, COMMAND)?;
    fs::set_permissions(&command, fs::Permissions::from_mode(0o700))?;
    let hostile = format!("$(touch {0}) `touch {0}`\"'", mark.display());
    let setup = Setup::with_agents(&["Ada"]).admin(&hostile).bot(false);
    let server = TestServer::start(setup).await?;
    // Dave waits before Ada comes, so that it is no call that he does.
    let dave = customer(server.address, "dave").await?;
    dave.says("hello?").await?;
    let computer = Computer::new(server.url())?;
    let mut program = computer.agent(&server.agents[0], &[])?;
    let line = format!("'{}' 'two words' $HOME", command.display());
    program.env.push(("MINICOM_NOTIFY_COMMAND".into(), line.into()));
    let mut desk = Pty::start(&program, 120, 40)?;
    desk.sees("waiting 1")?;
    desk.press(FOCUS_LOST)?;

    let carol = customer(server.address, "-rf").await?;
    let text = format!("$(touch {0}) `touch {0}`; touch {0} \u{1b}]0;mine\u{7}", mark.display());
    carol.says(&text).await?;
    let run = run_with(folder.path(), "-rf waits")?;
    assert_eq!(run.arguments, "two words|$HOME|", "nothing of it is replaced");
    assert_eq!(run.input, run.words);
    assert_eq!(run.title, "(2) minicom", "as it is with what calls");

    // Who is Ada's and writes line by line is told of once, for ten seconds. What comes last comes last to her too.
    let bo = agent(server.address, &server.agents[1]).await?;
    let agent = server.agents[0].agent.id;
    let conversation = bo.conversation("-rf").await?;
    bo.done(AgentCommand::Assign { conversation, agent }).await?;
    for n in 1..=6 {
        carol.says(&format!("line {n}")).await?;
    }
    let conversation = bo.conversation("dave").await?;
    bo.done(AgentCommand::Assign { conversation, agent }).await?;
    let given = run_with(folder.path(), "gave you dave")?;
    assert_eq!(given.words, format!("{hostile} gave you dave."));
    assert!(!mark.exists(), "something of it was a command");
    let told = runs(folder.path())?;
    // The command may begin late where much is going on: half of the ten seconds is enough to tell one from each line's.
    for who in ["-rf", "dave"] {
        let of: Vec<&Run> = told.iter().filter(|run| run.words.contains(who)).collect();
        let close = of.windows(2).find(|pair| pair[1].at - pair[0].at < 5_000_000_000);
        assert!(close.is_none(), "{close:?}");
    }
    assert!(!desk.raw().contains("mine\u{7}"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_nobody_waiting_never_wakes_up() -> Result<()> {
    // The full ten seconds are `minicom-bars idle`.
    assert_eq!(idle::count(Duration::from_secs(3), false).await?, 0);
    let counted = idle::count(Duration::from_secs(3), true).await?;
    assert!(counted > 0, "a waiting time that counts on the screen is found");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_changes_the_screen_and_costs_few_bytes() -> Result<()> {
    // The full figures, with the bars of 2 and 5 ms, are `minicom-bars keys` in release.
    let bar = Bar {
        messages: 500,
        keys: 30,
    };
    for measured in keys::measure(bar, &keys::SIZES).await? {
        for it in measured.all() {
            assert_eq!(it.times.len(), 30, "{it}");
            // A busy machine may be slow once, not mostly.
            assert!(it.times.value_at_quantile(0.5) < 250_000, "{it}");
        }
        // Two of thirty are first letters, and a clock may tick within a few more.
        let few = |it: &keys::Measured| it.bytes.value_at_quantile(0.75) <= keys::BYTES_MAX;
        assert!(measured.letters.iter().all(few), "{measured}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_work_by_turns_in_a_short_and_a_long_conversation() -> Result<()> {
    // The ratio of their times, with the bar of 1.2, is `minicom-bars lengths` in release.
    let size = bars::lengths::Size {
        short: 100,
        long: 400,
        keys: 12,
    };
    for pair in bars::lengths::measure(size).await?.0 {
        assert_eq!((pair.short.times.len(), pair.long.times.len()), (12, 12), "{pair}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_desk_is_drawn_sixty_times_a_second_at_most() -> Result<()> {
    // The full figures, with the bar of 30 ms, are `minicom-bars burst` in release.
    let size = bars::burst::Size {
        events: 300,
        seconds: 2,
    };
    let found = bars::burst::measure(size).await?;
    assert!(
        found.is_calm() && found.frames > 5 && found.keys.times.len() > 5,
        "{found}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_list_is_there_at_once_and_every_key_moves_in_it() -> Result<()> {
    // The full figures, with the bars of 300 ms, 5 ms and 150 MB, are `minicom-bars desk` in release.
    let size = bars::desk::Size {
        open: 300,
        closed: 300,
        moves: 60,
    };
    for measured in bars::desk::measure(size).await? {
        assert_eq!(measured.moves.times.len(), 60, "{measured}");
        // A busy machine may be slow once, not mostly.
        assert!(measured.start() < Duration::from_secs(5), "{measured}");
        assert!(measured.moves.times.value_at_quantile(0.5) < 250_000, "{measured}");
        assert!(measured.memory < bars::desk::MEMORY_MAX, "{measured}");
    }
    Ok(())
}
