//! Deliberately broken variants of the server. A fault test that has never failed proves nothing, so each of the bars
//! is run once against the variant that it must catch. No flag or setting reaches this: only code that starts a
//! server in its own process does.

/// Which promise is broken. All false in every server that anybody runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Faults {
    /// Answer commands before they are committed.
    pub answer_before_commit: bool,
    /// Read on one event too late after a resume.
    pub resume_off_by_one: bool,
    /// Let the bot look at the stage before its turn, outside the transaction, and not in it.
    pub bot_check_outside: bool,
    /// Forget which commands were answered.
    pub command_key_dropped: bool,
    /// Count what an agent has outside the transaction that gives one more.
    pub capacity_outside: bool,
    /// Let sockets be slow and silent for ever.
    pub deadlines_dropped: bool,
    /// Check as many passwords at once as are asked for.
    pub hashes_unbounded: bool,
    /// Take the cut of an upload for its end.
    pub cut_uploads_kept: bool,
    /// Leave the sockets of an ended sign-in open.
    pub sign_out_unheard: bool,
}
