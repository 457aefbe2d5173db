//! What packages are made of: the service's unit is as closed as it says, and every file that a package names is there.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use minicom_e2e::binaries::{Binary, root};

/// The most that the unit may be exposed, in tenths of the points of `systemd-analyze security`.
const EXPOSURE_MAX: &str = "15";

#[test]
fn the_unit_is_hardened() -> Result<()> {
    let unit = root().join("packaging/systemd/minicom-server.service");
    let scored = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold", EXPOSURE_MAX])
        .arg(&unit)
        .output();
    match scored {
        // Not every computer has systemd; the one that decides what lands does.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        scored => {
            let scored = scored?;
            ensure!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stdout));
            Ok(())
        }
    }
}

/// The command line finds the data folder of the service in the file that the service reads, so the two cannot differ.
#[test]
fn the_service_and_the_command_line_read_one_file() -> Result<()> {
    let unit = fs::read_to_string(root().join("packaging/systemd/minicom-server.service"))?;
    ensure!(unit.contains("ExecStart=/usr/bin/minicom-server --config /etc/minicom/server.toml\n"));
    ensure!(unit.contains("StateDirectory=minicom\n"));
    let settings = root().join("packaging/server.toml");
    ensure!(fs::read_to_string(&settings)?.contains("\ndata = \"/var/lib/minicom\""));
    let checked = Command::new(Binary::Server.path()?)
        .args(["check-config", "--config"])
        .arg(&settings)
        .output()?;
    ensure!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    Ok(())
}

#[test]
fn every_file_that_a_package_names_is_there() -> Result<()> {
    for package in ["server", "tui-agent", "tui-customer"] {
        let folder = root().join(package);
        let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
        let (_, described) = manifest
            .split_once("[package.metadata.deb]")
            .with_context(|| format!("{package} has no description of a package"))?;
        let named = described
            .split('"')
            .filter(|word| word.starts_with("../") && !word.contains("/target/") && !word.contains('*'));
        for path in named {
            ensure!(folder.join(path).exists(), "{package} names {path}, which is not there");
        }
    }
    for helper in ["packaging/deb", "packaging/Containerfile", "packaging/debian/postinst"] {
        ensure!(root().join(helper).exists(), "{helper}");
    }
    Ok(())
}
