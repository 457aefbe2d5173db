//! Something that the server is asked for: the answer, perhaps an older one, and how asking stands.

use minicom_tui_kit::Shown;

/// Something that the server is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted<T> {
    value: Option<T>,
    /// How asking for it stands.
    pub asking: Asking,
}

/// How asking for something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    stands: Stands,
    /// Something has happened since it was asked for.
    touched: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stands {
    /// The answer is on its way.
    Asked,
    /// It came.
    Here,
    /// The server would not tell, for this reason.
    Refused(Shown),
    /// There was no connection; it is asked for when there is one.
    Away,
}

impl Asking {
    /// Whether it is to be asked for, if there is a connection.
    pub fn is_due(&self) -> bool {
        match self.stands {
            Stands::Away => true,
            Stands::Here | Stands::Refused(_) => self.touched,
            Stands::Asked => false,
        }
    }

    /// Whether it was never asked for, or lost with a connection.
    pub fn is_away(&self) -> bool {
        self.stands == Stands::Away
    }

    /// It is asked for.
    pub fn asked(&mut self) {
        (self.stands, self.touched) = (Stands::Asked, false);
    }

    /// Something has happened: what is known may be old.
    pub fn touch(&mut self) {
        self.touched = true;
    }

    /// The server would not tell.
    pub fn refused(&mut self, words: Shown) {
        self.stands = Stands::Refused(words);
    }

    /// The question was lost with the connection.
    pub fn lost(&mut self) {
        self.stands = Stands::Away;
    }
}

impl<T> Wanted<T> {
    /// It is to be asked for.
    pub fn new() -> Wanted<T> {
        Wanted {
            value: None,
            asking: Asking {
                stands: Stands::Away,
                touched: false,
            },
        }
    }

    /// The answer, perhaps an older one.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// What is told while there is no answer, or only an old one.
    pub fn words(&self) -> Option<Shown> {
        match (&self.asking.stands, &self.value) {
            (Stands::Here, _) | (Stands::Asked, Some(_)) => None,
            (Stands::Asked, None) => Some(Shown::fixed("asking ...")),
            (Stands::Refused(words), _) => Some(words.clone()),
            (Stands::Away, None) => Some(Shown::fixed(
                "This needs a connection. It is asked for when there is one.",
            )),
            (Stands::Away, Some(_)) => Some(Shown::fixed("No connection: this is what was known before.")),
        }
    }

    /// It came.
    pub fn came(&mut self, value: T) {
        (self.value, self.asking.stands) = (Some(value), Stands::Here);
    }
}

impl<T> Default for Wanted<T> {
    fn default() -> Wanted<T> {
        Wanted::new()
    }
}
