//! The signals that speak for or against a fact: named, bounded, each with its weight.
//!
//! Weights are fitted by logistic regression on labelled questions: `cargo run --release --example calibrate`.

/// How well a fact fits a question, signal by signal. Each lies between 0 and 1 where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Term relevance by BM25F, as a share of what the question could reach.
    pub relevance: f32,
    /// Likeness to the nearest ask: the harmonic mean of how much each accounts for of the other.
    pub nearest_ask: f32,
    /// Mean likeness to the three nearest asks, or to all where there are fewer.
    pub near_asks: f32,
    /// How much of the question's weight the best single ask accounts for.
    pub asked: f32,
    /// How much of the question's weight the fact accounts for, asks and all.
    pub coverage: f32,
    /// The same by statement, quotes and entities alone.
    pub core: f32,
    /// Weight of the heaviest word of the question that the fact doesn't account for, as a share of the rarest word's.
    pub gap: f32,
    /// Share of the question's entities that the fact doesn't speak of.
    pub strangers: f32,
    /// Share of the question's numbers that the fact doesn't hold.
    pub numbers: f32,
    /// 1 where an ask of the fact wants the same kind of answer.
    pub kind_asked: f32,
    /// 1 where the question wants a kind of answer that the fact can't give.
    pub kind_missing: f32,
    /// Share of the attributes that the question asks for by name and that the fact doesn't speak of.
    pub attributes: f32,
    /// How little the fact accounts for the word that the question turns on: "airline" in "which airline did he fly with".
    pub focus: f32,
    /// Share of the fact's asks that want the kind of answer that the question wants.
    pub kind_share: f32,
    /// Nearness to what was talked of before, where the question leans on it.
    pub context: f32,
    /// How like the question the nearest ask is in meaning as a whole, word for word or not.
    pub meaning: f32,
    /// Mean of that over the three nearest asks.
    pub meanings: f32,
    /// How like the question the statement is in meaning.
    pub told: f32,
    /// Share of the names in the question that statement, quotes and entities don't hold: one that only an ask names is
    /// there to be set right.
    pub foreign: f32,
    /// 1 where the question wants a number and names the fact's own already: "how many of the 300 came back".
    pub given: f32,
    /// 1 where an ask has the very words of the question, or words that mean the same.
    pub verbatim: f32,
    /// How likely the classifier takes the fact for what is asked, by the logarithm, rather than another fact.
    pub likely: f32,
    /// How much likelier the classifier takes it to be than that the articles do not say, by log-odds, -1 to 1.
    pub answered: f32,
}

/// How many signals there are.
pub const COUNT: usize = 23;

/// Names of the signals in the order of [`Signals::values`].
pub const NAMES: [&str; COUNT] = [
    "relevance",
    "nearest_ask",
    "near_asks",
    "asked",
    "coverage",
    "core",
    "gap",
    "strangers",
    "numbers",
    "kind_asked",
    "kind_missing",
    "attributes",
    "focus",
    "kind_share",
    "context",
    "meaning",
    "meanings",
    "told",
    "foreign",
    "given",
    "verbatim",
    "likely",
    "answered",
];

/// Weights of the signals for ranking, in the order of [`Signals::values`].
pub const RANKING: [f32; COUNT] = [
    2.23, 3.25, 7.64, -0.24, 2.12, 1.34, 1.12, -2.38, 0.78, 1.13, -0.87, -0.09, -0.47, 1.11, 0.41, 1.13, 3.52, 2.98,
    -0.59, -0.02, 1.59, 8.11, 0.11,
];

impl Signals {
    /// The signals as a vector.
    #[must_use]
    pub fn values(&self) -> [f32; COUNT] {
        [
            self.relevance,
            self.nearest_ask,
            self.near_asks,
            self.asked,
            self.coverage,
            self.core,
            self.gap,
            self.strangers,
            self.numbers,
            self.kind_asked,
            self.kind_missing,
            self.attributes,
            self.focus,
            self.kind_share,
            self.context,
            self.meaning,
            self.meanings,
            self.told,
            self.foreign,
            self.given,
            self.verbatim,
            self.likely,
            self.answered,
        ]
    }

    /// The score by which candidates are ranked.
    #[must_use]
    pub fn score(&self) -> f32 {
        self.values().iter().zip(RANKING).map(|(value, weight)| value * weight).sum()
    }
}
