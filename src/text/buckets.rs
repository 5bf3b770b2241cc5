//! Sorted hashes in buckets by their first bits: found nearly as quickly as in a hash table, in half its room.

use std::ops::Range;

/// Where the hashes of each bucket stand in a sorted list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets(Vec<u32>);

/// Hashes of a bucket, about: few enough to be gone through.
const OF_A_BUCKET: usize = 8;

impl Buckets {
    /// Buckets for hashes that spread evenly, in rising order.
    #[must_use]
    pub fn new(hashes: impl ExactSizeIterator<Item = u32>) -> Self {
        let count = (hashes.len() / OF_A_BUCKET).next_power_of_two();
        let mut starts = vec![0; count + 1];
        for hash in hashes {
            starts[bucket_of(hash, count) + 1] += 1;
        }
        for bucket in 0..count {
            starts[bucket + 1] += starts[bucket];
        }
        Self(starts)
    }

    /// The positions among which a hash stands, if it does.
    #[must_use]
    pub fn range(&self, hash: u32) -> Range<usize> {
        let bucket = bucket_of(hash, self.0.len().saturating_sub(1));
        match (self.0.get(bucket), self.0.get(bucket + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }
}

/// The bucket of a hash: its share of all that there may be.
fn bucket_of(hash: u32, buckets: usize) -> usize {
    usize::try_from((u64::from(hash) * buckets as u64) >> u32::BITS).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_hash_is_in_its_bucket(mut hashes in proptest::collection::vec(any::<u32>(), 0..200), strange: u32) {
            hashes.sort_unstable();
            let buckets = Buckets::new(hashes.iter().copied());
            for hash in &hashes {
                prop_assert!(hashes[buckets.range(*hash)].contains(hash));
            }
            prop_assert!(hashes[buckets.range(strange)].contains(&strange) == hashes.contains(&strange));
        }
    }

    #[test]
    fn of_nothing_there_is_nothing() {
        assert_eq!(Buckets::default().range(7), 0..0);
        assert_eq!(Buckets::new(std::iter::empty()).range(u32::MAX), 0..0);
    }
}
