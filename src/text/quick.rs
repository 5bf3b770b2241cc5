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
        self.0 = self.0.wrapping_add(rest.len() as u64);
        // Four bytes from the front and four from the end, which may be some of the same; of fewer than four, all.
        match (rest.first_chunk::<4>(), rest.last_chunk::<4>(), rest) {
            (Some(first), Some(last), _) => {
                self.mix(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
            }
            (.., [first, .., last]) => {
                let middle = rest[rest.len() / 2];
                self.mix(u64::from(*first) << 16 | u64::from(middle) << 8 | u64::from(*last));
            }
            (.., [one]) => self.mix(u64::from(*one) << 24),
            (.., []) => {}
        }
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
