//! Slow and silent sockets: thousands of connections that hold on to a place and do nothing useful. Others must not feel
//! them, each must be closed in its time, and what it held must come back.

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use minicom_server::{limits, server_file::ServerFile};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{desk_setup::Setup, people::customer, server::ServerProcess, wait::until};

/// Customers who chat meanwhile.
const GOOD: usize = 4;
/// Lines of each before the others come.
const BEFORE: usize = 150;
/// Between two lines of one of them.
const PAUSE: Duration = Duration::from_millis(20);
/// Below this, twice of it is noise of a machine on which others work too.
const NOISE: Duration = Duration::from_millis(100);
/// What a deadline may be late.
const LATE: Duration = Duration::from_secs(3);

/// How a socket is bad.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bad {
    /// It connects and says nothing.
    Silent,
    /// It says half a head.
    HalfHead,
    /// It says a head, one byte a second.
    Dripping,
    /// It becomes a WebSocket and never says Hello.
    NoHello,
    /// It says Hello's first byte and never its end.
    HalfFrame,
    /// It asks and never reads an answer.
    NeverReading,
    /// It announces a body and sends none.
    NoBody,
}

impl Bad {
    /// All of them; the last takes the longest.
    pub const ALL: [Bad; 7] = [
        Bad::Silent,
        Bad::HalfHead,
        Bad::Dripping,
        Bad::NoHello,
        Bad::HalfFrame,
        Bad::NeverReading,
        Bad::NoBody,
    ];

    /// When the server closes it, at the latest.
    fn deadline(self) -> Duration {
        match self {
            Bad::Silent | Bad::HalfHead | Bad::Dripping => limits::HTTP_HEAD_DEADLINE,
            Bad::NoHello | Bad::HalfFrame => limits::FIRST_FRAME_DEADLINE + limits::CLOSE_LINGER,
            Bad::NeverReading => limits::WRITE_TIMEOUT + limits::CLOSE_LINGER,
            Bad::NoBody => limits::HTTP_REQUEST_DEADLINE,
        }
    }
}

/// What was measured.
#[derive(Clone, PartialEq, Debug)]
pub struct Slow {
    /// How many bad sockets there were.
    pub sockets: usize,
    /// The 99th of 100 lines of the others, before.
    pub before: Duration,
    /// And while they were there.
    pub meanwhile: Duration,
    /// Bad ones that were not closed in their time, and how.
    pub overdue: Vec<(Bad, Duration)>,
    /// Files that the server had open before and after.
    pub files: (usize, usize),
}

impl Slow {
    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        self.meanwhile <= (self.before * 2).max(NOISE) && self.overdue.is_empty() && self.files.1 <= self.files.0
    }
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |it: Duration| it.as_secs_f64() * 1_000.0;
        write!(
            f,
            "{} bad sockets: p99 of the others {:.1} ms before, {:.1} ms meanwhile; {} closed too late {:?}; \
             files of the server {} before, {} after",
            self.sockets,
            ms(self.before),
            ms(self.meanwhile),
            self.overdue.len(),
            self.overdue.first(),
            self.files.0,
            self.files.1
        )
    }
}

/// Opens so many of these kinds.
///
/// # Errors
/// The server does not start, or the good ones cannot write.
pub async fn run(sockets: usize, kinds: &[Bad]) -> Result<Slow> {
    ensure!(!kinds.is_empty() && sockets > 0, "without sockets nothing is measured");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let server = ServerProcess::start(&data, Setup::for_load(&[])).await?;
    let pid = ServerFile::read(&data).context("the server runs")?.pid;
    let mut good = Vec::new();
    for number in 0..GOOD {
        good.push(customer(server.address, &format!("good-{number}")).await?);
    }
    let over = CancellationToken::new();
    let mut chats = JoinSet::new();
    let (mark_before, mark) = (CancellationToken::new(), Instant::now());
    for who in good {
        let (over, mark_before) = (over.clone(), mark_before.clone());
        chats.spawn(async move {
            let (mut before, mut meanwhile) = (Vec::new(), Vec::new());
            while !over.is_cancelled() {
                let began = Instant::now();
                who.says("Is anybody there?").await?;
                let took = began.elapsed();
                if mark_before.is_cancelled() {
                    meanwhile.push(took);
                } else {
                    before.push(took);
                }
                sleep(PAUSE).await;
            }
            anyhow::Ok((before, meanwhile))
        });
    }
    // As long as it takes to write so many lines on a machine with nothing else to do, and some more.
    sleep((PAUSE * u32::try_from(BEFORE)?).saturating_sub(mark.elapsed())).await;
    let files_before = open_files(pid)?;
    mark_before.cancel();
    let overdue = all_bad(server.address, sockets, kinds).await?;
    let back = until("the server to let go of its files", || {
        open_files(pid).ok().filter(|files| *files <= files_before)
    });
    let files_after = match back.await {
        Ok(files) => files,
        Err(_) => open_files(pid)?,
    };
    over.cancel();
    let (mut before, mut meanwhile) = (Vec::new(), Vec::new());
    while let Some(chat) = chats.join_next().await {
        let (some, more) = chat??;
        before.extend(some);
        meanwhile.extend(more);
    }
    Ok(Slow {
        sockets,
        before: p99(before)?,
        meanwhile: p99(meanwhile)?,
        overdue,
        files: (files_before, files_after),
    })
}

