//! Accounts over a real data folder: who signs in, who does not, and what everybody learns of it.

use std::{
    fs,
    net::IpAddr,
    os::unix::fs::PermissionsExt,
    sync::{Arc, Mutex},
};

use minicom_protocol::{
    event::{AgentChanged, Event, EventBody},
    ids::{AgentId, Rev, TenantId},
    people::Role,
    refusal::Refusal,
    rest::LoginRequest,
    text::{CustomerName, DisplayName},
};
use minicom_server::{
    accounts::{
        Account, AccountError, Accounts, CustomerProof, EndedSignIn, FIRST_ADMIN, LOCAL_TOKEN, Login, NewAgent,
        NewCustomerRates, NewMachineToken,
    },
    auth::{scope::Scope, seal::SealingKey},
    decide::Settings,
    desk::Desk,
    faults::Faults,
    limits,
    store::{
        self, TenantKey, journal,
        tokens::{self, NewToken},
    },
};

const PASSWORD: &str = "seven lamps on a quiet hill";
const OTHER: &str = "nine boats and a wet rope";

struct Rig {
    accounts: Accounts,
    desk: Desk,
    tenant: TenantId,
    key: TenantKey,
    folder: store::open::DataFolder,
    signed_out: Arc<Mutex<Vec<(AgentId, bool)>>>,
    _dir: tempfile::TempDir,
}

fn rig() -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let (folder, conn) = store::open::open(dir.path()).unwrap();
    let settings = Settings {
        bot: false,
        bot_deadline_ms: 6_000,
    };
    let (desk, _writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
    let signed_out = Arc::new(Mutex::new(vec![]));
    let heard = signed_out.clone();
    let hear = Arc::new(move |ended| match ended {
        EndedSignIn::Agent(_, agent) => heard.lock().unwrap().push((agent, false)),
        EndedSignIn::Token(_, agent, _) => heard.lock().unwrap().push((agent, true)),
        EndedSignIn::Local(_) => {}
    });
    let rates = NewCustomerRates {
        per_address_per_min: 2,
        ..NewCustomerRates::default()
    };
    let tenant = TenantId::default_tenant();
    let sealing = Arc::new(SealingKey::of(&folder.path).unwrap());
    Rig {
        accounts: Accounts::with(desk.clone(), rates, sealing, hear),
        key: desk.tenant(&tenant).unwrap(),
        desk,
        tenant,
        folder,
        signed_out,
        _dir: dir,
    }
}

fn here() -> IpAddr {
    "127.0.0.1".parse().unwrap()
}

fn elsewhere() -> IpAddr {
    "192.0.2.7".parse().unwrap()
}

fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).unwrap()
}

impl Rig {
    async fn add(&self, email: &str, role: Role) -> Result<Account, AccountError> {
        let new = NewAgent {
            email: email.to_owned(),
            name: name("Ada"),
            role,
            password: Some(PASSWORD.to_owned()),
        };
        self.accounts.add(&self.tenant, new).await
    }

    async fn login(&self, email: &str, password: &str) -> Result<Login, Refusal> {
        let request = LoginRequest {
            email: email.to_owned(),
            password: password.to_owned(),
            tenant: None,
            ..LoginRequest::default()
        };
        self.accounts.login(request, elsewhere()).await
    }

    async fn is_good(&self, token: &str, peer: IpAddr) -> bool {
        match self.accounts.sign_in(&self.tenant, token, peer).await {
            Ok(_) => true,
            Err(refusal) => {
                assert_eq!(refusal, Refusal::SignIn);
                false
            }
        }
    }

    fn local_token(&self) -> String {
        fs::read_to_string(self.folder.path.join(LOCAL_TOKEN))
            .unwrap()
            .trim()
            .to_owned()
    }

    async fn changes(&self) -> Vec<AgentChanged> {
        let key = self.key;
        let events: Vec<Event> = self
            .desk
            .read(move |conn| journal::after(conn, key, Rev(0), 1_000))
            .await
            .unwrap();
        let changes = events.into_iter().map(|event| match event.body {
            EventBody::AgentChanged(it) => it,
            other => panic!("{other:?}"),
        });
        changes.collect()
    }
}

