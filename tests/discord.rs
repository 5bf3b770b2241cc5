//! The bot's binary against a Discord on loopback: one test binary, so that Discord is built once.

// An inline module, so that all of it lives in `tests/discord/` and a load driver can take in the same files.
/// All of this binary's modules.
#[expect(
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    reason = "this is no library: a test that doesn't look at an answer means it, and a panic is how a test fails"
)]
pub mod discord {
    /// Discord itself: REST, gateway and files on 127.0.0.1, its order of things, and faults to order.
    pub mod fake;

    /// The real binary: started with a scrubbed environment and a small briefing, watched, signalled, ended.
    pub mod bot;

    /// That the fake holds bots to Discord's REST rules: limits, order, permissions, faults.
    mod fake_rest;

    /// That the fake keeps the gateway's protocol: identify, intents, resume, close codes.
    mod fake_gateway;

    /// A bare bot made of a plain HTTP and WebSocket client, which the two above drive the fake with.
    mod client;

    /// The usual scene of a test: a server with a channel, two members, and the bot.
    mod scene;

    /// Every way to ask.
    mod ways_to_ask;

    /// Answers, and the buttons below them.
    mod answers;

    /// Who is answered, and how it is said; nobody is pinged, nobody disturbed.
    mod manners;

    /// What is remembered of a conversation, and of whose.
    mod memory;

    /// Faults of Discord's REST API.
    mod sending;

    /// Handlers that panic.
    mod panics;

    /// Faults of Discord's gateway, the start and the end.
    mod connection;

    /// Health and metrics.
    mod health;

    /// What moderators do, and who may.
    mod moderation;
}
