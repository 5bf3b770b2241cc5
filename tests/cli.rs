//! The real binary by its streams: what it prints, what it takes, and the exit code of each outcome.

// An inline module, so that all of it lives in `tests/cli/`.
mod cli {
    /// The binary run once or talked to, in a folder and an environment of its own.
    mod run;

    /// One answer: text, JSON to the letter of the contract, earlier questions, exit codes.
    mod ask;

    /// A stream of questions: order, streaming, lines that are no question.
    mod batch;

    /// The chat in a pipe: history, suggestions by number, the end.
    mod chat;

    /// The check of knowledge: what is clean, what the shipped knowledge covers, several files at once.
    mod check;

    /// Knowledge that is broken in every way that `check` knows, a file each.
    mod broken;

    /// Follow-ups: each pattern, and what stands alone.
    mod follow_ups;

    /// Lists: questions that several facts answer together.
    mod lists;

    /// Questions for several things at once.
    mod parts;

    /// Labelled question sets: the table, floors and ceilings, sets that can't be read.
    mod eval;

    /// The JSON Schema: every key described, and the shipped knowledge in its terms.
    mod schema;

    /// Usage, settings from the environment and `.env`, help.
    mod settings;

    /// Questions as people type them: apostrophes left out, digits for words, talk around the question.
    mod typing;
}