#[tokio::test]
async fn a_login_gives_a_token_that_logging_out_ends() {
    let rig = rig();
    rig.add("Ada@Example.org", Role::Agent).await.unwrap();
    let login = rig.login(" aDa@example.ORG", PASSWORD).await.unwrap();
    let token = login.token.reveal();
    assert!(rig.is_good(&token, elsewhere()).await);

    let signed_in = rig.accounts.sign_in(&rig.tenant, &token, elsewhere()).await.unwrap();
    assert_eq!(
        (signed_in.email.as_str(), signed_in.role),
        ("ada@example.org", Role::Agent)
    );
    rig.accounts.logout(&signed_in).await.unwrap();

    assert!(!rig.is_good(&token, elsewhere()).await);
    assert_eq!(*rig.signed_out.lock().unwrap(), [(signed_in.agent.id, true)]);
}

/// Whoever finds a program's token has nothing that outlives it.
#[tokio::test]
async fn what_a_program_made_ends_with_its_own_token() {
    let rig = rig();
    rig.add("ada@example.org", Role::Admin).await.unwrap();
    let login = rig.login("ada@example.org", PASSWORD).await.unwrap().token.reveal();
    let me = rig.accounts.sign_in(&rig.tenant, &login, elsewhere()).await.unwrap();
    let new = |days| NewMachineToken {
        agent: None,
        label: "script".to_owned(),
        scope: Scope::Write,
        days,
    };
    let by = async |token: &str| rig.accounts.sign_in(&rig.tenant, token, elsewhere()).await.unwrap();
    let (first, first_row) = rig.accounts.make_token(&me, new(1), None).await.unwrap();
    let (second, row) = rig
        .accounts
        .make_token(&by(&first.reveal()).await, new(300), None)
        .await
        .unwrap();
    assert_eq!(row.expires_at, first_row.expires_at);
    let (third, _) = rig
        .accounts
        .make_token(&by(&second.reveal()).await, new(300), None)
        .await
        .unwrap();
    rig.accounts
        .revoke_token(&me, &rig.tenant, &first_row.id, None)
        .await
        .unwrap();
    for token in [first, second, third] {
        assert!(!rig.is_good(&token.reveal(), elsewhere()).await);
    }
    assert_eq!(*rig.signed_out.lock().unwrap(), [(me.agent.id, true); 3]);
    assert!(rig.is_good(&login, elsewhere()).await);
}

#[tokio::test]
async fn the_sign_in_that_makes_room_is_closed_everywhere() {
    let rig = rig();
    let ada = rig.add("ada@example.org", Role::Agent).await.unwrap().agent.id;
    let (key, now) = (rig.key, minicom_server::clock::now());
    let others = rig.desk.write(key, move |scope| {
        for number in 0..limits::TOKENS_PER_AGENT_MAX {
            let digest = [u8::try_from(number).unwrap(); 32];
            tokens::save(
                scope.conn,
                key,
                &NewToken::login(ada, digest, "other", now, now.plus_ms(60_000_000)),
            )?;
        }
        Ok(())
    });
    others.await.unwrap();
    rig.login("ada@example.org", PASSWORD).await.unwrap();
    assert_eq!(*rig.signed_out.lock().unwrap(), [(ada, true)]);
}

#[tokio::test]
async fn unknown_wrong_disabled_and_without_password_are_one_answer() {
    let rig = rig();
    rig.accounts
        .ensure_first_admin(&rig.tenant, name("Root"))
        .await
        .unwrap();
    rig.add("ada@x.org", Role::Agent).await.unwrap();
    rig.add("bo@x.org", Role::Agent).await.unwrap();
    rig.accounts.disable(&rig.tenant, "bo@x.org").await.unwrap();
    for (email, password) in [
        ("nobody@x.org", PASSWORD),
        ("no address at all", PASSWORD),
        ("ada@x.org", OTHER),
        ("bo@x.org", PASSWORD),
        (FIRST_ADMIN, PASSWORD),
        ("ada@x.org", &"long".repeat(300)),
    ] {
        assert_eq!(
            rig.login(email, password).await.unwrap_err(),
            Refusal::SignIn,
            "{email}"
        );
    }
    let request = LoginRequest {
        email: "ada@x.org".to_owned(),
        password: PASSWORD.to_owned(),
        tenant: Some("other".to_owned()),
        ..LoginRequest::default()
    };
    assert_eq!(
        rig.accounts.login(request, elsewhere()).await.unwrap_err(),
        Refusal::SignIn
    );
}

