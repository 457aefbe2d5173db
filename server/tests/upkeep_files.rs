//! Files and copies: what people sent goes into a copy, is proved with it, comes back with it, and goes from a desk without going from
//! its copies.

mod program;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use minicom_protocol::{
    command::CustomerCommand,
    ids::{CommandId, TenantId},
    text::CustomerName,
};
use minicom_server::{
    decide::Settings,
    desk::Desk,
    faults::Faults,
    order::{Caller, Order, Who},
    store,
    uploads::{Place, Said, UploadBounds, Uploader, Uploads},
};
use program::{Running, refusal, run, stdout};
use sha2::{Digest, Sha256};

/// Writes a line with a file of this customer's into a data folder that no server has.
fn sends(data: &Path, customer: &str, bytes: &[u8]) {
    with_desk(data, async |desk| {
        let uploads = Uploads::new(desk.clone(), data, UploadBounds::default());
        let tenant = desk.tenant(&TenantId::default_tenant()).unwrap();
        let name = CustomerName::parse(customer).unwrap();
        let found = desk.first_use(tenant, name, [7; 32]).await.unwrap().customer;
        let by = Uploader {
            tenant,
            customer: found.id,
            agent: None,
        };
        let mut incoming = uploads.begin(&by, None).await.unwrap();
        incoming.write(bytes).await.unwrap();
        let said = Said {
            name: "build.log".to_owned(),
            mime: "text/plain".to_owned(),
        };
        let row = uploads.finish(incoming, by, said, None).await.unwrap();
        let caller = Caller::new(TenantId::default_tenant(), Who::Customer(found));
        let (text, quote, file) = (String::new(), None, Some(row.id));
        let order = Order::Customer(CustomerCommand::Post { text, quote, file });
        desk.submit(&caller, CommandId(uuid::Uuid::now_v7()), order)
            .await
            .unwrap();
    });
}

/// A customer is forgotten, and the sweep has been there.
fn forgets(data: &Path, customer: &str) {
    with_desk(data, async |desk| {
        let tenant = desk.tenant(&TenantId::default_tenant()).unwrap();
        let name = CustomerName::parse(customer).unwrap();
        let found = desk.first_use(tenant, name, [7; 32]).await.unwrap().customer;
        let caller = Caller::new(TenantId::default_tenant(), Who::Customer(found));
        let order = Order::Customer(CustomerCommand::Forget {});
        desk.submit(&caller, CommandId(uuid::Uuid::now_v7()), order)
            .await
            .unwrap();
        Uploads::new(desk.clone(), data, UploadBounds::default())
            .sweep()
            .await
            .unwrap();
    });
}

fn with_desk(data: &Path, does: impl AsyncFnOnce(Desk)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (folder, conn) = store::open::open(data).unwrap();
    let settings = Settings {
        bot: true,
        bot_deadline_ms: 60_000,
    };
    let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
    runtime.block_on(does(desk.clone()));
    drop((desk, runtime));
    writer.join().unwrap().unwrap();
}

fn on(words: &[&str], data: &Path) -> Output {
    run(&[words, &["--data", data.to_str().unwrap()]].concat())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every file below a folder, by its name and with what is in it.
fn below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut folders) = (vec![], vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => found.push((
                    path.file_name().unwrap().to_string_lossy().into_owned(),
                    fs::read(&path).unwrap(),
                )),
            }
        }
    }
    found.sort();
    found
}

/// Where bytes are in a data folder.
fn place(data: &Path, bytes: &[u8]) -> PathBuf {
    let database = rusqlite::Connection::open(data.join("minicom.db")).unwrap();
    let tenants = store::tenants::all(&database).unwrap();
    Place::new(data).path(tenants[0].0, &Sha256::digest(bytes).into())
}

/// The same below a copy's files.
fn copied(copy: &Path, bytes: &[u8]) -> PathBuf {
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut folders = vec![PathBuf::from(format!("{}.files", copy.display()))];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.ends_with(&digest[2..]) => return path,
                _ => {}
            }
        }
    }
    panic!("{digest} is not in the copy");
}

const ONE: &[u8] = b"it crashed\nhere";
const TWO: &[u8] = b"and here";

