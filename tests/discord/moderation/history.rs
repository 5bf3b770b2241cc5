//! History, differences, rollback, and the numbers.

use super::{CHANGED, FERRY, NAMES, Office, changed, pressed, replaced, says};
use crate::discord::fake::slash::Upload;

async fn upload(office: &Office, toml: String) {
    let staged = office.upload(Upload::new(NAMES.0, toml)).await;
    says(&pressed(&staged, "Confirm", &office.mona).await, &["In service now"]);
}

#[tokio::test]
async fn revisions_are_listed_compared_and_gone_back_to() {
    let office = Office::open().await;
    upload(&office, changed()).await;
    upload(
        &office,
        replaced("The Region of Silverbay pays half of the bill for the new pier.", "Silverbay pays half of the bill."),
    )
    .await;
    let history = office.run("history").await;
    says(&history, &["**3**", "**2**", "**1**", "upload by <@", "start by the bot", "in service", "11 facts"]);
    assert!(history.text().contains(&office.mona.id.to_string()), "a revision names its moderator");

    let latest = office.run("diff").await;
    says(&latest, &["From revision 2", "`region-half`", "`ferry`"]);
    let diff = office.discord.slash("knowledge diff").option("revision", 1).option("with", 2);
    let text = diff.by(&office.mona, &office.channel).message().await;
    says(&text, &["`ferry`", "revision 1", "revision 2"]);
    assert!(!text.text().contains("region-half"));
    let none = office.discord.slash("knowledge diff").option("revision", 77).by(&office.mona, &office.channel);
    says(&none.message().await, &["no revision 77"]);

    let typing = office.discord.slash("knowledge rollback").typing("revision", "2").by(&office.mona, &office.channel);
    let choices = typing.choices().await;
    assert_eq!(choices.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["2"], "{choices:?}");
    assert!(choices[0].0.contains("upload"), "{choices:?}");
    let back = office.discord.slash("knowledge rollback").option("revision", 2).by(&office.mona, &office.channel);
    says(&back.message().await, &["In service now, as revision 4", "`region-half`"]);
    assert!(office.ask(FERRY).await.text().contains(CHANGED));
    assert_eq!(std::fs::read_to_string(office.bot.knowledge(NAMES.0)).expect("the file"), changed());
    let export = office.discord.slash("knowledge export").option("revision", 1).by(&office.mona, &office.channel);
    assert_eq!(export.message().await.files()[0].bytes, crate::discord::bot::BRIEFING.1.as_bytes());
    let none = office.discord.slash("knowledge rollback").option("revision", 77).by(&office.mona, &office.channel);
    says(&none.message().await, &["no revision 77"]);
    says(&office.run("history").await, &["rollback by <@", "to revision 2"]);
}

#[tokio::test]
async fn a_long_history_has_pages() {
    let office = Office::open().await;
    for round in 0..5 {
        upload(&office, format!("{}\n# round {round}\n", changed())).await;
        upload(&office, format!("{}\n# round {round}\n", crate::discord::bot::BRIEFING.1)).await;
    }
    let first = office.run("history").await;
    says(&first, &["**11**", "**4**"]);
    let older = pressed(&first, "Older", &office.mona).await;
    says(&older, &["**3**", "**1**"]);
    assert!(!older.text().contains("**4**"));
    says(&pressed(&older, "Newest", &office.mona).await, &["**11**"]);
}

#[tokio::test]
async fn the_numbers_come_with_a_picture() {
    let office = Office::open().await;
    for question in [FERRY, "When will the pier open again?", "Zorblax quintrell vapplemoth?"] {
        office.ask(question).await;
    }
    let answer = office.ask(FERRY).await;
    answer.press("Not helpful").by(&office.ann).message().await;
    let stats = office.run("stats").await;
    says(&stats, &["**4** questions", "answered: 3 (75 %)", "`ferry` 2×", "1× not helpful", "half within"]);
    let picture = stats.files().first().expect("a picture");
    assert!(picture.bytes.starts_with(b"\x89PNG"), "{}", picture.name);
    let shown = stats.embeds()[0].image.as_ref().expect("it is shown");
    assert!(shown.url.contains(&picture.name), "{}", shown.url);
    let today = office.discord.slash("knowledge stats").option("days", 1).by(&office.mona, &office.channel);
    says(&today.message().await, &["Today", "**4** questions"]);
}
