//! The real binary, started against a [`Discord`]: its environment, its output, its signals, its end.

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::watch,
};

use super::fake::{Discord, PATIENCE};

/// The briefing that a bot knows where a test says nothing else: facts, and their article.
pub const BRIEFING: (&str, &str) = ("kettle-pier.toml", include_str!("briefing/kettle-pier.toml"));
/// The article of [`BRIEFING`].
pub const ARTICLE: (&str, &str) = ("kettle-pier.md", include_str!("briefing/kettle-pier.md"));

/// A bot that is to be started.
#[must_use]
pub struct Setup<'a> {
    discord: &'a Discord,
    home: Arc<TempDir>,
    /// Whether knowledge is written before the start.
    fresh: bool,
    files: Vec<(String, String)>,
    variables: Vec<(String, String)>,
}

impl Setup<'_> {
    /// Sets a variable of its environment, which else holds only what a bot needs.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Puts a file into its knowledge folder, replacing one of the same name.
    pub fn file(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// In the folder of another bot: with its knowledge and its journal as they are.
    pub fn in_home(self, home: &Arc<TempDir>) -> Self {
        Self { home: Arc::clone(home), fresh: false, ..self }
    }

    /// Starts it, and waits until it is connected and has registered its commands.
    pub async fn start(self) -> Bot {
        let discord = self.discord;
        let before = discord.requests("PUT /applications/*/commands").len();
        let bot = self.launch();
        tokio::select! {
            () = bot.wait_for_end() => panic!("the bot ended at once:\n{}", bot.output()),
            () = async {
                discord.requests_until("PUT /applications/*/commands", before + 1).await;
                discord.commands_until_registered(None).await;
                discord.shards_up(1).await;
            } => {}
        }
        bot
    }

    /// Starts it without waiting for anything.
    ///
    /// # Panics
    ///
    /// When its folder can't be written, or the binary not started.
    pub fn launch(self) -> Bot {
        let home = self.home.path();
        let knowledge = home.join("knowledge");
        std::fs::create_dir_all(&knowledge).expect("a folder in a temporary folder");
        let ours = [BRIEFING, ARTICLE].map(|(name, text)| (name.to_owned(), text.to_owned()));
        for (name, text) in ours.into_iter().filter(|_| self.fresh).chain(self.files) {
            std::fs::write(knowledge.join(name), text).expect("a file in a temporary folder");
        }
        let database = format!("sqlite:{}", home.join("journal.db").display());
        let mut child = Command::new(env!("CARGO_BIN_EXE_briefing-bot"))
            .arg("run")
            .env_clear()
            .env("DISCORD_TOKEN", self.discord.token())
            .env("DISCORD_API_URL", self.discord.url())
            .env("KNOWLEDGE_PATH", &knowledge)
            .env("DATABASE_URL", database)
            .env("LOG_FORMAT", "json")
            .env("RUST_BACKTRACE", "1")
            .envs(self.variables)
            // No `.env` of the one who runs the tests.
            .current_dir(home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let output = Arc::new(Output::default());
        output.follow("out", child.stdout.take().expect("a pipe"));
        output.follow("err", child.stderr.take().expect("a pipe"));
        let pid = child.id().expect("a running process");
        let core = self.discord.core();
        Bot { child: tokio::sync::Mutex::new(child), pid, output, home: self.home, core, panics: false }
    }
}

/// A running bot. Ends with its value; the test fails if it pinged anybody, panicked, or wrote a token to its log.
pub struct Bot {
    child: tokio::sync::Mutex<Child>,
    pid: u32,
    output: Arc<Output>,
    home: Arc<TempDir>,
    core: Arc<super::fake::Core>,
    panics: bool,
}

impl Bot {
    /// A bot with the small briefing.
    ///
    /// # Panics
    ///
    /// When there is no temporary folder.
    pub fn with(discord: &Discord) -> Setup<'_> {
        let home = Arc::new(TempDir::new().expect("a temporary folder"));
        Setup { discord, home, fresh: true, files: Vec::new(), variables: Vec::new() }
    }

    /// Starts a bot with the small briefing, and waits until it is connected and has registered its commands.
    pub async fn start(discord: &Discord) -> Self {
        Self::with(discord).start().await
    }

    /// Its folder, for another bot to take over.
    pub fn home(&self) -> Arc<TempDir> {
        Arc::clone(&self.home)
    }

    /// A file of its knowledge.
    pub fn knowledge(&self, name: &str) -> PathBuf {
        Path::new(self.home.path()).join("knowledge").join(name)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// All that it wrote until now.
    pub fn output(&self) -> String {
        self.output.lines().join("\n")
    }

    /// Waits until it wrote a line in which all of `parts` stand, and gives the line.
    ///
    /// # Panics
    ///
    /// When it doesn't.
    pub async fn says(&self, parts: &[&str]) -> String {
        let mut news = self.output.news.subscribe();
        let search = async {
            loop {
                let lines = self.output.lines();
                if let Some(line) = lines.iter().find(|line| parts.iter().all(|part| line.contains(part))) {
                    return line.clone();
                }
                // The sender lives in `self.output`.
                let _ = news.changed().await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.unwrap_or_else(|_| panic!("the bot never wrote {parts:?}"))
    }

    /// Lets it panic without failing the test.
    pub fn may_panic(&mut self) {
        self.panics = true;
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Asks it to end, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends it a signal by name, as in `"HUP"` or `"KILL"`.
    ///
    /// # Panics
    ///
    /// When it can't be sent.
    pub fn signal(&self, name: &str) {
        let sent = std::process::Command::new("sh").args(["-c", &format!("kill -{name} {}", self.pid)]).status();
        assert!(sent.is_ok_and(|status| status.success()), "SIG{name} to {} could not be sent", self.pid);
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it takes longer than `deadline`.
    pub async fn end(&self, deadline: Duration) -> ExitStatus {
        let mut child = self.child.lock().await;
        let ended = tokio::time::timeout(deadline, child.wait()).await;
        let ended = ended.unwrap_or_else(|_| panic!("the bot still runs after {deadline:?}"));
        ended.expect("a child's end can be waited for")
    }

    async fn wait_for_end(&self) {
        // What can't be waited for has ended too.
        let _ = self.child.lock().await.wait().await;
        // The pipes are read by other tasks: their last lines are what a failure needs.
        let mut news = self.output.news.subscribe();
        let _ = tokio::time::timeout(Duration::from_secs(1), news.wait_for(|open| *open <= 0)).await;
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the bot wrote:\n{}", self.output());
            return;
        }
        let output = self.output();
        let state = self.core.lock();
        assert!(state.world.pings.is_empty(), "the bot pinged {:?}", state.world.pings);
        assert!(!output.contains(&state.world.token), "the bot wrote its token to its log");
        assert!(!output.contains("interaction-"), "the bot wrote an interaction's token to its log:\n{output}");
        assert!(self.panics || !output.contains("panicked at"), "the bot panicked:\n{output}");
    }
}

/// What the bot writes, line by line.
struct Output {
    lines: Mutex<Vec<String>>,
    /// Changes with each line; the value counts the pipes that are open.
    news: watch::Sender<i32>,
}

impl Default for Output {
    fn default() -> Self {
        Self { lines: Mutex::default(), news: watch::Sender::new(0) }
    }
}

impl Output {
    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn follow(self: &Arc<Self>, name: &'static str, pipe: impl AsyncRead + Send + Unpin + 'static) {
        let output = Arc::clone(self);
        output.news.send_modify(|open| *open += 1);
        tokio::spawn(async move {
            let mut lines = BufReader::new(pipe).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                output.lines.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{name}: {line}"));
                output.news.send_modify(|_| ());
            }
            output.news.send_modify(|open| *open -= 1);
        });
    }
}
