//! `docs/moderating.md` as a moderator reads it: what it names is there, and what it says to do does what it says.

use super::{BRIEFING, NAMES, Office, pressed, says};
use crate::discord::fake::{seen::Message, slash::Upload};

const PAGE: &str = include_str!("../../../docs/moderating.md");

/// What stands between two marks, each time.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to).map(|(found, _)| found)).collect()
}

/// Whether the page shows these words as something to press, fill in or read.
#[track_caller]
fn names(words: &[&str]) {
    for word in words {
        let marked = [format!("*{word}*"), format!("**{word}**"), format!("`{word}`")];
        assert!(marked.iter().any(|word| PAGE.contains(word)), "the page does not name {word:?}");
    }
}

fn labels(message: &Message) -> Vec<String> {
    message.buttons().into_iter().filter_map(|button| button.label).collect()
}

#[tokio::test]
async fn the_page_names_every_command_and_option_and_no_other() {
    let office = Office::open().await;
    let commands = office.discord.commands(Some(office.guild.id));
    let known = &commands[0].options;
    let table = PAGE.split("## All commands").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a table");
    let listed: Vec<&str> = between(table, "| `/knowledge ", "`");
    for command in known {
        assert!(listed.contains(&command.name.as_str()), "{} is not in the table", command.name);
        for option in command.options.iter().flatten() {
            assert!(
                PAGE.contains(&format!("`{}`", option.name)) || PAGE.contains(&format!("{}:`", option.name)),
                "{}",
                option.name
            );
        }
    }
    for named in between(PAGE, "`/knowledge ", "`") {
        let name = named.split(' ').next().unwrap_or_default();
        assert!(name.is_empty() || known.iter().any(|command| command.name == name), "there is no {named:?}");
    }
}

#[tokio::test]
async fn a_question_that_was_answered_wrongly_is_put_right_as_the_page_says() {
    let office = Office::open().await;
    // 1. Vote.
    let wrong = office.ask("When will the pier open again?").await;
    names(&["Not helpful"]);
    wrong.press("Not helpful").by(&office.ann).message().await;
    office.ask("How deep is the harbour basin?").await;
    // 2. Open the list, and choose from the menu.
    let list = office.run("unanswered").await;
    let options = list.menus()[0].options.clone().expect("questions");
    let voted = options.iter().find(|option| option.label.contains("When will the pier")).expect("the voted one");
    let one = list.choose(0, &[&voted.label]).by(&office.mona).message().await;
    // 3. The menu and the buttons that the table names.
    let menu = one.menus()[0].clone();
    assert!(menu.placeholder.is_some_and(|hint| hint.starts_with("Add to a fact")), "{:?}", one.menus()[0].placeholder);
    names(&["Add to a fact", "New fact", "Dismiss"]);
    for button in ["New fact", "Dismiss"] {
        assert!(labels(&one).iter().any(|label| label == button), "{button} in {:?}", labels(&one));
    }
    let facts = menu.options.expect("facts");
    let other = facts.iter().find(|fact| fact.value != "kettle-pier:reopening").expect("another fact");
    let done = one.choose(0, &[&other.label]).by(&office.mona).message().await;
    // An ask of one fact is not taken away from it by another: the bot says what is wrong, and nothing is changed.
    says(&done, &["1 fault", "is that of"]);
    // 4. Or with the command alone, and it says what it answers now.
    let question = "From where do boats to Lammer depart for now?";
    let slash = office.discord.slash("knowledge unanswered").option("question", question);
    let done = slash.option("fact", "kettle-pier:ferry").by(&office.mona, &office.channel).message().await;
    says(&done, &["In service now", "now, the bot answers with `ferry`"]);
    assert!(office.ask(question).await.text().contains("north mole"));
}

#[tokio::test]
async fn the_form_is_as_the_page_shows_it() {
    let office = Office::open().await;
    office.ask("How deep is the harbour basin?").await;
    let list = office.run("unanswered").await;
    let label = list.menus()[0].options.clone().expect("questions")[0].label.clone();
    let one = list.choose(0, &[&label]).by(&office.mona).message().await;
    let form = one.press("New fact").by(&office.mona).modal().await;
    let text = format!("{:?}", form.form());
    for field in ["The answer, in plain words", "The sentence of the article that says so", "Questions that it answers"]
    {
        names(&[field]);
        assert!(text.contains(field), "{field} in {text}");
    }
    let form = form.fill("statement", "The basin is deep.").fill("quote", "The basin is deep.");
    let trouble = form.submit().message().await;
    names(&["Mend it"]);
    assert!(labels(&trouble).contains(&"Mend it".to_owned()), "{:?}", labels(&trouble));
}

#[tokio::test]
async fn the_example_of_the_page_is_a_fact_that_can_be_uploaded() {
    let office = Office::open().await;
    let example = between(PAGE, "```toml\n", "```")[0];
    let example: Vec<&str> = example.lines().map(|line| line.strip_prefix("   ").unwrap_or(line)).collect();
    let ferry = BRIEFING.1.split("[[fact]]").find(|fact| fact.contains("id = \"ferry\"")).expect("the ferry");
    let toml = BRIEFING.1.replace(&format!("[[fact]]{ferry}"), &format!("{}\n", example.join("\n").trim_end()));
    let staged = office.upload(Upload::new(NAMES.0, toml)).await;
    says(&staged, &["No fault", "changed: **1**", "`ferry`"]);
    names(&["Confirm", "Cancel"]);
    assert_eq!(labels(&staged), ["Confirm", "Cancel"]);
    says(&pressed(&staged, "Confirm", &office.mona).await, &["In service now"]);
}

#[test]
fn what_the_page_quotes_is_what_the_bot_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/discord");
    let mut source = std::fs::read_to_string(folder.join("moderation.rs")).expect("a file");
    for entry in std::fs::read_dir(folder.join("moderation")).expect("a folder").flatten() {
        source.push_str(&std::fs::read_to_string(entry.path()).expect("a file"));
    }
    let table = PAGE.split("| It says |").nth(1).expect("a table");
    let quoted = between(table, "| *", "* |");
    assert!(quoted.len() >= 5, "{quoted:?}");
    for words in quoted {
        assert!(source.replace('’', "'").contains(words), "nothing says {words:?}");
    }
}
