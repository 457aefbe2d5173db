//! Health, numbers and the log of machinery, with the real program.

mod program;

use std::fs;

use minicom_server::telemetry::{Kind, METRICS};
use program::{Running, has_status};
use serde_json::Value;

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

fn value(numbers: &str, series: &str) -> f64 {
    let line = numbers.lines().find(|line| line.starts_with(&format!("{series} ")));
    let line = line.unwrap_or_else(|| panic!("{series} is not in\n{numbers}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn every_number_is_there_in_the_text_format_and_counts() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let wrong = server.ask(
        "POST",
        "/api/agent/login",
        "",
        r#"{"email":"x@y.z","password":"nothing at all"}"#,
    );
    assert!(has_status(&wrong, 401), "{wrong}");
    server.ask("GET", "/readyz", "", "");
    let answer = server.ask("GET", "/metrics", "", "");
    assert!(
        has_status(&answer, 200) && answer.contains("text/plain; version=0.0.4"),
        "{answer}"
    );
    let numbers = body(&answer);
    for metric in METRICS {
        // Those have no value before they have happened with some label, or ever.
        let later = [
            "minicom_opened_total",
            "minicom_disconnected_total",
            "minicom_backups_total",
            "minicom_bot_seconds",
            "minicom_provider_first_seconds",
        ];
        if later.contains(&metric.name) {
            continue;
        }
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        assert!(
            numbers.contains(&format!("# TYPE {} {kind}\n", metric.name)),
            "{} in\n{numbers}",
            metric.name
        );
        assert!(numbers.contains(&format!("# HELP {} ", metric.name)), "{}", metric.name);
    }
    assert_eq!(value(numbers, "minicom_logins_total{outcome=\"wrong\"}"), 1.0);
    assert!(value(numbers, "minicom_commit_seconds_count") >= 1.0);
    assert!(value(numbers, "minicom_disk_free_bytes") > 0.0);
    assert_eq!(value(numbers, "minicom_backup_age_seconds"), -1.0);
    assert_eq!(value(numbers, "minicom_panics_total"), 0.0);
}

#[test]
fn the_numbers_are_for_this_computer_and_for_admins() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let through = |more: &str, bearer: &str| {
        let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
        let head = format!(
            "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}Authorization: Bearer {bearer}\r\n\r\n"
        );
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        answer
    };
    assert!(has_status(&through("", "x"), 200));
    for header in [
        "X-Forwarded-For: 192.0.2.1\r\n",
        "Forwarded: for=192.0.2.1\r\n",
        "Via: 1.1 proxy\r\n",
    ] {
        assert!(has_status(&through(header, "x"), 401), "{header}");
    }
    drop(server);
    for (setting, without, with) in [("tokens", 401, 200), ("nobody", 404, 404)] {
        let config = dir.path().join("minicom.toml");
        fs::write(&config, format!("metrics = \"{setting}\"\n")).unwrap();
        let server = Running::start(dir.path(), &["--config", config.to_str().unwrap()]);
        assert!(
            has_status(&server.ask("GET", "/metrics", "x", ""), without),
            "{setting}"
        );
        let token = server.local_token();
        assert!(
            has_status(&server.ask("GET", "/metrics", &token, ""), with),
            "{setting}"
        );
    }
}

#[test]
fn admins_are_told_of_each_part_and_strangers_of_none() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let config = dir.path().join("minicom.toml");
    fs::write(&config, format!("[backup]\nfolder = {:?}\n", out.path())).unwrap();
    let mut server = Running::start(dir.path(), &["--config", config.to_str().unwrap()]);
    server.has_said("made the daily copy");
    assert_eq!(body(&server.ask("GET", "/healthz", "", "")), "ok\n");
    for stranger in ["", "mca_5555"] {
        assert_eq!(body(&server.ask("GET", "/readyz", stranger, "")), "ready\n");
    }
    let answer = server.ask("GET", "/readyz", &server.local_token(), "");
    let told: Value = serde_json::from_str(body(&answer)).unwrap();
    assert_eq!(told["ready"], true);
    let parts = told["parts"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert_eq!(names, ["serving", "database", "sockets", "bot", "disk", "last backup"]);
    for part in parts {
        assert_ne!(part["state"], "fail", "{part}");
    }
    assert_eq!(parts[5]["state"], "ok", "{}", parts[5]);
}

#[test]
fn a_log_of_json_has_an_object_a_line_and_the_requests_number_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("minicom.toml");
    fs::write(&config, "log_format = \"json\"\nlog = \"debug\"\n").unwrap();
    let mut server = Running::start(dir.path(), &["--config", config.to_str().unwrap()]);
    let answer = server.ask("GET", "/readyz", "", "");
    let id = answer
        .lines()
        .find_map(|line| line.strip_prefix("x-request-id: "))
        .unwrap()
        .trim();
    server.until(id);
    server.signal(rustix::process::Signal::TERM);
    server.wait();
    let lines: Vec<Value> = server
        .log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let ours = lines
        .iter()
        .find(|line| line["request_id"] == id || line["span"]["id"] == id);
    let ours = ours.expect("the request is in the log");
    assert!(ours["timestamp"].is_string() && ours["level"].is_string(), "{ours}");
}
