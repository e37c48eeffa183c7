//! What is known of the machine, and how much memory this process takes.

use std::fs;

/// The processor, its cores and the memory.
pub fn line() -> String {
    let cpu = value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = value("/proc/meminfo", "MemTotal").and_then(|total| kilobytes(&total)).unwrap_or(0.0);
    format!("Machine: {cpu}, {cores} cores, {:.0} GB", memory / 1e6)
}

fn value(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn kilobytes(value: &str) -> Option<f64> {
    value.strip_suffix("kB")?.trim().parse().ok()
}

/// From now on the peak is counted anew. False where the system cannot do that.
pub fn forget_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// Most memory that this process held.
pub fn peak_megabytes() -> Option<f64> {
    Some(kilobytes(&value("/proc/self/status", "VmHWM")?)? * 1024.0 / 1e6)
}
