//! Editors that are scripts, by themselves and in the loop.

use std::os::unix::fs::PermissionsExt;

use futures_util::future::join;

use super::*;
use crate::Input;
use crate::input::Translator;
use crate::notify::Call;
use crate::runtime::{self, App, Effect, Ended, Inputs, Now};
use crate::signals::Signal;
use crate::testing::{FakeEvents, FakeScreen, Typist, fake_terminal, key};

/// Runs a shell script on the file, which is `$1`.
fn script(lines: &str) -> String {
    shell_words::join(["sh", "-c", lines, "editor"])
}

async fn edited(text: &str, lines: &str) -> Edited {
    run(Edit::new("article.md", text.to_owned()).with_command(&script(lines))).await
}

#[tokio::test]
async fn what_was_written_comes_back() {
    assert_eq!(edited("one", "true").await, Edited::Unchanged);
    assert_eq!(
        edited("one", "echo >>$1").await,
        Edited::Unchanged,
        "only a line end at the end"
    );
    assert_eq!(
        edited("one\n", "printf two >>$1").await,
        Edited::Changed("one\ntwo".into())
    );
    assert_eq!(edited("one", "echo two >$1").await, Edited::Changed("two".into()));
    assert_eq!(
        edited("one", "printf new >$1.new; mv $1.new $1").await,
        Edited::Changed("new".into())
    );
    assert_eq!(
        edited("", "printf '\\033[2J' >$1").await,
        Edited::Changed("\u{1b}[2J".into()),
        "raw"
    );
}

#[tokio::test]
async fn the_file_is_private_and_goes_away() {
    let Edited::Changed(seen) = edited("x", r#"stat -c '%a %n' "$1" "$(dirname "$1")" >$1; : >$1~"#).await else {
        panic!("it writes");
    };
    let (file, dir) = seen.split_once('\n').expect("two lines");
    assert!(file.starts_with("600 ") && file.ends_with("/article.md"), "{file}");
    let dir = dir.trim_end().strip_prefix("700 ").expect("private");
    assert!(!Path::new(dir).exists(), "and what was written beside it");
}

#[tokio::test]
async fn failures_say_what_to_do_and_keep_what_was_written() {
    let failed = |edited: Edited| match edited {
        Edited::Failed(words) => words.to_string(),
        other => panic!("{other:?}"),
    };
    let words = failed(edited("x", "exit 3").await);
    assert_eq!(words, "The editor ended with code 3: nothing was changed");
    let words = failed(run(Edit::new("a.md", String::new()).with_command("/no/such/editor -w")).await);
    assert!(
        words.contains("\"/no/such/editor\" does not start") && words.contains("set EDITOR"),
        "{words}"
    );
    let words = failed(run(Edit::new("a.md", String::new()).with_command("vi 'open")).await);
    assert!(words.contains("a quote is open"), "{words}");
    for (lines, reason) in [
        ("printf '\\377' >$1", "not in UTF-8"),
        ("head -c 300000 /dev/zero >$1", "262144 is the most"),
        ("echo more >>$1; kill -9 $$", "stopped by a signal"),
    ] {
        let words = failed(edited("x", lines).await);
        let (told, kept) = words.split_once(". What you wrote is kept in ").expect(&words);
        assert!(told.contains(reason), "{words}");
        assert!(fs::metadata(kept).is_ok_and(|kept| kept.permissions().mode() & 0o077 == 0));
        fs::remove_dir_all(kept).expect("it is there");
    }
    let words = failed(edited("x", "kill -9 $$").await);
    assert_eq!(words, "The editor was stopped by a signal: nothing was changed");
}

