//! Who may moderate, and where: every way in, walked as a table.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::{NAMES, Office, changed, says};
use crate::discord::{
    bot::Bot,
    fake::{
        Discord,
        interaction::{Act, Interaction, Kind, Response},
        places::{Channel, Member},
        seen::Message,
        slash::Upload,
    },
};

const COMMANDS: [&str; 10] =
    ["status", "reload", "check", "diff", "export", "upload", "history", "rollback", "unanswered", "stats"];

/// Who, whether they may, and somebody new of that kind.
type Row<'a> = (&'static str, bool, Box<dyn Fn() -> (Member, Channel) + 'a>);

/// Who, somebody new of that kind, and what they are told.
type Refused<'a> = (&'static str, Box<dyn Fn() -> (Member, Channel) + 'a>, &'static str);

/// A command, sent past what a client would offer.
fn send(discord: &Discord, command: &str, by: &Member, channel: &Channel) -> Interaction {
    let slash = discord.slash(&format!("knowledge {command}")).forged();
    let slash = match command {
        "upload" => slash.option("file", Upload::new(NAMES.0, changed())),
        "rollback" => slash.option("revision", 1),
        _ => slash,
    };
    slash.by(by, channel)
}

#[tokio::test]
async fn commands_are_where_they_are_moderated_and_hidden_from_members() {
    let office = Office::open().await;
    let commands = office.discord.commands(Some(office.guild.id));
    let [knowledge] = commands.as_slice() else { panic!("one command: {commands:?}") };
    assert_eq!(knowledge.name, "knowledge");
    assert_eq!(knowledge.default_member_permissions, Some(Permissions::MANAGE_GUILD));
    let names: Vec<&str> = knowledge.options.iter().map(|option| option.name.as_str()).collect();
    for command in COMMANDS {
        assert!(names.contains(&command), "{command} in {names:?}");
    }
    assert!(office.discord.commands(None).iter().all(|command| command.name != "knowledge"));
}

#[tokio::test]
async fn every_command_lets_in_moderators_and_refuses_all_others() {
    let discord = Discord::start().await;
    let (here, elsewhere) = (discord.guild("Office"), discord.guild("Elsewhere"));
    let helpers = here.role("Helpers", Permissions::empty());
    let others = here.role("Others", Permissions::MANAGE_MESSAGES);
    let role_there = elsewhere.role("Helpers", Permissions::MANAGE_GUILD);
    let bot = Bot::with(&discord)
        .env("MODERATION_GUILD_IDS", &here.id.to_string())
        .env("MODERATOR_ROLE_IDS", &helpers.to_string())
        .start()
        .await;
    discord.commands_until_registered(Some(here.id)).await;
    let (desk, there) = (here.channel("desk"), elsewhere.channel("desk"));
    let manager = || here.member("Manager").allow(Permissions::MANAGE_GUILD);
    let helper = || here.member("Helper").with_role(helpers);
    // Somebody new each time: whoever is refused may not ask for ever.
    let table: Vec<Row<'_>> = vec![
        ("a manager", true, Box::new(|| (manager(), desk.clone()))),
        ("an administrator", true, Box::new(|| (here.member("Admin").allow(Permissions::ADMINISTRATOR), desk.clone()))),
        ("a role that was named", true, Box::new(|| (helper(), desk.clone()))),
        ("a member", false, Box::new(|| (here.member("Ann"), desk.clone()))),
        ("another role", false, Box::new(|| (here.member("Bob").with_role(others), desk.clone()))),
        (
            "an administrator elsewhere",
            false,
            Box::new(|| (elsewhere.member("Carl").allow(Permissions::ADMINISTRATOR), there.clone())),
        ),
        ("a role elsewhere", false, Box::new(|| (elsewhere.member("Dora").with_role(role_there), there.clone()))),
        (
            "a manager's direct message",
            false,
            Box::new(|| {
                let manager = manager();
                let channel = manager.direct();
                (manager, channel)
            }),
        ),
        (
            "a helper's direct message",
            false,
            Box::new(|| {
                let helper = helper();
                let channel = helper.direct();
                (helper, channel)
            }),
        ),
    ];
    for (who, may, somebody) in table {
        for command in COMMANDS {
            let (member, channel) = somebody();
            let interaction = send(&discord, command, &member, &channel);
            let deferred = matches!(interaction.response().await, Response::Deferred);
            assert_eq!(deferred, may, "{command} by {who}");
            let message = interaction.message().await;
            assert!(message.is_private(), "{command} by {who} is answered in private");
            if !may {
                let text = message.text();
                assert!(text.contains("moderators") || text.contains("a server that"), "{command} by {who}: {text}");
                let line = bot.says(&["refused", &interaction.id.to_string()]).await;
                assert!(line.contains(&member.id.to_string()), "{line}");
            }
        }
        let (member, channel) = somebody();
        let typing = discord.slash("knowledge rollback").forged().typing("revision", "").by(&member, &channel);
        assert_eq!(typing.choices().await.is_empty(), !may, "choices for {who}");
    }
}

