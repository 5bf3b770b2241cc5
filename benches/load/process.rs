//! What processes use: CPU time by process and thread, memory.

use std::collections::BTreeMap;
use std::fs::read_to_string;
use std::time::{Duration, Instant};

use crate::measure::memory_of;

/// A tick of the kernel's clock for processes: 10 ms on Linux, whatever the machine.
const TICK: Duration = Duration::from_millis(10);

/// CPU time at one moment, or between two.
pub(crate) struct Usage {
    at: Instant,
    /// Of the bot.
    pub(crate) bot: Duration,
    /// Of this process: the fake and its members.
    pub(crate) own: Duration,
    /// Of the whole machine.
    all: Duration,
    /// Of the bot's threads, by name.
    threads: BTreeMap<String, Duration>,
    /// The bot's memory, in MiB.
    pub(crate) memory: f64,
    /// The time between the two moments.
    took: Duration,
}

impl Usage {
    /// What was used until now.
    pub(crate) fn now(bot: u32) -> Self {
        let mut threads = BTreeMap::new();
        for entry in std::fs::read_dir(format!("/proc/{bot}/task")).into_iter().flatten().flatten() {
            if let Some((name, time)) = stat(&entry.path().join("stat").display().to_string()) {
                *threads.entry(name).or_default() += time;
            }
        }
        Self {
            at: Instant::now(),
            bot: stat(&format!("/proc/{bot}/stat")).unwrap_or_default().1,
            own: stat("/proc/self/stat").unwrap_or_default().1,
            all: busy(),
            threads,
            memory: memory_of(&bot.to_string(), "VmRSS"),
            took: Duration::ZERO,
        }
    }

    /// What was used since then.
    pub(crate) fn since(mut self, then: &Self) -> Self {
        self.took = self.at - then.at;
        self.bot = self.bot.saturating_sub(then.bot);
        self.own = self.own.saturating_sub(then.own);
        self.all = self.all.saturating_sub(then.all);
        for (name, time) in &mut self.threads {
            *time = time.saturating_sub(then.threads.get(name).copied().unwrap_or_default());
        }
        self
    }

    /// How many CPUs others used meanwhile.
    pub(crate) fn others(&self) -> f64 {
        self.all.saturating_sub(self.bot + self.own).as_secs_f64() / self.took.as_secs_f64()
    }

    /// The share of each kind of thread in the bot's time, the greatest first.
    pub(crate) fn threads(&self) -> String {
        let mut threads: Vec<_> = self.threads.iter().filter(|(_, time)| **time > Duration::ZERO).collect();
        threads.sort_by_key(|(_, time)| std::cmp::Reverse(**time));
        let share = |time: &Duration| 100.0 * time.as_secs_f64() / self.bot.as_secs_f64().max(f64::EPSILON);
        let threads = threads.into_iter().map(|(name, time)| format!("{name} {:.0} %", share(time)));
        threads.collect::<Vec<_>>().join(", ")
    }
}

/// Name and CPU time in a `stat` file of a process or thread.
fn stat(path: &str) -> Option<(String, Duration)> {
    let text = read_to_string(path).ok()?;
    let (name, rest) = text.split_once('(')?.1.rsplit_once(')')?;
    // After the name: state is field 3, the time in user and kernel mode are 14 and 15.
    let ticks: Vec<u32> = rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    Some((name.to_owned(), TICK * ticks.iter().sum::<u32>()))
}

/// The time in which CPUs were not idle.
fn busy() -> Duration {
    let text = read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<u32> = line.split_whitespace().skip(1).filter_map(|ticks| ticks.parse().ok()).collect();
    // User, nice, system; idle and waiting for disks are fields 4 and 5; interrupts.
    let busy = ticks.iter().take(7).enumerate().filter(|(field, _)| !matches!(field, 3 | 4));
    TICK * busy.map(|(_, ticks)| ticks).sum::<u32>()
}
