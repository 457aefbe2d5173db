//! Bounds about providers of language models: whoever waits for one has an answer without it in time.

use std::time::Duration;

use super::Adjustable;

/// From a line to the first words of a provider that are fit to be shown, in milliseconds; then the article's own words are sent. With the
/// bot's own work it stays under the three seconds after which people think that nobody is there.
pub const PROVIDER_FIRST_MS: Adjustable = Adjustable::new(2_400, 50, 30_000);
/// Between two pieces of an answer, in milliseconds.
pub const PROVIDER_GAP_MS: Adjustable = Adjustable::new(1_500, 50, 30_000);
/// From a line to a provider's whole answer, in milliseconds. It is cut to what the desk's own deadline leaves.
pub const PROVIDER_WHOLE_MS: Adjustable = Adjustable::new(4_800, 100, 50_000);
/// What must be left of the desk's deadline when a provider is given up, in milliseconds: the turn is still to be written.
pub const PROVIDER_BEFORE_DEADLINE_MS: u64 = 800;
/// Tokens of an answer: three short sentences have 100.
pub const PROVIDER_TOKENS: Adjustable = Adjustable::new(400, 32, 4_000);
/// Tokens that a tenant may use in a month, of questions and answers together.
pub const PROVIDER_TOKENS_PER_MONTH: Adjustable = Adjustable::new(1_000_000, 1_000, 4_000_000_000);
/// From the connection's first packet to the connection.
pub const PROVIDER_CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// An agent who asked for a draft waits longer than a customer: to the first word, between two, and to the end.
pub const DRAFT_FIRST_WITHIN: Duration = Duration::from_secs(5);
/// See [`DRAFT_FIRST_WITHIN`].
pub const DRAFT_WHOLE_WITHIN: Duration = Duration::from_secs(20);
/// A summary stands beside what is told without a model: who asked for it does not wait for it longer.
pub const SUMMARY_WHOLE_WITHIN: Duration = Duration::from_secs(8);
/// Lines of a summary in a model's words.
pub const SUMMARY_LINES_MAX: usize = 8;
/// The longest that any request may take, whoever asked.
pub const PROVIDER_REQUEST_WITHIN: Duration = Duration::from_secs(60);
/// Bytes of an answer that are read. With the tokens bounded it is never reached, but a provider need not keep to that.
pub const PROVIDER_ANSWER_BYTES_MAX: usize = 32 * 1024;
/// Requests that are under way at once, of all tenants. Beyond it articles are sent as they are.
pub const PROVIDER_AT_ONCE_MAX: usize = 32;
/// Requests for one customer in a minute: a conversation has fewer, a flood is not paid for.
pub const PROVIDER_PER_CUSTOMER_PER_MIN: u32 = 10;
/// Requests for one tenant in a minute.
pub const PROVIDER_PER_TENANT_PER_MIN: u32 = 240;
/// Requests of one agent in a minute.
pub const DRAFTS_PER_AGENT_PER_MIN: u32 = 10;
/// Errors within [`PROVIDER_ERRORS_WITHIN`] after which a provider is left alone for [`PROVIDER_LEFT_ALONE_FOR`].
pub const PROVIDER_ERRORS_MAX: usize = 3;
/// See [`PROVIDER_ERRORS_MAX`].
pub const PROVIDER_ERRORS_WITHIN: Duration = Duration::from_secs(60);
/// See [`PROVIDER_ERRORS_MAX`]. Then one request tries it again.
pub const PROVIDER_LEFT_ALONE_FOR: Duration = Duration::from_secs(60);
/// Answers that are kept, of all tenants, to be given again.
pub const PROVIDER_ANSWERS_KEPT: usize = 2_000;
/// Passages of articles that a provider is given.
pub const PROVIDER_PASSAGES_MAX: usize = 3;
/// Bytes of a conversation that a provider is given for a draft or a summary: its end.
pub const PROVIDER_TALK_BYTES_MAX: usize = 12 * 1024;
/// The shortest time between two states of a growing line on a screen: eyes see no more.
pub const DELTA_EVERY: Duration = Duration::from_millis(120);
/// Lines of a conversation that a draft is made of: its newest.
pub const DRAFT_LINES_MAX: usize = 40;
/// A key's file, in bytes.
pub const PROVIDER_KEY_FILE_BYTES_MAX: u64 = 4 * 1024;
