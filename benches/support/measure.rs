//! Measuring: percentiles of times, and the memory of the process.

use std::time::Duration;

/// The time at a share (0 to 1) of sorted times; zero where there are none.
pub(crate) fn percentile(sorted: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a few thousand"
    )]
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// A line of the process's status in MiB: `VmRSS` now, `VmHWM` at its highest. 0 where the system has no such file.
pub(crate) fn memory(name: &str) -> f64 {
    memory_of("self", name)
}

/// A line of another process's status, by its id.
pub(crate) fn memory_of(process: &str, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
