//! Who asks what, where: the servers, their members, and what each does next.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::Options;
use crate::discord::fake::Discord;
use crate::discord::fake::places::{Channel, Member};
use crate::discord::fake::press::Press;
use crate::discord::fake::seen::Message;

/// Answers of each server that keep their buttons.
const KEPT: usize = 4;

/// What a member does.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// Asks by `/ask`.
    Slash,
    /// Types in the option of `/ask`.
    Autocomplete,
    /// Mentions the bot.
    Mention,
    /// Presses a button below an answer.
    Button,
}

impl Kind {
    /// Its name in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Slash => "slash",
            Self::Autocomplete => "autocomplete",
            Self::Mention => "mention",
            Self::Button => "button",
        }
    }

    /// What one of twenty events is.
    fn of(number: u64) -> Self {
        match number % 20 {
            0..8 => Self::Slash,
            8..14 => Self::Autocomplete,
            14..17 => Self::Mention,
            _ => Self::Button,
        }
    }
}

/// An event that was answered.
pub(crate) struct Done {
    /// What it was.
    pub(crate) kind: Kind,
    /// From before it was sent until its answer was taken.
    pub(crate) took: Duration,
}

/// All who ask.
pub(crate) struct Crowd {
    discord: Arc<Discord>,
    /// In turn: one of each server, then the next of each.
    members: Vec<(Member, Channel)>,
    guilds: usize,
    /// The latest answers with buttons, by server.
    answers: Vec<Mutex<VecDeque<Message>>>,
    questions: Vec<String>,
    events: AtomicU64,
    asked: AtomicU64,
}

#[derive(Deserialize)]
struct Line {
    question: String,
}

impl Crowd {
    /// Makes the servers and reads the questions.
    pub(crate) fn gather(discord: &Arc<Discord>, options: &Options) -> Self {
        let guilds: Vec<_> =
            (0..options.guilds.max(1)).map(|number| discord.guild(&format!("Server {number}"))).collect();
        let channels: Vec<Vec<Channel>> = guilds
            .iter()
            .map(|guild| {
                (0..options.channels.max(1)).map(|number| guild.channel(&format!("channel-{number}"))).collect()
            })
            .collect();
        let mut members = Vec::new();
        for number in 0..options.members.max(1) {
            for (guild, channels) in guilds.iter().zip(&channels) {
                members.push((guild.member(&format!("Member {number}")), channels[number % channels.len()].clone()));
            }
        }
        let questions = questions(&options.questions);
        assert!(!questions.is_empty(), "{} holds no question", options.questions.display());
        Self {
            discord: Arc::clone(discord),
            members,
            guilds: guilds.len(),
            answers: guilds.iter().map(|_| Mutex::default()).collect(),
            questions,
            events: AtomicU64::new(0),
            asked: AtomicU64::new(0),
        }
    }

    /// How many different questions there are.
    pub(crate) fn questions(&self) -> usize {
        self.questions.len()
    }

    /// How many questions were asked by command or mention.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks this, by command.
    pub(crate) async fn ask(&self, question: &str) -> Message {
        let (member, channel) = &self.members[0];
        self.discord.slash("ask").option("question", question).by(member, channel).message().await
    }

    /// The next event, until it is answered.
    pub(crate) async fn act(&self) -> Done {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        let chance = scatter(number);
        let at = usize::try_from(number).unwrap_or_default() % self.members.len();
        let (member, channel) = &self.members[at];
        let server = at % self.guilds;
        let question = pick(&self.questions, chance >> 16);
        let start = Instant::now();
        let pressed = match Kind::of(chance) {
            Kind::Button => self.press(server, member, chance >> 32),
            _ => None,
        };
        if let Some(interaction) = pressed {
            let answer = interaction.message().await;
            let took = start.elapsed();
            check(&answer);
            interaction.forget();
            answer.forget();
            return Done { kind: Kind::Button, took };
        }
        let (kind, took, answer) = match Kind::of(chance) {
            Kind::Autocomplete => {
                let length = 3 + usize::try_from(chance >> 32).unwrap_or_default() % 40;
                let typed: String = question.chars().take(length).collect();
                let interaction = self.discord.slash("ask").typing("question", &typed).by(member, channel);
                let choices = interaction.choices().await;
                let took = start.elapsed();
                assert!(!choices.is_empty(), "{typed:?} is not completed");
                interaction.forget();
                return Done { kind: Kind::Autocomplete, took };
            }
            Kind::Mention => {
                let text = format!("{} {question}", self.discord.mention());
                let message = channel.say(member, &text).send();
                let answer = message.reply().await;
                let took = start.elapsed();
                message.forget();
                (Kind::Mention, took, answer)
            }
            // A press where there is nothing to press yet becomes a question.
            Kind::Slash | Kind::Button => {
                let interaction = self.discord.slash("ask").option("question", question.as_str()).by(member, channel);
                let answer = interaction.message().await;
                let took = start.elapsed();
                interaction.forget();
                (Kind::Slash, took, answer)
            }
        };
        self.asked.fetch_add(1, Ordering::Relaxed);
        check(&answer);
        self.keep(server, answer);
        Done { kind, took }
    }

    /// Presses a button of an answer in this server.
    fn press(
        &self,
        server: usize,
        member: &Member,
        chance: u64,
    ) -> Option<crate::discord::fake::interaction::Interaction> {
        // Held until the press is sent: the answer must not be forgotten before.
        let answers = self.answers[server].lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.front()?;
        let buttons = answer.buttons();
        let id = pick(&buttons, chance).custom_id.as_deref()?;
        Some(Press::button(answer, id).by(member))
    }

    /// Keeps an answer for its buttons, and forgets an older one.
    fn keep(&self, server: usize, answer: Message) {
        if answer.buttons().is_empty() {
            return answer.forget();
        }
        let mut answers = self.answers[server].lock().unwrap_or_else(PoisonError::into_inner);
        answers.push_back(answer);
        if answers.len() > KEPT
            && let Some(oldest) = answers.pop_front()
        {
            oldest.forget();
        }
    }
}

/// That a member was answered, not asked for patience.
fn check(answer: &Message) {
    assert!(
        !answer.content().starts_with("That was a lot at once"),
        "a limit was reached; take more members or channels"
    );
    assert!(!answer.content().starts_with("Sorry"), "the bot says: {}", answer.content());
}

fn pick<T>(from: &[T], chance: u64) -> &T {
    &from[usize::try_from(chance & 0xffff).unwrap_or_default() % from.len()]
}

/// A number that looks random but is the same in each run (`SplitMix64`).
fn scatter(number: u64) -> u64 {
    let mut x = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The questions of a file or folder that a mention can carry as well as a command.
fn questions(path: &Path) -> Vec<String> {
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder that can be read");
        files = entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
        files.sort();
    }
    let mut questions = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let line: Line = serde_json::from_str(line).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            // In code and quotes a mention counts for nothing.
            let plain = !line.question.contains(['`', '>', '<', '\\']) && !line.question.trim().is_empty();
            if plain && line.question.chars().count() <= 1_000 {
                questions.push(line.question);
            }
        }
    }
    questions
}
