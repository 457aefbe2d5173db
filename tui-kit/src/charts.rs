//! Charts as lines of words: bars, columns, a line and a sparkline, drawn by ratatui's widgets.
//!
//! Owns that they can be read without colours and in ASCII, that something is never shown as nothing, and that they fit their columns.
//! It refuses to know what was counted. They come as lines, so that they stand among words and are scrolled and printed with them.

use minicom_protocol::gate::Shown;
use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Style},
    symbols::{Marker, bar},
    text::Line,
    widgets::{Axis, Bar, BarChart, Chart, Dataset, GraphType, Sparkline, Widget},
};

use crate::styled::StyledLine;
use crate::text::{pad, truncate, width};
use crate::theme::Theme;

/// Numbers above are drawn as this one; widgets reckon with eight times the columns of it.
const NUMBER_MAX: u64 = 1 << 40;
/// Parts of a cell that a bar can end at.
const EIGHTHS: u64 = 8;
/// Cells of a column's width at most: wider ones say no more.
const COLUMN_MAX: usize = 8;
/// Columns between a name, its number and the bar.
const GAP: usize = 1;

const ASCII_BARS: bar::Set<'static> = bar::Set {
    full: "#",
    seven_eighths: "#",
    three_quarters: "+",
    five_eighths: "+",
    half: "=",
    three_eighths: "=",
    one_quarter: "-",
    one_eighth: "_",
    empty: " ",
};

/// A row for each: name, number, and a bar beside the longest one. Names have `name_columns`.
pub fn bars(rows: &[(Shown, u64)], name_columns: usize, columns: usize, theme: &Theme) -> Vec<StyledLine> {
    let digits = rows.iter().map(|(_, count)| count.to_string().len()).max().unwrap_or(0);
    let label = |name: &Shown, count: u64| {
        let name = pad(&truncate(name.as_str(), name_columns.saturating_sub(GAP)), name_columns);
        Line::styled(format!("{name}{count:>digits$}"), theme.dim())
    };
    let room = columns.saturating_sub(name_columns + digits + GAP).max(1);
    let numbers = visible(rows.iter().map(|it| it.1), room as u64);
    let bar =
        |(row, number): (&(Shown, u64), u64)| Bar::default().label(label(&row.0, row.1)).value(number).text_value("");
    let bars: Vec<Bar<'_>> = rows.iter().zip(numbers).map(bar).collect();
    let chart = BarChart::horizontal(bars)
        .bar_width(1)
        .bar_gap(0)
        .bar_set(signs(theme))
        .bar_style(theme.value());
    drawn(chart, columns, rows.len(), theme)
}

/// A column for each, `rows` high with its label below, and below that its number. `None` if there is no room for all of them.
pub fn columns(all: &[(Shown, u64)], columns: usize, rows: usize, theme: &Theme) -> Option<Vec<StyledLine>> {
    let number = |count: u64| match count {
        0 => String::new(),
        _ => count.to_string(),
    };
    let widest = |it: &(Shown, u64)| width(it.0.as_str()).max(number(it.1).len());
    let widest = all.iter().map(widest).max()?;
    let each = columns / all.len();
    if each <= widest {
        return None;
    }
    let gap = 1 + usize::from(each > 7);
    let numbers = visible(
        all.iter().map(|it| it.1),
        rows.saturating_sub(1).max(1) as u64 * EIGHTHS,
    );
    let bar = |((label, _), number): (&(Shown, u64), u64)| {
        Bar::default()
            .label(Line::styled(label.to_string(), theme.dim()))
            .value(number)
            .text_value("")
    };
    let wide = (each - gap).min(COLUMN_MAX);
    let bars: Vec<Bar<'_>> = all.iter().zip(numbers).map(bar).collect();
    let chart = BarChart::vertical(bars)
        .bar_width(u16::try_from(wide).unwrap_or(1))
        .bar_gap(u16::try_from(gap).unwrap_or(1))
        .bar_set(signs(theme))
        .bar_style(theme.value());
    let mut lines = drawn(chart, columns, rows, theme);
    let step = wide + gap;
    let numbers = all.iter().map(|it| format!("{:<step$}", number(it.1)));
    let numbers = numbers.collect::<String>();
    lines.push(StyledLine::of(Shown::line(numbers.trim_end()), Style::new()));
    Some(lines)
}

