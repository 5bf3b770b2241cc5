//! Boosted trees: the form of the model that tells how sure the bot is.
//!
//! A sum of small decision trees (gradient boosting, Friedman 2001). Signals work together here: a word left open weighs
//! little where an ask is near and much where an absent detail claims it, which no weighted sum can say.

/// How many splits lead to a leaf.
pub const DEPTH: usize = 3;
/// Splits of a tree, in heap order: the children of split i are 2i+1 and 2i+2.
pub const SPLITS: usize = (1 << DEPTH) - 1;
/// Leaves of a tree, from left to right.
pub const LEAVES: usize = 1 << DEPTH;

/// A tree of fixed depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree {
    /// For each split the number that is looked at and the threshold; at or above it the way leads right.
    pub splits: [(u8, f32); SPLITS],
    /// What each leaf adds to the log-odds.
    pub leaves: [f32; LEAVES],
}

impl Tree {
    /// What the tree adds to the log-odds for these numbers. A number that isn't there counts as 0.
    #[must_use]
    pub fn value(&self, values: &[f32]) -> f32 {
        let mut at = 0;
        while let Some((number, threshold)) = self.splits.get(at) {
            let value = values.get(usize::from(*number)).copied().unwrap_or_default();
            at = 2 * at + if value >= *threshold { 2 } else { 1 };
        }
        self.leaves[at - SPLITS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_right_at_or_above_the_threshold() {
        let mut tree = Tree { splits: [(0, 0.5); SPLITS], leaves: [0.0; LEAVES] };
        tree.leaves[0] = -1.0;
        tree.leaves[LEAVES - 1] = 1.0;
        assert!((tree.value(&[0.4]) + 1.0).abs() < f32::EPSILON);
        assert!((tree.value(&[0.5]) - 1.0).abs() < f32::EPSILON);
        assert!((tree.value(&[]) + 1.0).abs() < f32::EPSILON);
    }
}
