//! A program that does what it should, and what it should not.

use std::{path::Path, time::Duration};

use rustix::process::{Pid, test_kill_process};
use tokio::task::JoinHandle;

use super::*;

/// Long enough for any machine.
const SOON: Duration = Duration::from_secs(30);

struct Running {
    program: Program,
    stop: CancellationToken,
    kept: JoinHandle<()>,
}

fn running(script: &str) -> Running {
    let command = ["sh", "-c", script].map(str::to_owned);
    let stop = CancellationToken::new();
    let (program, work) = Program::begin(&command, &TenantId::default_tenant(), stop.clone());
    let kept = tokio::spawn(work);
    Running { program, stop, kept }
}

impl Running {
    async fn ask_within(&self, text: &str, within: Duration) -> Result<Said, Failed> {
        let question = Question {
            tenant: "default".to_owned(),
            conversation: "c".to_owned(),
            customer: "alice".to_owned(),
            language: "en".to_owned(),
            turns: vec![],
            text: text.to_owned(),
            masked: text.to_owned(),
        };
        self.program.ask(&question, Instant::now() + within).await
    }

    async fn ask(&self, text: &str) -> Result<Said, Failed> {
        self.ask_within(text, SOON).await
    }

    /// Asks until it runs again.
    async fn ask_until_rested(&self, text: &str) -> Result<Said, Failed> {
        loop {
            match self.ask(text).await {
                Err(Failed::Resting) => tokio::task::yield_now().await,
                said => return said,
            }
        }
    }

    async fn end(self) {
        self.stop.cancel();
        self.kept.await.unwrap();
    }
}

fn reply(words: &str) -> Result<Said, Failed> {
    Ok(Said::Reply(words.to_owned().try_into().unwrap()))
}

/// A loop over its lines, each with its id in `$id`.
fn each(body: &str) -> String {
    format!(r#"while read -r line; do id=$(printf %s "$line" | sed 's/^{{"id":\([0-9]*\).*/\1/'); {body}; done"#)
}

#[tokio::test]
async fn it_is_asked_and_answers() {
    let run = running(&each(
        r#"case $line in
          *refund*) echo "{\"id\":$id,\"handoff\":\"A person comes.\",\"reason\":\"refund\"}";;
          *psst*) echo "{\"id\":$id,\"nothing\":true}";;
          *) echo "{\"id\":$id,\"reply\":\"Hi\"}";; esac"#,
    ));
    assert_eq!(run.ask("hello").await, reply("Hi"));
    assert_eq!(run.ask("psst").await, Ok(Said::Nothing));
    let said = run.ask("refund").await;
    assert!(
        matches!(&said, Ok(Said::HandOff { words: Some(_), reason: Some(why) }) if why == "refund"),
        "{said:?}"
    );
    run.end().await;
}

#[tokio::test]
async fn answers_find_their_questions_in_any_order() {
    let run = running(
        r#"read -r a; read -r b; i() { printf %s "$1" | sed 's/^{"id":\([0-9]*\).*/\1/'; }
           w() { printf %s "$1" | sed 's/.*"text":"\([a-z]*\)".*/\1/'; }
           for it in "$b" "$a"; do echo "{\"id\":$(i "$it"),\"reply\":\"$(w "$it")\"}"; done; read -r c"#,
    );
    let (one, two) = tokio::join!(run.ask("one"), run.ask("two"));
    assert_eq!((one, two), (reply("one"), reply("two")));
    run.end().await;
}

#[tokio::test]
async fn what_is_no_answer_fails_its_question_alone() {
    let run = running(&each(
        r#"case $line in *bad*) echo oops;; *both*) echo "{\"id\":$id,\"reply\":\"a\",\"nothing\":true}";; *) echo "{\"id\":$id,\"reply\":\"Hi\"}";; esac"#,
    ));
    assert!(matches!(run.ask("bad").await, Err(Failed::Wrong(_))));
    assert!(matches!(run.ask("both").await, Err(Failed::Wrong(_))));
    assert_eq!(run.ask("good").await, reply("Hi"));
    run.end().await;
}

#[tokio::test]
async fn who_dies_is_started_again_after_a_rest() {
    let run = running(&each(
        r#"case $line in *die*) exit 3;; *) echo "{\"id\":$id,\"reply\":\"$$\"}";; esac"#,
    ));
    let first = run.ask("who").await.unwrap();
    assert_eq!(run.ask("die").await, Err(Failed::Ended));
    let second = run.ask_until_rested("who").await.unwrap();
    assert_ne!(first, second);
    run.end().await;
    let run = running("exit 0");
    assert_eq!(run.ask("anybody").await, Err(Failed::Ended));
    run.end().await;
}

#[tokio::test]
async fn one_that_is_not_there_or_writes_without_end_is_told_apart() {
    let stop = CancellationToken::new();
    let command = ["/nowhere/bot".to_owned()];
    let (program, work) = Program::begin(&command, &TenantId::default_tenant(), stop.clone());
    let kept = tokio::spawn(work);
    let run = Running { program, stop, kept };
    assert_eq!(run.ask("hello").await, Err(Failed::NotThere));
    run.end().await;
    let run = running("read -r line; tr '\\0' x < /dev/zero");
    assert_eq!(run.ask("hello").await, Err(Failed::Ended));
    run.end().await;
}

#[tokio::test]
async fn who_says_nothing_is_late_and_at_last_started_again() {
    let run = running(r#"read -r a; read -r b; read -r c; read -r d; read -r e; sleep 1000"#);
    for _ in 0..BOT_SILENT {
        assert_eq!(
            run.ask_within("hello", Duration::from_millis(50)).await,
            Err(Failed::Late)
        );
    }
    // The next question finds that nobody answered so many.
    assert_eq!(run.ask("hello").await, Err(Failed::Ended));
    run.end().await;
}

const BOT_SILENT: u32 = crate::limits::BOT_PROGRAM_SILENT_MAX;

#[tokio::test]
async fn it_ends_with_all_that_it_started_and_knows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    let script = format!(
        "sleep 1000 & echo $$ $! > {0}.new; mv {0}.new {0}; {1}",
        file.display(),
        each(r#"echo "{\"id\":$id,\"reply\":\"${MINICOM_SECRET-none} ${HOME:+home}\"}""#)
    );
    let run = running(&script);
    assert_eq!(run.ask("hello").await, reply("none home"));
    let pids = pids(&file);
    assert_eq!(pids.len(), 2);
    run.end().await;
    for pid in pids {
        // Whoever adopts it may take a moment to bury it.
        let gone = async {
            while test_kill_process(pid).is_ok() && !is_dead(pid) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, gone).await.unwrap();
    }
}

fn pids(file: &Path) -> Vec<Pid> {
    let text = std::fs::read_to_string(file).unwrap();
    let pids = text
        .split_whitespace()
        .map(|pid| Pid::from_raw(pid.parse().unwrap()).unwrap());
    pids.collect()
}

/// Dead, but not waited for yet.
fn is_dead(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn a_tenant_has_its_own_or_that_of_all_or_none() {
    let command = |word: &str| vec![word.to_owned()];
    let of = BTreeMap::from([("acme".to_owned(), command("own")), ("quiet".to_owned(), vec![])]);
    let programs = Programs {
        all: command("all"),
        of,
    };
    let of = |tenant: &str| programs.of(&TenantId::parse(tenant).unwrap()).map(<[String]>::to_vec);
    assert_eq!(of("acme"), Some(command("own")));
    assert_eq!(of("quiet"), None);
    assert_eq!(of("default"), Some(command("all")));
    assert_eq!(Programs::default().of(&TenantId::default_tenant()), None);
}
