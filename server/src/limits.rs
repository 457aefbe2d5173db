//! Every bound of the server, in one place: its default, its hard bound where it can be set, and the reason. Units stand
//! last in a name. Whoever needs a bound takes it from here; a number of its own elsewhere is a mistake.

mod customers;
mod figures;
mod files;
mod finding;
mod frames;
mod port;
mod program;
mod provider;
mod webhooks;

use std::time::Duration;

pub use self::customers::*;
pub use self::figures::*;
pub use self::files::*;
pub use self::finding::*;
pub use self::frames::*;
pub use self::port::*;
pub use self::program::*;
pub use self::provider::*;
pub use self::webhooks::*;

/// A bound that the operator may move within hard bounds. The configuration reads its ranges from here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Adjustable {
    /// What holds if nothing is said.
    pub default: u64,
    /// The least that makes sense.
    pub least: u64,
    /// The most that the program is built for.
    pub most: u64,
}

impl Adjustable {
    const fn new(default: u64, least: u64, most: u64) -> Adjustable {
        assert!(least <= default && default <= most);
        Adjustable { default, least, most }
    }

    /// Whether the operator may choose this.
    pub const fn allows(self, value: u64) -> bool {
        self.least <= value && value <= self.most
    }
}

// --- How many connections ---------------------------------------------------------------------------------------------

/// Connections in all. Above it the file descriptors of a usual service unit (65,536) would still do, but the memory of a
/// small machine would not.
pub const SOCKETS_TOTAL: Adjustable = Adjustable::new(10_000, 1, 50_000);
/// Connections from one address: an office behind one address has some, a flood has thousands.
pub const SOCKETS_PER_ADDRESS: Adjustable = Adjustable::new(20, 1, 50_000);
/// Connections from a loopback address: every terminal program of this computer, and a proxy in front of the server, come
/// from there.
pub const SOCKETS_PER_LOOPBACK_ADDRESS: Adjustable = Adjustable::new(256, 1, 50_000);
/// Connections of one customer at a time: windows and devices of one person.
pub const SOCKETS_PER_CUSTOMER: Adjustable = Adjustable::new(5, 1, 1_000);

// --- Time on a connection ---------------------------------------------------------------------------------------------

/// From the upgrade to Hello.
pub const FIRST_FRAME_DEADLINE: Duration = Duration::from_secs(10);
/// The client pings when it sent nothing for so long. The server tells it so in Welcome.
pub const PING_AFTER: Duration = Duration::from_secs(20);
/// The server closes after so long without a frame: one ping may get lost on the way.
pub const SILENCE_MAX: Duration = Duration::from_secs(35);
/// The client reconnects when it heard nothing for so long. Longer than [`SILENCE_MAX`], so that the server, which can say
/// why, closes first.
pub const CLIENT_SILENCE_MAX: Duration = Duration::from_secs(40);
/// One write to a socket. A reader that takes longer is told "slow, retry" and resumes from its cursor.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// From our close frame to the end of the connection, in which the other side may read it.
pub const CLOSE_LINGER: Duration = Duration::from_secs(2);
/// How long a connection waits for the answers to what was submitted when the server stops. A commit takes milliseconds.
pub const ANSWERS_DEADLINE: Duration = Duration::from_secs(3);
/// From the signal to the end of the program. What was answered is on disk already.
pub const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(10);
/// Characters of what a tenant is called: it stands in a row of a list, and is the first title of its desk.
pub const TENANT_NAME_CHARS_MAX: usize = 60;
/// How long a tenant that is disabled waits for what ran for it to end: it works on one thing at a time, and each is short.
pub const SERVICES_END_WITHIN: Duration = Duration::from_secs(5);
/// How long the answer to a deletion of a tenant waits for its end; a larger one goes on without anybody waiting.
pub const DELETION_ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// Clients are told to come back at random within this span after a restart, so that they do not come all at once.
pub const RESTART_RETRY_SPREAD: Duration = Duration::from_secs(2);

