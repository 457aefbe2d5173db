//! A refusal in words: what happened and what to do. It owns the sentences that people read, and refuses to know codes: programs
//! never look at a message.

use super::Refusal;
use crate::gate::Shown;

impl Refusal {
    /// What happened and what to do, for people. Made of our own words and gated names only.
    pub fn message(&self) -> String {
        match self {
            Refusal::TakenBy { agent, .. } => {
                format!(
                    "{} has this conversation. Nothing was sent; your text is kept.",
                    Shown::line(agent.name.as_str())
                )
            }
            Refusal::MayNotTake { agent, because } => {
                format!("{} may not take this: {}.", agent.name.shown(), because.words())
            }
            Refusal::TooLate => {
                "A line can be changed by its author while it is the last, for a short time.".to_owned()
            }
            Refusal::Unresolved { holes } => {
                format!("Fill in first: {}.", Shown::line(&holes.join(", ")))
            }
            Refusal::Exists { what } => format!("There is {} already. Choose another name.", Shown::line(what)),
            Refusal::TooMany { limit } => format!("There are {limit} already, which is the most. Delete one first."),
            Refusal::QuotaExceeded { what } => {
                let what = what.replace('_', " ");
                format!(
                    "This desk has as many {} as it may have. Nothing was stored.",
                    Shown::line(&what)
                )
            }
            Refusal::Verified => "A customer whom the site vouches for cannot be joined with another.".to_owned(),
            Refusal::NotOwner => "Take the conversation over first.".to_owned(),
            Refusal::NobodyWaits => "Nobody is waiting.".to_owned(),
            Refusal::Unseen { .. } => "The customer has written again. Read it, then end the chat.".to_owned(),
            Refusal::Stale { .. } => {
                "Somebody answered before you. Read it, then send yours anyway or change it.".to_owned()
            }
            Refusal::Closed => "This conversation has ended.".to_owned(),
            Refusal::NotFound => "There is nothing of that name or id here.".to_owned(),
            Refusal::AttachmentNotFound => {
                "There is no such file of yours for this conversation, or its time is over. Upload it again.".to_owned()
            }
            Refusal::AttachmentUsed => "This file was sent already. Upload it again to send it again.".to_owned(),
            Refusal::Conflict => {
                "This command id was used before with other content. Send it under a new id.".to_owned()
            }
            Refusal::EmptyMessage => "The message is empty. Write something first.".to_owned(),
            Refusal::TooLong { limit, actual } => {
                format!("The message has {actual} bytes; {limit} is the most. Send it in pieces.")
            }
            Refusal::BadText => "The message has a NUL character in it. Remove it.".to_owned(),
            Refusal::BadName { why } => Shown::line(why).as_str().to_owned(),
            Refusal::WrongSecret => {
                "This name is somebody else's here, its secret is not on this computer, or there is no such desk. Choose \
                 another name, or look at the desk's."
                    .to_owned()
            }
            Refusal::SignIn => "You are not signed in, or no longer. Sign in again.".to_owned(),
            Refusal::TotpRequired => {
                "This account asks for the code of its authenticator app too, or for a recovery code.".to_owned()
            }
            Refusal::TotpWrong => "This code is wrong, too old, or was used before. Wait for the next one.".to_owned(),
            Refusal::TotpSetupRequired => {
                "This desk asks for a second factor. Set it up first: `minicom-agent totp`.".to_owned()
            }
            Refusal::NewPasswordRequired => "Set a new password first: `minicom-agent password`.".to_owned(),
            Refusal::Identity => {
                "Your site must vouch for you here, and what came does not: it is missing, not signed by the site, for somebody \
                 else, or too old. Open the chat from the site again."
                    .to_owned()
            }
            Refusal::Blocked => "You are kept out of this desk. Ask its people by another way if that is a mistake.".to_owned(),
            Refusal::Erased => {
                "All that was kept of you here is erased. Whoever comes by this name from now on begins anew.".to_owned()
            }
            Refusal::Revoked => {
                "This computer was taken off this name's devices by another one of them. To come back, link it again there."
                    .to_owned()
            }
            Refusal::DeskClosed => {
                "This desk was closed by its operator. What was said is kept; try again another time.".to_owned()
            }
            Refusal::ConsentRequired => {
                "Agree to what this desk asks before you write. Connect again to read it.".to_owned()
            }
            Refusal::Forbidden => "This is not for your role.".to_owned(),
            Refusal::BadJson { why } => format!("This is not JSON: {}.", Shown::line(why)),
            Refusal::BadField { why } => format!("A field does not fit: {}.", Shown::line(why)),
            Refusal::UnknownType { what } => format!("This server does not know {}.", Shown::line(what)),
            Refusal::HelloFirst => "The first frame must be hello.".to_owned(),
            Refusal::HelloAgain => "Hello was said already on this connection.".to_owned(),
            Refusal::Version { min, max } => {
                format!(
                    "This server speaks versions {min} to {max} of the protocol. Use a program of the same release."
                )
            }
            Refusal::TooLarge { limit } => format!("This is larger than the {} allowed.", whole(*limit)),
            Refusal::RateLimited { retry_after_ms } => {
                format!(
                    "Too many in a short time. Try again in {} s.",
                    retry_after_ms.div_ceil(1_000)
                )
            }
            Refusal::Busy { .. } => "The server is busy. It is tried again.".to_owned(),
            Refusal::Behind => "It waits behind an earlier one that is tried again.".to_owned(),
            Refusal::Storage => "The server could not write to its disk. It is tried again.".to_owned(),
            Refusal::StorageFull => "The server's disk is full. It is tried again.".to_owned(),
            Refusal::Internal => "Something broke on the server. It is tried again.".to_owned(),
            Refusal::Stopping { .. } => "The server is restarting. It is tried again.".to_owned(),
            Refusal::Unknown { message, .. } => Shown::line(message).as_str().to_owned(),
        }
    }
}

/// A bound in bytes, exactly: `64 KiB`, `10 MiB`, `4000 bytes`.
fn whole(bytes: u64) -> String {
    let units = [(1_048_576, "MiB"), (1_024, "KiB")];
    let fits = units
        .into_iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    fits.map_or_else(
        || format!("{bytes} bytes"),
        |(unit, name)| format!("{} {name}", bytes / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_told_exactly_and_in_the_largest_unit() {
        for (limit, words) in [
            (10_485_760, "10 MiB"),
            (65_536, "64 KiB"),
            (1_536, "1536 bytes"),
            (1_024, "1 KiB"),
            (0, "0 bytes"),
        ] {
            let told = Refusal::TooLarge { limit }.message();
            assert_eq!(told, format!("This is larger than the {words} allowed."));
        }
    }
}
