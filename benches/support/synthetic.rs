//! Synthetic knowledge of any size: invented words with natural (Zipf) frequencies, entities, facts and questions.
//!
//! Shared by the benchmarks of the product and of its peers. The same seed and size give the same knowledge on every
//! machine.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use briefing_bot::knowledge::{Limits, Source};

/// Facts of one knowledge file; larger libraries have several files.
const PER_FILE: usize = 100_000;

/// Knowledge as files, with questions about it.
pub(crate) struct Synthetic {
    /// The knowledge files with their articles.
    pub(crate) sources: Vec<Source>,
    /// Questions, most of them about a fact.
    pub(crate) questions: Vec<Asked>,
}

/// A question about synthetic knowledge.
pub(crate) struct Asked {
    /// The words.
    pub(crate) text: String,
    /// The number of the fact that it is about, through all files; `None` where no fact answers it.
    pub(crate) fact: Option<usize>,
}

/// The limits of knowledge lifted out of the way.
pub(crate) fn limits() -> Limits {
    Limits { file_bytes: 1 << 40, facts: usize::MAX, names: usize::MAX, searched: u64::MAX, ..Limits::STANDARD }
}

/// Invents knowledge of `facts` facts and `questions` questions about it.
pub(crate) fn synthetic(facts: usize, questions: usize, seed: u64) -> Synthetic {
    let mut random = Random(seed ^ facts as u64);
    // Heaps' law: the words of a text grow as the root of its length.
    let words = Words::new(600 + 60 * facts.isqrt(), &mut random);
    let entities = Entities::new(20 + facts / 20, &words, &mut random);
    let mut known = HashSet::new();
    let mut all: Vec<Parts> = Vec::with_capacity(facts);
    while all.len() < facts {
        let parts = Parts::new(&words, &entities, &mut random);
        // Two facts of the same words would claim the same asks.
        if known.insert((parts.subject, parts.verb, parts.object)) {
            all.push(parts);
        }
    }
    let sources = all
        .chunks(PER_FILE)
        .enumerate()
        .map(|(file, chunk)| source(file, chunk, &words, &entities, &mut random))
        .collect();
    let questions = (0..questions).map(|number| question(number, &all, &words, &entities, &mut random)).collect();
    Synthetic { sources, questions }
}

/// What one fact says, as numbers of words and entities.
struct Parts {
    subject: usize,
    verb: usize,
    object: [usize; 3],
    aside: [usize; 4],
    place: usize,
    year: usize,
    amount: usize,
}

impl Parts {
    fn new(words: &Words, entities: &Entities, random: &mut Random) -> Self {
        Self {
            subject: entities.draw(random),
            verb: random.below(VERBS.len()),
            object: [words.draw(random), words.draw(random), words.draw(random)],
            aside: std::array::from_fn(|_| words.draw(random)),
            place: entities.draw(random),
            year: 1950 + random.below(76),
            amount: 4 + random.below(9_996),
        }
    }
}

/// Verbs in the present and in the past.
const VERBS: [(&str, &str); 24] = [
    ("sign", "signed"),
    ("open", "opened"),
    ("close", "closed"),
    ("visit", "visited"),
    ("buy", "bought"),
    ("sell", "sold"),
    ("build", "built"),
    ("found", "founded"),
    ("paint", "painted"),
    ("repair", "repaired"),
    ("move", "moved"),
    ("finance", "financed"),
    ("announce", "announced"),
    ("cancel", "cancelled"),
    ("praise", "praised"),
    ("reject", "rejected"),
    ("measure", "measured"),
    ("deliver", "delivered"),
    ("protect", "protected"),
    ("record", "recorded"),
    ("replace", "replaced"),
    ("test", "tested"),
    ("inspect", "inspected"),
    ("present", "presented"),
];

const KINDS: [&str; 5] = ["person", "organisation", "country", "place", "facility"];

