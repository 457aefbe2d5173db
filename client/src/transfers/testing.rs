//! Transfers without a server and without a disk: what is ordered of them is answered as it could go, for storms over the programs.

use std::path::PathBuf;

use minicom_protocol::{gate::Shown, ids::FileId};

use super::{Completed, Happened, Job, Opening, Order, Told, TransferId, TransferNews};
use crate::rest::files::Uploaded;

/// The transfers that a program has begun and that have not ended.
#[derive(Debug, Default)]
pub struct Moving(Vec<(TransferId, Job)>);

impl Moving {
    /// A program orders something. What asks for the disk is answered at once: there is no file by an empty name, or one that ends
    /// with a question mark; every other one is there.
    pub fn ordered(&mut self, order: Order) -> Option<Told> {
        match order {
            Order::Begin(id, job) => self.0.push((id, job)),
            Order::Cancel(id) => self.0.retain(|(it, _)| *it != id),
            Order::Find(text) => {
                let found = match text.trim() {
                    none if none.is_empty() || none.ends_with('?') => Err(format!("There is no file {none}")),
                    one => Ok(vec![PathBuf::from(one)]),
                };
                return Some(Told::Found { text, found });
            }
            Order::Complete(text) => {
                let completed = Completed {
                    text: format!("{text}e"),
                    names: vec!["notes.txt".to_owned(), "note/".to_owned()],
                };
                return Some(Told::Completed { text, completed });
            }
            Order::Keep { name, .. } => return Some(Told::Kept(Ok(PathBuf::from(name)))),
        }
        None
    }

    /// The oldest one goes on, in one of the ways there are: found, moved, waiting, failed with this reason, or all there.
    pub fn goes_on(&mut self, which: u8, why: &str) -> Option<Told> {
        let id = self.0.first()?.0;
        let what = match which % 7 {
            0 => Happened::Found { size: 900, mark: None },
            1 | 2 => Happened::Moved { done: u64::from(which) },
            3 => Happened::Waits { why: Shown::line(why) },
            4 => {
                self.0.remove(0);
                Happened::Failed { why: Shown::line(why) }
            }
            _ => all_there(self.0.remove(0).1, which, why),
        };
        Some(Told::Transfer(TransferNews { id, what }))
    }
}

fn all_there(job: Job, which: u8, why: &str) -> Happened {
    match job {
        Job::Send { .. } => Happened::Sent(Uploaded {
            id: FileId::from_bytes([which; 16]),
            file_name: Shown::line(why).as_str().to_owned(),
            size: 900,
        }),
        Job::Fetch { file, .. } => Happened::Kept {
            path: PathBuf::from(file.name.as_str()),
            opening: match which % 3 {
                0 => None,
                1 => Some(Opening::Opened),
                _ => Some(Opening::Failed(why.to_owned())),
            },
        },
    }
}