/// A line through the numbers, from the first to the last, with what the first and the last of them are called.
pub fn line(numbers: &[u64], ends: [&Shown; 2], columns: usize, rows: usize, theme: &Theme) -> Vec<StyledLine> {
    let highest = numbers.iter().copied().max().unwrap_or(0).clamp(1, NUMBER_MAX);
    // Exact: all are below 2^53.
    let exact = |number: u64| number.min(NUMBER_MAX) as f64;
    let points: Vec<(f64, f64)> = numbers
        .iter()
        .zip(0_u64..)
        .map(|(it, at)| (exact(at), exact(*it)))
        .collect();
    let last = exact(points.len().saturating_sub(1).max(1) as u64);
    let marker = if theme.ascii {
        Marker::Custom('*')
    } else {
        Marker::Braille
    };
    let dim = |words: &str| Line::styled(words.to_owned(), theme.dim());
    let data = Dataset::default()
        .marker(marker)
        .graph_type(GraphType::Line)
        .style(theme.value())
        .data(&points);
    let half = highest.div_ceil(2);
    let heights = match highest {
        1 => vec![dim("0"), dim("1")],
        _ => vec![dim("0"), dim(&half.to_string()), dim(&highest.to_string())],
    };
    let chart = Chart::new(vec![data])
        .legend_position(None)
        .x_axis(
            Axis::default()
                .bounds([0.0, last])
                .labels(ends.map(|it| dim(it.as_str())))
                .style(theme.bar()),
        )
        .y_axis(
            Axis::default()
                .bounds([0.0, exact(if highest == 1 { 1 } else { 2 * half })])
                .labels(heights)
                .style(theme.bar()),
        );
    drawn(chart, columns, rows, theme)
}

/// A sign for each number, as high as it is beside the highest; wider where there is room. Where there are more numbers than columns,
/// some stand together: their sum is shown.
pub fn sparkline(numbers: &[u64], columns: usize, theme: &Theme) -> StyledLine {
    let together = numbers.len().div_ceil(columns.max(1)).max(1);
    let sums: Vec<u64> = numbers
        .chunks(together)
        .map(|it| it.iter().fold(0, |sum: u64, it| sum.saturating_add(*it)))
        .collect();
    let each = (columns / sums.len().max(1)).clamp(1, 6);
    let data: Vec<u64> = visible(sums.iter().copied(), EIGHTHS)
        .into_iter()
        .flat_map(|it| std::iter::repeat_n(it, each))
        .collect();
    let columns = data.len();
    let chart = Sparkline::default()
        .bar_set(signs(theme))
        .style(theme.value())
        .data(data);
    drawn(chart, columns, 1, theme).pop().unwrap_or_default()
}

/// The numbers so that the smallest something takes one of so many parts.
fn visible(numbers: impl Iterator<Item = u64>, parts: u64) -> Vec<u64> {
    let numbers: Vec<u64> = numbers.map(|it| it.min(NUMBER_MAX)).collect();
    let least = numbers.iter().max().copied().unwrap_or(0).div_ceil(parts.max(1));
    numbers
        .into_iter()
        .map(|it| if it == 0 { 0 } else { it.max(least) })
        .collect()
}

fn signs(theme: &Theme) -> bar::Set<'static> {
    if theme.ascii { ASCII_BARS } else { bar::NINE_LEVELS }
}

/// What a widget draws, a line a row.
fn drawn(widget: impl Widget, columns: usize, rows: usize, theme: &Theme) -> Vec<StyledLine> {
    let side = |it: usize| u16::try_from(it).unwrap_or(u16::MAX);
    let area = Rect::new(0, 0, side(columns), side(rows));
    if area.is_empty() {
        return Vec::new();
    }
    let mut buffer = Buffer::empty(area);
    widget.render(area, &mut buffer);
    let row = |y| {
        let cells = (0..area.width).filter_map(|x| buffer.cell((x, y)));
        line_of(cells, theme)
    };
    (0..area.height).map(row).collect()
}

fn line_of<'a>(cells: impl Iterator<Item = &'a Cell>, theme: &Theme) -> StyledLine {
    let mut line = StyledLine::new();
    let mut run = (String::new(), Style::new());
    for cell in cells {
        let style = style_of(cell);
        if style != run.1 {
            line.push(Shown::line(&run.0), run.1);
            run = (String::new(), style);
        }
        run.0.push_str(match (theme.ascii, cell.symbol()) {
            (true, "│") => "|",
            (true, "─") => "-",
            (true, "└") => "+",
            (_, symbol) => symbol,
        });
    }
    line.push(Shown::line(&run.0), run.1);
    line
}

/// The style without what every cell has.
fn style_of(cell: &Cell) -> Style {
    let mut style = Style::new().add_modifier(cell.modifier);
    if cell.fg != Color::Reset {
        style = style.fg(cell.fg);
    }
    if cell.bg != Color::Reset {
        style = style.bg(cell.bg);
    }
    style
}

#[cfg(test)]
#[path = "charts_tests.rs"]
mod tests;
