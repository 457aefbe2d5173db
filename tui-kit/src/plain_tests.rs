//! The line mode on a string instead of a terminal.

use super::*;
use crate::signals;

/// Says back what it is told.
struct Echo;

impl PlainApp for Echo {
    type Msg = u32;
    type Effect = String;

    fn update(&mut self, input: PlainInput<u32>, _: Now) -> Vec<PlainEffect<String>> {
        let say = |words: &str| PlainEffect::Say(Shown::text(words));
        match input {
            PlainInput::Text(text) => vec![say(&format!("text {text}")), PlainEffect::Program(text)],
            PlainInput::Command { name, .. } if name == "quit" => vec![PlainEffect::Quit(4), say("bye")],
            PlainInput::Command { name, .. } if name == "ring" => vec![PlainEffect::Bell, say("rung")],
            PlainInput::Command { name, rest } if name == "copy" => vec![PlainEffect::Copy(rest)],
            PlainInput::Copied(copied) => vec![PlainEffect::Say(copied.words("it"))],
            PlainInput::Command { name, rest } => vec![say(&format!("command {name}({rest})"))],
            PlainInput::TooLong => vec![say("too long")],
            PlainInput::Eof => vec![say("eof"), PlainEffect::Quit(0)],
            PlainInput::Message(n) => vec![say(&format!("two\nlines {n}"))],
            PlainInput::Deadline => vec![],
            PlainInput::Terminate { .. } => vec![PlainEffect::Program("stored".into())],
        }
    }
}

fn lines(input: &[u8]) -> mpsc::Receiver<ReadLine> {
    let (sender, receiver) = mpsc::channel(1_000);
    read_lines(input, |line| sender.try_send(line).is_ok());
    receiver
}

async fn echo(input: &[u8]) -> (Ended, String, Vec<String>) {
    let (mut out, mut orders) = (Vec::new(), Vec::new());
    let (_sender, messages) = mpsc::channel(1);
    let ended = run(Echo, lines(input), messages, signals::none(), &mut out, |order| {
        orders.push(order)
    })
    .await;
    (ended.unwrap(), String::from_utf8(out).unwrap(), orders)
}

#[tokio::test]
async fn lines_commands_and_the_end() {
    let (ended, out, orders) = echo(b"hello\r\n\n   \n/human  please now \n//slash\n/help\nno end").await;
    assert_eq!(
        out,
        "text hello\ncommand human(please now)\ntext /slash\ncommand help()\ntext no end\neof\n"
    );
    assert_eq!(orders, ["hello", "/slash", "no end"]);
    assert_eq!(ended, Ended::Quit(0));
    // Nobody sits at a pipe; what became of a copy is told all the same, before the next line.
    let (_, out, _) = echo(b"/copy\nnext").await;
    assert_eq!(out, "There is nothing to copy.\ntext next\neof\n");
    let (_, out, _) = echo(b"/ring").await;
    assert_eq!(out, "\u{7}rung\neof\n");
    let (ended, out, _) = echo(b"/quit\nnever").await;
    assert_eq!((ended, out.as_str()), (Ended::Quit(4), "bye\n"));
}

#[tokio::test]
async fn long_and_broken_lines() {
    let mut input = vec![b'x'; LINE_BYTES_MAX + 50];
    input.extend(b"\nafter\n\xff\xfe\n");
    input.extend(vec![b'y'; LINE_BYTES_MAX]);
    input.extend(b"\n");
    let (_, out, _) = echo(&input).await;
    let rows: Vec<&str> = out.lines().collect();
    assert_eq!(rows[..3], ["too long", "text after", "text \u{fffd}\u{fffd}"]);
    assert!(rows[3].starts_with("text yyy"));
}

