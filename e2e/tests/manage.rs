//! The desk managed from a shell, by the real program against a real server: what goes there as files comes back the same,
//! what is repeated changes nothing, and what is wrong leaves everything as it was.

use std::{fs, sync::Arc};

use anyhow::{Context, Result, ensure};
use minicom_e2e::{
    binaries::root,
    computer::{Computer, with_input},
    desk_setup::{DeskAgent, Setup},
    people::{agent, customer},
    program::{AgentProgram, CustomerProgram},
    pty::Program,
    server::TestServer,
};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::ConversationId,
    summary::Summary,
};
use tempfile::TempDir;

/// A desk with Ada and Bo and an admin, and a shell at a computer.
struct Shell {
    server: TestServer,
    computer: Arc<Computer>,
    folder: TempDir,
}

/// What a command said.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Shell {
    async fn open() -> Result<Shell> {
        // Without a bot, and with customers who write as fast as they can.
        let setup = Setup::for_load(&["Ada", "Bo"]).admin("Root");
        let server = TestServer::start(setup).await?;
        Ok(Shell {
            computer: Arc::new(Computer::new(server.url())?),
            server,
            folder: tempfile::tempdir()?,
        })
    }

    /// A file to work with.
    fn file(&self, name: &str, text: &str) -> Result<String> {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        fs::write(&path, text)?;
        Ok(path.display().to_string())
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// As the admin of this machine.
    async fn admin(&self, args: &[&str]) -> Result<Said> {
        let (computer, data) = (self.computer.clone(), self.server.data().to_owned());
        run(args, move |args| computer.admin(&data, args)).await
    }

    async fn agent(&self, who: &DeskAgent, args: &[&str]) -> Result<Said> {
        let (computer, who) = (self.computer.clone(), who.clone());
        run(args, move |args| computer.agent(&who, args)).await
    }

    /// What it prints where all goes well.
    async fn does(&self, args: &[&str]) -> Result<String> {
        let said = self.admin(args).await?;
        ensure!(said.code == 0 && said.err.is_empty(), "{args:?}: {said:?}");
        Ok(said.out)
    }

    fn ada(&self) -> &DeskAgent {
        &self.server.agents[0]
    }
}

async fn run(args: &[&str], program: impl FnOnce(&[&str]) -> Result<Program> + Send + 'static) -> Result<Said> {
    let args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
    let output = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        with_input(&program(&args)?, "")
    });
    let output = output.await??;
    let said = Said {
        code: output.status.code().context("it was killed")?,
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    };
    // Whatever anybody wrote: nothing that a terminal would obey comes out.
    let raw = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    ensure!(!said.out.contains(raw) && !said.err.contains(raw), "{said:?}");
    Ok(said)
}

fn example(name: &str) -> String {
    root().join("docs/examples").join(name).display().to_string()
}

/// The rows of a table, their cells by two blanks apart.
fn rows(table: &str) -> Vec<Vec<&str>> {
    table
        .lines()
        .skip(1)
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect()
}

fn waits(row: &Summary) -> bool {
    row.stage.is_waiting()
}

