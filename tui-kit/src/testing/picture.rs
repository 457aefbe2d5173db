//! Screens as pictures, for documents: drawn from the very cells that the snapshots print, so that they show what the programs show.

use std::fmt::Write as _;

use anstyle::{Color, RgbColor, Style};
use anstyle_svg::Term;
use ratatui::{
    buffer::{Buffer, Cell},
    layout::Position,
    style::{Color as CellColour, Modifier},
};
use unicode_width::UnicodeWidthStr;

/// What the terminal's own colours are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

impl Paper {
    fn terminal(self) -> Term {
        let (text, ground, palette) = match self {
            Paper::Dark => (rgb(0xd4d4d4), rgb(0x181a1f), DARK),
            Paper::Light => (rgb(0x24292f), rgb(0xffffff), LIGHT),
        };
        let palette = palette.map(rgb).into();
        let term = Term::new().palette(palette).min_width_px(0);
        term.fg_color(Color::Rgb(text)).bg_color(Color::Rgb(ground))
    }
}

/// The sixteen colours of a terminal, each to be read on its ground.
const DARK: [u32; 16] = [
    0x181a1f, 0xf07178, 0x7ec679, 0xdeb862, 0x68a4f5, 0xc68cf0, 0x60c8cd, 0xd4d4d4, 0x7a828e, 0xff8f95, 0x98da93,
    0xf0cd80, 0x8cbcff, 0xdbabff, 0x86e0e4, 0xffffff,
];
const LIGHT: [u32; 16] = [
    0x24292f, 0xbe282d, 0x147832, 0x8a5a00, 0x0a5ac8, 0x823cb4, 0x0a737d, 0x6e7781, 0x6e7781, 0xa01e24, 0x0f5c26,
    0x6b4600, 0x0846a0, 0x672e90, 0x085a62, 0x24292f,
];

fn rgb(hex: u32) -> RgbColor {
    let [_, red, green, blue] = hex.to_be_bytes();
    RgbColor(red, green, blue)
}

/// The screen as SVG, with the cursor if it is seen.
pub fn picture(buffer: &Buffer, cursor: Option<Position>, paper: Paper) -> String {
    paper.terminal().render_svg(&escaped(buffer, cursor))
}

/// The rows, each run of cells between the escape codes of its style.
fn escaped(buffer: &Buffer, cursor: Option<Position>) -> String {
    let mut out = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut run = Style::new();
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let cell = &buffer[(x, y)];
            let style = style(cell, cursor == Some(Position { x, y }));
            if style != run {
                // Writing to a string does not fail.
                let _ = write!(out, "{}{}", run.render_reset(), style.render());
                run = style;
            }
            out.push_str(cell.symbol());
            x += u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
        }
        let _ = writeln!(out, "{}", run.render_reset());
    }
    out
}

fn style(cell: &Cell, under_cursor: bool) -> Style {
    let colour = |colour: CellColour| match colour {
        CellColour::Reset => None,
        colour => Some(Color::from(colour)),
    };
    let modifier = match under_cursor {
        true => cell.modifier.symmetric_difference(Modifier::REVERSED),
        false => cell.modifier,
    };
    Style::new()
        .fg_color(colour(cell.fg))
        .bg_color(colour(cell.bg))
        .effects(modifier.into())
}