// --- Delivery ---------------------------------------------------------------------------------------------------------

/// Events that a returning reader may have missed and still resume; beyond it a snapshot is cheaper for both sides.
pub const RESUME_MAX: u64 = 5_000;
/// One part of a snapshot, in bytes. The first part draws the first screen, so it should be small.
pub const SNAPSHOT_PART_BYTES_MAX: usize = 64 * 1024;
/// Closed conversations in an agent's snapshot. Older ones are asked for.
pub const SNAPSHOT_CLOSED_MAX: usize = 50;
/// Events of a thread in a customer's snapshot: two full screens.
pub const SNAPSHOT_THREAD_EVENTS_MAX: usize = 100;
/// Events of one batch: a reader that lags far gets several, and stays alive between them.
pub const BATCH_EVENTS_MAX: usize = 256;
/// Bytes of one batch, with the same reason as [`SNAPSHOT_PART_BYTES_MAX`]. One event larger than it travels alone.
pub const BATCH_BYTES_MAX: usize = 64 * 1024;
/// Encoded events kept in memory for a tenant's agents. A reader that lags further reads from the store.
pub const TAIL_TENANT_EVENTS_MAX: usize = 1_024;
/// Encoded events kept in memory for a thread that somebody follows.
pub const TAIL_THREAD_EVENTS_MAX: usize = 64;
/// Rows of one page, if the reader does not say.
pub const PAGE_DEFAULT: usize = 50;
/// Rows of one page at most.
pub const PAGE_MAX: usize = 200;
/// Characters of an `Idempotency-Key` where nobody is signed in: whoever guesses it could be told what it was answered.
pub const PUBLIC_KEY_CHARS_MIN: usize = 16;
/// Conversations that are looked at for one page of a filtered list; what fits few of them takes several pages.
pub const SESSIONS_LOOKED_AT_MAX: usize = 5_000;
/// Saved replies, articles, tickets and mentions of one page at most: each can be long.
pub const PAGE_OF_LONG_MAX: usize = 100;
/// Characters of a search in the library. People type a few words; every word costs a look into the index.
pub const QUERY_CHARS_MAX: usize = 200;
/// Conversations listed beside a chat. Older ones are in the thread.
pub const CONTEXT_CONVERSATIONS_MAX: usize = 20;
/// Tickets listed beside a chat.
pub const CONTEXT_TICKETS_MAX: usize = 10;
/// Notes listed beside a chat.
pub const CONTEXT_NOTES_MAX: usize = 10;
/// Names of one customer, joined by agents, whose conversations are looked at together. Nobody has more by right.
pub const CONTEXT_ALSO_MAX: usize = 20;
/// Bytes of each list beside a chat; together they fit one reply.
pub const CONTEXT_LIST_BYTES_MAX: usize = 64 * 1024;
/// Comments that come with a ticket, the newest.
pub const TICKET_COMMENTS_MAX: usize = 200;
/// Conversations listed in one answer about who has how much to do, of all agents together: 40 bytes each.
pub const WORKLOAD_CONVERSATIONS_MAX: usize = 3_000;
/// One reply to a question, in bytes: a page is cut to it. Less than a socket's write buffer and than what clients take.
pub const REPLY_BYTES_MAX: usize = 240 * 1024;
/// Feeds of events over HTTP that one token has open at a time, long polls among them. Programs need one.
pub const EVENT_FEEDS_PER_TOKEN_MAX: usize = 8;
/// A feed over HTTP says that it lives this often: less than what proxies let a silent connection stand.
pub const EVENTS_ALIVE_EVERY: Duration = Duration::from_secs(15);
/// How long a long poll waits at most. Less than [`HTTP_REQUEST_DEADLINE`].
pub const EVENTS_WAIT_MAX: Duration = Duration::from_secs(25);
/// Changes of one signal (typing, presence, place) that a reader gets a second.
pub const SIGNALS_PER_S_MAX: u32 = 1;
/// Between two passes over the queue that compute everyone's place.
pub const PLACE_EVERY: Duration = Duration::from_secs(2);
/// A typing mark that is not renewed ends: the writer may have lost the network.
pub const TYPING_FOR: Duration = Duration::from_secs(6);
/// Conversations of which it is remembered how far lines have come on a screen, on each side: those of one busy hour. It is
/// forgotten when the line is read, and what is told late is told by the read mark.
pub const DELIVERED_MAX: usize = 1_000;
/// Conversations of which one connection may say so at a time: each costs a read.
pub const DELIVERED_PENDING_MAX: usize = 64;
/// Waits of which the forecast for the queue is made: the last ones, for an hour ago the desk was another.
pub const WAITS_KEPT: usize = 20;
/// Waits without which nothing is forecast: of fewer a mean says nothing.
pub const WAITS_LEAST: usize = 5;

