use minicom_protocol::ids::Time;

use super::*;

fn read(name: &str, text: &str) -> Result<ArticleFile, String> {
    parse(name, Path::new(name), text).map_err(|mistakes| mistakes[0].to_string())
}

fn row(slug: &str, title: &str) -> ArticleRow {
    ArticleRow {
        slug: Tag::parse(slug).unwrap(),
        title: SubjectLine::parse(title).unwrap(),
        tags: vec![Tag::parse("money").unwrap()],
        published: true,
        updated_at: Time(0),
        updated_by: None,
        excerpt: String::new(),
    }
}

#[test]
fn a_title_comes_from_the_front_matter_or_the_first_heading() {
    let plain = read("kb/Refunds.md", "\n# How we refund #\n\nWithin *ten* days.\n").unwrap();
    assert_eq!(plain.article.slug.as_str(), "refunds");
    assert_eq!(plain.article.title.as_str(), "How we refund");
    assert_eq!(plain.article.body, "Within *ten* days.", "the title is not said twice");
    assert_eq!((plain.tags, plain.published), (None, None));
    let text = "+++\nslug = \"x\"\ntitle = \"T\"\ntags = [\"b\", \"a\", \"b\"]\npublished = true\n+++\n# Heading\n\n    code\n";
    let full = read("kb/other.md", text).unwrap();
    assert_eq!((full.article.slug.as_str(), full.article.title.as_str()), ("x", "T"));
    assert_eq!(full.article.body, "# Heading\n\n    code");
    assert_eq!(full.tags.unwrap().len(), 2);
}

#[test]
fn bad_files_are_refused_with_their_lines() {
    for (name, text, expected) in [
        ("a.md", "", "a.md:1:1: there is no title"),
        ("a.md", "Just text\n", "a.md:1:1: there is no title"),
        (
            "a.md",
            "+++\npublished = true\n+++\n\nText\n",
            "a.md:5:1: there is no title",
        ),
        (
            "a.md",
            "# #\n",
            "a.md:1:1: the heading cannot be the title: the subject is empty",
        ),
        ("a b.md", "# T\n", "a b.md: its name cannot be the slug"),
        (
            "a.md",
            "+++\ntitle = \"T\"\npublish = true\n+++\n",
            "a.md:3:1: there is no `publish`; did you mean `published`?",
        ),
        (
            "a.md",
            "+++\npublished = \"yes\"\n+++\n# T\n",
            "a.md:2:13: `published` must be true or false, and is \"yes\"",
        ),
        (
            "a.md",
            "+++\ntags = \"x\"\n+++\n# T\n",
            "a.md:2:8: `tags` must be a list, as in [\"a\", \"b\"], and is \"x\"",
        ),
        (
            "a.md",
            "+++\ntags = [\"two words\"]\n+++\n# T\n",
            "a.md:2:8: `tags`: a tag cannot contain",
        ),
        (
            "a.md",
            "+++\ntitle = \"T\"\n",
            "a.md:1:1: the front matter does not end",
        ),
        ("a.md", "---\ntitle: T\n---\n", "a.md:1:1: front matter here is TOML"),
        ("a.md", "# T\n\u{0}\n", "a.md: A field does not fit: article.body"),
    ] {
        let found = read(name, text).unwrap_err();
        assert!(found.starts_with(expected), "{text:?} gives {found}");
    }
    let long = format!("# T\n{}\n", "x".repeat(50_000));
    assert!(read("a.md", &long).unwrap_err().contains("at most 49152 bytes"));
}

#[test]
fn what_is_left_out_stays() {
    let file = read("refunds.md", "# Refunds\n\nText\n").unwrap();
    let known = Article {
        body: "\nText\n\n".to_owned(),
        ..file.article.clone()
    };
    let row = row("refunds", "Refunds");
    assert!(file.is(&known, &row), "blank lines around it are no change");
    let command = file.command(Some(&row));
    assert!(matches!(command, AgentCommand::SaveArticle { published: true, ref tags, .. } if tags.len() == 1));
    let new = file.command(None);
    assert!(matches!(new, AgentCommand::SaveArticle { published: false, ref tags, .. } if tags.is_empty()));
    let asked = read(
        "refunds.md",
        "+++\nquestions = [\"Money back?\", \"money back?\"]\n+++\n# Refunds\n\nText\n",
    )
    .unwrap();
    assert!(!asked.is(&known, &row));
    let questions = asked.article.questions.clone().and_then(questions_as_set);
    let known = Article { questions, ..known };
    assert!(
        asked.is(&known, &row) && file.is(&known, &row),
        "each once; left out they stay"
    );
    let none = read("refunds.md", "+++\nquestions = []\n+++\n# Refunds\n\nText\n").unwrap();
    assert!(!none.is(&known, &row));
    let draft = read("refunds.md", "+++\npublished = false\n+++\n# Refunds\n\nText\n").unwrap();
    assert!(!draft.is(&known, &row));
}

#[test]
fn what_is_exported_is_imported_the_same() {
    for (slug, title, body) in [
        ("refunds", "Refunds", "# One\n\ntwo\n"),
        ("..x", "Quote \" and \u{202e} turned", "+++\nx = 1\n+++\n"),
        ("größe", "Größe", "    code first\n\ntext\u{1b}[2J"),
        ("empty", "Nothing in it", ""),
    ] {
        let row = row(slug, title);
        let article = Article {
            slug: row.slug.clone(),
            title: row.title.clone(),
            body: body.to_owned(),
            questions: (!body.is_empty()).then(|| vec![row.title.clone()]),
        };
        let (name, text) = (file_name(&row.slug), render(&article, &row));
        let again = read(&name, &text).unwrap();
        assert!(
            again.is(&article, &row) && again.article.slug == row.slug,
            "{name}: {text}"
        );
    }
}
