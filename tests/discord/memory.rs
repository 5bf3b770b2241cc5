//! Conversation memory: what one person asked before in a channel, and nobody else's.

use super::scene::Scene;

const FIRST: &str = "What did Councillor Rune say about the price?";
/// Asked after [`FIRST`] it means the councillor; asked alone it means nobody.
const THEN: &str = "What did he say about it?";
const LEANING: &str = "Tobias Rune voted against";

#[tokio::test(flavor = "multi_thread")]
async fn a_question_leans_on_those_before_it_by_any_way() {
    let scene = Scene::start().await;
    scene.ask(FIRST).message().await;
    assert!(scene.mention(THEN).reply().await.text().contains(LEANING), "by command, then by mention");
    let direct = scene.bob.direct();
    direct.say(&scene.bob, FIRST).send().reply().await;
    assert!(direct.say(&scene.bob, THEN).send().reply().await.text().contains(LEANING), "in direct messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leans_on_what_another_asked() {
    let scene = Scene::start().await;
    scene.ask(FIRST).message().await;
    let bobs = scene.discord.slash("ask").option("question", THEN).by(&scene.bob, &scene.channel).message().await;
    assert!(!bobs.text().contains(LEANING), "another person: {}", bobs.text());
    let elsewhere = scene.guild.channel("elsewhere");
    let asked = scene.discord.slash("ask").option("question", THEN).by(&scene.ann, &elsewhere).message().await;
    assert!(!asked.text().contains(LEANING), "another channel: {}", asked.text());
    let direct = scene.ann.direct().say(&scene.ann, THEN).send().reply().await;
    assert!(!direct.text().contains(LEANING), "direct messages: {}", direct.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pressed_question_is_a_turn_and_a_pointed_at_message_is_none() {
    let scene = Scene::start().await;
    let answer = scene.ask("What was the result of the vote?").message().await;
    let pressed = answer.press(FIRST).by(&scene.bob).message().await;
    assert!(pressed.text().contains("hole in the water"), "{}", pressed.text());
    let asked = scene.discord.slash("ask").option("question", THEN).by(&scene.bob, &scene.channel).message().await;
    assert!(asked.text().contains(LEANING), "{}", asked.text());
    let said = scene.channel.say(&scene.bob, THEN).send();
    let pointed = scene.discord.menu("Ask the briefing", &said).by(&scene.bob, &scene.channel).message().await;
    assert!(!pointed.text().contains(LEANING), "another's words stand alone: {}", pointed.text());
}