// --- Who is there -----------------------------------------------------------------------------------------------------

/// Routing still counts on an agent whose last connection ended so long ago: a network that changes is no absence.
pub const ROUTE_GRACE: Duration = Duration::from_secs(60);
/// When an agent last did something is stored at most so often while the agent is there. What a crash takes of it is a time
/// that is shown.
pub const ACTIVITY_WRITE_EVERY: Duration = Duration::from_secs(5 * 60);
/// The desk's hours are looked at this often even if they do not change: a clock can be set.
pub const HOURS_LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// After a read or a write that failed for now, those who work inside the server try again.
pub const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

// --- Writing ----------------------------------------------------------------------------------------------------------

/// Commands in one commit. More would let the first of a group wait longer than the disk takes.
pub const GROUP_COMMANDS_MAX: usize = 256;
/// Commands that wait for the writer, of all tenants. What comes above it is refused as busy, which clients repeat.
pub const COMMAND_QUEUE_MAX: usize = 4_096;
/// Commands of one tenant that wait for the writer: no tenant may fill the queue for the others.
pub const TENANT_LANE_MAX: usize = 1_024;
/// Commands of one connection that wait for their answers. A client that resends its outbox is told to slow down by the socket itself.
pub const PIPELINE_MAX: usize = 64;
/// Pages of the database that the writer keeps in memory, in KiB: what a full group touches several times over.
pub const WRITER_CACHE_KIB: i64 = 32 * 1024;
/// Read connections to the database. Reads are short; two cores gain nothing from more.
pub const READERS: usize = 4;
/// Pages of the write-ahead log after which a checkpoint is tried, outside the commit.
pub const CHECKPOINT_PAGES: u32 = 1_000;
/// Bytes in use after which the write-ahead log begins anew, although the writer has to wait a moment for it.
pub const WAL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Free space without which the server does not start, in bytes: a full disk helps nobody who writes.
pub const DISK_FREE_BYTES_MIN: u64 = 64 * 1024 * 1024;

// --- Rates ------------------------------------------------------------------------------------------------------------