#[test]
fn a_copy_has_the_files_and_brings_them_back() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, copy) = (dir.path(), out.path().join("copy.db"));
    sends(data, "alice", ONE);
    sends(data, "bob", TWO);
    let server = Running::start(data, &[]);
    let told = stdout(&on(&["backup", path(&copy)], data));
    assert!(told.contains("2 files") && told.contains("copy.db.files"), "{told}");
    drop(server);
    let in_copy: Vec<Vec<u8>> = below(&out.path().join("copy.db.files"))
        .into_iter()
        .map(|it| it.1)
        .collect();
    assert!(in_copy.len() == 2 && in_copy.contains(&ONE.to_vec()) && in_copy.contains(&TWO.to_vec()));
    assert!(stdout(&on(&["verify", path(&copy)], data)).contains("2 files"));

    // Gone from the desk, and not from what was copied before.
    let bytes_of_alice = place(data, ONE);
    forgets(data, "alice");
    assert!(!bytes_of_alice.exists());
    assert_eq!(fs::read(copied(&copy, ONE)).unwrap(), ONE);
    assert!(stdout(&on(&["verify"], data)).contains("1 file"));
    sends(data, "carla", b"since then");

    let told = stdout(&on(&["restore", path(&copy)], data));
    assert!(told.contains("2 files"), "{told}");
    assert_eq!(fs::read(&bytes_of_alice).unwrap(), ONE);
    assert!(stdout(&on(&["verify"], data)).contains("2 files"));
    // What was there is put aside with its own files.
    let aside = fs::read_dir(data).unwrap().flatten().map(|it| it.path());
    let aside = aside
        .filter(|it| it.to_string_lossy().contains("before-restore"))
        .find(|it| it.is_file())
        .unwrap();
    assert!(stdout(&on(&["verify", path(&aside)], data)).contains("2 files"));
    // The server sweeps what no row of the restored desk names.
    let since = place(data, b"since then");
    assert!(since.exists());
    let server = Running::start(data, &[]);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while since.exists() && std::time::Instant::now() < end {
        std::thread::yield_now();
    }
    assert!(!since.exists());
    drop(server);
    assert!(stdout(&on(&["verify"], data)).contains("2 files"));
}

#[test]
fn a_copy_goes_to_an_empty_folder_with_its_files() {
    let (old, new, out) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let copy = out.path().join("copy.db");
    sends(old.path(), "alice", ONE);
    stdout(&on(&["backup", path(&copy)], old.path()));
    stdout(&on(&["restore", path(&copy)], new.path()));
    assert_eq!(fs::read(place(new.path(), ONE)).unwrap(), ONE);
    // Each has its own: what happens to the one does not happen to the other.
    drop(old);
    assert!(stdout(&on(&["verify"], new.path())).contains("1 file"));
}

#[test]
fn a_file_that_is_missing_or_damaged_is_named_and_not_copied() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, copy) = (dir.path(), out.path().join("copy.db"));
    sends(data, "alice", ONE);
    stdout(&on(&["backup", path(&copy)], data));
    let digest: String = Sha256::digest(ONE).iter().map(|byte| format!("{byte:02x}")).collect();
    let check = |words: &[&str], wanted: &str| {
        let told = refusal(&on(words, data), 65);
        assert!(
            told.contains(wanted) && told.contains(&digest[2..]),
            "{words:?}: {told}"
        );
    };
    // In the copy: it does not come back, and the desk stays as it is.
    let theirs = copied(&copy, ONE);
    // The copy may be a second name of the same file.
    fs::remove_file(&theirs).unwrap();
    check(&["verify", path(&copy)], "is not there");
    let before = fs::read(data.join("minicom.db")).unwrap();
    check(&["restore", path(&copy)], "is not there");
    fs::write(&theirs, b"it crashed\nhera").unwrap();
    check(&["verify", path(&copy)], "is not what its digest says");
    check(&["restore", path(&copy)], "is not what its digest says");
    assert_eq!(fs::read(data.join("minicom.db")).unwrap(), before);
    assert!(stdout(&on(&["verify"], data)).contains("is sound"));

    // On the desk: it is named, and no copy is made that has it not.
    let ours = place(data, ONE);
    fs::remove_file(&ours).unwrap();
    fs::write(&ours, b"it crashed\nhera").unwrap();
    check(&["verify"], "is not what its digest says");
    let next = out.path().join("next.db");
    check(&["backup", path(&next)], "is not as it was written");
    fs::remove_file(&ours).unwrap();
    check(&["verify"], "is not there");
    check(&["backup", path(&next)], "is not there");
    let names: Vec<String> = below(out.path()).into_iter().map(|it| it.0).collect();
    assert!(names.iter().all(|it| !it.starts_with("next")), "{names:?}");
}
