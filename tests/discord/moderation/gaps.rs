//! What was asked in vain, and what is done about it.

use super::{NAMES, Office, pressed, says};
use crate::discord::{bot::BRIEFING, fake::seen::Message};

/// Nothing of the briefing is like it.
const IN_VAIN: &str = "How deep is the harbour basin?";

/// Opens the review, and in it the question of this number.
async fn first(office: &Office) -> Message {
    let list = office.run("unanswered").await;
    let options = list.menus()[0].options.clone().expect("questions to choose from");
    list.choose(0, &[&options[0].label]).by(&office.mona).message().await
}

fn file(office: &Office) -> String {
    std::fs::read_to_string(office.bot.knowledge(NAMES.0)).expect("the file")
}

#[tokio::test]
async fn like_questions_are_one_group_most_asked_first() {
    let office = Office::open().await;
    says(&office.run("unanswered").await, &["Nothing."]);
    office.ask("Zorblax quintrell vapplemoth?").await;
    for _ in 0..2 {
        office.ask(IN_VAIN).await;
    }
    office.ask("how deep is the HARBOUR basin").await;
    let list = office.run("unanswered").await;
    let text = list.text();
    says(&list, &["**1.** How deep", "asked 3×", "**2.** Zorblax quintrell", "asked 1×"]);
    assert!(!text.contains("**3.**"), "{text}");

    let csv = pressed(&list, "As a file (CSV)", &office.mona).await;
    let file = csv.files().first().expect("a file");
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    assert!(
        file.name == "unanswered.csv"
            && text.lines().count() == 4
            && text.contains("2,\"Zorblax quintrell vapplemoth?\",1,"),
        "{text}"
    );
}

#[tokio::test]
async fn a_question_is_added_to_a_fact_and_then_answered() {
    let office = Office::open().await;
    let question = "Where do boats to Lammer depart these days, roughly?";
    office.ask(IN_VAIN).await;
    let list = office.run("unanswered").await;
    let typing =
        office.discord.slash("knowledge unanswered").typing("question", "harbour").by(&office.mona, &office.channel);
    assert_eq!(typing.choices().await, [(IN_VAIN.to_owned(), IN_VAIN.to_owned())]);
    let typing = office.discord.slash("knowledge unanswered").typing("fact", "ferry").by(&office.mona, &office.channel);
    let choices = typing.choices().await;
    assert!(choices.iter().any(|(_, value)| value == "kettle-pier:ferry"), "{choices:?}");
    drop(list);

    // By the command alone.
    let added =
        office.discord.slash("knowledge unanswered").option("question", question).option("fact", "kettle-pier:ferry");
    let added = added.by(&office.mona, &office.channel).message().await;
    says(&added, &["`ferry` + ask", "In service now", "answers with `ferry`"]);
    assert!(office.ask(question).await.text().contains("every two hours"));
    let edited = file(&office);
    let line = format!("  \"{question}\",\n");
    assert!(edited.contains(&line) && edited.replace(&line, "") == BRIEFING.1, "comments and order stay:\n{edited}");
    let wrong = office.discord.slash("knowledge unanswered").option("question", question).option("fact", "no such");
    says(&wrong.by(&office.mona, &office.channel).message().await, &["don’t know that fact"]);
}

#[tokio::test]
async fn a_wrong_answer_is_put_right_from_the_review() {
    let office = Office::open().await;
    let question = "When will the pier open again?";
    let answer = office.ask(question).await;
    answer.press("Not helpful").by(&office.ann).message().await;
    let one = first(&office).await;
    says(&one, &["voted not helpful 1×", "The answer `reopening` did not help"]);
    let nearest = one.menus()[0].options.clone().expect("facts");
    let offered =
        nearest.iter().find(|option| option.value == "kettle-pier:reopening").expect("the fact itself is near");
    let done = one.choose(0, &[&offered.label]).by(&office.mona).message().await;
    says(&done, &["ask of that fact already", "answers with `reopening`"]);
    says(&office.run("unanswered").await, &["Nothing."]);
}