#[tokio::test]
async fn what_is_said_is_one_line_and_safe() {
    let (sender, messages) = mpsc::channel(4);
    sender.try_send(7).unwrap();
    let mut out = Vec::new();
    let ended = run(Echo, lines(b""), messages, signals::none(), &mut out, drop)
        .await
        .unwrap();
    assert_eq!(
        (ended, String::from_utf8(out).unwrap().as_str()),
        (Ended::Quit(0), "two␤lines 7\neof\n")
    );
    assert_eq!(
        said("14:02", &Shown::name("Ada"), &Shown::text("a\nb\u{1b}[2J")).as_str(),
        "14:02 Ada: a␤b␛[2J"
    );
    assert_eq!(
        happened("14:02", &Shown::fixed("Ada joined")).as_str(),
        "14:02 -- Ada joined"
    );
}

struct Closed(ErrorKind);

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_reader_that_went_away_is_a_quiet_end() {
    for (kind, quiet) in [(ErrorKind::BrokenPipe, true), (ErrorKind::StorageFull, false)] {
        let mut orders = Vec::new();
        let (_sender, messages) = mpsc::channel(1);
        let ended = run(
            Echo,
            lines(b"hello\n"),
            messages,
            signals::none(),
            Closed(kind),
            |order| orders.push(order),
        )
        .await;
        assert_eq!(ended.ok(), quiet.then_some(Ended::Terminated));
        assert_eq!(orders, ["hello", "stored"], "what it must store is stored");
    }
}

#[tokio::test]
async fn a_signal_ends_it_in_order() {
    let signals: Signals = Box::pin(futures_util::stream::iter([Signal::Continued, Signal::Terminate]));
    let mut orders = Vec::new();
    let (_sender, messages) = mpsc::channel(1);
    let (_open, lines) = mpsc::channel(1);
    let ended = run(Echo, lines, messages, signals, Vec::new(), |order| orders.push(order))
        .await
        .unwrap();
    assert_eq!((ended, orders), (Ended::Terminated, vec!["stored".to_owned()]));
}

/// Leaves something undone, always.
struct Unfinished;

impl PlainApp for Unfinished {
    type Msg = u32;
    type Effect = String;

    fn update(&mut self, input: PlainInput<u32>, _: Now) -> Vec<PlainEffect<String>> {
        match input {
            PlainInput::Terminate { code } => vec![
                PlainEffect::Say(Shown::fixed("1 left")),
                PlainEffect::Quit(code),
                PlainEffect::Program("stored".into()),
            ],
            _ => vec![],
        }
    }
}

#[tokio::test]
async fn what_a_signal_leaves_undone_is_said_and_the_code_is_that_of_the_signal() {
    for (signal, code) in [(Signal::Terminate, 143), (Signal::Interrupted, 130)] {
        let signals: Signals = Box::pin(futures_util::stream::iter([signal]));
        let (mut orders, mut out) = (Vec::new(), Vec::new());
        let (_sender, messages) = mpsc::channel(1);
        let (_open, lines) = mpsc::channel(1);
        let ended = run(Unfinished, lines, messages, signals, &mut out, |order| {
            orders.push(order)
        })
        .await
        .unwrap();
        assert_eq!((ended, orders), (Ended::Quit(code), vec!["stored".to_owned()]));
        assert_eq!(out, b"1 left\n");
    }
}

/// Takes blank lines after the word `ask` until the next text.
#[derive(Default)]
struct Asking(bool);

impl PlainApp for Asking {
    type Msg = ();
    type Effect = String;

    fn update(&mut self, input: PlainInput<()>, _: Now) -> Vec<PlainEffect<String>> {
        match input {
            PlainInput::Text(text) => {
                self.0 = text == "ask";
                vec![PlainEffect::Program(text)]
            }
            PlainInput::Eof => vec![PlainEffect::Quit(0)],
            _ => Vec::new(),
        }
    }

    fn takes_blank(&self) -> bool {
        self.0
    }
}

#[tokio::test]
async fn an_empty_line_comes_only_where_it_means_something() {
    let (_sender, messages) = mpsc::channel(1);
    let mut orders = Vec::new();
    let input = lines(b"\na\n\nask\n  \n\nb\n");
    run(
        Asking::default(),
        input,
        messages,
        signals::none(),
        Vec::new(),
        |order| {
            orders.push(order);
        },
    )
    .await
    .unwrap();
    assert_eq!(orders, ["a", "ask", "", "b"]);
}
