//! From blocks to rows.

use minicom_protocol::gate::Shown;
use ratatui::style::{Modifier, Style};

use super::ROWS_MAX;
use super::blocks::{Block, Kind, Lead};
use crate::overlay::SourceRow;
use crate::styled::StyledLine;
use crate::text::width;
use crate::theme::Theme;

/// Columns before code.
const CODE_LEAD: &str = "    ";

/// Where the rows are read.
pub(super) enum Form {
    /// With styles, so wide.
    Screen { columns: usize },
    /// Without styles: words and signs must tell everything. Longer lines are broken only because the gate would cut them.
    Plain { columns: usize },
}

impl Form {
    fn columns(&self) -> usize {
        let (Form::Screen { columns } | Form::Plain { columns }) = self;
        (*columns).max(1)
    }

    /// What stands before each row of a quote.
    pub(super) fn quote(&self, theme: &Theme) -> &'static str {
        match self {
            Form::Screen { .. } => theme.signs().bar,
            Form::Plain { .. } => ">",
        }
    }

    fn is_plain(&self) -> bool {
        matches!(self, Form::Plain { .. })
    }
}

/// All rows with the numbers of their blocks, and whether there was room for all of them.
pub(super) fn lay_out(blocks: &[Block], form: &Form, theme: &Theme) -> (Vec<SourceRow>, bool) {
    let mut rows: Vec<SourceRow> = Vec::new();
    for (source, block) in blocks.iter().enumerate() {
        if rows.len() >= ROWS_MAX {
            rows.truncate(ROWS_MAX);
            return (rows, false);
        }
        if source > 0 && !block.close {
            let row = StyledLine::new();
            rows.push(SourceRow { row, source });
        }
        let of_block = rows_of(block, form, theme);
        rows.extend(of_block.into_iter().map(|row| SourceRow { row, source }));
    }
    (rows, true)
}

fn rows_of(block: &Block, form: &Form, theme: &Theme) -> Vec<StyledLine> {
    let columns = form.columns();
    let (first, next) = leads_of(&block.leads, columns, theme);
    let room = columns.saturating_sub(next.width()).max(1);
    match &block.kind {
        Kind::Words(lines) => wrapped(lines, &first, &next, columns),
        Kind::Heading(rank, words) if form.is_plain() => {
            let mut line = StyledLine::of(Shown::line(&format!("{} ", "#".repeat(*rank))), Style::new());
            line.append(words.clone());
            wrapped(&[line], &first, &next, columns)
        }
        Kind::Heading(1, words) => wrapped(&[words.clone().with(Modifier::UNDERLINED)], &first, &next, columns),
        Kind::Heading(_, words) => wrapped(std::slice::from_ref(words), &first, &next, columns),
        Kind::Rule => {
            let signs = if form.is_plain() { 3 } else { room };
            let mut row = first;
            row.push(Shown::line(&theme.signs().rule.repeat(signs)), theme.dim());
            vec![row]
        }
        Kind::Code(lines) => {
            let lead = Shown::fixed(if room > 2 * CODE_LEAD.len() { CODE_LEAD } else { "" });
            let leads = [first, next].map(|lead_of| lead_of.and(lead.clone(), Style::new()));
            let rows = lines.iter().enumerate().flat_map(|(nth, line)| {
                let lead = &leads[usize::from(nth > 0)];
                line.cut_rows(lead, &leads[1], columns)
            });
            rows.collect()
        }
        Kind::Table(table) => wrapped(&table_lines(table, room, form, theme), &first, &next, columns),
    }
}

/// Several lines of one block: only the very first row has the sign of a point.
fn wrapped(lines: &[StyledLine], first: &StyledLine, next: &StyledLine, columns: usize) -> Vec<StyledLine> {
    let rows = lines.iter().enumerate().flat_map(|(nth, line)| {
        let first = if nth == 0 { first } else { next };
        line.rows(first, next, columns)
    });
    rows.collect()
}

/// What stands before the rows. Where it would take more than half of the columns, the outer signs are left out.
fn leads_of(leads: &[Lead], columns: usize, theme: &Theme) -> (StyledLine, StyledLine) {
    let mut from = 0;
    let taken = |from: usize| leads[from..].iter().map(|(_, next)| width(next)).sum::<usize>();
    while from < leads.len() && taken(from) > columns / 2 {
        from += 1;
    }
    let mut lines = (StyledLine::new(), StyledLine::new());
    for (first, next) in &leads[from..] {
        lines.0.push(Shown::line(first), theme.dim());
        lines.1.push(Shown::line(next), theme.dim());
    }
    lines
}

/// Cells below each other where they fit, else behind each other.
fn table_lines(table: &[Vec<StyledLine>], room: usize, form: &Form, theme: &Theme) -> Vec<StyledLine> {
    let between = Shown::line(&format!(" {} ", theme.signs().bar));
    let count = table.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            let cells = table.iter().filter_map(|row| row.get(column));
            cells.map(StyledLine::width).max().unwrap_or(0)
        })
        .collect();
    let whole = widths.iter().sum::<usize>() + 3 * count.saturating_sub(1);
    let fits = whole <= room && !form.is_plain();
    let mut lines = Vec::new();
    for (nth, row) in table.iter().enumerate() {
        let mut line = StyledLine::new();
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                line.push(between.clone(), theme.dim());
            }
            let cell_width = cell.width();
            line.append(match nth {
                0 => cell.clone().with(Modifier::BOLD),
                _ => cell.clone(),
            });
            if fits && column + 1 < row.len() {
                let blanks = " ".repeat(widths[column] - cell_width);
                line.push(Shown::line(&blanks), Style::new());
            }
        }
        lines.push(line);
        if nth == 0 {
            let signs = if fits { whole } else { 3 };
            let rule = Shown::line(&theme.signs().rule.repeat(signs));
            lines.push(StyledLine::of(rule, theme.dim()));
        }
    }
    lines
}
