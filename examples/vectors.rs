//! Makes `src/text/lexicon/vectors.bin` of word vectors in `GloVe`'s text format, most frequent words first.
//!
//! `cargo run --release --example vectors -- VECTORS.txt`
//!
//! Vectors are projected on the directions in which they differ most (principal components), and brought to a byte a
//! number. Each word keeps a weight: the length of its vector by its smooth inverse frequency (Arora, Liang & Ma 2017),
//! with the frequency estimated from its rank by Zipf's law.

use std::collections::HashSet;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use briefing_bot::text::meaning::DIMENSIONS;

/// Words beyond this rank are left out.
const RANKS: usize = 120_000;
/// Words up to this rank are kept whether or not the dictionary has them: most are names.
const NAMES: usize = 30_000;
/// Vectors that the projection is worked out on.
const SAMPLE: usize = 40_000;
/// Share of a text that the most frequent word makes up, by Zipf's law.
const FIRST: f64 = 0.1;
/// Smoothing of the inverse frequency.
const SMOOTH: f64 = 1e-3;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("usage: vectors VECTORS.txt")?;
    let lexicon = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text/lexicon");
    let dictionary = std::fs::read_to_string(lexicon.join("words.txt"))?;
    let dictionary: HashSet<&str> = dictionary.lines().collect();
    let mut words: Vec<(String, f64, Vec<f64>)> = Vec::new();
    for (rank, line) in BufReader::new(std::fs::File::open(file)?).lines().take(RANKS).enumerate() {
        let line = line?;
        let mut parts = line.split(' ');
        let word = parts.next().unwrap_or_default();
        let letters = word.bytes().all(|byte| byte.is_ascii_lowercase());
        if letters && (rank < NAMES || dictionary.contains(word)) {
            let vector: Vec<f64> = parts.map(str::parse).collect::<Result<_, _>>()?;
            #[expect(clippy::cast_precision_loss, reason = "ranks are small")]
            let share = FIRST / (rank + 2) as f64;
            words.push((word.to_owned(), SMOOTH / (SMOOTH + share), vector));
        }
    }
    let vectors: Vec<&[f64]> = words.iter().take(SAMPLE).map(|(_, _, vector)| vector.as_slice()).collect();
    let axes = principal(&vectors);
    words.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = std::io::BufWriter::new(std::fs::File::create(lexicon.join("vectors.bin"))?);
    out.write_all(&u32::try_from(words.len())?.to_le_bytes())?;
    let mut end = 0;
    for (word, ..) in &words {
        end += u32::try_from(word.len())?;
        out.write_all(&end.to_le_bytes())?;
    }
    let projected: Vec<(f64, Vec<f64>)> = words
        .iter()
        .map(|(_, weight, vector)| {
            let short: Vec<f64> = axes.iter().map(|axis| dot(axis, vector)).collect();
            let length = dot(&short, &short).sqrt().max(f64::EPSILON);
            (weight * length, short.iter().map(|x| x / length).collect())
        })
        .collect();
    #[expect(clippy::cast_possible_truncation, reason = "single precision does")]
    for (weight, _) in &projected {
        out.write_all(&(*weight as f32).to_le_bytes())?;
    }
    for (_, direction) in &projected {
        #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
        let bytes = direction.iter().map(|x| (x * 127.0).round() as i8);
        out.write_all(&bytes.map(i8::cast_unsigned).collect::<Vec<u8>>())?;
    }
    for (word, ..) in &words {
        out.write_all(word.as_bytes())?;
    }
    out.flush()?;
    println!("{} words", words.len());
    Ok(())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The directions in which vectors differ most, by orthogonal iteration on their covariance.
fn principal(vectors: &[&[f64]]) -> Vec<Vec<f64>> {
    const ROUNDS: usize = 300;
    let size = vectors.first().map_or(0, |vector| vector.len());
    let mut mean = vec![0.0; size];
    #[expect(clippy::cast_precision_loss, reason = "some ten thousand")]
    let share = 1.0 / vectors.len() as f64;
    for vector in vectors {
        mean.iter_mut().zip(*vector).for_each(|(mean, x)| *mean += x * share);
    }
    let mut covariance = vec![vec![0.0; size]; size];
    for vector in vectors {
        let centred: Vec<f64> = vector.iter().zip(&mean).map(|(x, mean)| x - mean).collect();
        for (row, x) in covariance.iter_mut().zip(&centred) {
            row.iter_mut().zip(&centred).for_each(|(slot, y)| *slot += x * y * share);
        }
    }
    let unit = |at: usize| (0..size).map(|i| if i == at { 1.0 } else { 0.0 }).collect();
    let mut axes: Vec<Vec<f64>> = (0..DIMENSIONS.min(size)).map(unit).collect();
    for _ in 0..ROUNDS {
        let mut next: Vec<Vec<f64>> = Vec::with_capacity(axes.len());
        for axis in &axes {
            let mut turned: Vec<f64> = covariance.iter().map(|row| dot(row, axis)).collect();
            for other in &next {
                let shared = dot(&turned, other);
                turned.iter_mut().zip(other).for_each(|(x, y)| *x -= shared * y);
            }
            let length = dot(&turned, &turned).sqrt().max(f64::EPSILON);
            for x in &mut turned {
                *x /= length;
            }
            next.push(turned);
        }
        axes = next;
    }
    axes
}