#[test]
fn the_environment_names_the_editor() {
    let with = |pairs: &'static [(&str, &str)]| {
        words_of(None, move |name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(with(&[("EDITOR", "nano")]).unwrap(), ["nano"]);
    assert_eq!(
        with(&[
            ("EDITOR", "nano"),
            ("VISUAL", "'/opt/my editor/bin/ed' --wait \"a b\" $(rm)")
        ])
        .unwrap(),
        ["/opt/my editor/bin/ed", "--wait", "a b", "$(rm)"],
        "no shell"
    );
    assert_eq!(with(&[("EDITOR", "nano"), ("VISUAL", " ")]).unwrap(), ["nano"]);
    let words = with(&[]).unwrap_err();
    assert!(words.as_str().contains("export EDITOR=nano"), "{words}");
}

#[test]
fn where_none_is_named_the_usual_one_is_taken_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = format!("/nowhere:{}", folder.path().display());
    let usual = || words_of(None, |name| (name == "PATH").then(|| path.clone()));
    assert!(usual().is_err());
    fs::write(folder.path().join("sensible-editor"), "").unwrap();
    assert!(usual().is_err(), "it asks a question before it opens anything");
    for name in ["nano", "vi", "editor"] {
        fs::write(folder.path().join(name), "").unwrap();
        assert_eq!(usual().unwrap(), [name]);
    }
}

/// Edits a text on `e` with a command, and shows what it was told.
struct Writer {
    command: String,
    lines: Vec<String>,
}

impl App for Writer {
    type Msg = u32;
    type Effect = ();

    fn update(&mut self, input: Input<u32>, _: Now) -> Vec<Effect<()>> {
        match input {
            Input::Key(k) if k == key("q") => return vec![Effect::Quit(0)],
            Input::Key(k) if k == key("e") => {
                let edit = Edit::new("a.md", "one".into()).with_command(&self.command);
                return vec![Effect::Edit(edit)];
            }
            Input::Edited(edited) => self.lines.push(format!("{edited:?}")),
            Input::Message(n) => {
                self.lines.push(format!("m{n}"));
                return vec![
                    Effect::Notify(Call {
                        bell: true,
                        words: None,
                    }),
                    Effect::Title(Shown::line(&format!("({n})"))),
                ];
            }
            Input::Resize(size) => self.lines.push(format!("{}x{}", size.width, size.height)),
            _ => {}
        }
        vec![]
    }

    fn deadline(&self, _: Now) -> Option<Duration> {
        None
    }

    fn view(&self, frame: &mut ratatui::Frame<'_>, _: Now) {
        for (y, line) in (0..).zip(&self.lines) {
            frame.buffer_mut().set_string(0, y, line, ratatui::style::Style::new());
        }
    }
}

struct Rig {
    inputs: Inputs<FakeEvents, u32>,
    screen: FakeScreen,
    typist: Typist,
    messages: tokio::sync::mpsc::Sender<u32>,
    signals: tokio::sync::mpsc::UnboundedSender<Signal>,
}

fn rig() -> Rig {
    let (events, screen, typist) = fake_terminal(60, 10);
    let (messages, receiver) = tokio::sync::mpsc::channel(8);
    let (signals, mut receiver_of_signals) = tokio::sync::mpsc::unbounded_channel();
    let inputs = Inputs {
        events,
        messages: receiver,
        signals: Box::pin(futures_util::stream::poll_fn(move |context| {
            receiver_of_signals.poll_recv(context)
        })),
        translator: Translator::new(false),
    };
    Rig {
        inputs,
        screen,
        typist,
        messages,
        signals,
    }
}

/// An editor that waits until the test lets it go on, by a pipe in a folder.
fn waiting_editor(dir: &TempDir) -> (String, PathBuf) {
    let gate = dir.path().join("gate");
    let made = std::process::Command::new("mkfifo").arg(&gate).status();
    assert!(made.is_ok_and(|status| status.success()));
    (
        script(&format!("read word <'{}'; echo \"$word\" >$1", gate.display())),
        gate,
    )
}