fn source(file: usize, facts: &[Parts], words: &Words, entities: &Entities, random: &mut Random) -> Source {
    let mut toml = format!(
        "schema = 1\n\n[briefing]\nid = \"synthetic-{file}\"\ntitle = \"Synthetic\"\npublisher = \"Nobody\"\n\
         dateline = \"Nowhere\"\npublished = \"2026-01-28\"\nlanguage = \"en\"\narticle = \"synthetic-{file}.md\"\n"
    );
    let mut article = String::new();
    let used: HashSet<usize> = facts.iter().flat_map(|fact| [fact.subject, fact.place]).collect();
    for (number, entity) in entities.names.iter().enumerate().filter(|(number, _)| used.contains(number)) {
        let kind = KINDS[number % KINDS.len()];
        let _ = write!(
            toml,
            "\n[[entity]]\nid = \"e{number}\"\nname = \"{}\"\nkind = \"{kind}\"\naliases = [\"{}\"]\n",
            entity.name, entity.alias
        );
    }
    for (number, fact) in facts.iter().enumerate() {
        if number % 250 == 0 {
            let _ = write!(article, "{}## Part {}\n\n", if number == 0 { "" } else { "\n\n" }, number / 250 + 1);
        } else if number % 5 == 0 {
            article.push_str("\n\n");
        } else {
            article.push(' ');
        }
        let (subject, place) = (&entities.names[fact.subject], &entities.names[fact.place].name);
        let (verb, past) = VERBS[fact.verb];
        let [first, second, third] = fact.object.map(|word| words.word(word));
        let [near, far, by, with] = fact.aside.map(|word| words.word(word));
        let (name, alias, year, amount) = (&subject.name, &subject.alias, fact.year, fact.amount);
        let claim = format!("{name} {past} the {first} {second} of {third} for {amount} in {year}");
        let sentence = format!("{claim}, near the {near} {far} of {place}, with a {by} {with}.");
        article.push_str(&sentence);
        // Every other quote is a part of its sentence, and half of these don't start where it does.
        let quote = match number % 4 {
            0 | 1 => sentence.as_str(),
            2 => claim.as_str(),
            _ => sentence.split_once(' ').map_or("", |(_, rest)| rest),
        };
        let _ = write!(
            toml,
            "\n[[fact]]\nid = \"f{number}\"\nstatement = \"{claim}.\"\nquotes = [\"{quote}\"]\n\
             entities = [\"e{}\", \"e{}\"]\nstatus = \"reported\"\nasks = [\n    \
             \"What {first} {second} of {third} did {name} {verb}?\",\n    \
             \"When did {alias} {verb} the {first} {second} of {third}?\",\n    \
             \"Who {past} the {first} {third} {second} of {name}?\",\n",
            fact.subject, fact.place
        );
        if random.below(2) == 0 {
            let _ = writeln!(toml, "    \"{alias} {past} {second} {first} {third}\",");
        }
        if random.below(2) == 0 {
            let _ = writeln!(toml, "    \"How much was the {third} {first} {second} that {alias} {past}?\",");
        }
        toml.push_str("]\n");
    }
    article.push('\n');
    Source {
        path: PathBuf::from(format!("synthetic-{file}.toml")),
        toml: toml.into(),
        article_path: PathBuf::from(format!("synthetic-{file}.md")),
        article: article.into(),
    }
}

/// A question as people ask: of the fact's words, with a word missing, a typo, another order; one in eight about
/// nothing that is known.
fn question(number: usize, all: &[Parts], words: &Words, entities: &Entities, random: &mut Random) -> Asked {
    let at = random.below(all.len());
    let fact = &all[at];
    let (name, alias) = (&entities.names[fact.subject].name, &entities.names[fact.subject].alias);
    let (verb, past) = VERBS[fact.verb];
    let [first, second, third] = fact.object.map(|word| words.word(word));
    let text = match number % 8 {
        0 => format!("what {first} {second} of {third} did {name} {verb}"),
        1 => format!("when did {alias} {verb} the {first} {third}?"),
        2 => format!("so who was it again that {past} that {second} {third} of {name} back then"),
        3 => format!("{alias} {first} {second}"),
        4 => {
            format!("when did {} {verb} the {} of {}?", typo(alias, random), typo(second, random), typo(third, random))
        }
        5 => format!("how much did {name} pay for the {third} {second}, and why?"),
        6 => format!("did {alias} ever {verb} a {} {second} or {first}?", typo(third, random)),
        _ => {
            let stranger = entities.draw(random);
            let [one, other] = std::array::from_fn(|_| words.word(words.draw(random)));
            let text = format!("which {one} does {} owe to the {other}?", entities.names[stranger].alias);
            return Asked { text, fact: None };
        }
    };
    Asked { text, fact: Some(at) }
}

