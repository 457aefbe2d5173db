//! Slow and silent sockets: thousands of connections that hold on to a place and do nothing useful. Others must not feel
//! them, each must be closed in its time, and what it held must come back.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use minicom_server::{faults::Faults, limits, server_file::ServerFile};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    chats::{Chats, Felt},
    elsewhere::elsewhere,
};
use crate::{desk_setup::Setup, load::process::Memory, server::ServerProcess, wait::until};

/// What a deadline may be late.
const LATE: Duration = Duration::from_secs(3);
/// How much longer than its deadline a socket is held on to before it counts as left open.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a socket is bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
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

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Experiment<'a> {
    /// How many bad sockets.
    pub sockets: usize,
    /// Of which kinds.
    pub kinds: &'a [Bad],
    /// What is broken on purpose.
    pub faults: Faults,
}

/// What became of a bad socket.
struct Ended {
    kind: Bad,
    /// How long it lived; `None` if it was left open.
    lived: Option<Duration>,
}

/// What was measured.
#[derive(Clone, PartialEq, Debug)]
pub struct Slow {
    /// How many bad sockets there were.
    pub sockets: usize,
    /// How the others felt it.
    pub felt: Felt,
    /// Bad ones that were never closed.
    pub left_open: usize,
    /// How long the longest-lived of each kind lived.
    pub longest: BTreeMap<Bad, Duration>,
    /// Files that the server had open before and after.
    pub files: (usize, usize),
    /// Memory of the server.
    pub memory: Memory,
}

impl Slow {
    /// Whether each was closed and what it held came back, however long it took.
    pub fn is_over(&self) -> bool {
        self.left_open == 0 && self.files.1 <= self.files.0 && self.felt.lines > 0
    }

    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        let in_time = |(kind, lived): (&Bad, &Duration)| *lived <= kind.deadline() + LATE;
        self.is_over() && self.felt.is_nothing() && self.longest.iter().all(in_time)
    }
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} bad sockets: {}; {} never closed",
            self.sockets, self.felt, self.left_open
        )?;
        for (kind, lived) in &self.longest {
            let (lived, deadline) = (lived.as_secs_f64(), kind.deadline().as_secs());
            writeln!(f, "  {kind:?}: the longest lived {lived:.1} s of {deadline} s")?;
        }
        let (before, after) = self.files;
        write!(f, "files of the server {before} before, {after} after; {}", self.memory)
    }
}

/// Runs it.
///
/// # Errors
/// The server does not start, or the others cannot write.
pub async fn run(experiment: Experiment<'_>) -> Result<Slow> {
    let Experiment { sockets, kinds, faults } = experiment;
    ensure!(!kinds.is_empty() && sockets > 0, "without sockets nothing is measured");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let server = ServerProcess::start(&data, Setup::for_load(&[]).faults(faults)).await?;
    let pid = ServerFile::read(&data).context("the server runs")?.pid;
    let chats = Chats::begin(server.address).await?;
    chats.before().await;
    let files_before = open_files(pid)?;
    chats.it_begins();
    // Those of a broken server are not waited for any longer than it takes to see it.
    let patience = if faults == Faults::default() { PATIENCE } else { LATE };
    let (address, kinds) = (server.address, kinds.to_vec());
    let bad = elsewhere(async move { all_bad(address, sockets, &kinds, patience).await });
    let (ended, memory) = Memory::during(pid, bad).await?;
    let ended = ended?;
    let back = until("the server to let go of its files", || {
        open_files(pid).ok().filter(|files| *files <= files_before)
    });
    let left_open = ended.iter().filter(|it| it.lived.is_none()).count();
    let files_after = match left_open {
        0 => back.await.or_else(|_| open_files(pid))?,
        _ => open_files(pid)?,
    };
    let felt = chats.end().await?;
    let mut longest = BTreeMap::new();
    for (kind, lived) in ended.iter().filter_map(|it| Some((it.kind, it.lived?))) {
        let most = longest.entry(kind).or_insert(lived);
        *most = lived.max(*most);
    }
    Ok(Slow {
        sockets,
        felt,
        left_open,
        longest,
        files: (files_before, files_after),
        memory,
    })
}

async fn all_bad(address: SocketAddr, sockets: usize, kinds: &[Bad], patience: Duration) -> Result<Vec<Ended>> {
    let mut bad = JoinSet::new();
    for number in 0..sockets {
        bad.spawn(be_bad(address, kinds[number % kinds.len()], patience));
    }
    let mut all = Vec::with_capacity(sockets);
    while let Some(ended) = bad.join_next().await {
        all.push(ended??);
    }
    Ok(all)
}

/// Is bad until the server ends it.
async fn be_bad(address: SocketAddr, kind: Bad, patience: Duration) -> Result<Ended> {
    let socket = TcpSocket::new_v4()?;
    if kind == Bad::NeverReading {
        socket.set_recv_buffer_size(4 * 1024)?;
    }
    let mut stream = socket.connect(address).await?;
    let mut began = Instant::now();
    let most = kind.deadline() + patience;
    let head = format!("GET / HTTP/1.1\r\nHost: {address}\r\n");
    if kind == Bad::NeverReading {
        let lived = never_read(&mut stream, &format!("{head}\r\n"), most).await;
        return Ok(Ended { kind, lived });
    }
    let living = async {
        match kind {
            Bad::Silent | Bad::NeverReading => {}
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
        }
        to_the_end(&mut stream).await
    };
    // An end is an end, with or without a reset.
    let closed = timeout(most, living).await.is_ok();
    Ok(Ended {
        kind,
        lived: closed.then(|| began.elapsed()),
    })
}

/// Asks and asks without reading an answer, until the server ends it: how long that took since the last of it was taken, as `lived` of
/// [`Ended`]. While the server answers, however long the buffers between them take to fill, it has no reason to end it.
async fn never_read(stream: &mut TcpStream, request: &str, most: Duration) -> Option<Duration> {
    let requests = request.repeat(16);
    let mut taken = Instant::now();
    loop {
        // However much of it was taken: it need not be whole requests.
        match timeout(most, stream.write(requests.as_bytes())).await {
            Ok(Ok(_some)) => taken = Instant::now(),
            Ok(Err(_ended)) => return Some(taken.elapsed()),
            Err(_still_open) => return None,
        }
    }
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