#[tokio::test]
async fn buttons_menus_and_forms_are_one_moderators_own() {
    let office = Office::open().await;
    let rival = office.guild.member("Rival").allow(Permissions::MANAGE_GUILD);
    let staged = office.upload(Upload::new(NAMES.0, changed())).await;
    let yes = staged.buttons().into_iter().find_map(|button| button.custom_id).expect("a button");

    // Another moderator, and a member, with the id in hand.
    let theirs = staged.forge_press(&yes).by(&rival).message().await;
    says(&theirs, &["Somebody else"]);
    let theirs = staged.forge_press(&yes).by(&office.ann).message().await;
    says(&theirs, &["for moderators"]);
    // Ids that nobody wrote.
    for forged in ["m1:", "m1:0123456789abcdef:yes", "m1:x:yes", "m1:0123456789abcdef:yes:1:2"] {
        let answer = staged.forge_press(forged).by(&office.mona).message().await;
        assert!(answer.is_private() && answer.id() != staged.id(), "{forged}: {}", answer.text());
    }
    let odd = staged.forge_press(&yes.replace(":yes", ":drop")).by(&office.mona).message().await;
    assert!(odd.is_private() && odd.id() != staged.id(), "{}", odd.text());
    // A moderator no more.
    let demoted = office.mona.clone().forbid(Permissions::MANAGE_GUILD);
    let answer = staged.forge_press(&yes).by(&demoted).message().await;
    says(&answer, &["for moderators"]);
    let text = office.ask(super::FERRY).await.text();
    assert!(!text.contains(super::CHANGED), "nothing was changed by any of them:\n{text}");

    // After a restart the button has expired.
    let _back = demoted.allow(Permissions::MANAGE_GUILD);
    office.bot.signal("KILL");
    office.bot.end(std::time::Duration::from_secs(10)).await;
    let again = super::moderated(Bot::with(&office.discord).in_home(&office.bot.home()), &office.guild).start().await;
    let answer = staged.forge_press(&yes).by(&office.mona).message().await;
    says(&answer, &["expired", "nothing was changed"]);
    drop(again);
}

#[tokio::test]
async fn a_form_that_nobody_gave_out_is_refused() {
    let office = Office::open().await;
    office.ask("How deep is the harbour of Ostrey?").await;
    let list = office.run("unanswered").await;
    let one = list.menus().first().and_then(|menu| menu.options.clone()).expect("a menu")[0].label.clone();
    let one = list.choose(0, &[&one]).by(&office.mona).message().await;
    let form = one.press("New fact").by(&office.mona).modal().await;
    let text =
        form.fill("statement", "x").fill("quote", "y").forged("m1:0123456789abcdef:fact").submit().message().await;
    says(&text, &["expired"]);
}

/// What no client would send.
fn send_raw(office: &Office, kind: Kind, by: &Member, place: (&Channel, u64), data: Value) -> Interaction {
    let act = Act { kind, user: by.id, channel: place.0.id, source: Some(place.1), data };
    Interaction::send(&office.discord.core(), &act)
}

