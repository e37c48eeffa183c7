//! Dialogs of Windows and macOS.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, AsyncMessageDialog, MessageButtons, MessageDialog, MessageDialogResult, MessageLevel};
use tauri::{Runtime, WebviewWindow};

use super::{Asked, Choice};
use crate::words::Words;

pub(super) async fn pick_file<R: Runtime>(
    window: Option<WebviewWindow<R>>,
    words: &'static Words,
    asked: Asked,
) -> Option<PathBuf> {
    let dialog = file_dialog(window, asked.words.title)
        .add_filter(asked.words.filter, asked.extensions)
        .add_filter(words.all_files, &["*"]);
    dialog.pick_file().await.map(|file| file.path().to_owned())
}

pub(super) async fn save_file<R: Runtime>(
    window: Option<WebviewWindow<R>>,
    words: &'static Words,
    name: String,
) -> Option<PathBuf> {
    let dialog = file_dialog(window, words.save_title).set_file_name(name);
    dialog.save_file().await.map(|file| file.path().to_owned())
}

fn file_dialog<R: Runtime>(window: Option<WebviewWindow<R>>, title: &str) -> AsyncFileDialog {
    let dialog = AsyncFileDialog::new().set_title(title);
    match window {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

pub(super) async fn ask<R: Runtime>(
    window: Option<WebviewWindow<R>>,
    words: &'static Words,
    question: String,
) -> Choice {
    let buttons =
        MessageButtons::YesNoCancelCustom(words.finish.to_owned(), words.hang_up.to_owned(), words.stay.to_owned());
    let mut dialog = AsyncMessageDialog::new()
        .set_level(MessageLevel::Warning)
        .set_title(words.quit_title)
        .set_description(question)
        .set_buttons(buttons);
    if let Some(window) = window {
        dialog = dialog.set_parent(&window);
    }
    // Systems answer with the button's place or with its words.
    match dialog.show().await {
        MessageDialogResult::Yes => Choice::Finish,
        MessageDialogResult::No => Choice::HangUp,
        MessageDialogResult::Custom(text) if text == words.finish => Choice::Finish,
        MessageDialogResult::Custom(text) if text == words.hang_up => Choice::HangUp,
        MessageDialogResult::Custom(_) | MessageDialogResult::Cancel | MessageDialogResult::Ok => Choice::Stay,
    }
}

pub(super) fn say(message: &str) {
    MessageDialog::new().set_level(MessageLevel::Error).set_title("Callboard").set_description(message).show();
}
