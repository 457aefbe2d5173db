//! From events of the parser to blocks: what stands below what, with its words gated and styled.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};

use super::push_gated;
use crate::styled::StyledLine;
use crate::text::width;
use crate::theme::Theme;

/// Events of the parser that are read: a small text can stand for a large table.
const EVENTS_MAX: usize = 100_000;
/// Quotes and lists inside each other that are drawn; deeper ones are drawn like the last.
const DEPTH_MAX: usize = 8;
/// Bytes of an address that are shown.
const ADDRESS_BYTES_MAX: usize = 400;

/// A tab in code, where columns matter.
const TAB: &str = "    ";

/// What a row of a container begins with: its first row, and the others.
pub(super) type Lead = (String, String);

/// One block.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub kind: Kind,
    /// What stands before it, the outermost first.
    pub leads: Vec<Lead>,
    /// Belongs closely to the block before, as the points of a list do.
    pub close: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// Lines that are wrapped.
    Words(Vec<StyledLine>),
    /// A title and its rank, 1 to 6.
    Heading(usize, StyledLine),
    /// Lines that are cut where the row is full.
    Code(Vec<StyledLine>),
    Rule,
    /// Rows of cells, the head first.
    Table(Vec<Vec<StyledLine>>),
}

/// All blocks of a text, and whether the whole text was read.
/// `quote` stands before each row of a quote.
pub(super) fn read(text: &str, quote: &str, theme: &Theme) -> (Vec<Block>, bool) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader::new(quote, theme);
    let mut events = Parser::new_ext(text, options);
    for event in events.by_ref().take(EVENTS_MAX) {
        reader.event(event);
    }
    reader.flush(false);
    (reader.blocks, events.next().is_none())
}

/// A quote or a point of a list that is open.
struct Container {
    lead: Lead,
    /// The sign of the point was drawn, or there is none.
    begun: bool,
}

struct Reader<'a> {
    theme: &'a Theme,
    quote: &'a str,
    blocks: Vec<Block>,
    containers: Vec<Container>,
    /// The next number of each open list; `None` for points.
    lists: Vec<Option<u64>>,
    lines: Vec<StyledLine>,
    line: StyledLine,
    styles: Vec<Style>,
    /// Addresses of open links and images, and where in the line their words began.
    links: Vec<(String, usize)>,
    code: Option<String>,
    /// What stood beside the opening fence of that code.
    fence: String,
    table: Option<Vec<Vec<StyledLine>>>,
    /// The last block stood in a list.
    in_list: bool,
}