/// A word with one letter lost, doubled, changed or swapped with the next.
pub(crate) fn typo(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.to_owned();
    }
    let at = 1 + random.below(letters.len() - 2);
    match random.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0)),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// Invented words, the commonest first.
struct Words {
    words: Vec<String>,
    zipf: Zipf,
}

impl Words {
    fn new(count: usize, random: &mut Random) -> Self {
        let mut known = HashSet::new();
        let mut words = Vec::with_capacity(count);
        while words.len() < count {
            // Common words are short.
            let syllables = 2 + usize::from(random.below(count) < words.len() * 2) + random.below(2);
            let word = pronounceable(syllables, random);
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        Self { zipf: Zipf::new(count), words }
    }

    fn word(&self, number: usize) -> &str {
        &self.words[number]
    }

    fn draw(&self, random: &mut Random) -> usize {
        self.zipf.draw(random)
    }
}

fn pronounceable(syllables: usize, random: &mut Random) -> String {
    const ONSETS: [&str; 24] = [
        "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "br", "dr", "gr", "kl", "pl",
        "st", "tr", "sk",
    ];
    const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];
    const CODAS: [&str; 10] = ["", "", "", "", "n", "r", "l", "m", "t", "k"];
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(ONSETS[random.below(ONSETS.len())]);
        word.push_str(VOWELS[random.below(VOWELS.len())]);
        word.push_str(CODAS[random.below(CODAS.len())]);
    }
    word
}

/// A name and the part of it that people use.
struct Name {
    name: String,
    alias: String,
}

struct Entities {
    names: Vec<Name>,
    zipf: Zipf,
}

impl Entities {
    fn new(count: usize, words: &Words, random: &mut Random) -> Self {
        // Forenames are shared by many, surnames are one entity's own.
        let forenames: Vec<String> = (0..200).map(|_| capital(&pronounceable(2, random))).collect();
        let mut known: HashSet<String> = words.words.iter().cloned().collect();
        known.extend(forenames.iter().map(|name| name.to_lowercase()));
        let mut names = Vec::with_capacity(count);
        while names.len() < count {
            let surname = pronounceable(3, random);
            if known.insert(surname.clone()) {
                let alias = capital(&surname);
                names.push(Name { name: format!("{} {alias}", forenames[random.below(forenames.len())]), alias });
            }
        }
        Self { names, zipf: Zipf::new(count) }
    }

    fn draw(&self, random: &mut Random) -> usize {
        self.zipf.draw(random)
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Ranks from 0 by Zipf's law with exponent 1: the frequency of a rank is the inverse of it.
struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    fn new(count: usize) -> Self {
        let mut sum = 0.0;
        #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^52")]
        let cumulative = (0..count).map(|rank| {
            // Mandelbrot's offset: the very commonest words of a language are function words, which the sentences have.
            sum += 1.0 / (rank as f64 + 5.0);
            sum
        });
        Self { cumulative: cumulative.collect() }
    }

    fn draw(&self, random: &mut Random) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(1.0);
        let point = random.unit() * total;
        self.cumulative.partition_point(|sum| *sum < point).min(self.cumulative.len() - 1)
    }
}

/// Random numbers by `SplitMix64` (Steele, Lea and Flood 2014): small, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() % (bound.max(1) as u64)).unwrap_or(0)
    }

    /// A number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}
