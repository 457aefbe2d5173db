//! A desk's saved replies, trained, for the eyes of agents: which of them fits a customer's line. The bot never answers with one.

use minicom_protocol::{
    library::SavedReply,
    template::{Piece, Template, Values},
};

use super::model::{Article, Model};

/// See the module.
#[derive(Debug)]
pub struct Replies {
    all: Vec<SavedReply>,
    model: Model,
}

impl Replies {
    /// `train` makes the model of what stands for each reply. `None` if there are none.
    pub fn train(all: Vec<SavedReply>, train: impl FnOnce(Vec<Article>) -> Option<Model>) -> Option<Replies> {
        let model = train(all.iter().map(as_article).collect())?;
        Some(Replies { all, model })
    }

    /// The replies, everybody's and agents' own; a label of the model is a place among them.
    pub fn all(&self) -> &[SavedReply] {
        &self.all
    }

    /// Says which fits.
    pub fn model(&self) -> &Model {
        &self.model
    }
}

/// What stands for a reply: its title and its words, without what is put into its holes.
pub fn as_article(reply: &SavedReply) -> Article {
    Article {
        slug: reply.code.clone(),
        title: reply.title.as_str().to_owned(),
        body: words(&reply.text),
        questions: reply
            .questions
            .iter()
            .flatten()
            .map(|it| it.as_str().to_owned())
            .collect(),
    }
}

fn words(text: &str) -> String {
    // Stored ones can be read; whatever cannot stands for itself.
    let Ok(template) = Template::parse(text) else {
        return text.to_owned();
    };
    let (values, answers) = (Values::default(), Default::default());
    let own = template
        .preview(&values, &answers)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Text(text) => Some(text),
            Piece::Value(_) | Piece::Hole(_) => None,
        });
    own.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_words_stand_for_it_and_not_what_fills_its_holes() {
        assert_eq!(
            words("Hello {{customer_name|there}}, your parcel {{?number}} is on its way."),
            "Hello , your parcel  is on its way."
        );
        assert_eq!(words("A {{hole that is none"), "A {{hole that is none");
    }
}
