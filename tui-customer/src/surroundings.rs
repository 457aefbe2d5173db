//! What the program says of the computer that it runs on: for whoever helps. Nothing of it is a secret, and nothing of it is asked
//! of the network.

use minicom_protocol::intake::ClientInfo;
use minicom_tui_kit::Zone;

/// Program, computer, system, language and local time, each within its bounds. `var` is how a variable is read; `now` is
/// in microseconds since 1970.
pub(crate) fn client_info(client: &str, var: impl Fn(&str) -> Option<String>, zone: &Zone, now: i64) -> ClientInfo {
    let system = rustix::system::uname();
    let text = |it: &std::ffi::CStr| it.to_string_lossy().into_owned();
    ClientInfo {
        client: Some(client.to_owned()),
        page: None,
        host: Some(text(system.nodename())),
        os: Some(format!("{} {}", text(system.sysname()), text(system.release()))),
        locale: locale(var),
        utc_offset_min: Some(zone.offset_min(now)),
    }
    .bounded()
}

/// Language and country as `de_DE`, by the variable that decides.
fn locale(var: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    let value = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"))?;
    let language = value.split(['.', '@']).next().unwrap_or_default();
    (!matches!(language, "" | "C" | "POSIX")).then(|| language.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_what_decides_without_its_encoding() {
        let check = |pairs: &[(&str, &str)], expected: Option<&str>| {
            let var = |name: &str| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, it)| (*it).to_owned())
            };
            assert_eq!(locale(var).as_deref(), expected, "{pairs:?}");
        };
        check(&[], None);
        check(&[("LANG", "de_DE.UTF-8")], Some("de_DE"));
        check(&[("LANG", "ca_ES@valencia")], Some("ca_ES"));
        check(
            &[("LANG", "de_DE"), ("LC_ALL", ""), ("LC_MESSAGES", "fr_FR")],
            Some("fr_FR"),
        );
        check(&[("LANG", "de_DE"), ("LC_ALL", "C.UTF-8")], None);
    }

    #[test]
    fn what_is_said_is_bounded() {
        let long = |_: &str| Some(format!("x\u{1b}[2J{}", "y".repeat(1_000)));
        let info = client_info("minicom-chat 1.2.3", long, &Zone::utc(), 0);
        assert_eq!(info.client.as_deref(), Some("minicom-chat 1.2.3"));
        assert_eq!(info.utc_offset_min, Some(0));
        let locale = info.locale.unwrap();
        assert!(
            locale.starts_with("x[2Jy") && locale.len() == ClientInfo::CHARS_MAX,
            "{locale}"
        );
        assert!(info.host.is_some() && info.os.is_some());
    }
}
