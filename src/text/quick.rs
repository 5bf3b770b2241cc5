//! Maps with a quick hash, for keys that come from the lists of the program and from knowledge.
//!
//! Members can't add to such maps without bound, they only look things up; nobody gains by keys that collide.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by quick hash.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;
/// A set by quick hash.
pub type Set<K> = HashSet<K, BuildHasherDefault<Quick>>;

/// Multiplies eight bytes at a time to twice their width and folds the halves together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quick(u64);

impl Quick {
    fn mix(&mut self, bits: u64) {
        let wide = u128::from(self.0 ^ bits ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f_u128;
        #[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
        let folded = wide as u64 ^ (wide >> 64) as u64;
        self.0 = folded;
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.mix(u64::from_le_bytes(*eight));
        }
        // What is left and its length in one number, no two of which are the same.
        let left = match (rest.first_chunk::<4>(), rest.last_chunk::<4>(), rest) {
            (Some(first), Some(last), _) => {
                let behind = u64::from(u32::from_le_bytes(*last)) >> (8 * (8 - rest.len()));
                u64::from(u32::from_le_bytes(*first)) | behind << 32
            }
            (.., [first, .., last]) => {
                u64::from(*first) << 16 | u64::from(rest[rest.len() / 2]) << 8 | u64::from(*last)
            }
            (.., [one]) => u64::from(*one),
            (.., []) => return,
        };
        self.mix(left | (rest.len() as u64) << 56);
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = self.0.rotate_left(8) ^ u64::from(byte);
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn finish(&self) -> u64 {
        // A byte at the end must reach all bits.
        let mut last = *self;
        last.mix(0);
        last.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_two_short_texts_have_one_hash() {
        let letters = ["a", "b", "2", "#", "\u{0}"];
        let mut texts: Vec<String> = vec![String::new()];
        let mut known = HashMap::new();
        for _ in 0..6 {
            texts = texts.iter().flat_map(|text| letters.map(|letter| format!("{text}{letter}"))).collect();
            for text in &texts {
                let mut hasher = Quick::default();
                hasher.write(text.as_bytes());
                assert_eq!(known.insert(hasher.finish(), text.clone()), None, "{text:?}");
            }
        }
    }
}