impl<'a> Reader<'a> {
    fn new(quote: &'a str, theme: &'a Theme) -> Reader<'a> {
        Reader {
            theme,
            quote,
            blocks: Vec::new(),
            containers: Vec::new(),
            lists: Vec::new(),
            lines: Vec::new(),
            line: StyledLine::new(),
            styles: Vec::new(),
            links: Vec::new(),
            code: None,
            fence: String::new(),
            table: None,
            in_list: false,
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.push(&text, self.style()),
            },
            Event::Code(text) => self.push(&format!("`{text}`"), self.style().patch(self.theme.code())),
            Event::Html(text) => {
                for line in text.lines() {
                    self.push(line, self.style());
                    self.break_line();
                }
            }
            Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.push(&text, self.style()),
            Event::SoftBreak => self.push(" ", self.style()),
            Event::HardBreak => self.break_line(),
            Event::Rule => self.emit(Kind::Rule, false),
            Event::TaskListMarker(done) => self.push(if done { "[x] " } else { "[ ] " }, self.style()),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::BlockQuote(_) => {
                self.flush(true);
                let bar = format!("{} ", self.quote);
                self.open((bar.clone(), bar), true);
            }
            Tag::List(first) => {
                self.flush(true);
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush(true);
                let sign = self.next_sign();
                let blank = " ".repeat(width(&sign));
                self.open((sign, blank), false);
            }
            Tag::CodeBlock(kind) => {
                self.flush(true);
                self.code = Some(String::new());
                self.fence = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
            }
            Tag::Table(_) => {
                self.flush(true);
                self.table = Some(Vec::new());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.push(Vec::new());
                }
            }
            Tag::Emphasis => self.styled(Modifier::ITALIC),
            Tag::Strong => self.styled(Modifier::BOLD),
            // A terminal that cannot cross out would show the contrary of what was meant.
            Tag::Strikethrough => self.push("~~", self.style()),
            Tag::Link { dest_url, .. } => self.open_link(&dest_url, ""),
            Tag::Image { dest_url, .. } => self.open_link(&dest_url, "[image] "),
            Tag::Heading { .. } => {
                self.flush(true);
                self.styled(Modifier::BOLD);
            }
            Tag::Paragraph
            | Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::TableCell
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => self.flush_unless_cell(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(false),
            TagEnd::Heading(level) => {
                self.styles.pop();
                let line = std::mem::take(&mut self.line);
                self.emit(Kind::Heading(rank(level), line), false);
            }
            TagEnd::BlockQuote(_) => {
                self.flush(true);
                self.containers.pop();
            }
            TagEnd::Item => {
                self.flush(true);
                // A point without words is still a point.
                if self.containers.last().is_some_and(|item| !item.begun) {
                    self.emit(Kind::Words(vec![StyledLine::new()]), true);
                }
                self.containers.pop();
            }
            TagEnd::List(_) => {
                self.flush(true);
                self.lists.pop();
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(row) = self.table.as_mut().and_then(|table| table.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.emit(Kind::Table(table), false);
                }
            }
            TagEnd::Strikethrough => self.push("~~", self.style()),
            TagEnd::Emphasis | TagEnd::Strong => {
                self.styles.pop();
            }
            TagEnd::Link | TagEnd::Image => self.close_link(),
            TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// What stands before the next point of the innermost list.
    fn next_sign(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                let sign = format!("{number}. ");
                *number = number.saturating_add(1);
                sign
            }
            _ => format!("{} ", self.theme.signs().bullet),
        }
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    fn styled(&mut self, modifier: Modifier) {
        self.styles.push(self.style().add_modifier(modifier));
    }

    fn push(&mut self, text: &str, style: Style) {
        push_gated(&mut self.line, text, style);
    }

    fn break_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.lines.push(line);
    }

    fn open(&mut self, lead: Lead, begun: bool) {
        self.containers.push(Container { lead, begun });
    }

    fn open_link(&mut self, address: &CowStr<'_>, before: &str) {
        self.push(before, self.style());
        self.links.push((address.to_string(), self.line.text().len()));
        self.styles.push(self.style().patch(self.theme.address()));
    }

    /// The address stands behind the words, unless they are the address: nobody is led somewhere unseen.
    fn close_link(&mut self) {
        self.styles.pop();
        let Some((address, start)) = self.links.pop() else {
            return;
        };
        let same = self.line.text().get(start..).is_some_and(|words| words == address);
        if !same && !address.is_empty() {
            let cut = address.floor_char_boundary(ADDRESS_BYTES_MAX);
            let more = if cut < address.len() {
                self.theme.signs().more_right
            } else {
                ""
            };
            self.push(&format!(" ({}{more})", &address[..cut]), self.theme.dim());
        }
    }

    fn end_code(&mut self) {
        let Some(mut code) = self.code.take() else { return };
        let fence = std::mem::take(&mut self.fence);
        // The language of a code is said nowhere: readers see the code. Somebody's words behind three backticks are no language.
        if code.is_empty() || fence.split_whitespace().nth(1).is_some() {
            code.insert_str(0, &format!("{fence}\n"));
        }
        let style = self.theme.code();
        let lines = code.strip_suffix('\n').unwrap_or(&code).split('\n').map(|text| {
            let mut line = StyledLine::new();
            push_gated(&mut line, &text.replace('\t', TAB), style);
            line
        });
        self.emit(Kind::Code(lines.collect()), false);
    }

    fn flush_unless_cell(&mut self) {
        if self.table.is_none() {
            self.flush(true);
        }
    }

    /// Ends the words that were gathered. Those that stand in no paragraph are the points of a list without space between.
    fn flush(&mut self, close: bool) {
        if !self.line.is_empty() {
            self.break_line();
        }
        if !self.lines.is_empty() {
            let lines = std::mem::take(&mut self.lines);
            self.emit(Kind::Words(lines), close);
        }
    }

    fn emit(&mut self, kind: Kind, close: bool) {
        let leads = self.containers.iter_mut().take(DEPTH_MAX).map(|container| {
            let (first, next) = &container.lead;
            let begun = std::mem::replace(&mut container.begun, true);
            // A quote has the same sign on each row.
            let first = if begun { next } else { first };
            (first.clone(), next.clone())
        });
        let leads = leads.collect();
        for deep in self.containers.iter_mut().skip(DEPTH_MAX) {
            deep.begun = true;
        }
        let in_list = !self.lists.is_empty();
        self.blocks.push(Block {
            kind,
            leads,
            close: close && in_list && self.in_list,
        });
        self.in_list = in_list;
    }
}

fn rank(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