async fn all_bad(address: SocketAddr, sockets: usize, kinds: &[Bad]) -> Result<Vec<(Bad, Duration)>> {
    let mut bad = JoinSet::new();
    for number in 0..sockets {
        let kind = kinds[number % kinds.len()];
        bad.spawn(async move { (kind, be_bad(address, kind).await) });
    }
    let mut overdue = Vec::new();
    while let Some(ended) = bad.join_next().await {
        let (kind, lived) = ended?;
        let lived = lived?;
        if lived > kind.deadline() + LATE {
            overdue.push((kind, lived));
        }
    }
    Ok(overdue)
}

/// How long the server put up with it.
async fn be_bad(address: SocketAddr, kind: Bad) -> Result<Duration> {
    let socket = TcpSocket::new_v4()?;
    if kind == Bad::NeverReading {
        socket.set_recv_buffer_size(4 * 1024)?;
    }
    let mut stream = socket.connect(address).await?;
    let mut began = Instant::now();
    let most = kind.deadline() + 10 * LATE;
    let head = format!("GET / HTTP/1.1\r\nHost: {address}\r\n");
    let living = async {
        match kind {
            Bad::Silent => {}
            Bad::HalfHead => stream.write_all(head.as_bytes()).await?,
            Bad::NoBody => {
                let post = "POST /api/agent/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n";
                stream.write_all(post.as_bytes()).await?;
            }
            Bad::NoHello | Bad::HalfFrame => {
                upgrade(&mut stream).await?;
                began = Instant::now();
                if kind == Bad::HalfFrame {
                    // A text of 100 bytes begins: masked, and only the mask comes.
                    stream.write_all(&[0x81, 0x80 | 100, 1, 2, 3, 4]).await?;
                }
            }
            Bad::Dripping => {
                let (mut reading, mut writing) = stream.split();
                let drip = async {
                    for byte in head.bytes().cycle() {
                        writing.write_all(&[byte]).await?;
                        sleep(Duration::from_secs(1)).await;
                    }
                    std::io::Result::Ok(())
                };
                return tokio::select! {
                    it = drip => it,
                    it = to_the_end(&mut reading) => it,
                };
            }
            Bad::NeverReading => {
                let request = format!("{head}\r\n").repeat(16);
                // When the last of it was taken, the answers began to wait.
                while let Ok(written) = timeout(most, stream.write(request.as_bytes())).await {
                    written?;
                    began = Instant::now();
                }
                return Ok(());
            }
        }
        to_the_end(&mut stream).await
    };
    // An end is an end, with or without a reset.
    let _ = timeout(most, living).await;
    Ok(began.elapsed())
}

async fn upgrade(stream: &mut TcpStream) -> std::io::Result<()> {
    let ask = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
               Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(ask.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(())
}

async fn to_the_end(stream: &mut (impl AsyncReadExt + Unpin)) -> std::io::Result<()> {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

fn open_files(pid: u32) -> Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

fn p99(mut all: Vec<Duration>) -> Result<Duration> {
    all.sort_unstable();
    let at = all.len().saturating_sub(1) * 99 / 100;
    all.get(at).copied().context("nobody wrote a line")
}
