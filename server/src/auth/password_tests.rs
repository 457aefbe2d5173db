use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const GOOD: &str = "four otters on a raft";

#[test]
fn a_password_matches_its_hash_and_nothing_else() {
    let stored = hash(GOOD).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    assert!(!stored.contains("otters"));
    assert!(verify(&stored, GOOD));
    for other in [
        "",
        "four otters on a raf",
        "Four otters on a raft",
        "four otters on a raft ",
    ] {
        assert!(!verify(&stored, other), "{other:?}");
    }
}

#[test]
fn two_hashes_of_one_password_differ() {
    assert_ne!(hash(GOOD).unwrap(), hash(GOOD).unwrap());
}

#[test]
fn composed_and_decomposed_are_one_password() {
    let stored = hash("caf\u{e9} at the harbour").unwrap();
    assert!(verify(&stored, "cafe\u{301} at the harbour"));
}

#[test]
fn a_damaged_hash_matches_nothing() {
    for bad in [
        "",
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ",
        "$2b$12$abcdefghijklmnopqrstuv",
    ] {
        assert!(!verify(bad, GOOD), "{bad}");
        assert!(!verify(bad, ""), "{bad}");
    }
}

/// The dummy costs as much as a real one only if it has the same parameters.
#[test]
fn the_dummy_has_the_same_cost() {
    let real = hash(GOOD).unwrap();
    let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(cost(dummy_hash()), cost(&real));
    assert!(!verify(dummy_hash(), ""));
}

#[test]
fn which_passwords_are_taken() {
    use WeakPassword::{TooCommon, TooLong, TooShort};
    let long = "ab cd ef g".repeat(25) + "hijklm";
    assert_eq!(long.chars().count(), 256);
    let cases: &[(&str, Result<(), WeakPassword>)] = &[
        (GOOD, Ok(())),
        ("pässwörter-sind-öd", Ok(())),
        ("x9$kQ2!mZ7", Ok(())),
        (&long, Ok(())),
        ("", Err(TooShort)),
        ("x9$kQ2!mZ", Err(TooShort)),
        ("ééééééééé", Err(TooShort)),
        ("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", Err(TooShort)),
        (&(long.clone() + "x"), Err(TooLong)),
        ("Password123!", Err(TooCommon)),
        ("P@ssw0rd2026", Err(TooCommon)),
        ("passwordpassword", Err(TooCommon)),
        ("qwertyuiop", Err(TooCommon)),
        ("1234567890", Err(TooCommon)),
        ("12345678901234", Err(TooCommon)),
        ("9876543210", Err(TooCommon)),
        ("abcdefghijkl", Err(TooCommon)),
        ("aaaaaaaaaaaa", Err(TooCommon)),
        ("abababababab", Err(TooCommon)),
        ("Welcome2026!!", Err(TooCommon)),
        ("!!!letmein!!!", Err(TooCommon)),
        ("minicom-admin", Err(TooCommon)),
        ("correct horse battery staple", Err(TooCommon)),
    ];
    for (password, expected) in cases {
        assert_eq!(check(password), *expected, "{password:?}");
    }
}

#[test]
fn a_refusal_does_not_repeat_the_password() {
    let words = check("Password123!").unwrap_err().to_string();
    assert!(
        words.contains("too common") && !words.contains("Password123"),
        "{words}"
    );
}

#[tokio::test]
async fn known_and_unknown_accounts_take_the_same_way() {
    let passwords = Passwords::new(Faults::default());
    let stored = passwords.hash(GOOD.to_owned()).await.unwrap();
    assert_eq!(passwords.verify(Some(stored.clone()), GOOD.to_owned()).await, Ok(true));
    assert_eq!(
        passwords.verify(Some(stored), "four otters on a rift".to_owned()).await,
        Ok(false)
    );
    assert_eq!(passwords.verify(None, GOOD.to_owned()).await, Ok(false));
    // Not even the dummy's own password signs anybody in.
    assert_eq!(passwords.verify(None, "nobody's password".to_owned()).await, Ok(false));
    assert_eq!(passwords.verify(None, "x".repeat(1_000_000)).await, Ok(false));
}

/// The bound holds: never more work at once than allowed, and who comes above the queue is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_hashes_at_once_than_allowed() {
    let passwords = Passwords::with_bounds(2, 6);
    let at_once = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let gate = Arc::new(std::sync::Barrier::new(2));
    let mut jobs = Vec::new();
    for _ in 0..8 {
        let (passwords, at_once, most, gate) = (
            passwords.clone(),
            Arc::clone(&at_once),
            Arc::clone(&most),
            Arc::clone(&gate),
        );
        jobs.push(tokio::spawn(async move {
            passwords
                .admit()?
                .run(move || {
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Two must be inside together, or nobody leaves.
                    gate.wait();
                    at_once.fetch_sub(1, Ordering::SeqCst);
                })
                .await
        }));
    }
    for job in jobs {
        assert_eq!(job.await.unwrap(), Ok(()));
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn above_the_queue_the_answer_is_busy() {
    let passwords = Passwords::with_bounds(1, 0);
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (end, may_end) = std::sync::mpsc::channel::<()>();
    let first = tokio::spawn({
        let passwords = passwords.clone();
        async move {
            passwords
                .admit()?
                .run(move || {
                    begun.send(()).unwrap();
                    may_end.recv().unwrap();
                })
                .await
        }
    });
    has_begun.await.unwrap();
    assert_eq!(passwords.hash(GOOD.to_owned()).await, Err(PasswordError::Busy));
    end.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Ok(()));
    assert!(passwords.hash(GOOD.to_owned()).await.is_ok());
}
