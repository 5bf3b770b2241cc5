//! Upload and export, and every upload that must not get through.

use std::time::Duration;

use super::{CHANGED, FERRY, NAMES, Office, changed, pressed, replaced, says};
use crate::discord::{
    bot::{ARTICLE, BRIEFING},
    fake::{cdn::Service, slash::Upload},
};

#[tokio::test]
async fn what_is_exported_changed_and_uploaded_is_served_once_confirmed() {
    let office = Office::open().await;
    let export = office.discord.slash("knowledge export").by(&office.mona, &office.channel);
    let mut files = export.message().await.files().to_vec();
    files.extend(export.followups(1).await.iter().flat_map(|message| message.files().to_vec()));
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, [NAMES.0, NAMES.1]);
    assert_eq!((files[0].bytes.as_slice(), files[1].bytes.as_slice()), (BRIEFING.1.as_bytes(), ARTICLE.1.as_bytes()));

    let staged = office.upload(Upload::new("whatever-name.toml", changed())).await;
    says(&staged, &["No fault", "changed: **1**", "`ferry`", "until you confirm"]);
    assert!(!office.ask(FERRY).await.text().contains(CHANGED), "nothing before the confirmation");
    let done = pressed(&staged, "Confirm", &office.mona).await;
    says(&done, &["In service now"]);
    assert!(done.buttons().is_empty());
    assert!(office.ask(FERRY).await.text().contains(CHANGED));
    assert_eq!(std::fs::read_to_string(office.bot.knowledge(NAMES.0)).expect("the file"), changed());
    says(&office.run("history").await, &["upload by <@", "start by the bot"]);
    // Its own writing is no change for the watcher.
    says(&office.run("reload").await, &["Nothing differs"]);
}

#[tokio::test]
async fn a_cancelled_upload_changes_nothing_and_can_not_be_confirmed() {
    let office = Office::open().await;
    let staged = office.upload(Upload::new(NAMES.0, changed())).await;
    let yes = staged.buttons()[0].custom_id.clone().expect("a button");
    says(&pressed(&staged, "Cancel", &office.mona).await, &["Cancelled"]);
    says(&staged.forge_press(&yes).by(&office.mona).message().await, &["expired"]);
    assert!(!office.ask(FERRY).await.text().contains(CHANGED));

    // A second upload takes the place of the first; and one that others overtook is stale.
    let first = office.upload(Upload::new(NAMES.0, changed())).await;
    let second = office
        .upload(Upload::new(
            NAMES.0,
            replaced("status = \"planned\"\nwhen = \"2032-06\"", "status = \"stated\"\nwhen = \"2032-06\""),
        ))
        .await;
    says(&first.press("Confirm").by(&office.mona).message().await, &["expired"]);
    let rival = office.guild.member("Rival").allow(twilight_model::guild::Permissions::MANAGE_GUILD);
    let theirs = office.discord.slash("knowledge upload").option("file", Upload::new(NAMES.0, changed()));
    let theirs = theirs.by(&rival, &office.channel).message().await;
    says(&pressed(&theirs, "Confirm", &rival).await, &["In service now"]);
    says(&pressed(&second, "Confirm", &office.mona).await, &["in the meantime"]);
}

#[tokio::test]
async fn an_article_is_replaced_together_with_facts_that_hold() {
    let office = Office::open().await;
    let article = ARTICLE.1.replace("every two hours", "every three hours");
    let with = |toml: String, article: &str| {
        let slash = office.discord.slash("knowledge upload").option("file", Upload::new(NAMES.0, toml));
        slash.option("article", Upload::new("new text.md", article)).by(&office.mona, &office.channel)
    };
    says(&with(BRIEFING.1.to_owned(), &article).message().await, &["the article does not say"]);
    let staged = with(BRIEFING.1.replace("every two hours", "every three hours"), &article).message().await;
    says(&staged, &["No fault", "article differs", "`ferry`"]);
    says(&pressed(&staged, "Confirm", &office.mona).await, &["In service now"]);
    assert!(office.ask(FERRY).await.text().contains("every three hours"));
    assert_eq!(std::fs::read_to_string(office.bot.knowledge(NAMES.1)).expect("the article"), article);
}

