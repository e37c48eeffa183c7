//! Native dialogs: a file to read, a file to write, the question before quitting, and why there will be no window. Owns
//! what they ask; the two modules below own how a system is asked.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod others;

use std::path::PathBuf;

use callboard_contract::FilePurpose;
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};

use crate::{
    bridge::MAIN,
    words::{FileWords, Words},
};

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use others as system;

/// Which files a dialog shows, and with which words.
#[derive(Debug, Clone, Copy)]
struct Asked {
    words: FileWords,
    extensions: &'static [&'static str],
}

impl Asked {
    fn of(purpose: FilePurpose, words: &Words) -> Self {
        match purpose {
            FilePurpose::CallList => {
                Self { words: words.call_list, extensions: &["csv", "tsv", "xlsx", "xlsm", "xlsb", "xls", "ods"] }
            }
            FilePurpose::Skillbase => Self { words: words.skillbase, extensions: &["json"] },
            FilePurpose::Knowledge => {
                Self { words: words.knowledge, extensions: &["txt", "md", "markdown", "pdf", "docx"] }
            }
        }
    }
}

/// What becomes of the calls in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Quit when they have ended.
    Finish,
    /// Hang up and quit.
    HangUp,
    /// Do not quit; also when the dialog was only closed.
    Stay,
}

/// Asks for a file; none when the dialog was closed.
pub async fn pick_file<R: Runtime>(app: &AppHandle<R>, words: &'static Words, purpose: FilePurpose) -> Option<PathBuf> {
    system::pick_file(main_window(app), words, Asked::of(purpose, words)).await
}

/// Asks where to write a file; none when the dialog was closed.
pub async fn choose_place<R: Runtime>(app: &AppHandle<R>, words: &'static Words, name: String) -> Option<PathBuf> {
    system::save_file(main_window(app), words, name).await
}

/// Asks what becomes of `calls` calls in progress.
pub async fn ask_before_quitting<R: Runtime>(app: &AppHandle<R>, words: &'static Words, calls: usize) -> Choice {
    system::ask(main_window(app), words, words.quit_question(calls)).await
}

/// Says why there will be no window; called before there is one.
pub fn say(message: &str) {
    system::say(message);
}

fn main_window<R: Runtime>(app: &AppHandle<R>) -> Option<WebviewWindow<R>> {
    app.get_webview_window(MAIN)
}
