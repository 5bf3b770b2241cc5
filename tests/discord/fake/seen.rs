//! A message as a member sees it: its words, buttons and menus, and whom it is for.

use std::sync::Arc;

use twilight_model::channel::message::{
    Component, Embed,
    component::{Button, SelectMenu, TextDisplay},
};

use super::{
    Core, PATIENCE,
    bus::Topic,
    places::{Channel, Member},
    press::Press,
    rules::components::every,
    world::{Author, File, MessageData},
};

/// A message as it was at one moment.
#[derive(Clone)]
pub struct Message {
    core: Arc<Core>,
    data: MessageData,
}

impl Message {
    /// A view of a message.
    pub fn of(core: &Arc<Core>, data: &MessageData) -> Self {
        Self { core: Arc::clone(core), data: data.clone() }
    }

    /// Its id.
    pub fn id(&self) -> u64 {
        self.data.id
    }

    /// Its channel's id.
    pub fn channel(&self) -> u64 {
        self.data.channel
    }

    /// What it belongs to.
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The text outside of embeds.
    pub fn content(&self) -> &str {
        &self.data.content
    }

    /// The embeds.
    pub fn embeds(&self) -> &[Embed] {
        &self.data.embeds.1
    }

    /// The components.
    pub fn components(&self) -> &[Component] {
        &self.data.components.1
    }

    /// All words in it, in the order in which they are shown, a line each: text, embeds, text components.
    pub fn text(&self) -> String {
        let mut lines = vec![self.data.content.clone()];
        for embed in self.embeds() {
            lines.extend(embed.author.iter().map(|author| author.name.clone()));
            lines.extend(embed.title.clone());
            lines.extend(embed.description.clone());
            lines.extend(embed.fields.iter().flat_map(|field| [field.name.clone(), field.value.clone()]));
            lines.extend(embed.footer.iter().map(|footer| footer.text.clone()));
        }
        lines.extend(self.find(|component| match component {
            Component::TextDisplay(TextDisplay { content, .. }) => Some(content.clone()),
            _ => None,
        }));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// Whether only the one it answers sees it.
    pub fn is_private(&self) -> bool {
        self.data.reader.is_some()
    }

    /// The message that it replies to.
    pub fn reply_to(&self) -> Option<u64> {
        self.data.reply_to
    }

    /// How often it was edited.
    pub fn edits(&self) -> usize {
        self.data.edits
    }

    /// Whether it is gone.
    pub fn is_deleted(&self) -> bool {
        self.data.deleted
    }

    /// Its files.
    pub fn files(&self) -> &[File] {
        &self.data.files
    }

    /// Its buttons, in order.
    pub fn buttons(&self) -> Vec<Button> {
        self.find(|component| match component {
            Component::Button(button) => Some(button.clone()),
            _ => None,
        })
    }

    /// The labels of its buttons.
    pub fn labels(&self) -> Vec<String> {
        self.buttons().into_iter().filter_map(|button| button.label).collect()
    }

    /// Its menus, in order.
    pub fn menus(&self) -> Vec<SelectMenu> {
        self.find(|component| match component {
            Component::SelectMenu(menu) => Some(menu.clone()),
            _ => None,
        })
    }

    /// The same message as it is now.
    #[must_use]
    pub fn now(&self) -> Self {
        Self::of(&self.core, self.core.lock().world.messages.get(&self.data.id).expect("messages stay"))
    }

    /// Presses the button of this label.
    pub fn press(&self, label: &str) -> Press {
        let button = self.buttons().into_iter().find(|button| button.label.as_deref() == Some(label));
        let button = button.unwrap_or_else(|| panic!("no button {label:?} among {:?}\n{}", self.labels(), self.text()));
        Press::button(self, &button.custom_id.unwrap_or_default())
    }

    /// Chooses in the menu of this number, by the options' labels.
    pub fn choose(&self, menu: usize, labels: &[&str]) -> Press {
        let menu = self.menus().into_iter().nth(menu).expect("a menu of this number");
        let options = menu.options.unwrap_or_default();
        let value = |label: &&str| {
            let option = options.iter().find(|option| option.label == *label);
            let offered: Vec<&str> = options.iter().map(|option| option.label.as_str()).collect();
            option.unwrap_or_else(|| panic!("no option {label:?} among {offered:?}")).value.clone()
        };
        Press::menu(self, &menu.custom_id, labels.iter().map(value).collect())
    }

    /// Presses a button that need not be there, as a forger can.
    pub fn forge_press(&self, custom_id: &str) -> Press {
        Press::button(self, custom_id).forged()
    }

    /// Waits until the bot replies to this message, and gives the reply.
    pub async fn reply(&self) -> Self {
        let what = format!("a reply to {:?}", self.data.content);
        self.core
            .wait(Topic::Channel(self.data.channel), PATIENCE, &what, |state| {
                let bot = Author::User(state.world.bot);
                let mut later = state.world.messages.range(self.data.id..).map(|(_, message)| message);
                let reply = later.find(|message| message.author == bot && message.reply_to == Some(self.data.id));
                reply.map(|message| Self::of(&self.core, message))
            })
            .await
    }

    fn find<T>(&self, mut pick: impl FnMut(&Component) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        let walked = every(self.components(), &mut |component| {
            found.extend(pick(component));
            Ok(())
        });
        debug_assert!(walked.is_ok(), "the visitor never fails");
        found
    }
}

impl Channel {
    /// The bot's messages here until now that everybody sees, deleted ones left out.
    pub fn from_bot(&self) -> Vec<Message> {
        let state = self.core.lock();
        let bot = Author::User(state.world.bot);
        let shown = |message: &&MessageData| {
            message.channel == self.id && message.author == bot && !message.deleted && message.reader.is_none()
        };
        state.world.messages.values().filter(shown).map(|message| Message::of(&self.core, message)).collect()
    }

    /// Waits until there are `count` messages of the bot here, and gives them.
    pub async fn from_bot_until(&self, count: usize) -> Vec<Message> {
        let what = format!("{count} messages of the bot in the channel");
        self.core
            .wait(Topic::Channel(self.id), PATIENCE, &what, |state| {
                let bot = Author::User(state.world.bot);
                let mine =
                    |message: &&MessageData| message.channel == self.id && message.author == bot && !message.deleted;
                let mine: Vec<Message> = state
                    .world
                    .messages
                    .values()
                    .filter(mine)
                    .map(|message| Message::of(&self.core, message))
                    .collect();
                (mine.len() >= count).then_some(mine)
            })
            .await
    }
}

impl Message {
    /// Whether this member would see it.
    pub fn is_shown_to(&self, member: &Member) -> bool {
        self.data.reader.is_none_or(|reader| reader == member.id)
    }
}