#[tokio::test]
async fn no_broken_upload_gets_through() {
    let office = Office::open().await;
    let deep = |open: &str, close: &str| format!("a = {}{}", open.repeat(10_000), close.repeat(10_000));
    let headers = (0..10_000).map(|number| format!("[t{number}.a]")).collect::<Vec<_>>().join("\n");
    let dotted = format!("[{}]\n", vec!["a"; 10_000].join("."));
    let keys = format!("{} = 1\n", vec!["a"; 10_000].join("."));
    let own = |toml: String| Upload::new(NAMES.0, toml);
    let table: Vec<(&str, Upload, &str)> = vec![
        ("not TOML", own("Dear bot, please".to_owned()), "line 1"),
        ("a picture", Upload::new(NAMES.0, vec![0x89, b'P', b'N', b'G', 0, 0xff]), "not UTF-8"),
        (
            "another encoding",
            Upload::new(
                NAMES.0,
                [&[0xff, 0xfe][..], &BRIEFING.1.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat(),
            ),
            "not UTF-8",
        ),
        ("a NUL", own(format!("{}# \0", BRIEFING.1)), "NUL"),
        ("nothing", own(String::new()), "fault"),
        ("5 MiB", own("#".repeat(5 * 1024 * 1024)), "too large"),
        ("5 MiB that claim to be small", own("#".repeat(5 * 1024 * 1024)).declared(100), "too large"),
        ("nested arrays", own(deep("[", "]")), "fault"),
        ("nested tables", own(deep("{a=", "}").replace("{a=}", "{}")), "fault"),
        ("ten thousand tables", own(headers), "fault"),
        ("a deep header", own(dotted), "fault"),
        ("a deep key", own(keys), "fault"),
        ("an article elsewhere", own(replaced("kettle-pier.md", "../kettle-pier.md")), "without a folder"),
        ("an absolute article", own(replaced("kettle-pier.md", "/etc/hostname")), "without a folder"),
        (
            "an article that is a knowledge file",
            own(replaced("\"kettle-pier.md\"", "\"kettle-pier.toml\"")),
            "can’t be named",
        ),
        ("an article that isn't there", own(replaced("kettle-pier.md", "other.md")), "not there"),
        (
            "a name that leaves",
            Upload::new("..%2F..%2Fevil.toml", replaced("id = \"kettle-pier\"", "id = \"evil\"")),
            "not one for",
        ),
        ("a quote that isn't in the article", own(changed()), "fault"),
        ("a foreign host", own(changed()).at("https://example.org/kettle-pier.toml"), "not on Discord"),
        (
            "a host that looks like it",
            own(changed()).at("https://cdn.discordapp.com.example.org/a.toml"),
            "not on Discord",
        ),
        ("this machine", own(changed()).at("http://127.0.0.1:1/kettle-pier.toml"), "not on Discord"),
        ("an error page", own(changed()).served(Service::Status(404)), "did not give me"),
        ("a broken connection", own(changed()).served(Service::Cut), "did not give me"),
    ];
    for (what, file, expected) in table {
        let file = if what.starts_with("a quote") {
            own(replaced(
                "quotes = [\"The Region of Silverbay pays half of the bill.\"]",
                "quotes = [\"The Region of Silverbay pays all of the bill.\"]",
            ))
        } else {
            file
        };
        let answer = office.upload(file).await;
        let text = answer.text().replace('\\', "").replace('\'', "’");
        assert!(text.contains(expected), "{what}: no {expected:?} in\n{text}");
        assert!(answer.buttons().is_empty() && answer.is_private(), "{what} can't be confirmed");
    }
    assert_eq!(std::fs::read_to_string(office.bot.knowledge(NAMES.0)).expect("the file"), BRIEFING.1);
    assert!(!office.ask(FERRY).await.text().contains(CHANGED), "and the bot goes on");
}

#[tokio::test]
async fn no_broken_article_gets_through() {
    let office = Office::open().await;
    let article = |bytes: &[u8]| Upload::new(NAMES.1, bytes.to_vec());
    let new = ARTICLE.1.replace("every two hours", "every three hours");
    let latin = [&b"## S\n\nCaf\xe9.\n"[..], ARTICLE.1.as_bytes()].concat();
    for (what, article, expected) in [
        ("another encoding", article(&latin), "not UTF-8"),
        ("a NUL", article(&[ARTICLE.1.as_bytes(), b"\0"].concat()), "NUL"),
        ("nothing", article(b""), "holds no text"),
        ("5 MiB", article(&vec![b'a'; 5 * 1024 * 1024]), "too large"),
        ("5 MiB that claim to be small", article(&vec![b'a'; 5 * 1024 * 1024]).declared(100), "too large"),
        ("a foreign host", article(new.as_bytes()).at("https://example.org/kettle-pier.md"), "not on Discord"),
        ("another place on Discord", article(new.as_bytes()).served(Service::Status(302)), "did not give me"),
        ("what the facts don't say", article(new.as_bytes()), "the article does not say"),
        ("half a file", article(new.as_bytes()).served(Service::Cut), "did not give me"),
    ] {
        let slash = office.discord.slash("knowledge upload").option("file", Upload::new(NAMES.0, changed()));
        let answer = slash.option("article", article).by(&office.mona, &office.channel).message().await;
        let text = answer.text().replace('\\', "");
        assert!(text.contains(expected), "{what}: no {expected:?} in\n{text}");
        assert!(answer.buttons().is_empty() && answer.is_private(), "{what} can't be confirmed");
    }
    let files = [(NAMES.0, BRIEFING.1), (NAMES.1, ARTICLE.1)];
    for (name, text) in files {
        assert_eq!(std::fs::read_to_string(office.bot.knowledge(name)).expect("the file"), text);
    }
    assert!(!office.ask(FERRY).await.text().contains(CHANGED), "and the bot goes on");
}

#[tokio::test]
async fn an_upload_that_can_not_be_written_changes_nothing() {
    let office = Office::open().await;
    let staged = office.upload(Upload::new(NAMES.0, changed())).await;
    let (folder, away) = (office.bot.knowledge(""), office.bot.home().path().join("away"));
    std::fs::rename(&folder, &away).expect("the folder goes");
    let refused = pressed(&staged, "Confirm", &office.mona).await;
    says(&refused, &["could not be read or written", "Nothing was changed"]);
    assert!(!office.ask(FERRY).await.text().contains(CHANGED));
    std::fs::rename(&away, &folder).expect("the folder comes back");
    let staged = office.upload(Upload::new(NAMES.0, changed())).await;
    says(&pressed(&staged, "Confirm", &office.mona).await, &["as revision 2"]);
}

#[tokio::test]
async fn a_slow_file_is_waited_for() {
    let office = Office::open().await;
    let slow = Upload::new(NAMES.0, changed()).served(Service::Slow(2_000, Duration::from_millis(20)));
    says(&office.upload(slow).await, &["No fault"]);
}

#[tokio::test]
async fn a_second_briefing_comes_by_upload_and_goes_by_rollback() {
    let office = Office::open().await;
    let toml = "schema = 1\n[briefing]\nid = \"mill\"\ntitle = \"The mill\"\npublisher = \"The Gazette\"\ndateline = \"Ostrey, 1 May 2031\"\n\
                published = \"2031-05-01\"\nlanguage = \"en\"\narticle = \"mill.md\"\n[[fact]]\nid = \"millers\"\n\
                statement = \"Three millers grind barley.\"\nquotes = [\"Three millers grind barley.\"]\n\
                asks = [\"How many millers grind barley?\"]\nstatus = \"reported\"\n";
    let slash = office.discord.slash("knowledge upload").option("file", Upload::new("mill.toml", toml));
    let slash = slash.option("article", Upload::new("mill.md", "## Mill\n\nThree millers grind barley.\n"));
    let staged = slash.by(&office.mona, &office.channel).message().await;
    says(&staged, &["No fault in", "**mill** (new)", "added: **1**"]);
    says(&pressed(&staged, "Confirm", &office.mona).await, &["as revision 2"]);
    assert!(office.ask("How many millers grind barley?").await.text().contains("Three millers"));
    says(&office.run("status").await, &["`mill`", "`kettle-pier`"]);

    let back = office.discord.slash("knowledge rollback").option("revision", 1).by(&office.mona, &office.channel);
    says(&back.message().await, &["**mill** (removed)", "as revision 3"]);
    let mut left: Vec<_> = std::fs::read_dir(office.bot.knowledge("")).expect("the folder").flatten().collect();
    left.retain(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(!office.ask("How many millers grind barley?").await.text().contains("Three millers"));
}

#[tokio::test]
async fn a_bot_of_one_file_writes_that_file_and_no_other() {
    let discord = crate::discord::fake::Discord::start().await;
    let guild = discord.guild("Office");
    let channel = guild.channel("desk");
    let mona = guild.member("Mona").allow(twilight_model::guild::Permissions::MANAGE_GUILD);
    let setup = super::moderated(crate::discord::bot::Bot::with(&discord), &guild);
    let bot = setup.env("KNOWLEDGE_PATH", "knowledge/kettle-pier.toml").start().await;
    discord.commands_until_registered(Some(guild.id)).await;
    let other = changed().replace("id = \"kettle-pier\"", "id = \"pier-again\"");
    let slash = discord.slash("knowledge upload").option("file", Upload::new("other.toml", other.clone()));
    let staged = slash.by(&mona, &channel).message().await;
    says(&staged, &["**pier-again** (new)", "**kettle-pier** (removed)"]);
    says(&pressed(&staged, "Confirm", &mona).await, &["In service now"]);
    assert_eq!(std::fs::read_to_string(bot.knowledge(NAMES.0)).expect("the file"), other);
    assert!(!bot.knowledge("other.toml").exists());
}
