//! What the operating system says of a process, and what a client tells of itself.

use std::fs;

/// What one run of a client came to; one line of text between two processes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) events: f64,
    /// Seconds of the processor, in the program and for it.
    pub(crate) cpu: f64,
    /// MiB above what the process held before its first call.
    pub(crate) peak: f64,
    /// Microseconds from the server's write to the client's item.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Measured {
    pub(crate) fn write(&self) -> String {
        format!("{} {} {} {} {}", self.events, self.cpu, self.peak, self.p50, self.p99)
    }

    pub(crate) fn read(line: &str) -> Option<Self> {
        let numbers: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        let [events, cpu, peak, p50, p99] = numbers[..] else { return None };
        Some(Measured { events, cpu, peak, p50, p99 })
    }

    /// Seconds of the processor for 100,000 events.
    pub(crate) fn cpu_of_100k(&self) -> f64 {
        self.cpu / self.events * 1e5
    }
}

/// Returns the seconds of the processor that the threads of this process have used, which the system counts in nanoseconds.
/// A thread that ended counts no more: take both times while all are there.
pub(crate) fn cpu() -> f64 {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let used = threads.filter_map(|thread| {
        let stat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<u64>().ok()
    });
    used.sum::<u64>() as f64 / 1e9
}

/// Returns a line of `/proc/self/status`, in MiB.
pub(crate) fn status(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Returns the value below which that share of the samples is.
pub(crate) fn quantile(samples: &mut [u64], share: f64) -> f64 {
    samples.sort_unstable();
    let at = (samples.len() as f64 * share) as usize;
    samples.get(at.min(samples.len().saturating_sub(1))).map_or(0.0, |nanoseconds| *nanoseconds as f64 / 1000.0)
}