/// Lines that a customer may send at once.
pub const CUSTOMER_BURST: Adjustable = Adjustable::new(20, 1, 1_000);
/// Lines a second that a customer gets back after that. Nobody types faster.
pub const CUSTOMER_REFILL_PER_S: Adjustable = Adjustable::new(1, 1, 1_000);
/// New customers from one address in a minute: each is a row for ever and a place in the agents' list.
pub const NEW_CUSTOMERS_PER_ADDRESS_PER_MIN: Adjustable = Adjustable::new(10, 1, 100_000);
/// The same from a loopback address, where one person may try many names.
pub const NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN: Adjustable = Adjustable::new(1_000, 1, 100_000);
/// Tries to sign in from one address at once.
pub const LOGIN_BURST_PER_ADDRESS: u32 = 10;
/// Tries to sign in that an address gets back a minute.
pub const LOGIN_REFILL_PER_ADDRESS_PER_MIN: u32 = 10;
/// Tries to sign in to one account from all addresses together where the account never signed in, at once. Who guesses from
/// a thousand addresses gets no more; the agent's own addresses and devices are not counted, so nobody is locked out.
pub const LOGIN_BURST_PER_ACCOUNT: u32 = 50;
/// Such tries that an account gets back a minute.
pub const LOGIN_REFILL_PER_ACCOUNT_PER_MIN: u32 = 2;
/// Codes of a second factor, by who has the password already. Of a million codes three are right at a time.
pub const TOTP_BURST_PER_ACCOUNT: u32 = 10;
/// Such codes that an account gets back a minute.
pub const TOTP_REFILL_PER_ACCOUNT_PER_MIN: u32 = 1;
/// Failed logins of a tenant that are written into the audit log, at once: a flood must not fill the disk.
pub const FAILED_LOGINS_AUDITED_BURST: u32 = 100;
/// The same, got back a minute.
pub const FAILED_LOGINS_AUDITED_PER_MIN: u32 = 20;
/// Reads over HTTP in a minute with one token: a screen that is refreshed twice a second has half of it left.
pub const HTTP_READS_PER_TOKEN_PER_MIN: Adjustable = Adjustable::new(1_200, 1, 10_000_000);
/// Writes over HTTP in a minute with one token: no person and no usual script does ten a second for long.
pub const HTTP_WRITES_PER_TOKEN_PER_MIN: Adjustable = Adjustable::new(600, 1, 10_000_000);
/// Requests in a minute from one address: an office behind one address.
pub const HTTP_PER_ADDRESS_PER_MIN: Adjustable = Adjustable::new(3_000, 1, 10_000_000);
/// The same from a loopback address, from where a proxy brings everybody.
pub const HTTP_PER_LOOPBACK_ADDRESS_PER_MIN: Adjustable = Adjustable::new(120_000, 1, 10_000_000);
/// Keys (addresses, customers) that a rate limiter remembers: some megabytes. Those above it share one bucket.
pub const RATE_KEYS_MAX: usize = 100_000;
/// A limiter with so many keys forgets the idle ones at most this often: it looks through all of them.
pub const RATE_KEYS_TIDY_EVERY: Duration = Duration::from_secs(5);

// --- People -----------------------------------------------------------------------------------------------------------

/// The least characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// The most characters of a password: enough for a sentence, and hashing stays cheap.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// Password hashes at once, but for one core that is left to the chats. Each takes 19 MiB, which are kept, and about 20 ms of a core.
pub const PASSWORD_HASHES_MAX: usize = 4;
/// How far those are put behind everything else of the server, as of `nice(2)`: they still get a tenth of a busy core.
pub const PASSWORD_NICENESS: i32 = 10;
/// Callers that wait for a password hash. About two seconds of work on two cores; more are refused as busy.
pub const PASSWORD_WAITERS_MAX: usize = 128;
/// When somebody may come again for whom there was no room among them: those who wait now are through by then.
pub const PASSWORD_BUSY_RETRY_MS: u64 = 3_000;
/// Memory of one password hash, in KiB: the least that OWASP names for argon2id.
pub const ARGON2_MEMORY_KIB: u32 = 19_456;
/// Passes of one password hash.
pub const ARGON2_PASSES: u32 = 2;
/// Lanes of one password hash.
pub const ARGON2_LANES: u32 = 1;
/// Age at which an agent's token ends.
pub const TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A login that was not used for so long ends: a shift and its breaks fit, a night with a forgotten screen does not.
pub const TOKEN_IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// When a token was last used is stored at most so often; a token lasts so much longer than [`TOKEN_IDLE`] at most.
pub const TOKEN_USE_WRITE_EVERY: Duration = Duration::from_secs(5 * 60);
/// A token that is only good for setting a password or a second factor.
pub const TOKEN_FIRST_STEP_LIFE: Duration = Duration::from_secs(30 * 60);
/// Days that a program's token lasts if its maker does not say.
pub const MACHINE_TOKEN_DAYS: u32 = 90;
/// Days that a program's token lasts at most. Somebody should look once a year whether it is still wanted.
pub const MACHINE_TOKEN_DAYS_MAX: u32 = 366;
/// Good tokens of one agent. A login above it ends the one that was not used for longest; a program's is refused.
pub const TOKENS_PER_AGENT_MAX: usize = 200;
/// Characters of a token's label.
pub const TOKEN_LABEL_CHARS_MAX: usize = 80;
/// An admin's one-time code for a new password: as long as a call on the phone takes.
pub const RESET_CODE_LIFE: Duration = Duration::from_secs(30 * 60);
/// One-time codes in place of a second factor that is lost.
pub const RECOVERY_CODES: usize = 8;
/// Networks from which an agent has signed in that are remembered.
pub const KNOWN_ADDRESSES_MAX: usize = 20;
/// From disabling an agent or revoking a token to the end of its connections.
pub const REVOCATION_WITHIN: Duration = Duration::from_secs(1);