#[tokio::test]
async fn the_loop_gives_the_terminal_away_and_takes_it_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let (command, gate) = waiting_editor(&dir);
    let mut rig = rig();
    let app = Writer { command, lines: vec![] };
    let person = async {
        rig.typist.wait_for("60x10").await;
        rig.typist.press("e");
        rig.typist.wait("the terminal is the editor's", |seen| seen.left).await;
        let frames = rig.typist.seen().frames;
        // What is typed now is the editor's; a size, words of tasks and what the terminal tells its users are not lost.
        rig.typist.resize_unannounced(50, 9);
        for n in 1..=3 {
            rig.messages.send(n).await.expect("it runs");
        }
        rig.signals.send(Signal::Interrupted).expect("it runs");
        rig.signals.send(Signal::Continued).expect("it runs");
        let let_go = tokio::task::spawn_blocking(move || fs::write(gate, "two\n"));
        let_go.await.expect("no panic").expect("the editor reads");
        let screen = rig.typist.wait_for("Changed(\"two\")").await;
        assert!(screen.contains("m1\nm2\nm3\n50x9\n"), "{screen}");
        let seen = rig.typist.seen();
        assert!(!seen.left && seen.bells == 0, "{seen:?}");
        assert_eq!(
            seen.title,
            Some(Shown::fixed("(3)")),
            "the title is told when it can be"
        );
        assert!(seen.frames <= frames + 3, "nothing was drawn over the editor");
        rig.typist.press("q");
    };
    let (ended, ()) = join(runtime::run(app, &mut rig.screen, rig.inputs, drop), person).await;
    assert_eq!(ended.expect("a fake terminal works"), Ended::Quit(0));
}

#[tokio::test]
async fn what_fails_before_leaves_the_screen_alone() {
    let mut rig = rig();
    let app = Writer {
        command: "'".into(),
        lines: vec![],
    };
    let person = async {
        rig.typist.wait_for("60x10").await;
        rig.typist.press("e");
        rig.typist.wait_for("is no command").await;
        rig.typist.press("q");
    };
    let (ended, ()) = join(runtime::run(app, &mut rig.screen, rig.inputs, drop), person).await;
    assert_eq!(ended.expect("a fake terminal works"), Ended::Quit(0));
    assert!(!rig.typist.seen().left);
}

/// An editor that says when it runs, by a pipe, and saves for a rescue when it is told to end.
fn sleeping_editor(dir: &TempDir, rescue: &str) -> (String, PathBuf, PathBuf) {
    let (ready, told) = (dir.path().join("ready"), dir.path().join("told"));
    let made = std::process::Command::new("mkfifo").arg(&ready).status();
    assert!(made.is_ok_and(|status| status.success()));
    // The shell stands in `wait`, where a signal reaches it at once.
    let lines = format!(
        "trap '{rescue}; echo ended >{}; kill $!; exit 1' TERM; sleep 60 & echo ready >{}; wait",
        told.display(),
        ready.display()
    );
    (script(&lines), ready, told)
}

async fn read_pipe(pipe: PathBuf) {
    let read = tokio::task::spawn_blocking(move || fs::read_to_string(pipe));
    assert_eq!(read.await.expect("no panic").expect("a pipe"), "ready\n");
}

#[tokio::test]
async fn the_end_of_the_program_ends_the_editor() {
    let dir = tempfile::tempdir().expect("a folder");
    let (command, ready, told) = sleeping_editor(&dir, "true");
    let mut rig = rig();
    let app = Writer { command, lines: vec![] };
    let person = async {
        rig.typist.wait_for("60x10").await;
        rig.typist.press("e");
        read_pipe(ready).await;
        rig.signals.send(Signal::Terminate).expect("it runs");
    };
    let (ended, ()) = join(runtime::run(app, &mut rig.screen, rig.inputs, drop), person).await;
    assert_eq!(ended.expect("a fake terminal works"), Ended::Terminated);
    assert!(
        !rig.typist.seen().left,
        "the terminal is taken again, to be given back in order"
    );
    assert_eq!(fs::read_to_string(told).expect("it was told"), "ended\n");
}

#[tokio::test]
async fn what_an_editor_saves_when_it_must_end_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let (command, ready, _) = sleeping_editor(&dir, "echo rescued >$1.save");
    let mut session = Session::prepare(Edit::new("a.md", "one".into()).with_command(&command)).expect("a command");
    let folder = session.dir.path().to_owned();
    tokio::select! {
        edited = session.wait() => panic!("it waits: {edited:?}"),
        () = read_pipe(ready) => {}
    }
    session.end().await;
    let kept = folder.with_extension("kept");
    assert_eq!(fs::read_to_string(kept.join("a.md.save")).expect("kept"), "rescued\n");
    assert!(!folder.exists());
    fs::remove_dir_all(kept).expect("it is there");
}
