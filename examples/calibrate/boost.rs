//! Gradient boosting of small trees with logistic loss (Friedman 2001), leaves by Newton steps as in Chen & Guestrin
//! 2016, and Platt scaling. Deterministic: the same rows give the same model.

use std::fmt::Write as _;

use briefing_bot::answer::boosted::{LEAVES, SPLITS, Tree};
use briefing_bot::answer::decide;

use super::Row;

/// How many trees of a series. More fit the training sets better and held-out folds worse.
const TREES: usize = 160;
/// How much of each tree's step is taken.
const RATE: f64 = 0.08;
/// Pull of each leaf towards 0.
const PRIOR: f64 = 1.0;
/// Least weight of rows in a leaf.
const LEAF: f64 = 3.0;
/// Share of the rows that each tree sees.
const SHARE: u64 = 70;
/// Share of the numbers that each tree may look at: trees that differ err less together (Breiman 2001).
const LOOKED_AT: u64 = 50;
/// Thresholds that are tried for each number.
const STEPS: usize = 24;

/// Where the draws of each series of trees begin.
const SERIES: [u64; 2] = [42, 4_242];

/// Fits trees to rows: the mean of several series that saw other rows and numbers, which varies less than one of them
/// (Breiman 1996).
pub(crate) fn fit(rows: &[&Row]) -> Vec<Tree> {
    let mut trees: Vec<Tree> = SERIES.into_iter().flat_map(|seed| series(rows, seed)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let share = 1.0 / SERIES.len() as f32;
    for leaf in trees.iter_mut().flat_map(|tree| &mut tree.leaves) {
        *leaf *= share;
    }
    trees
}

fn series(rows: &[&Row], seed: u64) -> Vec<Tree> {
    let thresholds: Vec<Vec<f32>> = (0..decide::COUNT).map(|number| thresholds(rows, number)).collect();
    let mut logits = vec![0.0; rows.len()];
    let mut trees = Vec::with_capacity(TREES);
    // A linear congruential generator (Knuth's MMIX constants) draws the rows of each tree.
    let mut state = seed;
    for _ in 0..TREES {
        let (mut pull, mut curve) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
        for (at, row) in rows.iter().enumerate() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if (state >> 33) % 100 >= SHARE {
                continue;
            }
            let chance = 1.0 / (1.0 + f64::exp(-logits[at]));
            pull[at] = row.weight * (row.y - chance);
            curve[at] = row.weight * chance * (1.0 - chance);
        }
        let mut looked_at = thresholds.clone();
        for steps in &mut looked_at {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if (state >> 33) % 100 >= LOOKED_AT {
                steps.clear();
            }
        }
        let mut tree = Tree { splits: [(0, f32::MAX); SPLITS], leaves: [0.0; LEAVES] };
        grow(rows, &looked_at, &pull, &curve, &mut tree, 0, (0..rows.len()).collect());
        for (logit, row) in logits.iter_mut().zip(rows) {
            *logit += f64::from(tree.value(&row.x));
        }
        trees.push(tree);
    }
    trees
}

/// The log-odds of trees.
pub(crate) fn logit(trees: &[Tree], values: &[f32]) -> f64 {
    trees.iter().map(|tree| f64::from(tree.value(values))).sum()
}

fn thresholds(rows: &[&Row], number: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|row| row.x[number]).collect();
    values.sort_by(f32::total_cmp);
    let mut steps: Vec<f32> = (1..STEPS).map(|step| values[step * values.len() / STEPS]).collect();
    steps.dedup();
    steps
}

