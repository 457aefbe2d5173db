//! Ids of commands for programs whose state is pure: chance is drawn once, at the start, and time comes as a value.

use minicom_protocol::ids::CommandId;
use rand::RngExt;
use uuid::Builder;

/// Makes the ids of one program's commands (UUIDv7): no two alike, and in order of time as far as the clock goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandIds {
    next: u128,
}

impl CommandIds {
    /// Starts at a random place, so that no two programs make the same ids.
    pub fn random() -> CommandIds {
        CommandIds::starting_at(rand::rng().random())
    }

    /// Starts at a known place, for tests. Only the low 74 bits count.
    pub fn starting_at(seed: u128) -> CommandIds {
        CommandIds { next: seed }
    }

    /// The next id, for a time in microseconds since 1970 on this computer's clock.
    pub fn next(&mut self, wall: i64) -> CommandId {
        let bytes = self.next.to_be_bytes();
        self.next = self.next.wrapping_add(1);
        let millis = u64::try_from(wall / 1_000).unwrap_or(0);
        let mut chance = [0; 10];
        chance.copy_from_slice(&bytes[6..]);
        CommandId(Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
    }

    /// When an id was made, in microseconds since 1970; `None` if it was not made like ours.
    pub fn made_at(id: CommandId) -> Option<i64> {
        let (seconds, nanos) = id.0.get_timestamp()?.to_unix();
        let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
        Some(micros + i64::from(nanos / 1_000))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const WALL: i64 = 1_763_647_200_123_000;

    #[test]
    fn ids_differ_even_in_one_instant_and_tell_their_time() {
        let mut ids = CommandIds::starting_at(u128::MAX - 500);
        let made: BTreeSet<CommandId> = (0..1_000).map(|_| ids.next(WALL)).collect();
        assert_eq!(made.len(), 1_000);
        assert!(made.iter().all(|id| CommandIds::made_at(*id) == Some(WALL)));
        assert!(made.iter().all(|id| id.0.get_version_num() == 7));
    }

    #[test]
    fn later_ids_are_greater_and_programs_differ() {
        let mut ids = CommandIds::starting_at(7);
        let (first, second) = (ids.next(WALL), ids.next(WALL));
        assert!(first < second && second < ids.next(WALL + 1_000));
        assert_ne!(CommandIds::random().next(WALL), CommandIds::random().next(WALL));
        assert_eq!(CommandIds::made_at(CommandId(uuid::Uuid::nil())), None);
    }
}
