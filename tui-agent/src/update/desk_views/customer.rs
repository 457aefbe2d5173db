//! Who the customer is: name, address and the desk's own attributes, and joining two who are one person.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::{ATTRIBUTE_CHARS_MAX, AgentCommand},
    hours::Date,
    ids::CustomerId,
    intake::Introduction,
    people::{CustomerRef, Realm},
    settings::AttributeKind,
    words::{Email, SubjectLine},
};
use minicom_tui_kit::{
    Now, Picker, Prompt, Shown, picker,
    prompt::{Check, Question},
};

use super::{Content, tickets::check_line};
use crate::{
    app::App,
    desk_view::{RowId, Surface, View},
    update::about::NONE_CHOSEN,
    words,
};

fn check_email(text: &str) -> Result<(), Shown> {
    match Email::parse(text) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}

fn check_number(text: &str) -> Result<(), Shown> {
    match text.parse::<f64>().is_ok_and(f64::is_finite) {
        true => Ok(()),
        false => Err(Shown::fixed("a number")),
    }
}

fn check_yes_no(text: &str) -> Result<(), Shown> {
    match text.to_lowercase().as_str() {
        "yes" | "no" => Ok(()),
        _ => Err(Shown::fixed("say yes or no")),
    }
}

fn check_date(text: &str) -> Result<(), Shown> {
    match text.parse::<Date>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Shown::fixed("a day, such as 2026-11-21")),
    }
}

/// What an attribute of this kind has to be: the way to write it, and the check.
fn typed(kind: AttributeKind) -> (&'static str, Check) {
    match kind {
        AttributeKind::Text => ("", check_line),
        AttributeKind::Number => (" (number)", check_number),
        AttributeKind::YesNo => (" (yes or no)", check_yes_no),
        AttributeKind::Date => (" (2026-11-21)", check_date),
    }
}

impl App {
    /// Asks what is known of the open conversation's customer.
    pub(crate) fn describe_customer(&mut self, now: Now) {
        let Some(customer) = self.customer_of_subject() else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        let Some(context) = self.replica.context(customer.id) else {
            let words = match self.is_live() {
                true => "What is known of the customer is still asked for. Try again in a moment.",
                false => "This needs a connection.",
            };
            return self.tell(Shown::fixed(words), now);
        };
        let profile = &context.profile;
        let mut questions = vec![
            Question::new(Shown::fixed("name"))
                .starting_with(profile.name.as_ref().map_or("", SubjectLine::as_str))
                .optional()
                .check(check_line),
            Question::new(Shown::fixed("e-mail"))
                .starting_with(profile.email.as_ref().map_or("", Email::as_str))
                .optional()
                .check(check_email),
        ];
        let attributes = self.replica.desk().map(|desk| desk.settings.attributes.as_slice());
        for attribute in attributes.unwrap_or_default() {
            let (how, check) = typed(attribute.kind);
            let known = profile.attributes.get(&attribute.key).map_or("", String::as_str);
            let known: String = known.chars().take(ATTRIBUTE_CHARS_MAX).collect();
            let label = Shown::line(&format!("{}{how}", attribute.key));
            questions.push(Question::new(label).starting_with(&known).optional().check(check));
        }
        let title = format!("Customer {}", customer.name.shown());
        if let Some(prompt) = Prompt::new(Shown::line(&title), questions) {
            self.lay(
                View::Customer(customer.id),
                Surface::Prompt(prompt.verb("Enter saves it")),
                now,
            );
        }
    }

    fn customer_of_subject(&self) -> Option<CustomerRef> {
        let row = self.subject().and_then(|it| self.replica.summary(it))?;
        Some(row.customer.clone())
    }

