//! Whole transfers against a small server that cuts, refuses and answers as it is told.

use std::{collections::VecDeque, fs, io::Write};

use minicom_protocol::{
    event::{FilePart, FileTag},
    ids::{ConversationId, FileId},
};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
};
use uuid::Uuid;

use super::*;
use crate::limits::{UPLOAD_ANSWER_MAX, UPLOAD_STALLED_AFTER};

/// What the server does with the next request.
#[derive(Clone, Debug)]
enum Next {
    /// Takes it all and answers with the file.
    Take,
    /// Takes so many bytes a second, then answers.
    TakeSlowly(usize),
    /// Takes so many bytes, and then no more.
    Stall(usize),
    /// Takes it all, and never answers.
    Silence,
    /// Goes away after so many bytes of the body.
    Cut(usize),
    /// Answers so, without having read the body.
    Refuse(u16, &'static str),
    /// Sends these bytes from where the request asks, and goes away after so many.
    Give(Vec<u8>, usize),
    /// Sends these bytes whatever is asked for.
    GiveAll(Vec<u8>),
}

/// What a request said.
#[derive(Clone, Debug, Default)]
struct Came {
    head: Vec<String>,
    body: Vec<u8>,
}

impl Came {
    fn header(&self, name: &str) -> Option<&str> {
        let line = self
            .head
            .iter()
            .find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }
}

async fn server(script: Vec<Next>) -> (Seat, Arc<Mutex<Vec<Came>>>) {
    let socket = TcpSocket::new_v4().unwrap();
    // What nobody reads waits with the sender.
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(16).unwrap();
    let port = listener.local_addr().unwrap().port();
    let came: Arc<Mutex<Vec<Came>>> = Arc::default();
    let told = came.clone();
    tokio::spawn(async move {
        let mut script = VecDeque::from(script);
        while let Ok((stream, _)) = listener.accept().await {
            let next = script.pop_front().expect("one more request than was scripted");
            match next {
                Next::Stall(_) | Next::Silence => {
                    let told = told.clone();
                    tokio::spawn(async move { serve(stream, next, &told).await });
                }
                next => serve(stream, next, &told).await,
            }
        }
    });
    let seat = Seat {
        server: ServerUrl::parse(&format!("http://127.0.0.1:{port}"), false).unwrap(),
        tenant: TenantId::default_tenant(),
        bearer: Arc::new(|| Secret::new("secret")),
    };
    (seat, came)
}

async fn serve(stream: TcpStream, next: Next, told: &Mutex<Vec<Came>>) {
    let mut stream = BufReader::new(stream);
    let mut came = Came::default();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        match line.trim_end() {
            "" => break,
            line => came.head.push(line.to_owned()),
        }
    }
    let length: usize = came.header("content-length").map_or(0, |it| it.parse().unwrap());
    let answer = |status: u16, more: &str, body: &[u8]| {
        let mut out = format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        out.extend(body);
        out
    };
    match next {
        Next::Take | Next::Cut(_) => {
            let most = match next {
                Next::Cut(most) => most,
                _ => length,
            };
            let mut body = vec![0; most];
            let read = stream.read_exact(&mut body).await;
            if read.is_ok() {
                came.body = body;
            }
            // Known before it is answered.
            told.lock().unwrap().push(came);
            if matches!(next, Next::Take) && read.is_ok() {
                let id = Uuid::from_u128(7);
                let told = format!(r#"{{"upload_id":"{id}","file_name":"x","size":{length}}}"#);
                let _ = stream.write_all(&answer(201, "", told.as_bytes())).await;
            }
        }
        Next::TakeSlowly(most) => {
            let mut seconds = time::interval(Duration::from_secs(1));
            let mut piece = vec![0; most];
            while came.body.len() < length {
                seconds.tick().await;
                let most = most.min(length - came.body.len());
                stream.read_exact(&mut piece[..most]).await.unwrap();
                came.body.extend(&piece[..most]);
            }
            told.lock().unwrap().push(came);
            let body = format!(
                r#"{{"upload_id":"{}","file_name":"x","size":{length}}}"#,
                Uuid::from_u128(7)
            );
            let _ = stream.write_all(&answer(201, "", body.as_bytes())).await;
        }
        Next::Stall(_) | Next::Silence => {
            let most = match next {
                Next::Stall(most) => most,
                _ => length,
            };
            came.body = vec![0; most];
            stream.read_exact(&mut came.body).await.unwrap();
            told.lock().unwrap().push(came);
            std::future::pending::<()>().await;
        }
        Next::Refuse(status, body) => {
            told.lock().unwrap().push(came);
            let _ = stream
                .write_all(&answer(status, "content-type: application/json\r\n", body.as_bytes()))
                .await;
        }
        Next::Give(bytes, most) => {
            let range = came.header("range").map(str::to_owned);
            told.lock().unwrap().push(came);
            let from = range.and_then(|it| it.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
            let status = if from.is_some() { 206 } else { 200 };
            let all = answer(status, "", &bytes[from.unwrap_or(0)..]);
            let head = all.len() - (bytes.len() - from.unwrap_or(0));
            let _ = stream.write_all(&all[..(head + most).min(all.len())]).await;
        }
        Next::GiveAll(bytes) => {
            told.lock().unwrap().push(came);
            drop(stream.write_all(&answer(200, "", &bytes)).await);
        }
    }
    // A close that takes nothing back.
    let _ = stream.get_mut().shutdown().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
}

fn part(bytes: &[u8], name: &str) -> FilePart {
    FilePart {
        kind: FileTag::File,
        id: FileId(Uuid::from_u128(7)),
        name: name.to_owned(),
        size: bytes.len() as u64,
        mime: "text/plain".into(),
        digest: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        fallback: String::new(),
    }
}

fn sends(what: Source) -> Job {
    let thread = Thread::Conversation(ConversationId(Uuid::from_u128(1)));
    let key = None;
    Job::Send { what, thread, key }
}

fn failed(last: &Result<Happened, Fault>) -> &str {
    &last.as_ref().unwrap_err().words
}

const TOO_LARGE: &str = r#"{"code":"too_large","limit":10,"message":"x"}"#;

#[tokio::test]
async fn a_cut_upload_begins_again_under_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("build.log");
    let bytes = vec![b'x'; 300_000];
    fs::write(&path, &bytes).unwrap();
    let (seat, came) = server(vec![Next::Cut(100_000), Next::Cut(0), Next::Take]).await;
    let mut waited = 0;
    let last = alone(&seat, sends(Source::File(path)), |what| {
        waited += usize::from(matches!(what, Happened::Waits { .. }));
    })
    .await;
    assert!(
        matches!(&last, Ok(Happened::Sent(file)) if file.size == 300_000),
        "{last:?}"
    );
    assert_eq!(waited, 2);
    let came = came.lock().unwrap().clone();
    assert_eq!(came[2].body, bytes);
    let key = came[0].header("idempotency-key").unwrap();
    assert!(came.iter().all(|it| it.header("idempotency-key") == Some(key)));
    assert!(came[0].head[0].contains("name=build"), "{:?}", came[0].head);
}

#[tokio::test]
async fn what_cannot_be_sent_says_why_and_asks_the_server_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::write(&empty, "").unwrap();
    let pipe = folder.path().join("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let (seat, came) = server(vec![]).await;
    for (path, words) in [
        (folder.path().join("none"), "there is no such file"),
        (folder.path().to_owned(), "it is a folder"),
        (empty, "it is empty"),
        (pipe, "it is no file"),
    ] {
        let last = alone(&seat, sends(Source::File(path)), |_| {}).await;
        assert!(failed(&last).starts_with(words), "{last:?}");
    }
    assert!(came.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_refusal_that_stands_ends_it() {
    let (seat, _) = server(vec![Next::Refuse(413, TOO_LARGE)]).await;
    let what = Source::Text {
        name: "pasted.txt".into(),
        text: "x".repeat(5_000_000).into(),
    };
    let last = alone(&seat, sends(what), |_| {}).await;
    assert!(failed(&last).contains("10"), "{last:?}");
}

#[tokio::test]
async fn a_file_that_becomes_another_is_not_sent_and_one_that_grows_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, vec![b'a'; 200_000]).unwrap();
    let (seat, came) = server(vec![Next::Cut(0), Next::Take]).await;
    let grown = path.clone();
    let last = alone(&seat, sends(Source::File(path.clone())), |what| {
        if matches!(what, Happened::Waits { .. }) {
            let mut file = fs::File::options().append(true).open(&grown).unwrap();
            file.write_all(b"more").unwrap();
        }
    })
    .await;
    assert!(matches!(last, Ok(Happened::Sent(_))), "{last:?}");
    assert_eq!(came.lock().unwrap()[1].body.len(), 200_000);

    for change in [b"".as_slice(), &[b'b'; 200_004]] {
        let (seat, _) = server(vec![Next::Cut(0), Next::Cut(200_000)]).await;
        fs::write(&path, vec![b'a'; 200_004]).unwrap();
        let last = alone(&seat, sends(Source::File(path.clone())), |what| {
            if matches!(what, Happened::Waits { .. }) {
                // The same place on the disk, other bytes in it.
                let file = fs::File::options().write(true).open(&path).unwrap();
                file.set_len(change.len() as u64).unwrap();
                (&file).write_all(change).unwrap();
            }
        })
        .await;
        assert!(failed(&last).contains("changed while it was sent"), "{last:?}");
    }
}

#[tokio::test]
async fn a_cut_download_goes_on_where_it_was_and_is_whole_or_absent() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..250_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let (seat, came) = server(vec![
        Next::Give(bytes.clone(), 100_000),
        Next::Give(bytes.clone(), 900_000),
    ])
    .await;
    let to = To::Folder(folder.path().join("in"));
    let file = part(&bytes, "../../x\u{1b}.log");
    let last = alone(&seat, Job::Fetch { file, to }, |_| {}).await;
    let Ok(Happened::Kept { path, opening: None }) = last else {
        panic!("{last:?}")
    };
    assert_eq!(path, folder.path().join("in/x_.log"));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let range = came.lock().unwrap()[1].header("range").map(str::to_owned);
    assert_eq!(range.as_deref(), Some("bytes=100000-"));