async fn asks(shell: &Shell, ada: &AgentProgram, name: &str, text: &str) -> Result<(CustomerProgram, ConversationId)> {
    let customer = customer(shell.server.address, name).await?;
    customer.says(text).await?;
    let row = ada.row(name, "waits", waits).await?;
    Ok((customer, row.conversation))
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_go_to_the_desk_and_back() -> Result<()> {
    let shell = Shell::open().await?;
    let first = shell.file("first.toml", &shell.does(&["desk", "show"]).await?)?;
    let unchanged = "unchanged: the desk has these settings already\n";
    assert_eq!(shell.does(&["desk", "apply", &first]).await?, unchanged);

    let wanted = example("desk.toml");
    shell.does(&["desk", "check", &wanted]).await?;
    let told = shell.does(&["desk", "apply", "--dry-run", &wanted]).await?;
    assert!(
        told.contains("capacity: not set -> 6\n") && told.ends_with("nothing is applied (--dry-run)\n"),
        "{told}"
    );
    let told = shell.does(&["desk", "apply", &wanted]).await?;
    assert!(
        told.contains("name: \"Support\" -> \"Acme Support\"\n") && told.ends_with("applied\n"),
        "{told}"
    );
    assert_eq!(shell.does(&["desk", "apply", &wanted]).await?, unchanged);
    let second = shell.file("second.toml", &shell.does(&["desk", "show"]).await?)?;
    assert_eq!(shell.does(&["desk", "apply", &second]).await?, unchanged);

    // An agent may look, and may not change; what is there already is no change.
    let ada = shell.ada();
    assert_eq!(shell.agent(ada, &["desk", "apply", &second]).await?.code, 0);
    let refused = shell.agent(ada, &["desk", "apply", &first]).await?;
    assert!(
        refused.code == 77 && refused.err.contains("Only admins may do this, and Ada is not one"),
        "{refused:?}"
    );

    let bad = shell.file(
        "bad.toml",
        "name = \"Evil\"\n\n[hours]\nzone = \"UTC\"\nweek.mno = []\n",
    )?;
    for command in [["desk", "check", &bad], ["desk", "apply", &bad]] {
        let refused = shell.admin(&command).await?;
        assert_eq!(refused.code, 65);
        let place = format!("{bad}:5:6: there is no `hours.week.mno`; did you mean `hours.week.mon`?");
        assert!(refused.err.contains(&place), "{refused:?}");
    }
    // Only the server knows the zones.
    let nowhere = shell.file(
        "nowhere.toml",
        "[hours]\nzone = \"Europe/Atlantis\"\nweek.mon = [\"09:00-17:00\"]\n",
    )?;
    shell.does(&["desk", "check", &nowhere]).await?;
    let refused = shell.admin(&["desk", "apply", &nowhere]).await?;
    assert!(
        refused.code == 2 && refused.err.contains("Europe/Atlantis"),
        "{refused:?}"
    );
    assert_eq!(
        shell.admin(&["desk", "apply", &shell.path("none.toml")]).await?.code,
        74
    );
    assert_eq!(shell.does(&["desk", "apply", &second]).await?, unchanged);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_or_a_name_nothing_is_done() -> Result<()> {
    let mut shell = Shell::open().await?;
    let nobody = tempfile::tempdir()?;
    let (computer, data) = (shell.computer.clone(), nobody.path().to_owned());
    let said = run(&["queue"], move |args| computer.admin(&data, args)).await?;
    assert!(
        said.code == 77 && said.err.contains("You are not signed in"),
        "{said:?}"
    );
    for wrong in [
        &["group", "save", "two words"][..],
        &["agents", "set", "Ada", "--capacity", "0"],
        &["ticket", "status", "1", "done"],
        &["reply", "import"],
        &["agents", "set", "Ada", "--skill", "a", "--no-skills"],
    ] {
        assert_eq!(shell.admin(wrong).await?.code, 2, "{wrong:?}");
    }
    shell.server.stop().await?;
    let said = shell.admin(&["workload"]).await?;
    assert!(said.code == 69 && said.err.contains("is away"), "{said:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_groups_and_what_they_are_good_at() -> Result<()> {
    let shell = Shell::open().await?;
    let save = [
        "group",
        "save",
        "Billing",
        "--member",
        "BO@desk.test",
        "--member",
        "ada",
        "--skill",
        "refunds",
    ];
    assert_eq!(shell.does(&save).await?, "new: group billing\n");
    assert_eq!(shell.does(&save).await?, "unchanged: group billing\n");
    assert_eq!(
        shell.does(&["group", "save", "billing", "--skill", "money"]).await?,
        "changed: group billing\n"
    );
    let listed = shell.does(&["group", "list"]).await?;
    assert_eq!(
        rows(&listed),
        [["billing", "money", "Ada, Bo"]],
        "members stay where none are given"
    );
    shell.does(&["group", "save", "billing", "--no-members"]).await?;
    assert_eq!(
        rows(&shell.does(&["group", "list"]).await?),
        [["billing", "money", "-"]]
    );
    let refused = shell.admin(&["group", "save", "x", "--member", "Adda"]).await?;
    assert!(
        refused.code == 2 && refused.err.contains("Did you mean Ada?"),
        "{refused:?}"
    );
    let refused = shell.agent(shell.ada(), &["group", "save", "x"]).await?;
    assert_eq!(refused.code, 77);

    let set = ["agents", "set", "Bo", "--skill", "german", "--capacity", "3"];
    assert_eq!(shell.does(&set).await?, "changed: Bo\n");
    assert_eq!(shell.does(&set).await?, "unchanged: Bo\n");
    shell.does(&["group", "save", "billing", "--member", "Bo"]).await?;
    let listed = shell.does(&["agents"]).await?;
    let bo = rows(&listed)
        .into_iter()
        .find(|row| row[0] == "Bo")
        .context("Bo is listed")?;
    assert_eq!(bo, ["Bo", "agent", "offline", "0", "3", "german, (money)"]);
    shell
        .does(&["agents", "set", "bo", "--no-skills", "--capacity", "none"])
        .await?;
    let listed = shell.does(&["agents"]).await?;
    let bo = rows(&listed)
        .into_iter()
        .find(|row| row[0] == "Bo")
        .context("Bo is listed")?;
    assert_eq!(bo[4..], ["none", "(money)"]);

    assert_eq!(
        shell.does(&["group", "delete", "billing"]).await?,
        "deleted: group billing\n"
    );
    assert_eq!(
        shell.does(&["group", "delete", "billing"]).await?,
        "unchanged: there is no group billing\n"
    );
    assert!(
        shell
            .does(&["group", "list"])
            .await?
            .starts_with("There are no groups.")
    );
    Ok(())
}

/// The names of a folder's files, sorted.
fn names(folder: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder)?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

/// What an import says of each file: the first word of its line.
fn verdicts(told: &str) -> Vec<&str> {
    told.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_replies_are_files() -> Result<()> {
    let shell = Shell::open().await?;
    let folder = example("replies");
    // One of them goes to a group: without it none of them is sent.
    let refused = shell.admin(&["reply", "import", &folder]).await?;
    assert!(
        refused.code == 65 && refused.out.contains("refund.toml:3:1: there is no group `billing`"),
        "{refused:?}"
    );
    assert!(
        shell
            .does(&["reply", "list"])
            .await?
            .starts_with("There are no saved replies.")
    );
    shell.does(&["group", "save", "billing"]).await?;
    let told = shell.does(&["reply", "import", "--dry-run", &folder]).await?;
    assert!(told.ends_with("nothing is sent (--dry-run)\n"), "{told}");
    assert_eq!(verdicts(&shell.does(&["reply", "import", &folder]).await?), ["new"; 4]);
    assert_eq!(
        verdicts(&shell.does(&["reply", "import", &folder]).await?),
        ["unchanged"; 4]
    );
    let mine = shell.file("mine.txt", "+++\ncode = \"hello\"\nmine = true\n+++\n\nHi!\n")?;
    let order = shell.file("order.txt", "Which order?\n")?;
    let told = shell.does(&["reply", "import", &mine, &order]).await?;
    assert_eq!(verdicts(&told), ["new", "changed"]);
    let listed = shell.does(&["reply", "list"]).await?;
    let codes: Vec<_> = rows(&listed)
        .into_iter()
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect();
    let expected = [
        ("bye", "all"),
        ("hello", "mine"),
        ("hello", "all"),
        ("order", "all"),
        ("refund", "all"),
    ];
    assert_eq!(codes, expected.map(|(code, whose)| (code.to_owned(), whose.to_owned())));
    let used_by_ada = shell.agent(shell.ada(), &["reply", "list"]).await?.out;
    assert_eq!(rows(&used_by_ada).len(), 4, "another's own are nobody else's");

    let kept = shell.path("kept");
    assert_eq!(verdicts(&shell.does(&["reply", "export", &kept]).await?), ["new"; 5]);
    assert_eq!(
        names(&kept)?,
        ["bye.txt", "hello.mine.txt", "hello.txt", "order.txt", "refund.txt"]
    );
    assert_eq!(
        verdicts(&shell.does(&["reply", "import", &kept]).await?),
        ["unchanged"; 5]
    );
    assert_eq!(
        verdicts(&shell.does(&["reply", "export", &kept]).await?),
        ["unchanged"; 5]
    );

    // A mistake in one of many leaves everything as it was.
    shell.file("many/a.txt", "A\n")?;
    shell.file("many/b.txt", "+++\ntitel = \"x\"\n+++\nB\n")?;
    shell.file("many/c.txt", "+++\ncode = \"a\"\n+++\nC {{x}}\n")?;
    let refused = shell.admin(&["reply", "import", &shell.path("many")]).await?;
    assert_eq!((refused.code, verdicts(&refused.out)), (65, vec!["refused"; 2]));
    assert!(
        refused
            .out
            .contains("b.txt:2:1: there is no `titel`; did you mean `title`?"),
        "{refused:?}"
    );
    assert!(refused.out.contains("c.txt:4:5: x is not known here"), "{refused:?}");
    shell.file("many/b.txt", "B\n")?;
    shell.file("many/c.txt", "+++\ncode = \"a\"\n+++\nC\n")?;
    let refused = shell.admin(&["reply", "import", &shell.path("many")]).await?;
    assert!(
        refused.code == 65 && refused.out.contains("c.txt: it has the name of"),
        "{refused:?}"
    );
    assert_eq!(rows(&shell.does(&["reply", "list"]).await?).len(), 5);

    shell.does(&["reply", "delete", "hello"]).await?;
    let refused = shell.admin(&["reply", "delete", "hello"]).await?;
    assert!(refused.code == 2 && refused.err.contains("add --mine"), "{refused:?}");
    assert_eq!(
        shell.does(&["reply", "delete", "hello", "--mine"]).await?,
        "deleted: saved reply hello\n"
    );
    let again = shell.does(&["reply", "delete", "hello", "--mine"]).await?;
    assert_eq!(again, "unchanged: there is no saved reply hello\n");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_markdown_files() -> Result<()> {
    let shell = Shell::open().await?;
    let folder = example("articles");
    assert_eq!(
        verdicts(&shell.does(&["article", "import", &folder]).await?),
        ["new"; 2]
    );
    assert_eq!(
        verdicts(&shell.does(&["article", "import", &folder]).await?),
        ["unchanged"; 2]
    );
    let listed = shell.does(&["article", "list"]).await?;
    let found: Vec<_> = rows(&listed).into_iter().map(|row| [row[0], row[1], row[3]]).collect();
    let expected = [
        ["delivery-times", "draft", "How long a delivery takes"],
        ["refunds", "published", "How refunds work"],
    ];
    assert_eq!(found, expected);
    let shown = shell.does(&["article", "show", "refunds"]).await?;
    assert!(
        shown.starts_with("How refunds work\nrefunds, published, changed "),
        "{shown}"
    );
    assert!(
        shown.contains("tags: money, returns\n\nSend it back within **30 days**."),
        "{shown}"
    );
    let refused = shell.admin(&["article", "show", "refund"]).await?;
    assert!(
        refused.code == 2 && refused.err.contains("Did you mean refunds?"),
        "{refused:?}"
    );

    // What a terminal would obey is text like any other, and comes back from an export as it was.
    let odd = "# Od\u{202e}d\n\n\u{1b}[2J\u{1b}]0;title\u{7} {{customer_name}}\n\n    code\n";
    shell.file("kb/odd.md", odd)?;
    let kb = shell.path("kb");
    assert_eq!(verdicts(&shell.does(&["article", "import", &kb]).await?), ["new"]);
    assert!(
        shell
            .does(&["article", "show", "odd"])
            .await?
            .contains("␛[2J␛]0;title␇ {{customer_name}}")
    );
    let out = shell.path("out");
    assert_eq!(verdicts(&shell.does(&["article", "export", &out]).await?), ["new"; 3]);
    assert!(fs::read_to_string(format!("{out}/odd.md"))?.contains("\u{1b}[2J"));
    assert_eq!(
        verdicts(&shell.does(&["article", "import", &out]).await?),
        ["unchanged"; 3]
    );

    shell.file("kb/new.md", "# New\n")?;
    shell.file("kb/bad.md", "No title\n")?;
    let refused = shell.admin(&["article", "import", &kb]).await?;
    assert!(
        refused.code == 65 && refused.out.contains("bad.md:1:1: there is no title"),
        "{refused:?}"
    );
    assert_eq!(
        rows(&shell.does(&["article", "list"]).await?).len(),
        3,
        "nothing was sent"
    );
    assert_eq!(
        shell.does(&["article", "delete", "odd"]).await?,
        "deleted: article odd\n"
    );
    assert_eq!(
        shell.does(&["article", "delete", "odd"]).await?,
        "unchanged: there is no article odd\n"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_knowledge_base_goes_both_ways() -> Result<()> {
    let shell = Shell::open().await?;
    for n in 0..120 {
        shell.file(
            &format!("many/article-{n:03}.md"),
            &format!("# Article {n}\n\nText {n}\n"),
        )?;
        let (mine, code) = (n % 2 == 0, n / 2);
        let reply = format!("+++\ncode = \"code-{code:03}\"\nmine = {mine}\n+++\nReply {n}\n");
        shell.file(&format!("replies/{n:03}.txt"), &reply)?;
    }
    let many = shell.path("many");
    assert_eq!(
        verdicts(&shell.does(&["article", "import", &many]).await?),
        ["new"; 120]
    );
    assert_eq!(rows(&shell.does(&["article", "list"]).await?).len(), 120);
    let out = shell.path("out");
    assert_eq!(verdicts(&shell.does(&["article", "export", &out]).await?), ["new"; 120]);
    assert_eq!(names(&out)?.len(), 120);
    assert_eq!(
        verdicts(&shell.does(&["article", "import", &out]).await?),
        ["unchanged"; 120]
    );
    // One's own and everybody's have the same codes, and a page ends between two of them.
    shell.file("replies/a.txt", "The first\n")?;
    let import = ["reply", "import", &shell.path("replies")];
    assert_eq!(verdicts(&shell.does(&import).await?), ["new"; 121]);
    assert_eq!(rows(&shell.does(&["reply", "list"]).await?).len(), 121);
    let kept = shell.path("kept");
    assert_eq!(verdicts(&shell.does(&["reply", "export", &kept]).await?), ["new"; 121]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_examples_are_right() -> Result<()> {
    let shell = Shell::open().await?;
    let text = fs::read_to_string(root().join("docs/desk.md"))?;
    let blocks: Vec<&str> = text
        .split("```text\n")
        .skip(1)
        .filter_map(|it| it.split("```").next())
        .collect();
    let [reply, article] = blocks[..] else {
        anyhow::bail!("two examples: {blocks:?}");
    };
    let reply = shell.file("reply.txt", reply)?;
    let article = shell.file("article.md", article)?;
    assert_eq!(verdicts(&shell.does(&["reply", "import", &reply]).await?), ["new"]);
    assert_eq!(verdicts(&shell.does(&["article", "import", &article]).await?), ["new"]);
    let (_, commands) = text.split_once("```sh\n").context("there are commands")?;
    let commands = commands.split("```").next().unwrap_or_default();
    for line in commands.lines().filter_map(|line| line.strip_prefix("minicom-agent ")) {
        let line = line.split(['#', '>']).next().unwrap_or_default();
        // What is not understood is told before the help is.
        let mut args: Vec<&str> = line.split_whitespace().collect();
        args.push("--help");
        shell.does(&args).await.with_context(|| line.to_owned())?;
    }
    Ok(())
}

/// A conversation with a ticket, in a thread that has more events than one page.
async fn ticket_of(shell: &Shell, ada: &AgentProgram) -> Result<CustomerProgram> {
    let (alice, earlier) = asks(shell, ada, "alice", "an earlier matter").await?;
    alice.done(CustomerCommand::Close {}).await?;
    ada.row("alice", "ended", |row| !row.stage.is_open()).await?;
    alice.says("line 1\n**bold** \u{1b}[2J").await?;
    let row = ada
        .row("alice", "waits again", |row| waits(row) && row.conversation != earlier)
        .await?;
    for n in 2..=230 {
        alice.says(&format!("line {n}")).await?;
    }
    let conversation = row.conversation;
    ada.takes("alice").await?;
    let note = AgentCommand::Note {
        conversation,
        text: "she is cross".to_owned(),
        agents: vec![],
        groups: vec![],
    };
    ada.done(note).await?;
    let convert = AgentCommand::ConvertToTicket {
        conversation,
        title: Some("Late *parcel*".parse()?),
    };
    ada.done(convert).await?;
    Ok(alice)
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_are_worked_on_and_exported() -> Result<()> {
    let shell = Shell::open().await?;
    assert_eq!(shell.does(&["ticket", "list"]).await?, "There are no such tickets.\n");
    let ada = agent(shell.server.address, shell.ada()).await?;
    let _alice = ticket_of(&shell, &ada).await?;
    let listed = shell.does(&["ticket", "list"]).await?;
    let found: Vec<_> = rows(&listed)
        .into_iter()
        .map(|row| [row[0], row[1], row[2], row[3], row[6]].map(str::to_owned))
        .collect();
    assert_eq!(
        found,
        [["1", "open", "Ada", "alice", "Late *parcel*"].map(str::to_owned)]
    );

    assert_eq!(
        shell.does(&["ticket", "assign", "1", "bo"]).await?,
        "changed: ticket 1\n"
    );
    assert_eq!(
        shell.does(&["ticket", "assign", "1", "bo@desk.test"]).await?,
        "unchanged: ticket 1\n"
    );
    assert_eq!(
        shell.does(&["ticket", "status", "1", "pending"]).await?,
        "changed: ticket 1\n"
    );
    assert_eq!(
        shell.does(&["ticket", "status", "1", "pending"]).await?,
        "unchanged: ticket 1\n"
    );
    assert_eq!(
        shell.does(&["ticket", "comment", "1", "called them"]).await?,
        "commented: ticket 1\n"
    );
    let again = shell.does(&["ticket", "comment", "1", "called them"]).await?;
    assert_eq!(again, "unchanged: your last comment on ticket 1 says this\n");
    assert_eq!(
        shell.does(&["ticket", "list", "--status", "open"]).await?,
        "There are no such tickets.\n"
    );
    assert_eq!(
        rows(&shell.does(&["ticket", "list", "--assignee", "Bo"]).await?).len(),
        1
    );
    let shown = shell.does(&["ticket", "show", "1"]).await?;
    assert!(
        shown.starts_with("# Ticket 1: Late \\*parcel\\*\n\n- Status: pending\n- Assigned to: Bo\n"),
        "{shown}"
    );
    assert!(
        shown.contains("\n    called them\n") && !shown.contains("## Conversation"),
        "{shown}"
    );
    shell.does(&["ticket", "assign", "1", "nobody"]).await?;

    let text = shell.does(&["ticket", "export", "1"]).await?;
    let at = |words: &str| text.find(words).with_context(|| format!("{words} in {text}"));
    let mut last = at("## Conversation")?;
    for n in [1, 2, 100, 199, 230] {
        let here = at(&format!("\n    line {n}\n"))?;
        assert!(here > last, "in order");
        last = here;
    }
    assert!(at("*Ada took over*")? > last);
    assert!(
        text.contains("    **bold** ␛[2J\n"),
        "a stranger's words are no Markdown and no escapes"
    );
    assert_eq!(
        text.matches("\n    line ").count(),
        230,
        "all of it, whatever the pages"
    );
    assert!(
        !text.contains("an earlier matter") && !text.contains("she is cross"),
        "nothing else"
    );
    let file = shell.path("ticket.md");
    let export = ["ticket", "export", "1", "--notes", "--out", &file];
    assert_eq!(shell.does(&export).await?, format!("new: {file}\n"));
    assert_eq!(shell.does(&export).await?, format!("unchanged: {file}\n"));
    assert!(fs::read_to_string(&file)?.contains("(note: only agents see this)\n\n    she is cross\n"));

    for missing in [
        &["ticket", "show", "2"][..],
        &["ticket", "status", "2", "open"],
        &["ticket", "comment", "2", "x"],
    ] {
        let refused = shell.admin(missing).await?;
        assert!(
            refused.code == 2 && refused.err.contains("There is no ticket 2."),
            "{refused:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_and_why_somebody_waits() -> Result<()> {
    let shell = Shell::open().await?;
    assert_eq!(shell.does(&["queue"]).await?, "Nobody waits.\n");
    let ada = agent(shell.server.address, shell.ada()).await?;
    let (_alice, first) = asks(&shell, &ada, "alice", "Hello").await?;
    let (_bob, second) = asks(&shell, &ada, "bob", "Hello").await?;
    let (_carol, _) = asks(&shell, &ada, "carol", "Hello").await?;
    let subject = AgentCommand::SetSubject {
        conversation: first,
        subject: Some("a \u{202e}parcel".parse()?),
    };
    ada.done(subject).await?;
    let urgent = AgentCommand::SetPriority {
        conversation: second,
        priority: minicom_protocol::intake::Priority::Urgent,
    };
    ada.done(urgent).await?;
    ada.takes("carol").await?;
    shell.does(&["agents", "set", "Ada", "--capacity", "1"]).await?;

    let told = shell.does(&["queue"]).await?;
    let (numbers, table) = told.split_once("\n\n").context("numbers and a table")?;
    assert!(numbers.contains("waiting       2\nurgent        1\n"), "{told}");
    let places: Vec<_> = rows(table)
        .into_iter()
        .map(|row| [row[0], row[1], row[2]].map(str::to_owned))
        .collect();
    assert_eq!(
        places,
        [["1", "bob", "urgent"], ["2", "alice", "medium"]].map(|row| row.map(str::to_owned))
    );

    let told = shell.does(&["why", "alice"]).await?;
    assert!(told.starts_with("alice waits: place 2, since "), "{told}");
    assert!(told.contains("priority medium\nrouting is off"), "{told}");
    let (_, table) = told.split_once("\n\n").context("a table")?;
    let of = |name: &str| {
        rows(table)
            .into_iter()
            .find(|row| row[0] == name)
            .map(|row| row[1].to_owned())
    };
    assert_eq!(
        (of("Ada").as_deref(), of("Bo").as_deref()),
        (Some("no: has 1 of 1"), Some("yes"))
    );
    assert!(
        shell
            .does(&["why", "carol"])
            .await?
            .starts_with("carol does not wait: Ada has this conversation\n")
    );
    let refused = shell.admin(&["why", "alise"]).await?;
    assert!(
        refused.code == 1 && refused.err.contains("Did you mean alice?"),
        "{refused:?}"
    );

    let told = shell.does(&["workload"]).await?;
    let ada_has = rows(&told)
        .into_iter()
        .find(|row| row[0] == "Ada")
        .context("Ada is there")?;
    assert_eq!(ada_has, ["Ada", "available", "1", "1", "100%", "0", "0", "carol"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_desk_goes_into_a_folder_and_comes_back_the_same() -> Result<()> {
    let shell = Shell::open().await?;
    shell.does(&["group", "save", "billing"]).await?;
    shell
        .does(&["group", "save", "returns", "--member", "Ada", "--skill", "german"])
        .await?;
    shell.does(&["reply", "import", &example("replies")]).await?;
    shell.does(&["article", "import", &example("articles")]).await?;
    let folder = shell.path("desk");
    let told = shell.does(&["desk", "dump", &folder]).await?;
    for part in [
        "desk.toml",
        "bot.toml",
        "groups.toml",
        "replies/hello.txt",
        "articles/refunds.md",
    ] {
        assert!(told.contains(part), "{told}");
    }
    shell.does(&["desk", "check", &folder]).await?;
    shell.does(&["desk", "diff", "--prune", &folder]).await?;
    let told = shell.does(&["desk", "apply", "--prune", &folder]).await?;
    assert!(told.ends_with("unchanged: the desk is as the folder says\n"), "{told}");

    // What a new group is for can be said in the same breath.
    shell.file(
        "desk/groups.toml",
        "[[group]]\nname = \"billing\"\n\n[[group]]\nname = \"payments\"\nmembers = [\"Bo\"]\n",
    )?;
    shell.file(
        "desk/replies/pay.txt",
        "+++\nactions = [\"transfer payments\"]\n+++\nPlease pay.\n",
    )?;
    let settings = fs::read_to_string(shell.path("desk/desk.toml"))?;
    shell.file(
        "desk/desk.toml",
        &settings.replace("ageing_min = 10", "ageing_min = 20"),
    )?;
    shell.file(
        "desk/bot.toml",
        "off = [\"jobs\"]\n[[rule]]\nname = \"boats\"\nwords = [\"boot\"]\nanswer = \"Am See.\"\n",
    )?;
    let differs = shell.admin(&["desk", "diff", "--prune", &folder]).await?;
    assert_eq!(differs.code, 1, "{differs:?}");
    for line in [
        "ageing_min: 10 -> 20",
        "changed    bot",
        "deleted    group returns",
        "new        group payments",
        "new        pay",
    ] {
        assert!(differs.out.contains(line), "no {line} in {differs:?}");
    }
    assert!(!differs.out.contains("hello"), "{differs:?}");

    // A mistake anywhere, and the running desk keeps all that it had.
    shell.file(
        "desk/groups.toml",
        "[[group]]\nname = \"billing\"\nmembers = [\"Nobody\"]\n",
    )?;
    let refused = shell.admin(&["desk", "apply", &folder]).await?;
    assert_eq!(refused.code, 65, "{refused:?}");
    assert!(
        refused.out.contains("groups.toml:3:12: There is no agent Nobody"),
        "{refused:?}"
    );
    assert!(!shell.does(&["desk", "show"]).await?.contains("ageing_min = 20"));

    shell.file(
        "desk/groups.toml",
        "[[group]]\nname = \"billing\"\n\n[[group]]\nname = \"payments\"\nmembers = [\"Bo\"]\n",
    )?;
    shell.file(
        "desk/bot.toml.bad",
        "[[rule]]\nname = \"boats\"\nwords = []\nanswer = \"x\"\n",
    )?;
    fs::rename(shell.path("desk/bot.toml"), shell.path("desk/bot.toml.good"))?;
    fs::rename(shell.path("desk/bot.toml.bad"), shell.path("desk/bot.toml"))?;
    let refused = shell.admin(&["desk", "apply", &folder]).await?;
    assert!(
        refused.code == 65
            && refused
                .out
                .contains("bot.toml:1:1: rule \"boats\": words: there are none"),
        "{refused:?}"
    );
    fs::rename(shell.path("desk/bot.toml.good"), shell.path("desk/bot.toml"))?;
    shell.does(&["desk", "apply", "--prune", &folder]).await?;
    assert!(shell.does(&["desk", "show"]).await?.contains("ageing_min = 20"));
    // The settings alone leave the bot as it is.
    shell.does(&["desk", "apply", &shell.path("desk/desk.toml")]).await?;
    assert!(
        shell
            .does(&["desk", "show", "--bot"])
            .await?
            .contains("answer = \"Am See.\"")
    );
    let groups = shell.does(&["group", "list"]).await?;
    assert!(groups.contains("payments") && !groups.contains("returns"), "{groups}");
    shell.does(&["desk", "diff", "--prune", &folder]).await?;
    Ok(())
}
