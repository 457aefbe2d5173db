//! The bars in short, and each against the variant that breaks its promise. In full: `minicom-bars`.

use anyhow::Result;
use minicom_e2e::bars::{
    claims, cuts, endings, figures, groups, hostile, kill, logins, races, repeats, revoke, search, signals, slow,
    storm, uploads, watch,
};
use minicom_server::faults::Faults;

/// Nothing broken.
const NONE: Faults = Faults {
    answer_before_commit: false,
    resume_off_by_one: false,
    bot_check_outside: false,
    command_key_dropped: false,
    capacity_outside: false,
    deadlines_dropped: false,
    hashes_unbounded: false,
    cut_uploads_kept: false,
    sign_out_unheard: false,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_that_was_acknowledged() -> Result<()> {
    let found = kill::run(15, 11, NONE).await?;
    assert!(found.is_clean() && found.lines > 50, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_before_it_commits_is_caught() -> Result<()> {
    let broken = Faults {
        answer_before_commit: true,
        ..NONE
    };
    // A kill must hit the time between the answer and the write; it does in about one of twenty.
    for seed in 0..16 {
        let found = kill::run(20, seed, broken).await?;
        if found.lost > 0 {
            return Ok(());
        }
    }
    panic!("320 kills did not show that answers come before the commit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_leave_every_replica_as_the_journal_is() -> Result<()> {
    let found = cuts::run(120, 21, NONE).await?;
    assert!(found.is_clean() && found.lines > 50, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resume_that_is_off_by_one_is_caught() -> Result<()> {
    let broken = Faults {
        resume_off_by_one: true,
        ..NONE
    };
    let found = cuts::run(120, 22, broken).await?;
    assert!(found.gaps > 0, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_take_over_the_bot_is_silent() -> Result<()> {
    let found = races::run(300, 31, NONE, races::Racer::Rules).await?;
    races::shows_something(&found)?;
    assert!(found.findings.is_clean(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_take_over_programs_are_silent_that_are_slow_or_die() -> Result<()> {
    for racer in [races::Racer::Slow, races::Racer::Crashing] {
        let found = races::run(100, 33, NONE, racer).await?;
        assert!(
            found.findings.is_clean() && found.findings.lines > 100,
            "{racer:?}: {found}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_take_over_a_model_that_was_speaking_is_silent() -> Result<()> {
    let found = races::run(60, 34, NONE, races::Racer::Streaming).await?;
    assert!(found.findings.is_clean() && found.findings.lines > 60, "{found}");
    let (begun, ended) = found.streamed.unwrap_or_default();
    // How many a busy machine comes to is its own affair, but some are cut off and some are not.
    assert!(ended > 0 && ended < begun, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_looks_outside_the_transaction_is_caught() -> Result<()> {
    let broken = Faults {
        bot_check_outside: true,
        ..NONE
    };
    let found = races::run(300, 32, broken, races::Racer::Rules).await?;
    assert!(found.findings.intruding > 0, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_again_is_done_once() -> Result<()> {
    let found = repeats::run(2_000, 41, NONE).await?;
    assert!(found.findings.is_clean() && found.repeats > 1_000, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_its_answers_is_caught() -> Result<()> {
    let broken = Faults {
        command_key_dropped: true,
        ..NONE
    };
    let found = repeats::run(300, 42, broken).await?;
    assert!(found.findings.doubled > 0, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_messages_share_a_commit_and_a_lone_one_has_its_own() -> Result<()> {
    let found = groups::run(1_000, groups::IN_FLIGHT).await?;
    assert!(found.is_clean(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_for_each_message_is_caught() -> Result<()> {
    let found = groups::run(500, 1).await?;
    assert!(!found.is_clean(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_has_one_owner_and_nobody_has_too_many() -> Result<()> {
    // Once with less room than there is to take, once with more.
    for capacity in [10, 40] {
        let found = claims::run(20, 300, capacity, 51, NONE).await?;
        assert!(found.is_clean(), "{found}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_outside_the_transaction_is_caught() -> Result<()> {
    let broken = Faults {
        capacity_outside: true,
        ..NONE
    };
    let found = claims::run(20, 300, 10, 52, broken).await?;
    assert!(found.over > 0, "{found}");
    Ok(())
}

/// All but the one that takes half a minute.
const SLOW: &[slow::Bad] = slow::Bad::ALL.split_at(slow::Bad::ALL.len() - 1).0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_are_slow_or_silent_are_closed_and_give_back_what_they_held() -> Result<()> {
    let found = slow::run(slow::Experiment {
        sockets: 120,
        kinds: SLOW,
        faults: NONE,
    })
    .await?;
    assert!(found.is_over(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_waits_for_ever_is_caught() -> Result<()> {
    let found = slow::run(slow::Experiment {
        sockets: 12,
        kinds: SLOW,
        faults: Faults {
            deadlines_dropped: true,
            ..NONE
        },
    })
    .await?;
    assert_eq!(found.left_open, 12, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_logins_at_once_are_answered_rightly_in_bounded_memory() -> Result<()> {
    let found = logins::run(60, NONE).await?;
    assert!(found.is_right(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_that_are_checked_all_at_once_are_caught() -> Result<()> {
    let broken = Faults {
        hashes_unbounded: true,
        ..NONE
    };
    let found = logins::run(60, broken).await?;
    assert!(found.memory.growth() > logins::GROWTH_MAX, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_sign_in_is_ended_everywhere_and_for_good() -> Result<()> {
    let found = revoke::run(10, NONE).await?;
    assert!(found.is_clean(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_outlive_their_sign_in_are_caught() -> Result<()> {
    let broken = Faults {
        sign_out_unheard: true,
        ..NONE
    };
    let found = revoke::run(5, broken).await?;
    assert!(found.closed < found.tokens, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_is_found_and_no_query_hurts() -> Result<()> {
    // Without times: they are measured in full.
    let size = search::Size {
        conversations: 60,
        messages: 20,
        rounds: 40,
    };
    let found = search::measure(size, 61).await?;
    assert!(found.is_right(), "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_that_is_killed_loses_and_doubles_nothing() -> Result<()> {
    let found = watch::run(9, 71, false).await?;
    assert!(found.is_clean() && found.events > 50, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_that_are_cut_or_killed_are_there_whole_or_not_at_all() -> Result<()> {
    let found = uploads::run(30, 81, NONE).await?;
    assert!(found.is_clean() && found.told > 3, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_a_cut_for_an_end_is_caught() -> Result<()> {
    let broken = Faults {
        cut_uploads_kept: true,
        ..NONE
    };
    let found = uploads::run(30, 82, broken).await?;
    assert!(found.held.partial > 0, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_conversation_is_seen_in_another_window_of_tmux() -> Result<()> {
    if std::process::Command::new("tmux").arg("-V").output().is_err() {
        return Ok(());
    }
    // Without times: they are measured in full. That each was signalled is what it waits for.
    signals::measure(2).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_what_was_filled_in() -> Result<()> {
    // Without times: they are measured in full.
    let size = figures::Size {
        conversations: 40,
        messages: 6,
        rounds: 2,
    };
    let found = figures::measure(size, 71).await?;
    assert!(found.is_right(), "{found}");
    Ok(())
}

#[test]
fn both_programs_weather_a_storm() {
    let came = storm::run(500, 31, false);
    assert!(came.is_clean(), "{came}");
}

#[test]
fn a_program_that_is_not_told_of_new_sizes_is_caught() {
    let came = storm::run(20_000, 32, true);
    assert!(!came.is_clean(), "{came}");
}

#[test]
fn hostile_texts_do_nothing_to_a_terminal() {
    let came = hostile::run(1_000, 33, false);
    assert!(came.is_clean(), "{came}");
}

#[test]
fn a_place_without_a_gate_is_caught() {
    let came = hostile::run(1_000, 34, true);
    assert!(!came.is_clean(), "{came}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_a_program_ends_the_terminal_is_given_back() -> Result<()> {
    let rounds = 2 * endings::Way::ALL.len() as u64;
    let found = endings::run(rounds, 91, false).await?;
    assert!(found.is_clean(), "{found}");
    assert_eq!(found.ways.len(), endings::Way::ALL.len(), "{found}");
    assert!(found.given_back > rounds / 2, "{found}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_give_nothing_back_are_caught() -> Result<()> {
    let found = endings::run(4, 92, true).await?;
    assert!(!found.is_clean(), "{found}");
    Ok(())
}
