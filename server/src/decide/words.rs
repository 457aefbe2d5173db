//! What the desk itself says to customers, in one language. English stands here; other languages are read from their files and handed in
//! with what is decided about.

use std::sync::LazyLock;

use crate::hours::WhenWords;

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskWords {
    /// That it is closed, and until when: `{{when}}`.
    pub closed: String,
    /// That nobody is there.
    pub nobody: String,
    /// After either: where the answer will be.
    pub answer_here: String,
    /// Or that an address is wanted.
    pub leave_address: String,
    /// To who has left one.
    pub address_taken: String,
    /// To who waits longer than the desk wants.
    pub long_wait: String,
    /// To who has not written for long.
    pub silence: String,
    /// That the bot did not answer in time.
    pub bot_late: String,
    /// Days and dates.
    pub when: WhenWords,
}

/// In English.
pub static ENGLISH: LazyLock<DeskWords> = LazyLock::new(|| {
    DeskWords {
    closed: "We are closed right now, and back {{when}}; your place in the queue is kept.".to_owned(),
    nobody: "Nobody is here right now; your place in the queue is kept.".to_owned(),
    answer_here: "You will find our answer here.".to_owned(),
    leave_address: "Leave an e-mail address here, and we can write to you.".to_owned(),
    address_taken: "Thank you: we can write to you there. Your place in the queue is kept.".to_owned(),
    long_wait: "This takes longer than it should: we are sorry. Your place in the queue is kept. If you cannot wait, leave an e-mail \
                address with /email and we will write to you."
        .to_owned(),
    silence: "Are you still there? This chat ends by itself if you do not write. You can always begin a new one.".to_owned(),
    bot_late: "The assistant did not answer in time, so a person has been asked for.".to_owned(),
    when: WhenWords::default(),
}
});
