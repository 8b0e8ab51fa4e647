//! How long the engine keeps at it: the one policy, the same for every operation.
//!
//! | situation | what is done | how long |
//! | --- | --- | --- |
//! | somebody else changed the object first (`ConcurrentAccess`) | look, plan, go on if it is the same | [`OVERTAKEN_AT_MOST`] rounds, with a growing pause |
//! | another task works on the object (`TaskInProgress`) | wait for its end, then as above | [`FOREIGN_TASK`] a round |
//! | the answer to a change is lost | look for its task, wait for it, read the state | [`SETTLE_LOOKS`] looks |
//! | the wait for a task breaks | the task itself is read | as the client's `WaitOptions::patience` |
//! | what was seen is older than [`FRESH`] | look again before the first change | |

use std::{collections::hash_map::RandomState, hash::BuildHasher, time::Duration};

use jiff::{SignedDuration, Timestamp};

/// How often a change is tried because somebody else changed the object first.
///
/// Several operators at work on one master target overtake each other all the time; one of them gets on in each round.
pub(super) const OVERTAKEN_AT_MOST: u32 = 30;

/// How long another task is waited for. Merging the snapshots of a large VM takes hours, and nobody sits that long
/// before a step that has not even begun.
pub(super) const FOREIGN_TASK: Duration = Duration::from_secs(1800);

/// How long a task is left alone before the first look at it: it stands in the queue first.
pub(super) const HEAD_START: Duration = Duration::from_millis(400);

/// How often the server is looked at for a change whose answer was lost. With the pauses between, some five seconds:
/// a request that got through has started its task by then.
pub(crate) const SETTLE_LOOKS: u32 = 6;

/// What was seen is not read again before the first change when it is no older than this. Somebody may change the
/// object between a look and the change however short the time is, and `changeVersion` tells; this adds next to nothing.
const FRESH: SignedDuration = SignedDuration::from_millis(250);

/// The shortest pause.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Whether what was seen at that time needs no second look before the first change.
pub(super) fn is_fresh(seen_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(seen_at);
    // A clock that was set back tells nothing about the age.
    !age.is_negative() && age <= FRESH
}

/// Waits before another round, a little longer each time, and not as long as others do.
pub(super) async fn pause(round: u32) {
    let longest = PAUSE
        .saturating_mul(1 << round.min(6))
        .min(LONGEST_PAUSE)
        .as_millis();
    // The standard hasher is seeded for each state, and that is chance enough.
    let chance = u128::from(RandomState::new().hash_one(round));
    let millis = longest / 2 + chance % (longest / 2 + 1);
    let millis = u64::try_from(millis).unwrap_or_default();
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Waits before another look for a change whose answer was lost.
pub(crate) async fn settle_pause(look: u32) {
    let pause = Duration::from_millis(250).saturating_mul(1 << look.min(3));
    tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_moment_ago_are_fresh_and_those_of_the_future_are_not() {
        let now = Timestamp::UNIX_EPOCH;
        let ago = |millis| now - SignedDuration::from_millis(millis);
        assert!(is_fresh(ago(0), now) && is_fresh(ago(250), now));
        assert!(!is_fresh(ago(251), now) && !is_fresh(ago(-1), now));
    }
}
