//! A TCP proxy in this process that does what networks do: cuts, resets, swallows, dribbles, holds and refuses. It
//! knows nothing of what it carries. Everything it does can be waited for, so that no test has to sleep.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// The most that is carried at once: small, so that a cut in the middle of a frame is common.
const CHUNK_BYTES: usize = 4 * 1024;

/// A direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What the proxy has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Connections taken from clients, refused ones left out.
    pub connections: u64,
    /// Connections that were refused.
    pub refused: u64,
    /// Connections that the proxy ended.
    pub cuts: u64,
    /// Bytes carried to the server.
    pub up: u64,
    /// Bytes carried to the client.
    pub down: u64,
    /// Bytes that were read and not carried on, both ways.
    pub swallowed: u64,
}

/// A proxy on a free port of this computer. Dropping it ends it and every connection through it.
pub struct FlakyProxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    upstream: Mutex<SocketAddr>,
    knobs: watch::Sender<Knobs>,
    counts: watch::Sender<Counts>,
    /// How many more bytes are carried, up and down, before the connection that carries them is cut.
    budget: Mutex<[Option<u64>; 2]>,
}

/// How the proxy behaves at the moment.
#[derive(Clone, Copy, Debug, Default)]
struct Knobs {
    /// Connections that are older than this are cut.
    epoch: u64,
    /// Cuts are resets (RST) instead of ends (FIN).
    reset: bool,
    /// Nothing is carried; it waits.
    held: [bool; 2],
    /// What comes is thrown away.
    black: [bool; 2],
    /// Every byte is written by itself.
    dribble: bool,
    /// New connections are reset at once.
    refuse: bool,
    /// Seed and mean number of bytes.
    random: Option<(u64, u64)>,
}

impl FlakyProxy {
    /// Starts a proxy to this server. At first it carries everything.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(upstream: SocketAddr) -> io::Result<FlakyProxy> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream: Mutex::new(upstream),
            knobs: watch::Sender::new(Knobs::default()),
            counts: watch::Sender::new(Counts::default()),
            budget: Mutex::new([None, None]),
        });
        let task = tokio::spawn(accept(listener, shared.clone()));
        Ok(FlakyProxy { addr, shared, task })
    }

    /// Where clients connect to.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// New connections go to another server: one that was started again has another port.
    pub fn set_upstream(&self, upstream: SocketAddr) {
        *lock(&self.shared.upstream) = upstream;
    }

    /// Cuts every connection now. What was thrown away is over too: new connections are whole.
    pub fn cut_all(&self) {
        self.turn(|knobs| {
            knobs.epoch += 1;
            knobs.black = [false, false];
        });
    }

    /// Cuts the connection that carries the `bytes`-th byte from now on in this direction, right after that byte.
    /// With 0 the next byte is not carried any more.
    pub fn cut_after(&self, way: Way, bytes: u64) {
        lock(&self.shared.budget)[way as usize] = Some(bytes);
    }

    /// Cuts each connection from now on at a random byte, in each direction after `mean_bytes` on average. The same
    /// seed cuts the n-th connection at the same byte.
    pub fn cut_randomly(&self, seed: u64, mean_bytes: u64) {
        self.turn(|knobs| knobs.random = Some((seed, mean_bytes)));
    }

    /// Ends [`FlakyProxy::cut_randomly`], also for connections that are open.
    pub fn stop_cutting(&self) {
        self.turn(|knobs| knobs.random = None);
        *lock(&self.shared.budget) = [None, None];
    }

    /// Cuts by reset (RST) instead of end (FIN): what is under way is lost.
    pub fn reset_on_cut(&self, on: bool) {
        self.turn(|knobs| knobs.reset = on);
    }

    /// Throws away what comes in a direction, as a dead line does: neither side is told.
    pub fn blackhole(&self, way: Way, on: bool) {
        self.turn(|knobs| knobs.black[way as usize] = on);
    }

    /// Swallows every answer of the server from now on, until [`FlakyProxy::cut_all`].
    pub fn swallow_answers(&self) {
        self.blackhole(Way::Down, true);
    }

    /// Swallows what the server says until at least this many bytes are gone, and then cuts everything.
    pub async fn swallow_answers_and_cut(&self, bytes: u64) {
        let before = self.counts().swallowed;
        self.swallow_answers();
        self.wait_for(|counts| counts.swallowed >= before + bytes).await;
        self.cut_all();
    }

    /// Stops carrying in a direction; nothing is lost.
    pub fn hold(&self, way: Way) {
        self.turn(|knobs| knobs.held[way as usize] = true);
    }

    /// Carries on in both directions.
    pub fn release(&self) {
        self.turn(|knobs| knobs.held = [false, false]);
    }

    /// Writes every byte by itself.
    pub fn one_byte_writes(&self, on: bool) {
        self.turn(|knobs| knobs.dribble = on);
    }

    /// Resets new connections at once, as a port on which nobody listens does.
    pub fn refuse(&self, on: bool) {
        self.turn(|knobs| knobs.refuse = on);
    }

    /// What the proxy has done so far.
    pub fn counts(&self) -> Counts {
        *self.shared.counts.borrow()
    }

    /// How many connections it has ended.
    pub fn cuts(&self) -> u64 {
        self.counts().cuts
    }

    /// Waits until the proxy has done something.
    pub async fn wait_for(&self, done: impl FnMut(&Counts) -> bool) -> Counts {
        let mut counts = self.shared.counts.subscribe();
        // The sender lives as long as this proxy does.
        counts
            .wait_for(done)
            .await
            .map_or_else(|_| self.counts(), |counts| *counts)
    }

    fn turn(&self, change: impl FnOnce(&mut Knobs)) {
        self.shared.knobs.send_modify(change);
    }
}

