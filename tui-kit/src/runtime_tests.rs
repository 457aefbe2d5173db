//! The loop on a fake terminal.

use std::future::poll_fn;
use std::task::Poll;

use ratatui::Frame;
use ratatui::layout::Position;
use tokio::sync::mpsc;

use super::*;
use crate::input::Translator;
use crate::notify::Call;
use crate::signals::{self, Signals};
use crate::testing::{FakeEvents, FakeScreen, Typist, fake_terminal, key};

/// Shows what it was told, in order.
#[derive(Default)]
struct Notes {
    lines: Vec<String>,
    deadline: Option<Duration>,
    /// It counts: each second something else is to be seen.
    counts: bool,
}

impl App for Notes {
    type Msg = u32;
    type Effect = String;

    fn update(&mut self, input: Input<u32>, now: Now) -> Vec<Effect<String>> {
        let mut effects = vec![];
        match input {
            Input::Key(k) if k == key("q") => effects.extend([Effect::Program("bye".into()), Effect::Quit(3)]),
            Input::Key(k) if k == key("b") => effects.extend([
                Effect::Notify(Call {
                    bell: true,
                    words: None,
                }),
                Effect::Title(Shown::fixed("(1) notes")),
            ]),
            Input::Key(k) if k == key("z") => effects.push(Effect::Suspend),
            Input::Key(k) if k == key("t") => self.deadline = Some(now.elapsed + Duration::from_secs(60)),
            Input::Key(k) if k == key("c") => self.counts = true,
            Input::Deadline => {
                self.deadline = None;
                self.lines.push("deadline".into());
            }
            Input::Key(k) => self.lines.push(k.to_string()),
            Input::Message(n) => self.lines.push(format!("m{n}")),
            Input::Resize(size) => self.lines.push(format!("{}x{}", size.width, size.height)),
            Input::Terminate => effects.push(Effect::Program("stored".into())),
            Input::Resumed => self.lines.push("resumed".into()),
            _ => {}
        }
        effects
    }

    fn deadline(&self, now: Now) -> Option<Duration> {
        let next = Duration::from_secs(now.elapsed.as_secs() + 1);
        if self.counts { Some(next) } else { self.deadline }
    }

    fn view(&self, frame: &mut Frame<'_>, now: Now) {
        if self.counts {
            let counted = format!("{}s", now.elapsed.as_secs());
            frame
                .buffer_mut()
                .set_string(0, 9, counted, ratatui::style::Style::new());
        }
        for (y, line) in self.lines.iter().rev().take(8).enumerate() {
            frame
                .buffer_mut()
                .set_string(0, u16::try_from(y).unwrap(), line, ratatui::style::Style::new());
        }
        frame.set_cursor_position(Position { x: 0, y: 0 });
    }
}

type Parts = (
    Inputs<FakeEvents, u32>,
    FakeScreen,
    Typist,
    mpsc::Sender<u32>,
    mpsc::UnboundedSender<Signal>,
);

fn parts(width: u16, height: u16) -> Parts {
    let (events, screen, typist) = fake_terminal(width, height);
    let (messages, receiver) = mpsc::channel(2_000);
    let (signal, mut signals) = mpsc::unbounded_channel();
    let signals: Signals = Box::pin(futures_util::stream::poll_fn(move |context| signals.poll_recv(context)));
    (
        Inputs {
            events,
            messages: receiver,
            signals,
            translator: Translator::new(false),
        },
        screen,
        typist,
        messages,
        signal,
    )
}

