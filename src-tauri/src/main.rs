//! The desktop program. Owns nothing but its entry.

// A console window beside the application would be all that Windows shows first.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    callboard_desktop::run()
}