#[tokio::test]
async fn every_control_refuses_whoever_is_not_its_moderator_wherever_they_are() {
    let office = Office::open().await;
    let elsewhere = office.discord.guild("Elsewhere");
    let there = elsewhere.channel("desk");
    office.ask("How deep is the harbour of Ostrey?").await;
    let list = office.run("unanswered").await;
    let pick = list.menus()[0].custom_id.clone();
    let label = list.menus()[0].options.clone().expect("questions")[0].label.clone();
    let one = list.choose(0, &[&label]).by(&office.mona).message().await;
    let form = one.press("New fact").by(&office.mona).modal().await.form().custom_id.clone();
    let button = |message: &Message, label: &str| {
        let found = message.buttons().into_iter().find(|button| button.label.as_deref() == Some(label));
        found.and_then(|button| button.custom_id).expect(label)
    };
    let staged = office.upload(Upload::new(NAMES.0, changed())).await;
    let press = |id: String| (Kind::Component, json!({"custom_id": id, "component_type": 2, "id": 1}));
    let choose = |id: String, value: &str| {
        (Kind::Component, json!({"custom_id": id, "component_type": 3, "id": 1, "values": [value], "resolved": {}}))
    };
    let controls = [
        ("Confirm", press(button(&staged, "Confirm"))),
        ("Cancel", press(button(&staged, "Cancel"))),
        ("a question's choice", choose(pick, "0")),
        ("Add to a fact", choose(one.menus()[0].custom_id.clone(), "kettle-pier:ferry")),
        ("New fact", press(button(&one, "New fact"))),
        ("Dismiss", press(button(&one, "Dismiss"))),
        ("the form", (Kind::Modal, json!({"custom_id": form, "components": []}))),
    ];
    let manager = || office.guild.member("Rival").allow(Permissions::MANAGE_GUILD);
    // Somebody new each time: whoever is refused may not go on for ever.
    let people: Vec<Refused<'_>> = vec![
        ("another moderator", Box::new(|| (manager(), office.channel.clone())), "Somebody else"),
        ("a member", Box::new(|| (office.guild.member("Ann"), office.channel.clone())), "for moderators"),
        (
            "a moderator no more",
            Box::new(|| (manager().forbid(Permissions::MANAGE_GUILD), office.channel.clone())),
            "for moderators",
        ),
        (
            "an administrator elsewhere",
            Box::new(|| (elsewhere.member("Carl").allow(Permissions::ADMINISTRATOR), there.clone())),
            "a server that",
        ),
        (
            "a moderator's direct message",
            Box::new(|| {
                let member = manager();
                let channel = member.direct();
                (member, channel)
            }),
            "a server that",
        ),
    ];
    for (who, somebody, words) in people {
        for (what, (kind, data)) in &controls {
            let (member, channel) = somebody();
            let source = if channel.id == office.channel.id {
                one.id()
            } else {
                let slash = office.discord.slash("ask").option("question", super::FERRY);
                slash.by(&member, &channel).message().await.id()
            };
            let interaction = send_raw(&office, *kind, &member, (&channel, source), data.clone());
            let answer = interaction.message().await;
            assert!(answer.is_private() && answer.id() != source, "{what} by {who} is answered in private");
            assert!(answer.text().contains(words), "{what} by {who}: {}", answer.text());
            office.bot.says(&["refused", &member.id.to_string(), &interaction.id.to_string()]).await;
        }
    }
    // None of them did anything, and they are all still Mona's.
    says(&office.run("history").await, &["**1**"]);
    let text = office.ask(super::FERRY).await.text();
    assert!(!text.contains(super::CHANGED), "{text}");
    says(&super::pressed(&one, "Back to the list", &office.mona).await, &["How deep is the harbour"]);
    says(&super::pressed(&staged, "Confirm", &office.mona).await, &["as revision 2"]);
}
