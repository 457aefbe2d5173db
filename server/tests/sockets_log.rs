//! What the log says of connections. A program of its own: the log is one for the whole process, and other tests write to it.

mod harness;

use minicom_protocol::frame::{Agents, Customers};

use harness::{Client, Server, post};

/// Takes what the log would show.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_who_came_and_why_they_left_and_nothing_more() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .without_time()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = Server::start().await;
    let (_, token) = server.agent("Ada").await;
    let mut ada = server.agent_with(&token, None).await;
    let mut alice = Client::<Customers>::dial(server.addr, "/ws/chat/alice").await;
    let secret = harness::secret("alice");
    alice
        .say(format!(
            r#"{{"type":"hello","version":1,"client":"\u001b[2Jevil","secret":"{secret}"}}"#
        ))
        .await;
    alice.welcomed().await;
    alice.does(post("my card number is canary-of-a-line")).await.unwrap();
    ada.reads_to(2).await;
    alice
        .say(r#"{"type":"command","id":"x","command":{"do":"post","text":"my other card canary-of-a-bad-frame"}}"#)
        .await;
    alice.refused().await;
    alice
        .message(tokio_tungstenite::tungstenite::Message::binary(vec![1]))
        .await;
    alice.ended().await;
    let mut wrong = Client::<Agents>::dial(server.addr, "/ws").await;
    wrong.hello(None, Some(format!("mca_{}", "5".repeat(64))), None).await;
    wrong.ended().await;
    server.stop().await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("minicom_server::session"))
        .collect();
    let ours = ours.join("\n");
    for told in [
        "connected session=",
        r#"name="alice""#,
        r#"name="Ada""#,
        "only text frames are spoken here (1003)",
        "sign in (4001): sign_in",
        "server restarts (1012): stopping",
        "(not signed in)",
        "commands=1",
    ] {
        assert!(ours.contains(told), "{told:?} is missing in\n{ours}");
    }
    for hidden in [
        secret.as_str(),
        token.as_str(),
        &"5".repeat(64),
        "canary-of-a-line",
        "canary-of-a-bad-frame",
        "\u{1b}",
    ] {
        assert!(!ours.contains(hidden), "{hidden:?} is in\n{ours}");
    }
}