// --- The calendar -----------------------------------------------------------------------------------------------------

/// Days that are looked through for the next opening or close of a desk: a year. Beyond it, nobody waits.
pub const CALENDAR_AHEAD_DAYS_MAX: i64 = 366;
/// Days within which a target in opening time has to end: ten years. Only a desk that hardly ever opens goes so far.
pub const TARGET_AHEAD_DAYS_MAX: i64 = 3_660;

// --- The bot ----------------------------------------------------------------------------------------------------------

/// Saved replies that are learnt from, the most used ones: with so many, learning anew takes some seconds of a thread that stands back.
pub const LEARNT_REPLIES_MAX: usize = 300;
/// Agents who are told at one moment what they could answer: each takes milliseconds of a processor, and the chat comes first.
pub const SUGGESTING_AT_ONCE: usize = 2;
/// Events of a thread, and of the customer's lines among them so many, that are read for what an agent could answer.
pub const SUGGEST_LOOK_BACK: usize = 60;
/// See [`SUGGEST_LOOK_BACK`].
pub const SUGGEST_LINES_MAX: usize = 8;
/// Stretches of the customer's lines that are looked at until something fits one.
pub const SUGGEST_STRETCHES_MAX: usize = 3;
/// Bytes of articles that are kept to go back to: what is larger is not gone back to, rather than written with each change.
pub const KNOWLEDGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Conversations that one look at the past goes through: some seconds of a processor.
pub const REPLAYED_MAX: usize = 500;
/// From a customer's line to the bot's turn, in milliseconds; then the desk hands over. Longer than a slow provider needs,
/// shorter than people wait.
pub const BOT_DEADLINE_MS: Adjustable = Adjustable::new(6_000, 500, 60_000);
/// A file of another encoder, in bytes. It stays in memory: a large vocabulary of many languages has 100 MB.
pub const ENCODER_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// What another encoder wants before each text, in bytes. It takes places from the text itself.
pub const ENCODER_PREFIX_BYTES_MAX: usize = 100;
/// A file of rules, in bytes. It is read whole.
pub const RULES_FILE_BYTES_MAX: u64 = 256 * 1024;
/// Rules in a file.
pub const RULES_MAX: usize = 500;
/// Patterns and exceptions of one rule.
pub const RULE_PATTERNS_MAX: usize = 200;
/// A compiled pattern, in bytes: a pattern with nested counts can grow to gigabytes.
pub const PATTERN_BYTES_MAX: usize = 2 * 1024 * 1024;
/// An answer of a rule, in bytes, before the name is put in. With it, it still is a line.
pub const ANSWER_BYTES_MAX: usize = minicom_protocol::settings::bot_answer::ANSWER_BYTES_MAX;
/// Characters of a customer's line that the rules read, from its beginning and as many from its end: what people want
/// stands there.
pub const RULES_READ_CHARS: usize = 1_500;

// --- The operator's own command ---------------------------------------------------------------------------------------

