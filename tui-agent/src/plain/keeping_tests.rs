//! The kept desk in lines.

use minicom_client::{ServerUrl, StateDir, kept::KeptStore};
use minicom_protocol::ids::TenantId;
use minicom_tui_kit::testing::BENCH_START;

use crate::{
    plain::tests::{Script, mine},
    testing::Seat,
    update::keeping::Keeps,
};

#[test]
fn without_a_connection_the_kept_desk_is_told_and_with_one_all_is_told_anew() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerUrl::parse("http://127.0.0.1:8000", false).unwrap();
    let state = StateDir::at(folder.path());
    let mut store = KeptStore::new(&state, &server, &TenantId::default_tenant(), "ada");
    let mut seat = Seat::at(mine(), 80, 24);
    seat.lose();
    for parcel in std::mem::take(&mut seat.kept) {
        store.write(&parcel).unwrap();
    }
    let mut script = Script::away(mine());
    (script.app.kept, script.app.keeps) = (store.load(BENCH_START), Keeps::new(true));
    script.lines(&["/list"]);
    assert_eq!(
        script.said.len(),
        0,
        "a line waits for the connection, or for there being none"
    );
    script.lose();
    let said = script.said.join("\n");
    assert!(
        said.contains("-- offline: the desk as of 14:00, kept on this computer"),
        "{said}"
    );
    assert!(said.contains("#1 "), "{said}");
    script.said.clear();
    script.lines(&["/next"]);
    assert_eq!(script.said, ["/next needs a connection. Nothing was done."]);
    script.connect();
    assert!(
        script.said.join("\n").contains("What happened meanwhile was not told"),
        "{:?}",
        script.said
    );
}
