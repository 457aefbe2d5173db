//! What is kept on this computer, each an account's at a tenant of a server: drafts, the desk as it was seen, how the list is arranged.

use std::path::PathBuf;

use minicom_client::{
    ListChoiceFile,
    credentials::Profile,
    kept::{Kept, KeptStore},
};

use super::link::Way;

/// The folder of the drafts.
pub fn drafts(way: &Way) -> PathBuf {
    let Profile { server, tenant, .. } = &way.signed_in.profile;
    way.state.drafts(server, tenant, &way.signed_in.identity)
}

/// What was seen of the desk, as of `now` in microseconds since 1970; the connection begins there. If it is not wanted it is removed.
pub fn kept_desk(way: &mut Way, wanted: bool, now: i64) -> (KeptStore, Option<Kept>) {
    let Profile { server, tenant, .. } = &way.signed_in.profile;
    let store = KeptStore::new(&way.state, server, tenant, &way.signed_in.identity);
    let kept = match wanted {
        true => store.load(now),
        false => {
            // If it cannot be removed it is not read either.
            drop(store.remove());
            None
        }
    };
    way.cursor = kept.as_ref().and_then(Kept::cursor);
    (store, kept)
}

/// How the list is arranged.
pub fn list_choice(way: &Way) -> ListChoiceFile {
    let Profile { server, tenant, .. } = &way.signed_in.profile;
    ListChoiceFile::new(&way.state, server, tenant, &way.signed_in.identity)
}
