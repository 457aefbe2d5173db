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