    // A server that knows no ranges, then one that gives something else.
    let (seat, _) = server(vec![Next::Give(bytes.clone(), 100), Next::GiveAll(bytes.clone())]).await;
    let to = To::File(folder.path().join("mine"));
    let last = alone(
        &seat,
        Job::Fetch {
            file: part(&bytes, "y"),
            to,
        },
        |_| {},
    )
    .await;
    assert!(
        matches!(&last, Ok(Happened::Kept { path, .. }) if fs::read(path).unwrap() == bytes),
        "{last:?}"
    );
    let (seat, _) = server(vec![Next::GiveAll(vec![0; 250_000])]).await;
    let to = To::File(folder.path().join("other"));
    let last = alone(
        &seat,
        Job::Fetch {
            file: part(&bytes, "y"),
            to,
        },
        |_| {},
    )
    .await;
    assert!(failed(&last).contains("did not come as it was sent"), "{last:?}");
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["in", "mine"]);
}

#[tokio::test]
async fn what_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = vec![1; 100_000];
    // The second attempt never gets an answer: nobody is there.
    let (seat, _) = server(vec![Next::Give(bytes.clone(), 50_000), Next::Give(bytes.clone(), 10)]).await;
    let (news, mut told) = mpsc::unbounded_channel();
    let transfers = Transfers::new(seat, news);
    let to = To::Folder(folder.path().to_owned());
    transfers.begin(
        TransferId(3),
        Job::Fetch {
            file: part(&bytes, "x"),
            to,
        },
    );
    let waits = |it: Told| matches!(it, Told::Transfer(it) if matches!(it.what, Happened::Waits { .. }));
    while !waits(told.recv().await.unwrap()) {}
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    transfers.cancel(TransferId(3));
    transfers.end().await;
    // A task that was cut may still be on its way out.
    while fs::read_dir(folder.path()).unwrap().count() > 0 {
        tokio::task::yield_now().await;
    }
}