#[tokio::test]
async fn what_can_be_no_login_is_told_without_being_counted() {
    let rig = rig();
    for (email, password) in [("", "x"), (" ", "x"), ("a\0@x.org", "x"), ("ada@x.org", "")] {
        for _ in 0..20 {
            let refused = rig.login(email, password).await.unwrap_err();
            assert!(matches!(refused, Refusal::BadField { .. }), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn an_eleventh_try_waits_but_the_agent_elsewhere_does_not() {
    let rig = rig();
    rig.add("ada@x.org", Role::Agent).await.unwrap();
    for _ in 0..10 {
        assert_eq!(rig.login("ada@x.org", OTHER).await.unwrap_err(), Refusal::SignIn);
    }
    let refused = rig.login("ADA@x.org", PASSWORD).await.unwrap_err();
    assert!(matches!(refused, Refusal::RateLimited { .. }), "{refused:?}");
    let request = LoginRequest {
        email: "ada@x.org".to_owned(),
        password: PASSWORD.to_owned(),
        tenant: None,
        ..LoginRequest::default()
    };
    rig.accounts.login(request, here()).await.unwrap();
}

#[tokio::test]
async fn a_new_password_and_disabling_end_every_sign_in() {
    let rig = rig();
    let ada = rig.add("ada@x.org", Role::Agent).await.unwrap();
    let first = rig.login("ada@x.org", PASSWORD).await.unwrap().token.reveal();
    let second = rig.login("ada@x.org", PASSWORD).await.unwrap().token.reveal();

    rig.accounts
        .set_password(&rig.tenant, "ada@x.org", OTHER.to_owned())
        .await
        .unwrap();
    assert!(!rig.is_good(&first, here()).await && !rig.is_good(&second, here()).await);
    assert_eq!(rig.login("ada@x.org", PASSWORD).await.unwrap_err(), Refusal::SignIn);

    let third = rig.login("ada@x.org", OTHER).await.unwrap().token.reveal();
    rig.accounts.disable(&rig.tenant, "ada@x.org").await.unwrap();
    assert!(!rig.is_good(&third, here()).await);
    rig.accounts.enable(&rig.tenant, "ada@x.org").await.unwrap();
    assert!(!rig.is_good(&third, here()).await, "a token from before stays dead");
    rig.login("ada@x.org", OTHER).await.unwrap();
    assert_eq!(
        *rig.signed_out.lock().unwrap(),
        [(ada.agent.id, false), (ada.agent.id, false)]
    );
}

#[tokio::test]
async fn every_visible_change_is_one_event_and_what_is_true_already_is_none() {
    let rig = rig();
    rig.accounts
        .ensure_first_admin(&rig.tenant, name("Root"))
        .await
        .unwrap();
    assert!(
        !rig.accounts
            .ensure_first_admin(&rig.tenant, name("Again"))
            .await
            .unwrap()
    );
    rig.add("ada@x.org", Role::Agent).await.unwrap();
    rig.accounts.enable(&rig.tenant, "ada@x.org").await.unwrap();
    rig.accounts.disable(&rig.tenant, "ada@x.org").await.unwrap();
    rig.accounts.disable(&rig.tenant, "ada@x.org").await.unwrap();
    rig.accounts.enable(&rig.tenant, "ada@x.org").await.unwrap();
    rig.accounts
        .set_password(&rig.tenant, "ada@x.org", OTHER.to_owned())
        .await
        .unwrap();
    let renamed = minicom_server::accounts::Change {
        name: Some(name("Countess")),
        ..Default::default()
    };
    rig.accounts.change(&rig.tenant, "ada@x.org", renamed).await.unwrap();

    let changes = rig.changes().await;
    let seen: Vec<_> = changes
        .iter()
        .map(|it| (it.member.agent.name.as_str(), it.member.role, it.member.enabled))
        .collect();
    assert_eq!(
        seen,
        [
            ("Root", Role::Admin, true),
            ("Ada", Role::Agent, true),
            ("Ada", Role::Agent, false),
            ("Ada", Role::Agent, true),
            ("Countess", Role::Agent, true),
        ]
    );
}

#[tokio::test]
async fn what_is_not_taken_says_why_and_changes_nothing() {
    let rig = rig();
    rig.add("ada@x.org", Role::Admin).await.unwrap();
    assert_eq!(
        rig.add("ADA@x.org", Role::Agent).await.err(),
        Some(AccountError::Exists("ada@x.org".to_owned()))
    );
    assert!(matches!(
        rig.add("ada", Role::Agent).await,
        Err(AccountError::BadEmail(_))
    ));
    let weak = rig
        .accounts
        .set_password(&rig.tenant, "ada@x.org", "Password123!".to_owned())
        .await;
    assert!(weak.err().unwrap().to_string().contains("too common"));
    let unknown = rig
        .accounts
        .disable(&rig.tenant, "no\u{1b}[2Jbody")
        .await
        .err()
        .unwrap();
    assert!(!unknown.to_string().contains('\u{1b}'), "{unknown}");
    let last = rig.accounts.disable(&rig.tenant, "ada@x.org").await;
    assert_eq!(last.err(), Some(AccountError::LastAdmin("ada@x.org".to_owned())));
    rig.add("bo@x.org", Role::Admin).await.unwrap();
    rig.accounts.disable(&rig.tenant, "ada@x.org").await.unwrap();
    assert_eq!(rig.changes().await.len(), 3);
}

#[tokio::test]
async fn the_local_token_is_private_new_each_time_and_good_from_here_only() {
    let rig = rig();
    rig.accounts
        .ensure_first_admin(&rig.tenant, name("Root"))
        .await
        .unwrap();
    let holder = rig
        .accounts
        .issue_local_token(&rig.tenant, &rig.folder.path)
        .await
        .unwrap();
    assert_eq!(holder.unwrap().name.as_str(), "Root");
    let first = rig.local_token();
    let mode = fs::metadata(rig.folder.path.join(LOCAL_TOKEN))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(rig.is_good(&first, here()).await);
    assert!(rig.is_good(&first, "::ffff:127.0.0.1".parse().unwrap()).await);
    assert!(!rig.is_good(&first, elsewhere()).await);

    rig.accounts
        .issue_local_token(&rig.tenant, &rig.folder.path)
        .await
        .unwrap();
    assert!(!rig.is_good(&first, here()).await, "the old one is forgotten");
    assert!(rig.is_good(&rig.local_token(), here()).await);
}

#[tokio::test]
async fn the_local_token_follows_the_oldest_admin_who_may_sign_in() {
    let rig = rig();
    rig.accounts
        .ensure_first_admin(&rig.tenant, name("Root"))
        .await
        .unwrap();
    rig.accounts
        .issue_local_token(&rig.tenant, &rig.folder.path)
        .await
        .unwrap();
    rig.add("ada@x.org", Role::Admin).await.unwrap();
    let whose = async || {
        let found = rig.accounts.sign_in(&rig.tenant, &rig.local_token(), here()).await;
        found.unwrap().email
    };
    assert_eq!(whose().await, FIRST_ADMIN);

    let before = rig.local_token();
    rig.accounts
        .set_password(&rig.tenant, FIRST_ADMIN, OTHER.to_owned())
        .await
        .unwrap();
    assert_ne!(
        rig.local_token(),
        before,
        "a new password ended it, so there is a new one"
    );
    assert_eq!(whose().await, FIRST_ADMIN);

    rig.accounts.disable(&rig.tenant, FIRST_ADMIN).await.unwrap();
    assert_eq!(whose().await, "ada@x.org");
    let before = rig.local_token();
    rig.add("bo@x.org", Role::Agent).await.unwrap();
    assert_eq!(rig.local_token(), before, "who is not concerned changes nothing");
}

#[tokio::test]
async fn tokens_that_are_none_get_the_answer_of_a_wrong_one() {
    let rig = rig();
    rig.add("ada@x.org", Role::Agent).await.unwrap();
    let good = rig.login("ada@x.org", PASSWORD).await.unwrap().token.reveal();
    for bad in ["", "mca_", &good[1..], &good.replace("mca_", ""), &"x".repeat(1 << 20)] {
        assert!(!rig.is_good(bad, here()).await);
    }
    let other = TenantId::parse("other").unwrap();
    assert_eq!(
        rig.accounts.sign_in(&other, &good, here()).await.unwrap_err(),
        Refusal::SignIn
    );
}

#[tokio::test]
async fn no_stored_text_is_a_token() {
    let rig = rig();
    rig.add("ada@x.org", Role::Agent).await.unwrap();
    let token = rig.login("ada@x.org", PASSWORD).await.unwrap().token.reveal();
    let needle = token.strip_prefix("mca_").unwrap().to_owned();
    let raw: Vec<u8> = (0..32)
        .map(|n| u8::from_str_radix(&needle[2 * n..2 * n + 2], 16).unwrap())
        .collect();
    let on_disk: Vec<u8> = fs::read_dir(&rig.folder.path)
        .unwrap()
        .flat_map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect();
    let has = |needle: &[u8]| on_disk.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"ada@x.org"), "what is looked for would be found");
    assert!(!has(needle.as_bytes()) && !has(&raw) && !has(PASSWORD.as_bytes()));
}

#[tokio::test]
async fn a_name_belongs_to_the_secret_of_its_first_use() {
    let rig = rig();
    let alice = CustomerName::parse("alice").unwrap();
    let (hers, his) = ("a1".repeat(32), "b2".repeat(32));
    let sign_in = async |name: &CustomerName, secret: &str| {
        rig.accounts
            .sign_in_customer(&rig.tenant, name, CustomerProof::secret(secret), elsewhere())
            .await
            .map(|known| known.customer)
    };
    let first = sign_in(&alice, &hers).await.unwrap();
    assert_eq!(sign_in(&alice, &hers.to_uppercase()).await.unwrap(), first);
    for wrong in [his.as_str(), "", "alice", &"0".repeat(64)] {
        assert_eq!(sign_in(&alice, wrong).await.unwrap_err(), Refusal::WrongSecret);
        let known = rig.accounts.known_customer(&rig.tenant, alice.clone(), wrong).await;
        assert_eq!(known.unwrap_err(), Refusal::NotFound);
    }
    let known = rig.accounts.known_customer(&rig.tenant, alice, &hers).await;
    assert_eq!(known.unwrap(), first);

    // Asking for a name makes nobody, so it is free for its first user; and new ones have a rate.
    let bob = CustomerName::parse("bob").unwrap();
    let known = rig.accounts.known_customer(&rig.tenant, bob.clone(), &his).await;
    assert_eq!(known.unwrap_err(), Refusal::NotFound);
    sign_in(&bob, &his).await.unwrap();
    let refused = sign_in(&CustomerName::parse("carol").unwrap(), &his).await.unwrap_err();
    assert!(matches!(refused, Refusal::RateLimited { .. }), "{refused:?}");
    assert_eq!(
        sign_in(&bob, &his).await.unwrap().name,
        bob,
        "who is known is not counted"
    );
}

/// Puts a token's last use so many minutes into the past.
async fn last_used(rig: &Rig, minutes: i64) {
    let key = rig.key;
    let written = rig.desk.write(key, move |scope| {
        let at = scope.now.0 - minutes * 60_000_000;
        scope.conn.execute("UPDATE agent_tokens SET last_used_at = ?1", [at])
    });
    assert_eq!(written.await, Ok(1));
}

/// A token ends after its idle time, counted from its last use; the use is written beside the answer.
#[tokio::test]
async fn a_login_that_is_not_used_ends_and_one_that_is_used_goes_on() {
    let rig = rig();
    rig.add("ada@example.org", Role::Agent).await.unwrap();
    let token = rig.login("ada@example.org", PASSWORD).await.unwrap().token.reveal();
    last_used(&rig, 11 * 60 + 59).await;
    assert!(rig.is_good(&token, here()).await);
    let key = rig.key;
    let row = async || -> (i64, String) {
        let read = rig.desk.read(move |conn| {
            conn.query_row(
                "SELECT last_used_at, last_address FROM agent_tokens WHERE tenant = ?1",
                [key.0],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        });
        read.await.unwrap()
    };
    let now = minicom_server::clock::now().0;
    let written = async {
        while now - row().await.0 > 60_000_000 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written)
        .await
        .unwrap();
    assert_eq!(row().await.1, "127.0.0.1", "from where it was used last");
    last_used(&rig, 12 * 60 + 6).await;
    assert!(!rig.is_good(&token, here()).await);
    // Not used again by being refused.
    assert!(!rig.is_good(&token, here()).await);
}

/// Who guesses from a thousand addresses is stopped for one account, and its agent is not.
#[tokio::test]
async fn guessing_from_everywhere_does_not_lock_the_agent_out() {
    let rig = rig();
    rig.add("ada@example.org", Role::Agent).await.unwrap();
    let device = rig.login("ada@example.org", PASSWORD).await.unwrap().device;
    let login = async |from: &str, email: &str, password: &str, device: Option<String>| {
        let request = LoginRequest {
            email: email.to_owned(),
            password: password.to_owned(),
            device,
            ..LoginRequest::default()
        };
        rig.accounts.login(request, from.parse().unwrap()).await.map(drop)
    };
    for email in ["ada@example.org", "nobody@example.org"] {
        let mut answers = vec![];
        for n in 0..60 {
            answers.push(login(&format!("198.51.100.{n}"), email, OTHER, None).await);
        }
        let limited = answers
            .iter()
            .position(|it| matches!(it, Err(Refusal::RateLimited { .. })));
        let limited = limited.unwrap_or_else(|| panic!("{email} can be guessed for ever"));
        assert!(
            answers[..limited].iter().all(|it| *it == Err(Refusal::SignIn)),
            "{email}"
        );
        assert!((49..=53).contains(&limited), "{email}: {limited}");
    }
    let refused = login("203.0.113.1", "ada@example.org", PASSWORD, None).await;
    assert!(matches!(refused, Err(Refusal::RateLimited { .. })), "{refused:?}");
    assert_eq!(
        login("192.0.2.7", "ada@example.org", PASSWORD, None).await,
        Ok(()),
        "the agent's own address"
    );
    assert_eq!(
        login("203.0.113.2", "ada@example.org", PASSWORD, device).await,
        Ok(()),
        "the agent's own device"
    );
    let forged = Some(format!("mcd_{}", "0".repeat(64)));
    assert!(login("203.0.113.3", "ada@example.org", PASSWORD, forged).await.is_err());
}

/// Every token that was ended is dead at once, and so after a restart; the others are good.
#[tokio::test]
async fn what_has_ended_stays_dead_over_a_restart_200_of_200() {
    let dir = tempfile::tempdir().unwrap();
    let tenant = TenantId::default_tenant();
    let open = || {
        let (folder, conn) = store::open::open(dir.path()).unwrap();
        let settings = Settings {
            bot: false,
            bot_deadline_ms: 6_000,
        };
        let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
        let sealing = Arc::new(SealingKey::of(dir.path()).unwrap());
        (Accounts::new(desk, sealing), writer, folder)
    };
    let (accounts, writer, folder) = open();
    let new = NewAgent {
        email: "ada@example.org".to_owned(),
        name: name("Ada"),
        role: Role::Admin,
        password: Some(PASSWORD.to_owned()),
    };
    accounts.add(&tenant, new).await.unwrap();
    let request = LoginRequest {
        email: "ada@example.org".to_owned(),
        password: PASSWORD.to_owned(),
        ..LoginRequest::default()
    };
    let login = accounts.login(request, here()).await.unwrap().token.reveal();
    let me = accounts.sign_in(&tenant, &login, here()).await.unwrap();
    let mut ended = vec![];
    for n in 0..200 {
        let new = NewMachineToken {
            agent: None,
            label: format!("script {n}"),
            scope: Scope::Write,
            days: 1,
        };
        let (token, row) = accounts.make_token(&me, new, None).await.unwrap();
        let token = token.reveal();
        let signed_in = accounts.sign_in(&tenant, &token, here()).await.unwrap();
        match n % 2 {
            0 => accounts.revoke_token(&me, &tenant, &row.id, None).await.unwrap(),
            _ => accounts.logout(&signed_in).await.unwrap(),
        }
        assert_eq!(
            accounts.sign_in(&tenant, &token, here()).await.map(drop),
            Err(Refusal::SignIn),
            "{n}"
        );
        ended.push(token);
    }
    drop(accounts);
    tokio::task::spawn_blocking(move || writer.join())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    drop(folder);

    let (accounts, _writer, _folder) = open();
    for token in &ended {
        assert_eq!(
            accounts.sign_in(&tenant, token, here()).await.map(drop),
            Err(Refusal::SignIn)
        );
    }
    assert!(accounts.sign_in(&tenant, &login, here()).await.is_ok());
}
