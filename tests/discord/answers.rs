//! Answers and what hangs on them: contradictions, related questions, context, votes, buttons that outlive a restart.

use std::time::SystemTime;

use briefing_bot::journal::{Journal, Settings};

use super::{
    bot::{BRIEFING, Bot},
    fake::PATIENCE,
    scene::{FERRY_QUOTE, NOT_COVERED, OPENING, OPENING_QUOTE, Scene},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_contradiction_comes_first_and_shows_every_side() {
    let scene = Scene::start().await;
    let message = scene.ask("How much will the new pier cost?").message().await;
    let text = message.text();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    let order = [
        at("contradicts itself"),
        at("The treasurer's figure and the note on the agenda disagree"),
        at("> The work will cost 6.4 million crowns"),
        at("> A note at the foot of the agenda puts the cost at 7.1 million crowns."),
    ];
    assert!(order.is_sorted(), "{text}");
    // A fact that is reached by a button shows its other side too.
    let menu = scene.discord.slash("topics").by(&scene.ann, &scene.channel).message().await;
    let section = menu.choose(0, &["The cost"]).by(&scene.ann).message().await;
    let shown = section.choose(0, &["What cost does the agenda name?"]).by(&scene.ann).message().await.text();
    assert!(shown.contains("contradicts itself") && shown.contains("6.4") && shown.contains("7.1"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn doubt_and_attribution_are_said() {
    let scene = Scene::start().await;
    for (question, part) in [
        ("What did Mayor Dall say about the pier?", "According to Mayor Henrike Dall."),
        ("Is there a date for the fish market?", "Unconfirmed as of 14 May 2031"),
        ("When does building begin?", "Planned, as of 14 May 2031"),
        ("How often does the ferry run?", "As of 14 May 2031."),
    ] {
        let text = scene.ask(question).message().await.text();
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_related_question_is_answered_for_whoever_presses() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    let label = "Where does the ferry to Lammer Island leave from?";
    let answer = message.press(label).by(&scene.bob).message().await;
    assert!(answer.is_private() && answer.is_shown_to(&scene.bob) && !answer.is_shown_to(&scene.ann));
    assert!(answer.text().contains(FERRY_QUOTE), "{}", answer.text());
    assert_eq!(message.now().edits(), 0, "the first answer stays as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_context_shows_the_paragraph_with_the_quote_marked() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    let context = message.press("Show in context").by(&scene.bob).message().await;
    assert!(context.is_private());
    let marked = format!("Building is to begin on 1 September 2031. **{OPENING_QUOTE}**");
    assert!(context.text().contains(&marked), "{}", context.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_are_taken_and_thanked_for_privately() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    for label in ["Helpful", "Not helpful"] {
        let thanks = message.press(label).by(&scene.bob).message().await;
        assert!(thanks.is_private() && thanks.text().contains("Thank you"), "{}", thanks.text());
    }
    scene.bot.says(&["voted", "reopening", "true"]).await;
    scene.bot.says(&["voted", "reopening", "false"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_covered_is_said_kindly() {
    let scene = Scene::start().await;
    let text = scene.ask(NOT_COVERED).message().await.text();
    assert!(text.contains("doesn't say") && text.contains("moderators can see that this was asked"), "{text}");
    // Small talk is no gap that moderators would look at.
    let asked = scene.discord.slash("ask").option("question", "Hello!").by(&scene.bob, &scene.channel);
    let text = asked.message().await.text();
    assert!(!text.contains("moderators"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_in_vain_and_votes_reach_the_journal_without_names() {
    let scene = Scene::start().await;
    scene.ask(NOT_COVERED).message().await;
    let message = scene.ask(OPENING).message().await;
    message.press("Not helpful").by(&scene.bob).message().await;
    message.press("Not helpful").by(&scene.bob).message().await;
    message.press("Helpful").by(&scene.ann).message().await;
    scene.finish().await;
    let file = scene.bot.home().path().join("journal.db");
    let address = format!("sqlite:{}", file.display()).parse().expect("an address");
    let journal = Journal::open(Settings::new(address));
    assert!(journal.ready(PATIENCE).await);
    let mut gaps = journal.unanswered(SystemTime::UNIX_EPOCH, 10).await.expect("the journal is there");
    gaps.sort_by(|a, b| a.text.cmp(&b.text));
    let found: Vec<_> = gaps.iter().map(|gap| (gap.text.as_str(), gap.none, gap.not_helpful)).collect();
    assert_eq!(found, [(OPENING, 0, 1), (NOT_COVERED, 1, 0)], "one vote a person");
    assert_eq!(gaps[0].facts[0].fact, "reopening");
    journal.close(PATIENCE).await;
    let kept = std::fs::read(&file).expect("the journal's file");
    for id in [scene.ann.id, scene.bob.id] {
        let id = id.to_string();
        assert!(!kept.windows(id.len()).any(|part| part == id.as_bytes()), "who asked or voted is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_outlive_a_restart() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    let menu = scene.discord.slash("topics").by(&scene.ann, &scene.channel).message().await;
    scene.finish().await;
    let _bot = Bot::with(&scene.discord).in_home(&scene.bot.home()).start().await;
    let context = message.press("Show in context").by(&scene.ann).message().await;
    assert!(context.text().contains(OPENING_QUOTE), "{}", context.text());
    let thanks = message.press("Helpful").by(&scene.ann).message().await;
    assert!(thanks.text().contains("Thank you"), "{}", thanks.text());
    let section = menu.choose(0, &["The vote"]).by(&scene.ann).message().await;
    assert!(section.text().contains("The vote"), "{}", section.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_said_politely() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    let topics = scene.discord.slash("topics").by(&scene.ann, &scene.channel).message().await;
    scene.finish().await;
    // The same briefing under another name: none of its facts can be found by the old ids.
    let renamed = BRIEFING.1.replace("id = \"kettle-pier\"", "id = \"renamed\"");
    let _bot = Bot::with(&scene.discord).file("kettle-pier.toml", &renamed).start().await;
    for label in ["Show in context", "Helpful", "Not helpful", "When does building begin?"] {
        let answer = message.press(label).by(&scene.ann).message().await;
        assert!(answer.is_private() && answer.text().contains("no longer in it"), "{label}: {}", answer.text());
    }
    let answer = topics.choose(0, &["The vote"]).by(&scene.ann).message().await;
    assert!(answer.is_private() && answer.text().contains("no longer in it"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_outdated_buttons_are_answered_politely() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    for id in ["x", "b0:ask:kettle-pier:reopening", "b1:ask:kettle-pier:reopening:more", "b1:ask:../../x:y", "m1:x"] {
        let answer = message.forge_press(id).by(&scene.ann).message().await;
        assert!(answer.is_private() && answer.text().contains("don’t know this button"), "{id}: {}", answer.text());
    }
    let answer = message.forge_press("b1:ask:kettle-pier:no-such-fact").by(&scene.ann).message().await;
    assert!(answer.is_private() && answer.text().contains("no longer in it"), "{}", answer.text());
    // A button's id in place of a menu's, and a page that was never there.
    let answer = message.forge_press("b1:secs").by(&scene.ann).message().await;
    assert!(answer.is_private() && answer.text().contains("don’t know this button"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_briefings_name_themselves() {
    let (knowledge, article) = super::ways_to_ask::many(3);
    let knowledge = knowledge.replace("kettle-pier.md", "many.md");
    let scene = Scene::with(|setup| setup.file("many.toml", &knowledge).file("many.md", &article)).await;
    let text = scene.ask(OPENING).message().await.text();
    assert!(text.contains("“Ostrey votes to rebuild Kettle Pier”"), "{text}");
    let text = scene.ask("What does part 2 say?").message().await.text();
    assert!(text.contains("“Many parts”"), "{text}");
}