/// How long the operator's command about a customer may take, in milliseconds. It is looked at beside a chat: what takes
/// longer comes too late.
pub const CONTEXT_COMMAND_TIMEOUT_MS: Adjustable = Adjustable::new(2_000, 100, 30_000);
/// Runs of that command at once. Agents who look through their list start one for each customer.
pub const CONTEXT_COMMANDS_MAX: usize = 4;
/// What is read of its output, in bytes. A command that prints more is ended.
pub const CONTEXT_COMMAND_BYTES_MAX: usize = 8 * 1024;
/// Lines that are shown of it: more than stands beside a chat.
pub const CONTEXT_COMMAND_LINES_MAX: usize = 30;
/// Characters of one such line.
pub const CONTEXT_COMMAND_LINE_CHARS_MAX: usize = 200;
/// What is logged of its complaints, in bytes. The rest is read and dropped, so that it does not block.
pub const CONTEXT_COMMAND_STDERR_BYTES_MAX: usize = 2 * 1024;

// --- Files ------------------------------------------------------------------------------------------------------------

/// A configuration file, in bytes. It is read whole.
pub const CONFIG_FILE_BYTES_MAX: u64 = 256 * 1024;
/// Columns of a file's line shown in an error.
pub const EXCERPT_COLUMNS_MAX: usize = 80;

// --- Copies and numbers -----------------------------------------------------------------------------------------------

/// Between two copies that the server makes by itself.
pub const BACKUP_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// After a copy that failed: long enough for somebody to make room.
pub const BACKUP_RETRY: Duration = Duration::from_secs(60 * 60);
/// Free space below which somebody is told, in bytes: time enough to make room.
pub const DISK_FREE_BYTES_WARN: u64 = 1024 * 1024 * 1024;
/// Between two tidyings of the numbers for a monitoring system: what nobody asks for must not pile up.
pub const NUMBERS_TIDY_EVERY: Duration = Duration::from_secs(30);
/// Rows of one page of an export: a read of some milliseconds.
pub const EXPORT_PAGE: i64 = 500;
/// Bytes of the lines of one step of an import: with the desk's own line and its agents they fit a request.
pub const IMPORT_BATCH_BYTES: usize = 96 * 1024;
/// Copies that stay in the folder: two weeks, so that damage that is seen late has a copy from before it.
pub const BACKUPS_KEPT: Adjustable = Adjustable::new(14, 1, 3_650);

// What one bound promises another.
const _: () = {
    assert!(TEXT_BYTES_MAX < FRAME_BYTES_MAX);
    assert!(TEXT_BYTES_MAX == minicom_protocol::text::MESSAGE_BYTES_MAX);
    assert!(PING_AFTER.as_secs() < SILENCE_MAX.as_secs());
    assert!(SILENCE_MAX.as_secs() < CLIENT_SILENCE_MAX.as_secs());
    assert!(SNAPSHOT_PART_BYTES_MAX <= SOCKET_WRITE_BUFFER_BYTES_MAX);
    assert!(REPLY_BYTES_MAX < SOCKET_WRITE_BUFFER_BYTES_MAX);
    assert!(ANSWERS_DEADLINE.as_secs() + CLOSE_LINGER.as_secs() < SHUTDOWN_DEADLINE.as_secs());
    assert!(EVENTS_WAIT_MAX.as_secs() < HTTP_REQUEST_DEADLINE.as_secs());
    assert!(PAGE_DEFAULT <= PAGE_MAX);
    assert!(GROUP_COMMANDS_MAX <= COMMAND_QUEUE_MAX);
    assert!(TENANT_LANE_MAX < COMMAND_QUEUE_MAX);
    assert!(UPLOADS_AT_ONCE_EACH_MAX < UPLOADS_AT_ONCE_PER_TENANT_MAX);
    assert!(UPLOADS_AT_ONCE_PER_TENANT_MAX < UPLOADS_AT_ONCE_MAX);
    assert!(PASSWORD_CHARS_MIN < PASSWORD_CHARS_MAX);
    // The name has at most 64 characters of 4 bytes, and stands at most ten times in an answer.
    assert!(ANSWER_BYTES_MAX + 10 * 64 * 4 < TEXT_BYTES_MAX);
};
