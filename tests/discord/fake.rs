//! A Discord on loopback: what a bot may ask of Discord, answered over plain HTTP and WebSocket on 127.0.0.1.
//!
//! | module | what it owns |
//! |---|---|
//! | `world` | users, servers, channels, messages: plain data |
//! | `places` | handles by which a test makes and changes them |
//! | `wire` | the data in Discord's JSON |
//! | `listener`, `rest`, `faults`, `cdn` | HTTP: routes, faults to order, files |
//! | `gateway` | WebSocket: sessions, dispatches, faults to order |
//! | `rules` | what the bot sends, read with twilight's types and limits |
//! | `posting`, `seen` | messages as the bot sends them and as members see them |
//! | `interaction`, `slash`, `press`, `modal`, `say` | what members do, as builders |
//! | `oblivion` | forgetting, for long runs |
//!
//! The fake keeps a list of violations: what no well-behaved bot does. A [`Discord`] that goes out of scope with
//! violations on its list fails the test.

pub mod bus;
pub mod cdn;
pub mod faults;
pub mod gateway;
pub mod interaction;
pub mod listener;
pub mod modal;
pub mod oblivion;
pub mod places;
pub mod posting;
pub mod press;
pub mod rest;
pub mod rules;
pub mod say;
pub mod seen;
pub mod slash;
pub mod wire;
pub mod world;

use std::{
    net::SocketAddr,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bus::{Bus, Topic};
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};

/// How long a test waits for what should happen at once. Long, as the machine may be busy: only a failure waits it out.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// All that the fake knows, behind one lock.
pub struct State {
    /// Users, servers, channels, messages and commands.
    pub world: world::World,
    /// Gateway sessions and what is ordered for them.
    pub gateway: gateway::Gateway,
    /// Interactions by id.
    pub interactions: interaction::Ledger,
    /// The log of REST requests and the faults ordered.
    pub rest: rest::Rest,
    /// What the bot did against Discord's rules, in words.
    pub violations: Vec<String>,
    /// Files to download.
    pub cdn: cdn::Cdn,
    /// Where the fake listens.
    pub address: SocketAddr,
    /// Whom to wake.
    pub bus: Bus,
}

impl State {
    /// Notes what a well-behaved bot doesn't do.
    pub fn violation(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }
}

/// What servers, handles and tests share.
pub struct Core {
    state: Mutex<State>,
    bus: Bus,
    address: SocketAddr,
}

impl Core {
    /// The state, locked. A poisoned lock is taken all the same: the test that panicked reports for itself.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `look` finds something, looking again at each news on `topic`.
    ///
    /// # Panics
    ///
    /// When `patience` is over: with `what` was waited for, and what the bot did last.
    pub async fn wait<T>(
        &self,
        topic: Topic,
        patience: Duration,
        what: &str,
        mut look: impl FnMut(&mut State) -> Option<T>,
    ) -> T {
        let mut news = self.bus.subscribe(topic);
        let deadline = Instant::now() + patience;
        loop {
            if let Some(found) = look(&mut self.lock()) {
                return found;
            }
            let waited = tokio::time::timeout_at(deadline, news.changed()).await;
            assert!(waited.is_ok(), "waited {patience:?} in vain for {what}\n{}", self.summary());
        }
    }

    /// The last requests and all violations, for messages of failure.
    pub fn summary(&self) -> String {
        let state = self.lock();
        let log = &state.rest.log;
        let recent: Vec<String> = log.iter().skip(log.len().saturating_sub(12)).map(ToString::to_string).collect();
        let gateway = &state.gateway.history;
        let gateway = gateway.get(gateway.len().saturating_sub(12)..).unwrap_or_default();
        let (recent, violations) = (recent.join("\n  "), &state.violations);
        format!("last requests:\n  {recent}\nlast on the gateway: {gateway:?}\nviolations: {violations:#?}")
    }
}

/// A running Discord. Ends with its value, and fails the test if the bot broke a rule that was not forgiven.
pub struct Discord {
    core: Arc<Core>,
    server: JoinHandle<()>,
}

impl Discord {
    /// Starts a Discord without servers or members, on a free port.
    ///
    /// # Panics
    ///
    /// When no port can be had.
    pub async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = socket.local_addr().expect("a bound socket has an address");
        let bus = Bus::default();
        let state = State {
            world: world::World::new(address),
            gateway: gateway::Gateway::default(),
            interactions: interaction::Ledger::default(),
            rest: rest::Rest::default(),
            violations: Vec::new(),
            cdn: cdn::Cdn::default(),
            address,
            bus: bus.clone(),
        };
        let core = Arc::new(Core { state: Mutex::new(state), bus, address });
        let server = tokio::spawn(listener::serve(socket, Arc::clone(&core)));
        Self { core, server }
    }

    /// What handles hold.
    pub fn core(&self) -> Arc<Core> {
        Arc::clone(&self.core)
    }

    /// The value for `DISCORD_API_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bot's token: shaped like a real one, as clients check that.
    pub fn token(&self) -> String {
        self.lock().world.token.clone()
    }

    /// The bot's user id, which is its application's id too.
    pub fn bot_id(&self) -> u64 {
        self.lock().world.bot
    }

    /// How the bot is mentioned in a message.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.bot_id())
    }

    /// What the bot did against Discord's rules until now.
    pub fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// Strikes violations that contain `part` from the list, where a test provokes them, and says how many.
    ///
    /// # Panics
    ///
    /// When there is none: then the test isn't about what it says.
    pub fn forgive(&self, part: &str) -> usize {
        let mut state = self.lock();
        let before = state.violations.len();
        state.violations.retain(|violation| !violation.contains(part));
        let struck = before - state.violations.len();
        assert!(struck > 0, "no violation has {part:?}: {:#?}", state.violations);
        struck
    }

    /// Whom the bot's messages pinged, in order: `@everyone`, user and role mentions that went through.
    pub fn pings(&self) -> Vec<String> {
        self.lock().world.pings.clone()
    }
}

impl Deref for Discord {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        self.server.abort();
        if std::thread::panicking() {
            eprintln!("{}", self.summary());
        } else {
            let violations = self.violations();
            assert!(violations.is_empty(), "the bot broke Discord's rules: {violations:#?}");
        }
    }
}
