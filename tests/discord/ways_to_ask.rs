//! Every way to ask: command, autocompletion, mention, direct message, reply, a message's menu, browsing.

use std::fmt::Write as _;

use super::{
    bot::Bot,
    fake::Discord,
    scene::{FERRY, FERRY_QUOTE, OPENING, OPENING_QUOTE, Scene},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_for_all_to_see() {
    let scene = Scene::start().await;
    let message = scene.ask(OPENING).message().await;
    assert!(!message.is_private());
    let text = message.text();
    assert!(text.starts_with("Kettle Pier is to open again in June 2032."), "the statement comes first: {text}");
    assert!(text.contains(&format!("> {OPENING_QUOTE}")), "{text}");
    assert!(text.contains("The Ostrey Gazette, 14 May 2031 · “What happens next”, paragraph 4"), "{text}");
    assert!(text.contains("Planned, as of 14 May 2031"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_privately_where_that_is_asked_for() {
    let scene = Scene::start().await;
    let asked = scene.discord.slash("ask").option("question", OPENING).option("private", true);
    let message = asked.by(&scene.ann, &scene.channel).message().await;
    assert!(message.is_private() && message.text().contains(OPENING_QUOTE), "{}", message.text());
    let asked = scene.discord.slash("ask").option("question", OPENING).option("private", false);
    assert!(!asked.by(&scene.ann, &scene.channel).message().await.is_private());
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_brings_questions_of_the_briefing() {
    let scene = Scene::start().await;
    let typed = |text: &str| scene.discord.slash("ask").typing("question", text).by(&scene.ann, &scene.channel);
    for text in ["where does the fer", "wher does teh ferry lea"] {
        let choices = typed(text).choices().await;
        let fits = choices.iter().any(|(name, value)| name.contains("ferry to Lammer Island") && name == value);
        assert!(fits && choices.len() <= 25, "{text}: {choices:?}");
    }
    let own = "zyx qwv plmk";
    assert_eq!(typed(own).choices().await, [(own.to_owned(), own.to_owned())], "one's own words where nothing fits");
    let long = "zyxqwv ".repeat(100);
    let choices = typed(&long).choices().await;
    assert!(choices.len() == 1 && choices[0].0.chars().count() <= 100, "{choices:?}");
    // What comes of nothing typed is the bot's choice; that it answers is not.
    typed("").choices().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_anywhere_in_a_message_asks() {
    let scene = Scene::start().await;
    let me = scene.discord.mention();
    let (before, after) = OPENING.split_at(9);
    for text in [
        format!("{me} {OPENING}"),
        format!("{OPENING} {me}"),
        format!("{before}{me}{after}"),
        format!("{}\n{OPENING}", me.replace("<@", "<@!")),
    ] {
        let reply = scene.channel.say(&scene.ann, &text).send().reply().await;
        assert!(reply.text().contains(OPENING_QUOTE), "{text}: {}", reply.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_asks_without_a_mention() {
    let scene = Scene::start().await;
    let stranger = scene.discord.user("Eve");
    for person in [&scene.ann, &stranger] {
        let reply = person.direct().say(person, OPENING).send().reply().await;
        assert!(reply.text().contains(OPENING_QUOTE), "{}", reply.text());
    }
    let asked = scene.discord.slash("ask").option("question", OPENING).by_direct(&stranger);
    assert!(asked.message().await.text().contains(OPENING_QUOTE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_an_answer_asks_on() {
    let scene = Scene::start().await;
    let answer = scene.ask("What did Councillor Rune say about the price?").message().await;
    // The question leans on the answer that it replies to, whoever asked for that.
    for person in [&scene.ann, &scene.bob] {
        let reply = scene.channel.say(person, "What did he say about it?").reply_to(&answer).send().reply().await;
        assert!(reply.text().contains("Tobias Rune voted against"), "{}", reply.text());
    }
    // A mention's answer can be replied to as well.
    let answer = scene.mention("What did Councillor Rune say about the price?").reply().await;
    let reply = scene.channel.say(&scene.bob, "What did he say about it?").reply_to(&answer).send().reply().await;
    assert!(reply.text().contains("Tobias Rune voted against"), "{}", reply.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_the_question_of_whoever_points_at_it() {
    let scene = Scene::start().await;
    let said = scene.channel.say(&scene.bob, OPENING).send();
    let answer = scene.discord.menu("Ask the briefing", &said).by(&scene.ann, &scene.channel).message().await;
    assert!(answer.is_private() && answer.is_shown_to(&scene.ann) && !answer.is_shown_to(&scene.bob));
    assert!(answer.text().contains(OPENING_QUOTE), "{}", answer.text());
    let picture = scene.channel.say(&scene.bob, "").send();
    let answer = scene.discord.menu("Ask the briefing", &picture).by(&scene.ann, &scene.channel).message().await;
    assert!(answer.is_private() && answer.text().contains("/topics"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_installed_the_bot_can_ask_where_it_is_not() {
    let discord = Discord::start().await;
    let elsewhere = discord.guild_without_bot("Elsewhere");
    let (channel, ann) = (elsewhere.channel("general"), elsewhere.member("Ann").installs());
    let _bot = Bot::start(&discord).await;
    let message = discord.slash("ask").option("question", OPENING).by(&ann, &channel).message().await;
    assert!(message.text().contains(OPENING_QUOTE), "{}", message.text());
    let related = message.labels().first().cloned().expect("a related question");
    assert!(message.press(&related).by(&ann).message().await.is_private());
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_lead_from_sections_to_facts() {
    let scene = Scene::start().await;
    let topics = scene.discord.slash("topics").by(&scene.ann, &scene.channel).message().await;
    assert!(topics.is_private() && topics.text().contains("Ostrey votes to rebuild Kettle Pier"), "{}", topics.text());
    let section = topics.choose(0, &["What happens next"]).by(&scene.ann).message().await;
    assert_eq!(section.id(), topics.id(), "the menu turns the page in place");
    let answer = section.choose(0, &["When does building begin?"]).by(&scene.ann).message().await;
    assert!(answer.is_private() && answer.text().contains("Building is to begin on 1 September 2031."));
    assert_ne!(answer.id(), topics.id(), "the menu stays for the next");
    let back = section.press("All sections").by(&scene.ann).message().await;
    assert_eq!(back.menus()[0].options.as_ref().map(Vec::len), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_paged_where_there_are_many() {
    let (knowledge, article) = many(60);
    let scene = Scene::with(|setup| setup.file("kettle-pier.toml", &knowledge).file("kettle-pier.md", &article)).await;
    let topics = scene.discord.slash("topics").by(&scene.ann, &scene.channel).message().await;
    assert!(topics.text().contains("Page 1 of 3"), "{}", topics.text());
    let next = topics.press("Next").by(&scene.ann).message().await;
    assert!(next.text().contains("Page 2 of 3"), "{}", next.text());
    let last = next.press("Next").by(&scene.ann).message().await;
    let section = last.choose(0, &["Part 60"]).by(&scene.ann).message().await;
    let answer = section.choose(0, &["What does part 60 say?"]).by(&scene.ann).message().await;
    assert!(answer.text().contains("Part sixty"), "{}", answer.text());
    let timeline = scene.discord.slash("timeline").by(&scene.ann, &scene.channel).message().await;
    assert!(timeline.text().contains("Page 1 of 6"), "{}", timeline.text());
    let next = timeline.press("Next").by(&scene.ann).message().await;
    assert!(next.text().contains("Page 2 of 6") && next.id() == timeline.id(), "{}", next.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_goes_by_date_and_marks_what_is_planned() {
    let scene = Scene::start().await;
    let timeline = scene.discord.slash("timeline").by(&scene.ann, &scene.channel).message().await;
    let text = timeline.text();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    let order =
        [at("**12 May 2031** The town council"), at("**1 September 2031** (planned)"), at("**June 2032** (planned)")];
    assert!(order.is_sorted() && timeline.is_private(), "{text}");
    let answer = timeline.choose(0, &["When does building begin?"]).by(&scene.ann).message().await;
    assert!(answer.text().contains("> Building is to begin"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn about_and_help_say_what_there_is() {
    let scene = Scene::start().await;
    let about = scene.discord.slash("about").by(&scene.ann, &scene.channel).message().await;
    for part in ["Ostrey votes to rebuild Kettle Pier", "The Ostrey Gazette", "14 May 2031", "can’t", "What I keep"] {
        assert!(about.text().contains(part), "{part} in {}", about.text());
    }
    let help = scene.discord.slash("help").by(&scene.ann, &scene.channel).message().await;
    for part in ["/ask", "/topics", "/timeline", "/about", "Ask the briefing", "mention", "direct message", "reply"] {
        assert!(help.text().contains(part), "{part} in {}", help.text());
    }
    assert!(about.is_private() && help.is_private());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_without_words_is_told_how_to_ask() {
    let scene = Scene::start().await;
    let reply = scene.mention("").reply().await;
    assert!(reply.text().contains("/topics"), "{}", reply.text());
    let reply = scene.channel.say(&scene.ann, &format!("> {FERRY}\n{}", scene.discord.mention())).send().reply().await;
    assert!(reply.text().contains(FERRY_QUOTE), "the quoted words are the question: {}", reply.text());
}

/// A briefing of many sections, one fact each.
pub(super) fn many(sections: usize) -> (String, String) {
    let tens = ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty"];
    let ones = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let (mut knowledge, mut article) = (String::new(), String::new());
    knowledge.push_str(concat!(
        "schema = 1\n[briefing]\nid = \"many\"\ntitle = \"Many parts\"\npublisher = \"The Ostrey Gazette\"\n",
        "dateline = \"Ostrey, 14 May 2031\"\npublished = \"2031-05-14\"\nlanguage = \"en\"\narticle = \"kettle-pier.md\"\n",
    ));
    for part in 1..=sections {
        let word = format!("{}{}", tens[part / 10], ones[part % 10]);
        let sentence = format!("Part {word} has words of its own.");
        // Writing to a String can't fail.
        let _ = write!(article, "## Part {part}\n\n{sentence}\n\n");
        let day = part % 28 + 1;
        let _ = write!(
            knowledge,
            "[[fact]]\nid = \"part-{part}\"\nstatement = \"{sentence}\"\nquotes = [\"{sentence}\"]\n\
             asks = [\"What does part {part} say?\"]\nstatus = \"reported\"\nwhen = \"2031-01-{day:02}\"\n",
        );
    }
    (knowledge, article)
}