impl Drop for FlakyProxy {
    fn drop(&mut self) {
        // The connections are in a set that ends with the task.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let client = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => client,
                // The client is gone already, or descriptors are short: the next one may fare better.
                Err(_) => continue,
            },
            Some(_) = connections.join_next() => continue,
        };
        let knobs = *shared.knobs.borrow();
        if knobs.refuse {
            end(client, true);
            shared.counts.send_modify(|counts| counts.refused += 1);
            continue;
        }
        let mut number = 0;
        shared.counts.send_modify(|counts| {
            counts.connections += 1;
            number = counts.connections;
        });
        connections.spawn(connection(client, knobs.epoch, number, shared.clone()));
    }
}

/// Carries one connection to its end.
async fn connection(mut client: TcpStream, epoch: u64, number: u64, shared: Arc<Shared>) {
    let upstream = *lock(&shared.upstream);
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return end(client, true);
    };
    // If it cannot be set, bytes are a little late: nothing else.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut knobs = shared.knobs.subscribe();
    let was_cut = {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        let up = pump(&mut from_client, &mut to_server, Way::Up, number, &shared);
        let down = pump(&mut from_server, &mut to_client, Way::Down, number, &shared);
        tokio::select! {
            _ = knobs.wait_for(|knobs| knobs.epoch > epoch) => true,
            ended = async { tokio::try_join!(up, down) } => matches!(ended, Err(End::Cut)),
        }
    };
    let reset = was_cut && shared.knobs.borrow().reset;
    end(client, reset);
    end(server, reset);
    if was_cut {
        shared.counts.send_modify(|counts| counts.cuts += 1);
    }
}

fn end(stream: TcpStream, reset: bool) {
    if reset {
        // If it cannot be set, the end is an ordinary one.
        let _ = stream.set_zero_linger();
    }
    drop(stream);
}

/// Why a direction ended before its end.
enum End {
    /// One of the sides broke.
    Broken,
    /// The proxy cut it.
    Cut,
}

/// Carries one direction until the end of what comes.
async fn pump(
    from: &mut ReadHalf<'_>,
    to: &mut WriteHalf<'_>,
    way: Way,
    number: u64,
    shared: &Shared,
) -> Result<(), End> {
    let mut knobs = shared.knobs.subscribe();
    let mut random = RandomCut::new(way, number);
    let mut buffer = [0; CHUNK_BYTES];
    loop {
        let read = from.read(&mut buffer).await.map_err(|_| End::Broken)?;
        if read == 0 {
            // The other direction may still have something to say.
            return to.shutdown().await.map_err(|_| End::Broken);
        }
        let now = *knobs
            .wait_for(|knobs| !knobs.held[way as usize])
            .await
            .map_err(|_| End::Broken)?;
        if now.black[way as usize] {
            shared.counts.send_modify(|counts| counts.swallowed += read as u64);
            continue;
        }
        let allowed = random.allow(now.random, read).min(spend(shared, way, read));
        carry(to, &buffer[..allowed], now.dribble).await?;
        shared.counts.send_modify(|counts| match way {
            Way::Up => counts.up += allowed as u64,
            Way::Down => counts.down += allowed as u64,
        });
        let is_spent = is_spent(shared, way);
        if is_spent || random.is_spent() {
            return Err(End::Cut);
        }
    }
}

async fn carry(to: &mut WriteHalf<'_>, bytes: &[u8], dribble: bool) -> Result<(), End> {
    let size = if dribble { 1 } else { CHUNK_BYTES };
    for piece in bytes.chunks(size) {
        to.write_all(piece).await.map_err(|_| End::Broken)?;
    }
    Ok(())
}

/// How many of these bytes the budget of this direction allows; they are taken from it.
fn spend(shared: &Shared, way: Way, bytes: usize) -> usize {
    match &mut lock(&shared.budget)[way as usize] {
        Some(left) => {
            let allowed = (*left).min(bytes as u64);
            *left -= allowed;
            usize::try_from(allowed).unwrap_or(bytes)
        }
        None => bytes,
    }
}

/// Whether the budget of this direction is used up; then it is over, and the next connection is whole.
fn is_spent(shared: &Shared, way: Way) -> bool {
    lock(&shared.budget)[way as usize].take_if(|left| *left == 0).is_some()
}

/// The random cut of one direction of one connection.
struct RandomCut {
    way: Way,
    number: u64,
    /// The setting it was drawn for, and the bytes that are left.
    drawn: Option<((u64, u64), u64)>,
}

impl RandomCut {
    fn new(way: Way, number: u64) -> Self {
        let drawn = None;
        Self { way, number, drawn }
    }

    fn allow(&mut self, setting: Option<(u64, u64)>, bytes: usize) -> usize {
        if self.drawn.map(|(setting, _)| setting) != setting {
            self.drawn = setting.map(|setting| (setting, self.draw(setting)));
        }
        match &mut self.drawn {
            Some((_, left)) => {
                let allowed = (*left).min(bytes as u64);
                *left -= allowed;
                usize::try_from(allowed).unwrap_or(bytes)
            }
            None => bytes,
        }
    }

    fn is_spent(&self) -> bool {
        self.drawn.is_some_and(|(_, left)| left == 0)
    }

    /// A cut is equally likely at each byte: the distance to it falls off exponentially.
    fn draw(&self, (seed, mean): (u64, u64)) -> u64 {
        let mut random =
            StdRng::seed_from_u64(seed ^ (self.number << 1 | self.way as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let uniform: f64 = random.random_range(f64::EPSILON..1.0);
        // Never below one byte: a connection that carries nothing at all teaches nothing new.
        (-uniform.ln() * mean as f64).max(1.0) as u64
    }
}

/// Nothing panics while it is held, and the number in it is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
