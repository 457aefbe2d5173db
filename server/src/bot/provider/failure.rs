//! Why an answer of a provider was not sent. Kinds only: what a provider says about its errors is a stranger's text and stays unread.

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Failure {
    /// No connection.
    Connect,
    /// It does not take our key.
    Key,
    /// It wants fewer requests.
    Limited,
    /// Another status that is no answer.
    Status,
    /// The first words did not come in time.
    First,
    /// The next ones did not.
    Gap,
    /// The end did not.
    Whole,
    /// It ended in the middle.
    Cut,
    /// What it said is no answer.
    Garbage,
    /// It went on and on.
    TooLong,
    /// What it said does not stand in the articles.
    Ungrounded(Ungrounded),
    /// It says that it has no answer.
    Declined,
    /// It was called off: an agent took over, the customer left or wrote again, the server stops.
    CalledOff,
}

/// In which way something does not stand in the articles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ungrounded {
    /// It names other articles.
    Articles,
    /// A figure, a price or a span of time.
    Figure,
    /// An address of a page or of somebody.
    Address,
    /// Marks that are no text.
    Markup,
    /// Our own words to the model.
    Leak,
    /// A sentence that is about something else.
    Sentence,
    /// The opposite.
    Opposite,
    /// Too much, or nothing.
    Length,
}

impl Failure {
    /// All labels, so that numbers begin at 0.
    pub const LABELS: [&str; 13] = [
        "connect",
        "key",
        "limited",
        "status",
        "first",
        "gap",
        "whole",
        "cut",
        "garbage",
        "too_long",
        "ungrounded",
        "declined",
        "called_off",
    ];

    /// For numbers and logs.
    pub fn label(self) -> &'static str {
        match self {
            Failure::Connect => "connect",
            Failure::Key => "key",
            Failure::Limited => "limited",
            Failure::Status => "status",
            Failure::First => "first",
            Failure::Gap => "gap",
            Failure::Whole => "whole",
            Failure::Cut => "cut",
            Failure::Garbage => "garbage",
            Failure::TooLong => "too_long",
            Failure::Ungrounded(_) => "ungrounded",
            Failure::Declined => "declined",
            Failure::CalledOff => "called_off",
        }
    }

    /// Whether it says that the provider is not well.
    pub fn is_the_providers(self) -> bool {
        !matches!(self, Failure::Ungrounded(_) | Failure::Declined | Failure::CalledOff)
    }

    /// Whether the same request may be sent once more, if no word of an answer has come: the next try may reach another machine.
    pub fn may_pass(self) -> bool {
        matches!(self, Failure::Connect | Failure::Status | Failure::Cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_label_among_all() {
        for failure in [
            Failure::Connect,
            Failure::Key,
            Failure::Limited,
            Failure::Status,
            Failure::First,
            Failure::Gap,
            Failure::Whole,
            Failure::Cut,
            Failure::Garbage,
            Failure::TooLong,
            Failure::Ungrounded(Ungrounded::Figure),
            Failure::Declined,
            Failure::CalledOff,
        ] {
            assert!(Failure::LABELS.contains(&failure.label()));
        }
    }
}