#[tokio::test]
async fn a_new_fact_is_written_and_its_quote_checked() {
    let office = Office::open().await;
    let question = "On what weekday did they cast ballots over rebuilding?";
    office.ask(IN_VAIN).await;
    let one = first(&office).await;
    let form = one.press("New fact").by(&office.mona).modal().await;
    assert_eq!(form.value("asks"), IN_VAIN);
    let statement = "The council cast its ballots on a Monday.";
    let form =
        form.fill("statement", statement).fill("quote", "The council of Ostrey voted on Monday to rebuild the pier.");
    let trouble = form.fill("asks", question).submit().message().await;
    says(&trouble, &["doesn’t say that word for word", "voted on Monday 12 May 2031"]);
    assert_eq!(file(&office), BRIEFING.1);

    let form = trouble.press("Mend it").by(&office.mona).modal().await;
    assert_eq!(form.value("statement"), statement);
    assert!(form.value("quote").contains("voted on Monday 12 May 2031"), "the nearest sentence is proposed");
    let done = form.submit().message().await;
    says(&done, &["added: **1**", "In service now"]);
    let answer = office.ask(question).await.text();
    assert!(answer.contains(statement), "{answer}");
    assert!(
        file(&office).starts_with(BRIEFING.1.split("[[conflict]]").next().expect("a head").trim_end()),
        "all before it stays"
    );
    says(&office.run("unanswered").await, &["Nothing."]);
    says(&office.run("history").await, &["edit by <@", "new fact"]);
}

#[tokio::test]
async fn an_edit_waits_for_whoever_is_at_work_on_the_files() {
    let office = Office::open().await;
    office.ask(IN_VAIN).await;
    office.write(NAMES.0, &BRIEFING.1.replace("schema = 1", "schema = 2"));
    let add = || office.discord.slash("knowledge unanswered").option("question", IN_VAIN);
    let added = add().option("fact", "kettle-pier:ferry").by(&office.mona, &office.channel).message().await;
    says(&added, &["not those in service", "Nothing was changed"]);
    assert_eq!(file(&office), BRIEFING.1.replace("schema = 1", "schema = 2"), "their work is left alone");
    says(&office.run("unanswered").await, &["How deep is the harbour basin?"]);
    // Without a question, or without one that was asked, there is nothing to add.
    let fact = office.discord.slash("knowledge unanswered").option("fact", "kettle-pier:ferry");
    says(&fact.by(&office.mona, &office.channel).message().await, &["Which question"]);
    let other = office.discord.slash("knowledge unanswered").option("question", "Who asked that?");
    says(&other.by(&office.mona, &office.channel).message().await, &["Nobody asked that"]);
}

#[tokio::test]
async fn what_was_dismissed_stays_away() {
    let office = Office::open().await;
    office.ask(IN_VAIN).await;
    let one = first(&office).await;
    says(&one, &["> How deep is the harbour basin?", "asked 1×"]);
    says(&pressed(&one, "Back to the list", &office.mona).await, &["**1.** How deep"]);
    let one = first(&office).await;
    says(&pressed(&one, "Dismiss", &office.mona).await, &["Nothing."]);
    office.ask(IN_VAIN).await;
    says(&office.run("unanswered").await, &["Nothing."]);
    assert_eq!(file(&office), BRIEFING.1);
}

#[tokio::test]
async fn many_questions_have_pages() {
    let office = Office::open().await;
    let things = ["zebras", "violins", "glaciers", "origami", "chess", "volcanoes", "saffron", "quarks"];
    for thing in things {
        office.ask(&format!("Explain {thing}?")).await;
    }
    let list = office.run("unanswered").await;
    says(&list, &["**1.**", "Page 1 of"]);
    let next = pressed(&list, "Next", &office.mona).await;
    says(&next, &["**7.**", "Page 2 of"]);
    says(&pressed(&next, "Previous", &office.mona).await, &["**1.**"]);
}
