//! Dialogs of GTK, on the thread that owns GTK and in front of the window they belong to.

use std::{cell::Cell, path::PathBuf};

use gtk::{
    ApplicationWindow, ButtonsType, Dialog, DialogFlags, FileChooserAction, FileChooserDialog, FileFilter,
    MessageDialog, MessageType, ResponseType, Widget, Window, prelude::*,
};
use tauri::{Runtime, WebviewWindow};
use tokio::sync::oneshot;

use super::{Asked, Choice};
use crate::words::Words;

pub(super) async fn pick_file<R: Runtime>(
    window: Option<WebviewWindow<R>>,
    words: &'static Words,
    asked: Asked,
) -> Option<PathBuf> {
    on_gtk(window, move |parent, answer| {
        let buttons = [(words.cancel, ResponseType::Cancel), (words.open, ResponseType::Accept)];
        let dialog = FileChooserDialog::with_buttons(
            Some(asked.words.title),
            parent.as_ref(),
            FileChooserAction::Open,
            &buttons,
        );
        let lists = FileFilter::new();
        lists.set_name(Some(asked.words.filter));
        for extension in asked.extensions {
            // Patterns tell cases apart, and spreadsheets from Windows are often called `LIST.XLSX`.
            lists.add_pattern(&format!("*.{extension}"));
            lists.add_pattern(&format!("*.{}", extension.to_uppercase()));
        }
        let all = FileFilter::new();
        all.set_name(Some(words.all_files));
        all.add_pattern("*");
        dialog.add_filter(lists);
        dialog.add_filter(all);
        choose(&dialog, answer);
    })
    .await
    .flatten()
}

pub(super) async fn save_file<R: Runtime>(
    window: Option<WebviewWindow<R>>,
    words: &'static Words,
    name: String,
) -> Option<PathBuf> {
    on_gtk(window, move |parent, answer| {
        let buttons = [(words.cancel, ResponseType::Cancel), (words.save, ResponseType::Accept)];
        let dialog =
            FileChooserDialog::with_buttons(Some(words.save_title), parent.as_ref(), FileChooserAction::Save, &buttons);
        dialog.set_do_overwrite_confirmation(true);
        dialog.set_current_name(&name);
        choose(&dialog, answer);
    })
    .await
    .flatten()
}

fn choose(dialog: &FileChooserDialog, answer: oneshot::Sender<Option<PathBuf>>) {
    dialog.set_modal(true);
    show(dialog, answer, |dialog, response| if response == ResponseType::Accept { dialog.filename() } else { None });
}

/// Shows a dialog; its first answer is the only one.
fn show<D: IsA<Dialog> + IsA<Window> + IsA<Widget>, T: 'static>(
    dialog: &D,
    answer: oneshot::Sender<T>,
    read: impl Fn(&D, ResponseType) -> T + 'static,
) {
    let waiting = Cell::new(Some(answer));
    dialog.connect_response(move |dialog, response| {
        // Closing is a response too.
        let Some(answer) = waiting.take() else { return };
        // The one who asked may be gone with its window.
        answer.send(read(dialog, response)).ok();
        dialog.close();
    });
    dialog.show_all();
}

pub(super) async fn ask<R: Runtime>(
    window: Option<WebviewWindow<R>>,
    words: &'static Words,
    question: String,
) -> Choice {
    let response = on_gtk(window, move |parent, answer| {
        let dialog = MessageDialog::new(
            parent.as_ref(),
            DialogFlags::MODAL | DialogFlags::DESTROY_WITH_PARENT,
            MessageType::Warning,
            ButtonsType::None,
            words.quit_title,
        );
        dialog.set_title(words.quit_title);
        dialog.set_secondary_text(Some(&question));
        dialog.add_button(words.finish, ResponseType::Yes);
        dialog.add_button(words.hang_up, ResponseType::No);
        dialog.add_button(words.stay, ResponseType::Cancel);
        dialog.set_default_response(ResponseType::Cancel);
        show(&dialog, answer, |_, response| response);
    })
    .await;
    match response {
        Some(ResponseType::Yes) => Choice::Finish,
        Some(ResponseType::No) => Choice::HangUp,
        _ => Choice::Stay,
    }
}

pub(super) fn say(message: &str) {
    // Without a screen there is nobody to say it to; it is on standard error too.
    if gtk::init().is_err() {
        return;
    }
    let dialog =
        MessageDialog::new(None::<&Window>, DialogFlags::MODAL, MessageType::Error, ButtonsType::Close, message);
    dialog.set_title("Callboard");
    dialog.run();
}

/// Shows a dialog on the thread of the windows and waits for its answer; none when the window is gone.
async fn on_gtk<R: Runtime, T: Send + 'static>(
    window: Option<WebviewWindow<R>>,
    open: impl FnOnce(Option<ApplicationWindow>, oneshot::Sender<T>) + Send + 'static,
) -> Option<T> {
    let window = window?;
    let (sender, answer) = oneshot::channel();
    let parent = window.clone();
    window.run_on_main_thread(move || open(parent.gtk_window().ok(), sender)).ok()?;
    answer.await.ok()
}
