//! `kill -9` in the middle of a change: afterwards the bot serves the old or the new, never a mixture.

use std::time::Duration;

use super::{FERRY, NAMES, Office, moderated, says};
use crate::discord::{
    bot::{ARTICLE, BRIEFING, Bot},
    fake::{interaction::Response, slash::Upload},
};

/// The briefing and its article, in which the ferry runs every so many hours.
fn every(hours: &str) -> (String, String) {
    let hours = format!("every {hours} hours");
    (BRIEFING.1.replace("every two hours", &hours), ARTICLE.1.replace("every two hours", &hours))
}

#[tokio::test]
async fn a_killed_bot_serves_the_old_or_the_new() {
    let mut office = Office::open().await;
    let words = ["two", "three", "four", "five", "six", "seven"];
    let mut before = 0;
    for round in 1..words.len() {
        let (toml, article) = every(words[round]);
        let slash = office.discord.slash("knowledge upload").option("file", Upload::new(NAMES.0, toml));
        let slash = slash.option("article", Upload::new(NAMES.1, article));
        let staged = slash.by(&office.mona, &office.channel).message().await;
        says(&staged, &["No fault"]);
        let press = staged.press("Confirm").by(&office.mona);
        assert!(matches!(press.response().await, Response::DeferredUpdate));
        // Wherever it is then: each round at another moment.
        tokio::time::sleep(Duration::from_millis(9 * round as u64 - 9)).await;
        office.bot.signal("KILL");
        office.bot.end(Duration::from_secs(10)).await;

        let again = Bot::with(&office.discord).in_home(&office.bot.home());
        office.bot = moderated(again, &office.guild).start().await;
        let answer = office.ask(FERRY).await.text();
        let now = words.iter().position(|word| answer.contains(&format!("every {word} hours")));
        let now = now.unwrap_or_else(|| panic!("round {round}: {answer}"));
        assert!(now == before || now == round, "round {round}: neither {before} nor {round} but {now}");
        let (toml, article) = every(words[now]);
        let file = |name: &str| std::fs::read_to_string(office.bot.knowledge(name)).expect("the file is there");
        assert!((file(NAMES.0), file(NAMES.1)) == (toml, article), "round {round}: the files are a pair");
        before = now;
    }
}

#[tokio::test]
async fn a_bot_killed_in_a_reload_an_edit_or_a_rollback_serves_the_old_or_the_new() {
    let mut office = Office::open().await;
    let file = |office: &Office| std::fs::read_to_string(office.bot.knowledge(NAMES.0)).expect("the file is there");
    for (round, moment) in [0, 120, 60, 20, 90, 160].into_iter().enumerate() {
        let old = file(&office);
        let question = format!("Where do boats to Lammer depart in week {round}?");
        let (interaction, new) = match round % 3 {
            0 => {
                let new = format!("{old}# round {round}\n");
                office.write(NAMES.0, &new);
                (office.discord.slash("knowledge reload").by(&office.mona, &office.channel), new)
            }
            1 => {
                let slash = office.discord.slash("knowledge unanswered").option("question", question.as_str());
                let slash = slash.option("fact", "kettle-pier:ferry");
                (slash.by(&office.mona, &office.channel), String::new())
            }
            _ => {
                let slash = office.discord.slash("knowledge rollback").option("revision", 1);
                (slash.by(&office.mona, &office.channel), BRIEFING.1.to_owned())
            }
        };
        assert!(matches!(interaction.response().await, Response::Deferred));
        tokio::time::sleep(Duration::from_millis(moment)).await;
        office.bot.signal("KILL");
        office.bot.end(Duration::from_secs(10)).await;

        let again = Bot::with(&office.discord).in_home(&office.bot.home());
        office.bot = moderated(again, &office.guild).start().await;
        office.bot.says(&["revision in service"]).await;
        let now = file(&office);
        let edited = now.replace(&format!("  \"{question}\",\n"), "");
        let whole = if round % 3 == 1 { edited == old } else { now == old || now == new };
        assert!(whole, "round {round}: neither the old nor the new:\n{now}");
        assert!(office.ask(FERRY).await.text().contains("every two hours"), "round {round}");
        says(&office.run("check").await, &["No fault. The files are what is in service"]);
        says(&office.run("history").await, &["← in service"]);
    }
}
