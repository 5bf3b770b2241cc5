//! Reload, check and status: by command, by signal, by a change of the files.

use super::{CHANGED, FERRY, NAMES, Office, changed, replaced, says};
use crate::discord::bot::BRIEFING;

#[tokio::test]
async fn a_reload_shows_what_changed_and_serves_it() {
    let office = Office::open().await;
    says(&office.run("status").await, &["Ostrey votes to rebuild Kettle Pier", "11 facts", "SQLite, connected"]);
    says(&office.run("check").await, &["No fault", "in service"]);
    says(&office.run("reload").await, &["Nothing differs"]);
    assert!(!office.ask(FERRY).await.text().contains(CHANGED));

    // Stops the watcher from being first.
    office.write(".not-a-briefing.toml", "");
    let text = changed().replace("[[fact]]\nid = \"fish-market\"", "[[fact]]\nid = \"market\"");
    office.write(NAMES.0, &text);
    let reloaded = office.run("reload").await;
    let text = reloaded.text();
    // The watcher may have been there before; then nothing differs any more.
    if !text.contains("Nothing differs") {
        says(
            &reloaded,
            &["added: **1**", "`market`", "changed: **1**", "`ferry`", "removed: **1**", "`fish-market`", "Coverage"],
        );
    }
    assert!(office.ask(FERRY).await.text().contains(CHANGED));
}

#[tokio::test]
async fn on_a_fault_the_old_stays_and_the_fault_is_shown_by_line_and_column() {
    let office = Office::open().await;
    let before = BRIEFING.1.lines().take_while(|line| !line.contains("every two hours.\"]")).count();
    office.write(
        NAMES.0,
        &changed().replace("leaves from the north mole every two hours.\"]", "leaves from the moon.\"]"),
    );
    for command in ["reload", "check"] {
        let place = format!("line {}, column", before + 1);
        says(&office.run(command).await, &["1 fault", &place, "the article does not say", "nearest sentence"]);
    }
    assert!(!office.ask(FERRY).await.text().contains(CHANGED), "the old stays");
    says(&office.run("status").await, &["last reload"]);

    // Many faults come as a file.
    office.write(NAMES.0, &BRIEFING.1.replace("status = ", "state = "));
    let many = office.run("reload").await;
    let file = many.files().first().expect("a file");
    assert_eq!(file.name, "faults.txt");
    assert!(String::from_utf8_lossy(&file.bytes).lines().count() >= 22, "two lines a fault");

    office.write(NAMES.0, BRIEFING.1);
    says(&office.run("check").await, &["No fault"]);
}

#[tokio::test]
async fn a_signal_reloads() {
    let office = Office::open().await;
    office.write(NAMES.0, &changed());
    office.bot.signal("HUP");
    office.bot.says(&["knowledge swapped"]).await;
    assert!(office.ask(FERRY).await.text().contains(CHANGED));
    office.bot.says(&["revision recorded"]).await;
    let history = office.run("history").await.text();
    assert!(history.contains("signal by the bot") || history.contains("watch by the bot"), "{history}");
}

#[tokio::test]
async fn a_change_of_the_files_reloads_and_faults_do_not() {
    let office = Office::open().await;
    office.write(NAMES.0, &replaced("schema = 1", "schema = 2"));
    office.bot.says(&["not reloaded"]).await;
    assert!(!office.ask(FERRY).await.text().contains(CHANGED));
    office.write(NAMES.0, &changed());
    office.bot.says(&["knowledge swapped", "watch"]).await;
    assert!(office.ask(FERRY).await.text().contains(CHANGED));
    office.bot.says(&["revision recorded", "watch"]).await;
    says(&office.run("history").await, &["watch by the bot", "start by the bot"]);
}
