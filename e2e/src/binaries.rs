//! Where the programs are that are to be run as processes: beside the program that runs, built if they are missing or
//! older than their sources, so that nobody tests yesterday's program.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};

/// Builds are done one after the other, and looked after once.
static BUILDING: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// A program of the workspace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binary {
    /// `minicom-server`.
    Server,
    /// `minicom-agent`.
    Agent,
    /// `minicom-chat`.
    Chat,
    /// `minicom-broken-server`, the server whose promises can be broken on purpose.
    BrokenServer,
}

impl Binary {
    fn name(self) -> &'static str {
        match self {
            Binary::Server => "minicom-server",
            Binary::Agent => "minicom-agent",
            Binary::Chat => "minicom-chat",
            Binary::BrokenServer => "minicom-broken-server",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Binary::Server => "minicom-server",
            Binary::Agent => "minicom-tui-agent",
            Binary::Chat => "minicom-tui-customer",
            Binary::BrokenServer => "minicom-e2e",
        }
    }

    /// Folders whose sources it is made of.
    fn sources(self) -> &'static [&'static str] {
        match self {
            Binary::Server => &["protocol/src", "server/src"],
            Binary::Agent => &["protocol/src", "client/src", "tui-kit/src", "tui-agent/src"],
            Binary::Chat => &["protocol/src", "client/src", "tui-kit/src", "tui-customer/src"],
            Binary::BrokenServer => &["protocol/src", "server/src", "e2e/src"],
        }
    }

    /// The program's file. Blocking; builds it if need be.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn path(self) -> Result<PathBuf> {
        let folder = target_folder()?;
        let path = folder.join(self.name());
        // A panic while building leaves nothing half-done here.
        let mut looked_after = BUILDING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !looked_after.contains(&self.name()) {
            if !is_fresh(&path, self.sources()) {
                self.build(&folder)?;
            }
            looked_after.push(self.name());
        }
        ensure!(path.exists(), "{} is not where it was built", path.display());
        Ok(path)
    }

    fn build(self, folder: &Path) -> Result<()> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(root());
        command.args([
            "build",
            "--quiet",
            "--locked",
            "-p",
            self.package(),
            "--bin",
            self.name(),
        ]);
        if folder.file_name().is_some_and(|name| name == "release") {
            command.arg("--release");
        }
        if let Some(target) = folder.parent() {
            command.env("CARGO_TARGET_DIR", target);
        }
        let status = command.status().context("cargo cannot be run")?;
        ensure!(status.success(), "{} cannot be built", self.name());
        Ok(())
    }
}

/// The workspace's folder.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where cargo puts programs: `target/debug` or alike, the folder of this program, or above it for a test.
fn target_folder() -> Result<PathBuf> {
    let own = env::current_exe().context("this program does not know where it is")?;
    let folder = own.parent().context("this program is in no folder")?;
    let above = folder.file_name().is_some_and(|name| name == "deps");
    let folder = if above { folder.parent() } else { Some(folder) };
    Ok(folder.context("this program is in no target folder")?.to_owned())
}

fn is_fresh(program: &Path, sources: &[&str]) -> bool {
    let Ok(built) = fs::metadata(program).and_then(|it| it.modified()) else {
        return false;
    };
    sources.iter().all(|folder| newest(&root().join(folder)) <= built)
}

fn newest(folder: &Path) -> SystemTime {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let times = entries.map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => newest(&entry.path()),
        _ => entry
            .metadata()
            .and_then(|it| it.modified())
            .unwrap_or(SystemTime::UNIX_EPOCH),
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
