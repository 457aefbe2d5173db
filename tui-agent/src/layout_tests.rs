//! Where things stand, at every size.

use super::*;

fn of(width: u16, height: u16) -> Layout {
    let wishes = Wishes {
        list: false,
        details: None,
        composer: 1,
        with: 0,
        fits: 0,
        status: false,
    };
    layout(Size { width, height }, wishes)
}

#[test]
fn details_cover_the_only_pane() {
    let wishes = |list| Wishes {
        list,
        details: Some(true),
        composer: 1,
        with: 0,
        fits: 0,
        status: false,
    };
    for list in [true, false] {
        let layout = layout(Size::new(50, 12), wishes(list));
        let details = layout.details.expect("they were asked for");
        assert_eq!((details.width, layout.list), (50, None));
        assert!(layout.details_over_chat);
    }
}

#[test]
fn panes_by_width() {
    let panes = |width| {
        let layout = of(width, 40);
        let columns = |area: Option<Rect>| area.map_or(0, |area| area.width);
        (
            columns(layout.list),
            layout.chat.unwrap().area.width,
            columns(layout.details),
        )
    };
    assert_eq!(panes(50), (0, 50, 0));
    assert_eq!(panes(59), (0, 59, 0));
    assert_eq!(panes(60), (25, 34, 0));
    assert_eq!(panes(80), (25, 54, 0));
    assert_eq!(panes(99), (25, 73, 0));
    assert_eq!(panes(100), (28, 41, 29));
    assert_eq!(panes(120), (28, 61, 29));
    assert_eq!(panes(139), (28, 80, 29));
    assert_eq!(panes(140), (38, 71, 29));
    assert_eq!(panes(159), (38, 90, 29));
    assert_eq!(panes(160), (42, 66, 50));
    assert_eq!(panes(200), (42, 106, 50));
    assert_eq!(of(200, 60).chat.unwrap().transcript.width, 100);
}

#[test]
fn rules_and_the_typing_row_go_first_and_the_footer_never() {
    let rows = |height| {
        let layout = of(80, height);
        let chat = layout.chat.unwrap();
        (layout.rule.is_some(), chat.head_rule.is_some(), chat.status.is_some())
    };
    for (height, expected) in [
        (8, (false, false, false)),
        (9, (false, false, false)),
        (10, (true, false, false)),
        (13, (true, false, false)),
        (14, (true, true, true)),
        (24, (true, true, true)),
    ] {
        assert_eq!(rows(height), expected, "{height} rows");
        let layout = of(80, height);
        assert_eq!((layout.header.y, layout.footer.y), (0, height - 1));
        assert_eq!(layout.chat.unwrap().title.height, 1);
    }
}

#[test]
fn parts_fill_the_screen_and_never_leave_it() {
    for width in 30..=210 {
        for height in 8..=60 {
            for (list, details, status) in [
                (true, None, true),
                (false, Some(true), true),
                (false, Some(false), false),
            ] {
                for (composer, with) in [(1, 0), (3, 2), (90, 9)] {
                    let wishes = Wishes {
                        list,
                        details,
                        composer,
                        with,
                        fits: with,
                        status,
                    };
                    let layout = layout(Size { width, height }, wishes);
                    let chat = layout.chat;
                    let parts = chat.into_iter().flat_map(|chat| {
                        assert!(chat.transcript.height > 0, "{width}x{height} {wishes:?}");
                        assert!(chat.composer.height > 0 && chat.title.height == 1);
                        let rules = [chat.head_rule, chat.status].into_iter().flatten();
                        let rows: u16 = rules.map(|rule| rule.height).sum::<u16>()
                            + [
                                chat.head,
                                chat.transcript,
                                chat.fits,
                                chat.title,
                                chat.with,
                                chat.composer,
                            ]
                            .map(|part| part.height)
                            .iter()
                            .sum::<u16>();
                        assert_eq!(rows, chat.area.height);
                        [chat.area, chat.transcript, chat.fits, chat.with, chat.composer]
                    });
                    let all = parts
                        .chain([layout.header, layout.footer])
                        .chain(layout.list)
                        .chain(layout.details);
                    for part in all {
                        assert_eq!(part.intersection(layout.screen), part, "{width}x{height} {wishes:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_composer_has_at_most_a_third() {
    let wishes = Wishes {
        list: false,
        details: None,
        composer: 99,
        with: 0,
        fits: 0,
        status: false,
    };
    let size = Size { width: 80, height: 24 };
    assert_eq!(layout(size, wishes).chat.unwrap().composer.height, 8);
}