    /// What was answered, as far as it is another than what was known. A name or an address stays if nothing is written.
    pub(super) fn customer_described(&mut self, customer: CustomerId, answers: &[String], now: Now) {
        let [name, email, values @ ..] = answers else { return };
        let profile = self
            .replica
            .context(customer)
            .map(|it| it.profile.clone())
            .unwrap_or_default();
        let name = SubjectLine::parse(name)
            .ok()
            .filter(|it| Some(it) != profile.name.as_ref());
        let email = Email::parse(email).ok().filter(|it| Some(it) != profile.email.as_ref());
        let known = self.replica.desk().map(|desk| desk.settings.attributes.as_slice());
        let attributes: BTreeMap<String, String> = known
            .unwrap_or_default()
            .iter()
            .zip(values)
            .filter(|(attribute, value)| {
                profile.attributes.get(&attribute.key).map_or("", String::as_str) != value.as_str()
            })
            .map(|(attribute, value)| (attribute.key.clone(), value.clone()))
            .collect();
        if name.is_none() && email.is_none() && attributes.is_empty() {
            return self.tell(Shown::fixed("Nothing was changed."), now);
        }
        let introduction = Introduction { name, email };
        self.send_kept(
            AgentCommand::DescribeCustomer {
                customer,
                introduction,
                attributes,
            },
            now,
        );
    }

    // Joining.

    /// Lets one choose who is the same person as the open conversation's customer.
    pub(crate) fn choose_merge(&mut self, now: Now) {
        let Some(customer) = self.customer_of_subject() else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        if customer.realm == Realm::Signed {
            let words = format!(
                "{} is vouched for by the site, and is never joined by hand.",
                customer.name.shown()
            );
            return self.tell(Shown::line(&words), now);
        }
        let title = format!("{} is the same person as", customer.name.shown());
        let picker = Picker::new(Shown::line(&title), Vec::new())
            .verb(Shown::fixed("Enter chooses"))
            .by_name()
            .when_empty(Shown::fixed("Nobody else is known here"));
        let view = View::MergeWith {
            customer: customer.id,
            at: None,
        };
        self.lay(view, Surface::Picker(picker), now);
    }

    pub(super) fn merge_content(&self, customer: CustomerId, at: Option<u64>) -> Content {
        if at == Some(self.replica.version()) {
            return Content::Same;
        }
        let also = self
            .replica
            .context(customer)
            .map(|it| it.also.as_slice())
            .unwrap_or_default();
        let mut known: BTreeMap<(String, CustomerId), picker::Row<RowId>> = BTreeMap::new();
        for row in self.replica.summaries().filter(|row| row.customer.id != customer) {
            let other = &row.customer;
            let name = other.name.shown();
            let newest = self.replica.newest_of(other.id).unwrap_or(row);
            let detail = Shown::line(&words::stage(&newest.stage, self.me(), &self.zone));
            let reason = match other.realm {
                Realm::Signed => Some("the site vouches for this customer: never joined by hand"),
                _ if also.iter().any(|it| it.id == other.id) => Some("joined already"),
                _ => None,
            };
            let key = (name.to_string(), other.id);
            known.entry(key).or_insert_with(|| {
                picker::Row::new(RowId::Customer(other.id), name, detail).disabled(reason.map(Shown::fixed))
            });
        }
        Content::Choices(known.into_values().collect())
    }

    pub(crate) fn customer_name(&self, customer: CustomerId) -> Shown {
        let row = self.replica.newest_of(customer);
        row.map_or(Shown::fixed("this customer"), |row| row.customer.name.shown())
    }

    pub(super) fn ask_merge(&mut self, customer: CustomerId, also: CustomerId, now: Now) {
        let (one, other) = (self.customer_name(customer), self.customer_name(also));
        let title = format!("Join {one} and {other}");
        let what = "each will show the other's chats, and it cannot be undone";
        self.lay_confirmation(View::Merge { customer, also }, &title, what, "Enter joins them", now);
    }

    pub(super) fn merge(&mut self, customer: CustomerId, also: CustomerId, now: Now) {
        self.send_kept(AgentCommand::MergeCustomers { customer, also }, now);
    }
}
