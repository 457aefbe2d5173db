//! A program that does what it should, and what it should not.

use std::{path::Path, time::Duration};

use rustix::process::{Pid, test_kill_process};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use super::*;

/// Long enough for any machine.
const SOON: Duration = Duration::from_secs(30);

struct Running {
    program: Program,
    stop: CancellationToken,
    kept: JoinHandle<()>,
}

fn running(script: &str) -> Running {
    started(&["sh", "-c", script])
}

fn started(command: &[&str]) -> Running {
    let command: Vec<String> = command.iter().map(|it| (*it).to_owned()).collect();
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
    let run = started(&["/nowhere/bot"]);
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

fn docs() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"))
}

/// A script of the page about the bot, which is also the file of this name.
fn of_the_page(name: &str) -> String {
    let script = std::fs::read_to_string(docs().join("examples/bots").join(name)).unwrap();
    let page = std::fs::read_to_string(docs().join("bot.md")).unwrap();
    assert!(
        page.contains(&format!("\n{script}```\n")),
        "{name} is another than on the page"
    );
    script
}

#[tokio::test]
async fn the_bots_of_the_page_answer() {
    let run = running(&of_the_page("bot.sh"));
    assert_eq!(run.ask("when are you open?").await, reply("We are open from 9 to 17."));
    assert!(matches!(
        run.ask("my bike is broken").await,
        Ok(Said::HandOff { reason: Some(_), .. })
    ));
    assert!(matches!(run.ask("who are \"you\"").await, Ok(Said::Reply(_))));
    run.end().await;
    let run = started(&["python3", "-c", &of_the_page("bot.py")]);
    assert_eq!(
        run.ask("When are you OPEN?").await,
        reply("We are open from 9 to 17, alice.")
    );
    assert!(matches!(
        run.ask("my bike is broken").await,
        Ok(Said::HandOff { reason: Some(_), .. })
    ));
    run.end().await;
}

/// A stand-in for the REST channel of Rasa: it answers by what it is asked, once a connection.
async fn rasa() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut heard = String::new();
                while !heard.ends_with('}') {
                    let mut some = [0; 4_096];
                    match socket.read(&mut some).await {
                        Ok(0) | Err(_) => return,
                        Ok(read) => heard.push_str(&String::from_utf8_lossy(&some[..read])),
                    }
                }
                let body = match heard {
                    it if it.contains("hours") => {
                        r#"[{"recipient_id":"c","text":"Which shop?","buttons":[{"title":"Harbour"},{"title":"Station"}]}]"#
                    }
                    it if it.contains("refund") => {
                        r#"[{"text":"One moment."},{"custom":{"handoff":true,"reason":"refund"}}]"#
                    }
                    _ => "[]",
                };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = socket.write_all(answer.as_bytes()).await;
            });
        }
    });
    format!("http://{address}/webhooks/rest/webhook")
}

#[tokio::test]
async fn the_example_forwards_to_rasa_and_asks_for_a_person_without_it() {
    let script = docs().join("examples/bots/rasa.py");
    let script = script.to_str().unwrap();
    let run = started(&["python3", script, &rasa().await]);
    let (hours, refund, nothing) = tokio::join!(run.ask("hours"), run.ask("a refund"), run.ask("moon"));
    assert_eq!(hours, reply("Which shop?\n1  Harbour\n2  Station"));
    assert!(
        matches!(&refund, Ok(Said::HandOff { words: Some(words), reason: Some(why) }) if words.as_str() == "One moment." && why == "refund"),
        "{refund:?}"
    );
    assert!(matches!(nothing, Ok(Said::HandOff { words: None, .. })));
    run.end().await;
    // Nobody listens there: bound, and let go.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let run = started(&["python3", script, &format!("http://{gone}/")]);
    assert!(matches!(run.ask("hours").await, Ok(Said::HandOff { words: None, .. })));
    run.end().await;
}
