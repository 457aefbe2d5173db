use minicom_protocol::{
    figures::{HandedOver, Lines, Now, Range, Ratings, ReasonCount, Sla, Volume},
    stage::HandOverReason,
};

use super::*;

/// The figures of a week, and of three agents.
pub(crate) fn week() -> Statistics {
    let totals = Figures {
        opened: 120,
        closed: 110,
        lines: Lines {
            customer: 640,
            bot: 200,
            agent: 480,
            system: 12,
        },
        handed_over: HandedOver {
            total: 81,
            reasons: vec![
                ReasonCount {
                    reason: HandOverReason::CustomerAsked,
                    count: 60,
                },
                ReasonCount {
                    reason: HandOverReason::NotUnderstood,
                    count: 20,
                },
                ReasonCount {
                    reason: HandOverReason::BotLate,
                    count: 1,
                },
            ],
        },
        taken: 90,
        transferred: 7,
        abandoned: 3,
        resolved_by_bot: 20,
        tickets: 4,
        wait: Times {
            count: 80,
            median_ms: Some(31_000),
            p90_ms: Some(250_000),
        },
        first_response: Times {
            count: 80,
            median_ms: Some(42_000),
            p90_ms: Some(310_000),
        },
        resolution: Times {
            count: 90,
            median_ms: Some(1_900_000),
            p90_ms: Some(90_000_000),
        },
        ratings: Ratings {
            count: 30,
            average: Some(4.33),
            stars: [1, 1, 3, 7, 18],
            declined: 5,
        },
        sla: Sla { met: 72, missed: 8 },
        ..Figures::default()
    };
    let mine = Figures {
        closed: 41,
        taken: 33,
        ..totals.clone()
    };
    let volume = |key: String, opened| Volume { key, opened, closed: 0 };
    let days = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let row = |name: &str, figures: Figures| Row {
        key: name.to_owned(),
        name: name.to_owned(),
        figures,
    };
    Statistics {
        range: Range::Week,
        zone: "Europe/Berlin".to_owned(),
        from: "2026-11-14T23:00:00Z".to_owned(),
        until: "2026-11-21T14:00:00Z".to_owned(),
        behind: 0,
        now: Now {
            waiting: 3,
            longest_wait_ms: 250_000,
            active: 5,
            snoozed: 2,
            bot: 1,
        },
        hours: (0..24_u64)
            .map(|hour| volume(format!("{hour:02}"), hour.abs_diff(12)))
            .collect(),
        weekdays: days
            .iter()
            .zip([30, 28, 20, 22, 15, 5, 0])
            .map(|(it, n)| volume((*it).to_owned(), n))
            .collect(),
        days: (15..22_u64).map(|day| volume(format!("2026-11-{day}"), day)).collect(),
        by: Some(By::Agent),
        rows: vec![
            row("Ada", mine.clone()),
            row("Bo\u{1b}[31m", totals.clone()),
            row("Nobody knows this name", Figures::default()),
        ],
        totals,
        mine,
    }
}

fn text(told: &Statistics, theme: &Theme) -> String {
    wide(told, theme, COLUMNS)
}

fn wide(told: &Statistics, theme: &Theme, columns: usize) -> String {
    let lines: Vec<String> = page(told, theme, columns).iter().map(StyledLine::text).collect();
    assert!(
        lines.iter().all(|line| text::width(line) <= columns.max(COLUMNS)),
        "{lines:#?}"
    );
    let lines: Vec<&str> = lines.iter().map(|it| it.trim_end()).collect();
    lines.join("\n")
}

#[test]
fn a_page_of_a_week() {
    insta::assert_snapshot!(text(&week(), &Theme::mono()));
}

#[test]
fn a_page_of_a_day_in_which_nothing_happened_in_ascii() {
    let mut theme = Theme::mono();
    theme.ascii = true;
    let told = Statistics {
        range: Range::Today,
        totals: Figures::default(),
        mine: Figures::default(),
        now: Now::default(),
        by: None,
        rows: vec![],
        days: vec![],
        weekdays: vec![],
        hours: (0..24)
            .map(|hour| Volume {
                key: format!("{hour:02}"),
                opened: 0,
                closed: 0,
            })
            .collect(),
        behind: 12,
        ..week()
    };
    let one = Statistics {
        totals: Figures {
            lines: Lines {
                customer: 1,
                bot: 5,
                agent: 1,
                system: 0,
            },
            ..Figures::default()
        },
        behind: 1,
        ..told.clone()
    };
    let words = text(&one, &theme);
    assert!(words.contains("1 customer, 5 bot, 1 agent\n"), "{words}");
    assert!(words.contains("1 event is not counted yet"), "{words}");
    let page = text(&told, &theme);
    assert!(page.is_ascii() || page.contains('·'), "{page}");
    insta::assert_snapshot!(page);
}

/// As many days as are asked for.
pub(crate) fn days(told: Statistics, range: Range) -> Statistics {
    let count = u64::from(range.days_back()) + 1;
    let day = |day: u64| {
        let date = jiff::civil::date(2026, 11, 21).saturating_sub(jiff::Span::new().days((count - 1 - day) as i64));
        Volume {
            key: date.to_string(),
            opened: (day * 7) % 23 + day / 4,
            closed: (day * 5) % 19,
        }
    };
    Statistics {
        range,
        days: (0..count).map(day).collect(),
        ..told
    }
}

#[test]
fn pages_of_all_ranges_on_all_widths() {
    let ascii = Theme {
        ascii: true,
        ..Theme::mono()
    };
    for range in Range::ALL {
        let told = days(week(), range);
        for (theme, name) in [(Theme::mono(), "mono"), (ascii, "ascii")] {
            for columns in [48, 78, 100] {
                let page = wide(&told, &theme, columns);
                assert!(name == "mono" || page.replace(['·', '␛', '›'], "").is_ascii(), "{page}");
                if columns != 48 || range == Range::Quarter {
                    insta::assert_snapshot!(format!("{}_{name}_{columns}", range.word()), page);
                }
            }
        }
    }
}

/// Where two columns have no room the desk stands below the agent, and nothing has to be read across rows.
#[test]
fn on_a_narrow_screen_a_figure_has_a_row() {
    for columns in [28, 38, 55] {
        let page = wide(&week(), &Theme::mono(), columns);
        let lines: Vec<&str> = page.lines().collect();
        let at = |words: &str| lines.iter().position(|line| *line == words).unwrap();
        assert!(at("YOU") < at("DESK"), "{page}");
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("satisfaction  ")).count(),
            2
        );
        assert!(!page.contains("STARS"), "{page}");
    }
    assert!(wide(&week(), &Theme::mono(), 78).contains("YOU                DESK"));
}

#[test]
fn sentences_tell_the_same_without_signs() {
    insta::assert_snapshot!(sentences(&week()).join("\n"));
}

#[test]
fn what_goes_on_of_a_figure_on_a_further_row_is_set_in() {
    for columns in [38, 48, 58] {
        let none = StyledLine::new();
        let lines = page(&week(), &Theme::ansi(), columns);
        let others = lines.iter().find(|line| line.text().starts_with("others now")).unwrap();
        let rows = others.rows(&none, &none, columns);
        assert!(rows.len() > 1, "{columns}");
        for row in &rows[1..] {
            assert!(row.text().starts_with("  "), "{columns}: {}", row.text());
        }
    }
}
