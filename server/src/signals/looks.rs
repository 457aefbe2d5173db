//! What a tenant has chosen, as its customers see it: told in the welcome, and again to those who are connected when it changes. It
//! refuses to know what a customer has agreed to: another text than was told is to be agreed to.

use std::sync::Arc;

use minicom_protocol::{
    frame::{CustomerSignal, DeskLook},
    settings::DeskSettings,
};

/// The part of the settings that customers see, with the whole consent text.
pub fn look(settings: &DeskSettings) -> Arc<DeskLook> {
    Arc::new(DeskLook {
        desk: settings.name.clone(),
        subtitle: settings.subtitle.clone(),
        colour: settings.colour.clone(),
        first: settings.first,
        questions: settings.questions.clone(),
        edit_window_s: settings.edit_window_s,
        consent: Some(settings.consent.clone()),
    })
}

/// A look, to somebody who was told another one. The consent text stands in it only if it is another: one that stayed may have been
/// agreed to.
pub fn told(look: &DeskLook, before: &DeskLook) -> CustomerSignal {
    let mut look = look.clone();
    if look.consent == before.consent {
        look.consent = None;
    }
    CustomerSignal::Look(look)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_text_is_told_only_when_it_is_another() {
        let of = |name: &str, consent: &str| {
            look(&DeskSettings {
                name: name.to_owned(),
                consent: consent.to_owned(),
                ..DeskSettings::default()
            })
        };
        let check = |now: &DeskLook, before: &DeskLook, desk: &str, consent: Option<&str>| {
            let CustomerSignal::Look(said) = told(now, before) else {
                panic!("it is a look")
            };
            assert_eq!((said.desk.as_str(), said.consent.as_deref()), (desk, consent));
        };
        check(&of("Parcels", "text"), &of("Support", "text"), "Parcels", None);
        check(
            &of("Support", "other"),
            &of("Support", "text"),
            "Support",
            Some("other"),
        );
        check(&of("Support", ""), &of("Support", "text"), "Support", Some(""));
    }
}
