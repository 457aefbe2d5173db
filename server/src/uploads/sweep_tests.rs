use minicom_protocol::{
    command::CustomerCommand,
    ids::{CustomerId, FileId},
};

use super::*;
use crate::{
    order::Order,
    store::files::FileRow,
    test_desk::{TestDesk, command_id},
    uploads::{OCTETS, UploadBounds},
};

fn uploads(test: &TestDesk) -> Uploads {
    Uploads::new(test.desk.clone(), test.dir.path(), UploadBounds::default())
}

/// A file that was uploaded long ago, as far as the store knows.
fn old(customer: CustomerId, n: u8) -> FileRow {
    FileRow {
        id: FileId::from_bytes([n; 16]),
        digest: [n; 32],
        size: 1,
        name: "build.log".to_owned(),
        mime: OCTETS.to_owned(),
        customer,
        conversation: None,
        agent: None,
        created_at: Time(0),
        line: None,
    }
}

async fn stores(test: &TestDesk, files: Vec<FileRow>) {
    let written = test.desk.write(test.tenant(), move |scope| {
        files
            .iter()
            .try_for_each(|it| rows::insert(scope.conn, scope.tenant, it))
    });
    written.await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_sent_while_the_old_ones_are_swept_stays() {
    let test = TestDesk::new();
    let (uploads, alice) = (uploads(&test), test.customer("alice").await);
    let file = old(alice.customer(), 1);
    stores(&test, vec![file.clone()]).await;

    let held = test.hold_writer().await;
    let post = Order::Customer(CustomerCommand::Post {
        text: String::new(),
        quote: None,
        file: Some(file.id),
    });
    let desk = test.desk.clone();
    let sent = tokio::spawn(async move { desk.submit(&alice, command_id(1), post).await });
    test.until_waiting(1).await;
    let swept = tokio::spawn(async move { uploads.sweep_as_of(clock::now()).await });
    test.until_waiting(2).await;
    drop(held);

    sent.await.unwrap().unwrap();
    assert_eq!(swept.await.unwrap().unwrap(), Swept::default());
    let (tenant, id) = (test.tenant(), file.id);
    let found = test.desk.read(move |conn| rows::load(conn, tenant, id)).await.unwrap();
    assert!(found.expect("the line has its file").line.is_some());
}

#[tokio::test]
async fn all_that_were_not_sent_go_at_once_however_many() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await.customer();
    let count = limits::FILES_REMOVED_AT_ONCE_MAX + 1;
    stores(&test, (0..).take(count).map(|n| old(alice, n)).collect()).await;
    let swept = uploads(&test).sweep_as_of(clock::now()).await.unwrap();
    assert_eq!((swept.not_sent, swept.gone), (count, count));
}

/// Uploads a customer's file and sends it in a line.
async fn sent(test: &TestDesk, uploads: &Uploads, by: &crate::order::Caller, n: u64, bytes: &[u8]) -> FileRow {
    let uploader = crate::uploads::Uploader {
        tenant: test.tenant(),
        customer: by.customer(),
        agent: None,
    };
    let mut incoming = uploads.begin(&uploader, None).await.unwrap();
    incoming.write(bytes).await.unwrap();
    let row = uploads
        .finish(incoming, uploader, Default::default(), None)
        .await
        .unwrap();
    let post = Order::Customer(CustomerCommand::Post {
        text: String::new(),
        quote: None,
        file: Some(row.id),
    });
    test.desk.submit(by, command_id(n), post).await.unwrap();
    row
}

#[tokio::test]
async fn the_bytes_of_what_is_kept_no_longer_go_and_those_of_others_stay() {
    let test = TestDesk::new();
    let (uploads, alice, bob) = (uploads(&test), test.customer("alice").await, test.customer("bob").await);
    let old = sent(&test, &uploads, &alice, 1, b"of a conversation that has ended").await;
    let shared = sent(&test, &uploads, &alice, 2, b"of both").await;
    test.desk
        .submit(&alice, command_id(3), Order::Customer(CustomerCommand::Close {}))
        .await
        .unwrap();
    let kept = sent(&test, &uploads, &bob, 4, b"of both").await;
    let settings = minicom_protocol::settings::DeskSettings {
        keep_closed_days: 30,
        ..Default::default()
    };
    let configure = minicom_protocol::command::AgentCommand::Configure {
        settings: Box::new(settings),
    };
    let admin = test.admin("Ada").await;
    test.ask(&admin, 5, configure).await.unwrap();
    let later = |days: i64| Time(clock::now().0 + days * 24 * 60 * 60 * 1_000_000);
    let (tenant, place) = (test.tenant(), uploads.place());
    let old_path = place.path(tenant, &old.digest);

    assert_eq!(crate::retention::once(&test.desk, tenant, later(29)).await, Ok(0));
    assert_eq!(uploads.sweep().await.unwrap(), Swept::default());
    assert!(old_path.exists());
    assert_eq!(crate::retention::once(&test.desk, tenant, later(31)).await, Ok(1));
    assert_eq!(uploads.sweep().await.unwrap().gone, 2);
    assert!(!old_path.exists());
    for gone in [old.id, shared.id] {
        let found = test
            .desk
            .read(move |conn| rows::load(conn, tenant, gone))
            .await
            .unwrap();
        assert_eq!(found, None);
    }
    assert!(
        uploads.open(tenant, &kept, true).await.is_ok(),
        "bob has the same bytes"
    );
    let counted = test.desk.read(move |conn| rows::bytes(conn, tenant)).await.unwrap();
    assert_eq!(counted, (7, 7));
}