fn grow(
    rows: &[&Row],
    thresholds: &[Vec<f32>],
    pull: &[f64],
    curve: &[f64],
    tree: &mut Tree,
    at: usize,
    here: Vec<usize>,
) {
    let sums = |of: &[usize]| {
        of.iter().fold((0.0, 0.0, 0.0), |(g, h, w), i| (g + pull[*i], h + curve[*i], w + rows[*i].weight))
    };
    let (all_pull, all_curve, all_weight) = sums(&here);
    if at >= SPLITS {
        #[expect(clippy::cast_possible_truncation, reason = "a step in log-odds")]
        let leaf = (RATE * all_pull / (all_curve + PRIOR)) as f32;
        tree.leaves[at - SPLITS] = leaf;
        return;
    }
    let worth = |g: f64, h: f64| g * g / (h + PRIOR);
    let mut best = (1e-6, None);
    for (number, steps) in thresholds.iter().enumerate() {
        for threshold in steps {
            let (mut g, mut h, mut w) = (0.0, 0.0, 0.0);
            for i in here.iter().filter(|i| rows[**i].x[number] >= *threshold) {
                g += pull[*i];
                h += curve[*i];
                w += rows[*i].weight;
            }
            let gain = worth(g, h) + worth(all_pull - g, all_curve - h) - worth(all_pull, all_curve);
            if w >= LEAF && all_weight - w >= LEAF && gain > best.0 {
                best = (gain, Some((number, *threshold)));
            }
        }
    }
    // Without a split that helps all go left.
    let (number, threshold) = best.1.unwrap_or((0, f32::MAX));
    tree.splits[at] = (u8::try_from(number).unwrap_or(0), threshold);
    let (right, left) = here.into_iter().partition(|i| rows[*i].x[number] >= threshold);
    grow(rows, thresholds, pull, curve, tree, 2 * at + 1, left);
    grow(rows, thresholds, pull, curve, tree, 2 * at + 2, right);
}

/// Platt scaling: slope and offset that make held-out log-odds mean what they say.
pub(crate) fn calibrate<'h>(held_out: impl Iterator<Item = &'h (f64, f64, usize)>) -> (f64, f64) {
    let held_out: Vec<&(f64, f64, usize)> = held_out.collect();
    let mut model = [1.0, 0.0];
    super::ascend(&mut model, 800, |model, gradient| {
        for (logit, right, _) in &held_out {
            let error = right - 1.0 / (1.0 + (-(model[0] * logit + model[1])).exp());
            gradient[0] += error * logit / super::count(held_out.len());
            gradient[1] += error / super::count(held_out.len());
        }
    });
    (model[0], model[1])
}

/// The model as the source of `src/answer/model.rs`.
pub(crate) fn source(trees: &[Tree], scale: f64, bias: f64) -> String {
    let mut out = String::from(HEAD);
    let _ = writeln!(
        out,
        "/// Slope of the calibration (Platt 1999) on the log-odds of the trees.\npub const SCALE: f32 = {scale:.3};"
    );
    let _ = writeln!(out, "/// Offset of the calibration.\npub const BIAS: f32 = {bias:.3};\n");
    out.push_str(LOGIT);
    let _ = writeln!(out, "/// The trees.\n#[rustfmt::skip]\nstatic TREES: [Tree; {}] = [", trees.len());
    for tree in trees {
        let splits: Vec<String> =
            tree.splits
                .iter()
                .map(|(number, threshold)| {
                    if *threshold > 1e6 {
                        format!("({number}, f32::MAX)")
                    } else {
                        format!("({number}, {threshold:.4})")
                    }
                })
                .collect();
        let leaves: Vec<String> = tree.leaves.iter().map(|leaf| format!("{leaf:.4}")).collect();
        let _ = writeln!(out, "    Tree {{ splits: [{}], leaves: [{}] }},", splits.join(", "), leaves.join(", "));
    }
    out.push_str("];\n");
    out
}

const HEAD: &str = "\
//! The fitted model. Written by `cargo run --release --example calibrate -- --asks --write QUESTIONS.jsonl...`; not
//! edited by hand.

use super::boosted::Tree;

";

const LOGIT: &str = "\
/// The log-odds of the trees for an evidence's numbers.
#[must_use]
pub(crate) fn logit(values: &[f32]) -> f32 {
    TREES.iter().map(|tree| tree.value(values)).sum()
}

";
