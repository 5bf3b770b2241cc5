//! The bot's binary against a Discord on loopback: one test binary, so that Discord is built once.

// An inline module, so that all of it lives in `tests/discord/` and a load driver can take in the same files.
/// All of this binary's modules.
pub mod discord {
    /// Discord itself: REST, gateway and files on 127.0.0.1, its order of things, and faults to order.
    pub mod fake;

    /// That the fake holds bots to Discord's REST rules: limits, order, permissions, faults.
    mod fake_rest;

    /// That the fake keeps the gateway's protocol: identify, intents, resume, close codes.
    mod fake_gateway;

    /// A bare bot made of a plain HTTP and WebSocket client, which the two above drive the fake with.
    mod client;
}
