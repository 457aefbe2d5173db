//! The values that the desk knows by itself: a closed list, and a bag of them. It refuses to know where they come from.

use std::{collections::BTreeMap, fmt};

/// Defines the list: each value with its name in a template and its title for help.
macro_rules! known {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $title:literal;)*) => {
        /// A value that the desk knows when a saved reply is sent. What is not in this list is a mistake when the reply is saved.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Known {
            $($(#[$doc])* $variant,)*
        }

        impl Known {
            /// All of them, in the order of help.
            pub const ALL: &[Known] = &[$(Known::$variant),*];

            /// Its name in a template.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Known::$variant => $name,)*
                }
            }

            /// What it is, in words for help.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Known::$variant => $title,)*
                }
            }
        }
    };
}

known! {
    /// The customer's name.
    CustomerName = "customer_name", "the customer's name";
    /// The customer's e-mail address, if it was given.
    CustomerEmail = "customer_email", "the customer's e-mail address";
    /// The name of the agent who sends.
    AgentName = "agent_name", "the name of the one who sends";
    /// The conversation's subject, if it has one.
    Subject = "subject", "the conversation's subject";
    /// The name of the tenant, as customers know it.
    TenantName = "tenant_name", "the name of your desk";
    /// The conversation's number within the tenant.
    ConversationNumber = "conversation_number", "the conversation's number";
    /// The number of the conversation's ticket, if it has one.
    Ticket = "ticket", "the number of the conversation's ticket";
}

impl Known {
    /// The value of this name.
    pub fn from_name(name: &str) -> Option<Known> {
        Known::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// All names, for an error's text.
    pub(super) fn names() -> String {
        let names: Vec<_> = Known::ALL.iter().map(|known| known.name()).collect();
        names.join(", ")
    }
}

/// The values for one sending. Raw text, of any length.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Values(BTreeMap<Known, String>);

impl Values {
    /// None.
    pub fn new() -> Values {
        Values::default()
    }

    /// Puts one in, in place of what was there.
    pub fn set(&mut self, known: Known, value: impl Into<String>) {
        self.0.insert(known, value.into());
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, known: Known, value: impl Into<String>) -> Values {
        self.set(known, value);
        self
    }

    /// The value, if there is one. It may be empty.
    pub fn get(&self, known: Known) -> Option<&str> {
        self.0.get(&known).map(String::as_str)
    }
}

/// Names and addresses of people belong into no log: the debug form tells which values there are.
impl fmt::Debug for Values {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}
