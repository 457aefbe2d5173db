use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

const PRIVATE: Policy = Policy {
    private: true,
    any_port: true,
};
/// Ports are open, so that only the address stands between.
const PUBLIC: Policy = Policy {
    private: false,
    any_port: true,
};

fn secret() -> Secret {
    Secret::from_bytes(vec![1; 32])
}

/// A receiver on loopback that answers so to everybody, and counts who came.
async fn receiver(answer: &'static [u8]) -> (u16, Arc<AtomicUsize>, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (came, heard) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(String::new())));
    let (count, said) = (came.clone(), heard.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut bytes = vec![0; 64 * 1024];
            let read = stream.read(&mut bytes).await.unwrap_or(0);
            said.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..read]));
            let _ = stream.write_all(answer).await;
        }
    });
    (port, came, heard)
}

/// A name server that answers one list after the other.
fn names(lists: Vec<Vec<&str>>) -> (Lookup, Arc<AtomicUsize>) {
    let lists: Vec<Vec<IpAddr>> = lists
        .iter()
        .map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect())
        .collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let lookup: Lookup = Arc::new(move |_| {
        let at = count.fetch_add(1, Ordering::SeqCst).min(lists.len() - 1);
        let list = lists[at].clone();
        Box::pin(async move { Ok(list) })
    });
    (lookup, asked)
}

async fn posts(poster: &Poster, url: String) -> Answered {
    poster.post(&url, &[secret()], "evt_1", b"{}".to_vec()).await
}

#[tokio::test]
async fn a_name_that_has_an_address_inside_is_not_connected_to() {
    let (port, came, _) = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for (list, error) in [
        (vec!["127.0.0.1"], "not_allowed: loopback"),
        (vec!["8.8.8.8", "127.0.0.1"], "not_allowed: loopback"),
        (vec!["::ffff:127.0.0.1"], "not_allowed: loopback"),
        (vec!["10.1.2.3"], "not_allowed: private"),
        (vec!["fd00::1"], "not_allowed: private"),
        (vec!["169.254.169.254"], "not_allowed: link_local"),
        (vec!["0.0.0.0"], "not_allowed: reserved"),
    ] {
        let poster = Poster::new(PUBLIC, names(vec![list]).0).unwrap();
        let answered = posts(&poster, format!("http://hooks.example:{port}/")).await;
        assert_eq!((answered.status, answered.error), (None, Some(error)));
    }
    for inside in ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "0x7f.1"] {
        let poster = Poster::new(PUBLIC, names(vec![vec!["8.8.8.8"]]).0).unwrap();
        let answered = posts(&poster, format!("http://{inside}:{port}/")).await;
        assert_eq!(answered.error, Some("not_allowed: loopback"), "{inside}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_is_looked_up_once_for_a_connection_and_each_time_judged() {
    let (port, came, _) = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    // Link-local stays closed also to whoever may reach this computer: it stands for what flips to the inside.
    let (lookup, asked) = names(vec![vec!["127.0.0.1"], vec!["169.254.169.254"]]);
    let poster = Poster::new(PRIVATE, lookup).unwrap();
    let url = format!("http://rebind.example:{port}/");
    assert_eq!(posts(&poster, url.clone()).await.status, Some(200));
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "what was judged is what was connected to"
    );
    assert_eq!(posts(&poster, url).await.error, Some("not_allowed: link_local"));
    assert_eq!((asked.load(Ordering::SeqCst), came.load(Ordering::SeqCst)), (2, 1));
}

#[tokio::test]
async fn redirects_are_not_followed_and_answers_not_used() {
    let (inside, came, _) = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let redirect: &'static str =
        format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n").leak();
    let (port, ..) = receiver(redirect.as_bytes()).await;
    let poster = Poster::new(PRIVATE, system_lookup()).unwrap();
    let answered = posts(&poster, format!("http://127.0.0.1:{port}/")).await;
    assert_eq!((answered.status, answered.error), (Some(302), Some("redirect")));
    assert_eq!(came.load(Ordering::SeqCst), 0);

    let long = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n{}",
        "x".repeat(200_000)
    );
    let (port, ..) = receiver(long.leak().as_bytes()).await;
    assert_eq!(posts(&poster, format!("http://127.0.0.1:{port}/")).await.error, None);
    let (port, ..) = receiver(b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(
        posts(&poster, format!("http://127.0.0.1:{port}/")).await.error,
        Some("status")
    );
    let (port, ..) = receiver(b"").await;
    assert_eq!(
        posts(&poster, format!("http://127.0.0.1:{port}/")).await.error,
        Some("no_answer")
    );
}

#[tokio::test]
async fn a_request_is_signed_and_says_which_event_it_is() {
    let (port, _, heard) = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let poster = Poster::new(PRIVATE, system_lookup()).unwrap();
    posts(&poster, format!("http://127.0.0.1:{port}/hooks?key=1")).await;
    let heard = heard.lock().unwrap().clone();
    assert!(heard.starts_with("POST /hooks?key=1 HTTP/1.1\r\n"), "{heard}");
    let header = |name: &str| {
        let mut lines = heard.split("\r\n").filter_map(|line| line.split_once(": "));
        lines
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .unwrap()
            .1
            .to_owned()
    };
    let timestamp: i64 = header("webhook-timestamp").parse().unwrap();
    assert_eq!(header("webhook-id"), "evt_1");
    assert_eq!(
        header("webhook-signature"),
        secret().signature("evt_1", timestamp, b"{}")
    );
}
