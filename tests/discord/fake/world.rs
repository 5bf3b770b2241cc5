//! Users, servers, channels, messages, commands: the data, without behaviour.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use twilight_model::{
    application::command::Command,
    channel::message::{Component, Embed},
    guild::Permissions,
    util::Timestamp,
};

/// Milliseconds from 1970 to Discord's own epoch, the start of 2015.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// A message only its reader sees.
pub const EPHEMERAL: u64 = 1 << 6;
/// A message that says "thinking…" until it is edited.
pub const LOADING: u64 = 1 << 7;
/// A message of components alone.
pub const COMPONENTS_V2: u64 = 1 << 15;

/// A person or a bot.
#[derive(Clone, Debug)]
pub struct User {
    /// Snowflake.
    pub id: u64,
    /// Name shown.
    pub name: String,
    /// Whether it is an application.
    pub bot: bool,
    /// Whether the user installed the application for itself.
    pub installed: bool,
}

/// A server.
#[derive(Clone, Debug)]
pub struct GuildData {
    /// Snowflake; also the id of the role `@everyone`.
    pub id: u64,
    /// Name shown.
    pub name: String,
    /// The owner's user id.
    pub owner: u64,
    /// Roles besides `@everyone`: id, name, permissions.
    pub roles: Vec<(u64, String, Permissions)>,
    /// Members by user id: own permissions, and roles.
    pub members: BTreeMap<u64, MemberData>,
    /// Whether the application's bot is in it; a server may have its commands by a member's own install alone.
    pub has_bot: bool,
}

/// A member of a server.
#[derive(Clone, Debug)]
pub struct MemberData {
    /// Permissions, those of the roles included.
    pub permissions: Permissions,
    /// Role ids.
    pub roles: Vec<u64>,
    /// Nickname.
    pub nick: Option<String>,
}

/// A text channel of a server, or a direct conversation.
#[derive(Clone, Debug)]
pub struct ChannelData {
    /// Snowflake.
    pub id: u64,
    /// The server; none for direct messages.
    pub guild: Option<u64>,
    /// Name; empty for direct messages.
    pub name: String,
    /// What the bot may do here.
    pub bot_permissions: Permissions,
    /// The other side of a direct conversation.
    pub recipient: Option<u64>,
    /// How often the bot showed that it types.
    pub typed: usize,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Author {
    /// A user, bots included.
    User(u64),
    /// A webhook of this id.
    Webhook(u64),
}

/// A file in a message.
#[derive(Clone, Debug)]
pub struct File {
    /// Snowflake.
    pub id: u64,
    /// File name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A message as Discord keeps it.
#[derive(Clone, Debug)]
pub struct MessageData {
    /// Snowflake.
    pub id: u64,
    /// Channel id.
    pub channel: u64,
    /// Who wrote it.
    pub author: Author,
    /// Text.
    pub content: String,
    /// Embeds as sent, and as twilight reads them.
    pub embeds: (Vec<Value>, Vec<Embed>),
    /// Components as sent, and as twilight reads them.
    pub components: (Vec<Value>, Vec<Component>),
    /// Flags: see the constants of this module.
    pub flags: u64,
    /// Files.
    pub files: Vec<File>,
    /// The message it replies to.
    pub reply_to: Option<u64>,
    /// Users whose mention stands in it, as Discord's `mentions` lists them.
    pub mentions: Vec<u64>,
    /// The interaction that it answers.
    pub interaction: Option<u64>,
    /// Who alone sees it, where it is ephemeral.
    pub reader: Option<u64>,
    /// How often it was edited.
    pub edits: usize,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The nonce that it was sent with.
    pub nonce: Option<Value>,
}

impl MessageData {
    /// An empty message.
    pub fn new(id: u64, channel: u64, author: Author) -> Self {
        Self {
            id,
            channel,
            author,
            content: String::new(),
            embeds: Default::default(),
            components: Default::default(),
            flags: 0,
            files: Vec::new(),
            reply_to: None,
            mentions: Vec::new(),
            interaction: None,
            reader: None,
            edits: 0,
            deleted: false,
            nonce: None,
        }
    }
}

/// Everything that is on this Discord.
pub struct World {
    /// The bot's user and application id.
    pub bot: u64,
    /// The bot's token.
    pub token: String,
    /// Users by id.
    pub users: HashMap<u64, User>,
    /// Servers by id.
    pub guilds: BTreeMap<u64, GuildData>,
    /// Channels by id, direct conversations included.
    pub channels: BTreeMap<u64, ChannelData>,
    /// Messages by id.
    pub messages: BTreeMap<u64, MessageData>,
    /// The application's commands: by server, or everywhere (`None`).
    pub commands: HashMap<Option<u64>, Vec<Command>>,
    /// Whom the bot's messages pinged.
    pub pings: Vec<String>,
    /// Messages by channel and enforced nonce: the same again is not sent again.
    pub nonces: HashMap<(u64, String), u64>,
    /// Where files are downloaded from.
    pub files_at: String,
    last_id: u64,
}

impl World {
    /// A world with nothing but the bot, whose files are downloaded from `address`.
    pub fn new(address: SocketAddr) -> Self {
        let mut world = Self {
            bot: 0,
            token: String::new(),
            users: HashMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            commands: HashMap::new(),
            pings: Vec::new(),
            nonces: HashMap::new(),
            files_at: format!("http://{address}/attachments"),
            last_id: 0,
        };
        world.bot = world.user("Briefing", true);
        // The first part is a real token's: its user's id in base64. The others carry the id, so that no two are alike.
        world.token = format!("{}.GloopB.loopback-loopback-loopback-{:08}", base64(world.bot), world.bot % 100_000_000);
        world
    }

    /// A new snowflake: later ones are greater.
    pub fn id(&mut self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX).saturating_sub(DISCORD_EPOCH_MS);
        self.last_id = (ms << 22).max(self.last_id + 1);
        self.last_id
    }

    /// A new user, and its id.
    pub fn user(&mut self, name: &str, bot: bool) -> u64 {
        let id = self.id();
        self.users.insert(id, User { id, name: name.to_owned(), bot, installed: false });
        id
    }

    /// The direct conversation of the bot with a user, opened where there is none.
    pub fn direct_channel(&mut self, user: u64) -> u64 {
        if let Some(channel) = self.channels.values().find(|channel| channel.recipient == Some(user)) {
            return channel.id;
        }
        let id = self.id();
        let channel = ChannelData {
            id,
            guild: None,
            name: String::new(),
            bot_permissions: Permissions::all(),
            recipient: Some(user),
            typed: 0,
        };
        self.channels.insert(id, channel);
        id
    }

    /// The server of a channel.
    pub fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel).and_then(|channel| channel.guild)
    }
}

/// When a snowflake was made, in Discord's notation.
pub fn timestamp(id: u64) -> String {
    let since = Duration::from_millis((id >> 22) + DISCORD_EPOCH_MS);
    let micros = i64::try_from(since.as_micros()).unwrap_or_default();
    Timestamp::from_micros(micros).map(|time| time.iso_8601().to_string()).unwrap_or_default()
}

/// The decimal digits of a number in unpadded base64, as in a token.
fn base64(number: u64) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in number.to_string().as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let digit = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(DIGITS[digit as usize]));
        }
    }
    text
}
