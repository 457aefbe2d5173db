//! How an agent has arranged the list on this computer: its filter and order, and what is folded. Kept over restarts; nothing in it
//! was said by anybody.

use std::{fs, io, path::PathBuf};

use minicom_protocol::ids::TenantId;
use serde::{Deserialize, Serialize};

use crate::{
    disk,
    limits::CREDENTIAL_BYTES_MAX,
    server_url::ServerUrl,
    state_dir::{Key, StateDir},
};

/// How the list is arranged.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ListChoice {
    /// The filter with its order, as it is typed.
    #[serde(default)]
    pub filter: String,
    /// The titles under which rows are hidden: of sections in capitals, of views as they are called.
    #[serde(default)]
    pub folded: Vec<String>,
    /// What fits what a customer wrote is not shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_suggestions: bool,
}

/// Where an account's choice is kept.
#[derive(Clone, Debug)]
pub struct ListChoiceFile(PathBuf);

impl ListChoiceFile {
    /// The file of an account. Nothing is read or written yet.
    pub fn new(state: &StateDir, server: &ServerUrl, tenant: &TenantId, identity: &str) -> ListChoiceFile {
        let name = format!("{}.json", Key::new(server, tenant, identity).digest());
        ListChoiceFile(state.path().join("lists").join(name))
    }

    /// What was chosen; `None` if nothing was, or it cannot be understood. Blocking.
    pub fn load(&self) -> Option<ListChoice> {
        let bytes = disk::read_private(&self.0, CREDENTIAL_BYTES_MAX).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps it, in place of what was chosen before. Blocking.
    ///
    /// # Errors
    /// The disk says no; what was there is as it was.
    pub fn save(&self, choice: &ListChoice) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            disk::create_private_dir(folder)?;
        }
        disk::replace(&self.0, &serde_json::to_vec(choice)?)
    }

    /// Forgets it. Blocking.
    ///
    /// # Errors
    /// The disk says no.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_there_again_for_its_account_alone() {
        let folder = tempfile::tempdir().unwrap();
        let server = ServerUrl::parse("http://127.0.0.1:8000", false).unwrap();
        let file = |identity: &str| {
            ListChoiceFile::new(
                &StateDir::at(folder.path()),
                &server,
                &TenantId::default_tenant(),
                identity,
            )
        };
        let choice = ListChoice {
            filter: "tag:vip sort:wait".to_owned(),
            folded: vec!["DONE".to_owned(), "late".to_owned()],
            no_suggestions: true,
        };
        assert_eq!(file("ada").load(), None);
        file("ada").save(&choice).unwrap();
        assert_eq!((file("ada").load(), file("bo").load()), (Some(choice), None));
        fs::write(&file("ada").0, "{").unwrap();
        assert_eq!(file("ada").load(), None);
        file("ada").remove().unwrap();
        file("ada").remove().unwrap();
    }
}