#[tokio::test(start_paused = true)]
async fn keys_messages_effects_and_quit() {
    let (inputs, mut screen, mut typist, messages, _signal) = parts(40, 10);
    let mut orders = Vec::new();
    let person = async {
        typist.wait_for("40x10").await;
        typist.press("x");
        typist.wait_for("x").await;
        messages.send(7).await.unwrap();
        typist.wait_for("m7").await;
        typist.press("b");
        let seen = typist.wait("the bell", |seen| seen.bells == 1).await;
        drop(seen);
        assert_eq!(
            typist.wait("a title", |seen| seen.title.is_some()).await.title,
            Some(Shown::fixed("(1) notes"))
        );
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(
        run(Notes::default(), &mut screen, inputs, |order| orders.push(order)),
        person
    );
    assert_eq!(ended.unwrap(), Ended::Quit(3));
    assert_eq!(orders, ["bye"]);
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_joined_into_few_frames() {
    let (inputs, mut screen, mut typist, messages, _signal) = parts(40, 10);
    for n in 0..1_000 {
        messages.try_send(n).unwrap();
    }
    let person = async {
        typist.wait_for("m999").await;
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
    assert!(typist.seen().frames <= 6, "{} frames", typist.seen().frames);
}

/// Five seconds of a very busy desk.
#[tokio::test(start_paused = true)]
async fn a_thousand_events_a_second_cost_sixty_frames_and_keys_come_between() {
    const SECONDS: u32 = 5;
    const KEYS: u32 = 10;
    let (inputs, mut screen, mut typist, messages, _signal) = parts(40, 10);
    let person = async {
        typist.wait_for("40x10").await;
        let mut clock = tokio::time::interval(Duration::from_millis(1));
        for n in 0..SECONDS * 1_000 {
            clock.tick().await;
            messages.send(n).await.unwrap();
            if n % (SECONDS * 1_000 / KEYS) == 7 {
                typist.press("x");
            }
        }
        typist.wait_for("m4999").await;
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
    let frames = u32::try_from(typist.seen().frames).unwrap();
    assert!(frames <= SECONDS * 60 + KEYS, "{frames} frames");
    assert!(frames >= SECONDS * 40, "{frames} frames: it is still seen to go on");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_wakes_once_and_nothing_else_does() {
    let (inputs, mut screen, mut typist, _messages, _signal) = parts(40, 10);
    let person = async {
        typist.wait_for("40x10").await;
        let frames = typist.seen().frames;
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert_eq!(typist.seen().frames, frames, "an hour without events draws nothing");
        typist.press("t");
        typist.wait_for("deadline").await;
        assert!(
            typist.seen().frames <= frames + 2,
            "one for the key, one for the deadline"
        );
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_is_counted_from_now_is_reached() {
    let (inputs, mut screen, mut typist, _messages, _signal) = parts(40, 10);
    let person = async {
        typist.wait_for("40x10").await;
        typist.press("c");
        typist.wait_for("0s").await;
        let frames = typist.seen().frames;
        for second in 1..=5 {
            typist.wait_for(&format!("{second}s")).await;
        }
        assert_eq!(typist.seen().frames, frames + 5, "one for each second");
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
}

#[tokio::test(start_paused = true)]
async fn suspend_gives_the_input_away_and_redraws() {
    let (inputs, mut screen, mut typist, _messages, _signal) = parts(40, 10);
    let person = async {
        typist.wait_for("40x10").await;
        typist.press("z");
        typist.wait_for("resumed").await;
        assert_eq!(typist.seen().suspends, 1);
        typist.press("after");
        typist.wait_for("f").await;
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
}

#[tokio::test(start_paused = true)]
async fn signals_let_the_program_store_what_it_must() {
    for (signal, expected, stored) in [
        (Signal::Terminate, Ended::Terminated, true),
        (Signal::Panicked, Ended::Panicked, false),
    ] {
        let (inputs, mut screen, mut typist, _messages, signals) = parts(40, 10);
        let mut orders = Vec::new();
        let person = async {
            typist.wait_for("40x10").await;
            signals.send(signal).unwrap();
        };
        let (ended, ()) = tokio::join!(
            run(Notes::default(), &mut screen, inputs, |order| orders.push(order)),
            person
        );
        assert_eq!(ended.unwrap(), expected);
        assert_eq!(orders == ["stored"], stored);
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_terminal_ends_the_program() {
    let (inputs, mut screen, typist, _messages, _signal) = parts(40, 10);
    drop(typist);
    let mut orders = Vec::new();
    let ended = run(Notes::default(), &mut screen, inputs, |order| orders.push(order)).await;
    assert_eq!(ended.unwrap(), Ended::Terminated);
    assert_eq!(orders, ["stored"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_channel_does_not_end_or_spin_it() {
    let (inputs, mut screen, mut typist, messages, _signal) = parts(40, 10);
    drop(messages);
    let person = async {
        typist.wait_for("40x10").await;
        typist.press("x");
        typist.wait_for("x").await;
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
    assert!(typist.seen().frames <= 3);
}

#[tokio::test(start_paused = true)]
async fn too_small_accepts_only_size_and_the_end() {
    let (inputs, mut screen, mut typist, _messages, _signal) = parts(10, 3);
    let mut orders = Vec::new();
    let person = async {
        typist.wait_for("too small").await;
        typist.press("qx");
        typist.resize(40, 10);
        let screen = typist.wait_for("40x10").await;
        assert!(
            !screen.contains('\u{71}') && !screen.lines().any(|line| line == "x"),
            "{screen}"
        );
        for (columns, rows) in [(29, 20), (60, 7)] {
            typist.resize(columns, rows);
            typist.wait_for(&format!("{columns}x{rows}.")).await;
            // The least there is room for.
            typist.resize(30, 8);
            typist
                .wait("the program", |seen| seen.screen.starts_with("30x8\n"))
                .await;
        }
        typist.resize(29, 20);
        typist.wait_for("too small").await;
        typist.press("<ctrl-c>");
    };
    let (ended, ()) = tokio::join!(
        run(Notes::default(), &mut screen, inputs, |order| orders.push(order)),
        person
    );
    assert_eq!(ended.unwrap(), Ended::Terminated);
    assert_eq!(orders, ["stored"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_size_that_only_the_system_tells_is_drawn_once() {
    let (inputs, mut screen, mut typist, _messages, signals) = parts(60, 20);
    let person = async {
        typist.wait_for("60x20").await;
        typist.resize_unannounced(40, 10);
        signals.send(Signal::Resized).unwrap();
        typist.wait_for("40x10").await;
        let frames = typist.seen().frames;
        signals.send(Signal::Resized).unwrap();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(typist.seen().frames, frames, "what is no news draws nothing");
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
}

#[tokio::test]
async fn no_signals() {
    let mut signals = signals::none();
    let next = poll_fn(|context| Poll::Ready(signals.poll_next_unpin(context).is_pending())).await;
    assert!(next);
}

#[tokio::test(start_paused = true)]
async fn a_frame_is_never_drawn_for_a_size_that_the_terminal_no_longer_has() {
    let (inputs, mut screen, mut typist, messages, _signal) = parts(60, 20);
    let person = async {
        typist.wait_for("60x20").await;
        // The terminal is smaller already when something else makes a frame due.
        typist.resize_unannounced(40, 10);
        messages.send(1).await.unwrap();
        let screen = typist.wait_for("m1").await;
        assert!(screen.starts_with("40x10"), "told before it is drawn: {screen}");
        typist.resize_unannounced(10, 3);
        messages.send(2).await.unwrap();
        typist.wait_for("too small").await;
        typist.resize(60, 20);
        typist.wait_for("60x20").await;
        typist.press("q");
    };
    let (ended, ()) = tokio::join!(run(Notes::default(), &mut screen, inputs, drop), person);
    assert_eq!(ended.unwrap(), Ended::Quit(3));
}