/// Larger than what the sockets between take up.
const LARGE: usize = 12 * 1024 * 1024;

fn large() -> Source {
    let (name, text) = ("a.txt".to_owned(), "x".repeat(LARGE).into());
    Source::Text { name, text }
}

#[tokio::test(start_paused = true)]
async fn an_upload_takes_as_long_as_its_line_needs() {
    let (seat, came) = server(vec![Next::TakeSlowly(LARGE / 90)]).await;
    let began = Instant::now();
    let mut moved = 0;
    let last = alone(&seat, sends(large()), |what| {
        assert!(!matches!(what, Happened::Waits { .. }), "{what:?}");
        moved += usize::from(matches!(what, Happened::Moved { .. }));
    })
    .await;
    assert!(matches!(last, Ok(Happened::Sent(_))), "{last:?}");
    assert!(began.elapsed() >= Duration::from_secs(80) && moved > 3, "{moved}");
    assert_eq!(came.lock().unwrap()[0].body.len(), LARGE);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_stalls_or_gets_no_answer_begins_again() {
    let (seat, came) = server(vec![Next::Stall(300_000), Next::Silence, Next::Take]).await;
    let mut waited = vec![];
    let began = Instant::now();
    let last = alone(&seat, sends(large()), |what| {
        if matches!(what, Happened::Waits { .. }) {
            waited.push(began.elapsed());
        }
    })
    .await;
    assert!(matches!(last, Ok(Happened::Sent(_))), "{last:?}");
    assert!(waited.len() == 2 && waited[0] >= UPLOAD_STALLED_AFTER, "{waited:?}");
    assert!(waited[1] - waited[0] >= UPLOAD_ANSWER_MAX, "{waited:?}");
    assert_eq!(came.lock().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_waits_alone_for_an_answer_that_never_comes_gives_up() {
    let (seat, came) = server(vec![Next::Silence; 20]).await;
    let last = alone(&seat, sends(large()), |_| {}).await;
    assert!(failed(&last).starts_with("it waited too long"), "{last:?}");
    assert_eq!(last.unwrap_err().code, exit::UNAVAILABLE);
    // The first attempt got further than none, the second no further.
    assert_eq!(came.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_came_from_a_pipe_is_sent_again_as_a_file_is() {
    let (seat, came) = server(vec![Next::Cut(100_000), Next::Take]).await;
    let text = vec![b'p'; 300_000];
    let bytes = Spool::all_of(&text[..], 300_000, |_| {}).await.unwrap();
    let name = "input.txt".to_owned();
    let last = alone(&seat, sends(Source::Piped { name, bytes }), |_| {}).await;
    assert!(matches!(last, Ok(Happened::Sent(_))), "{last:?}");
    assert_eq!(came.lock().unwrap()[1].body, text);
}

#[tokio::test]
async fn what_was_attached_by_an_earlier_run_goes_as_it_was_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, "as it was").unwrap();
    let (seat, came) = server(vec![Next::Take, Next::Take]).await;
    let mut found = None;
    let note = |what: &Happened| {
        if let Happened::Found { mark, .. } = what {
            found = *mark;
        }
    };
    alone(&seat, sends(Source::File(path.clone())), note).await.unwrap();
    let mark = found.unwrap();
    let again = || {
        sends(Source::Marked {
            path: path.clone(),
            mark,
        })
    };
    alone(&seat, again(), |_| {}).await.unwrap();
    fs::write(&path, "as it is now").unwrap();
    let last = alone(&seat, again(), |_| {}).await;
    assert!(failed(&last).contains("changed since it was attached"), "{last:?}");
    fs::remove_file(&path).unwrap();
    let last = alone(&seat, again(), |_| {}).await;
    assert!(failed(&last).contains("no such file"), "{last:?}");
    assert_eq!(came.lock().unwrap().len(), 2);
}
