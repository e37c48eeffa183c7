//! The few words that the shell itself says to people: its native dialogs. Owns both languages of them; everything else
//! is in the catalogues of the user interface.

/// A language of the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// The language of a locale such as `ru_RU.UTF-8`, or of a tag such as `ru`.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        if locale.get(..2).is_some_and(|language| language.eq_ignore_ascii_case("ru")) {
            Self::Russian
        } else {
            Self::English
        }
    }

    /// The language of the session, until the user interface says which one the person chose.
    #[must_use]
    pub fn of_session() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .map_or(Self::English, |locale| Self::of(&locale))
    }

    /// Its words.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Russian => &RUSSIAN,
        }
    }
}

/// Texts of the native dialogs.
#[derive(Debug)]
pub struct Words {
    /// Title of the question before quitting.
    pub quit_title: &'static str,
    /// The question; `{calls}` is the number of calls in progress.
    pub quit_question: &'static str,
    /// Quit when the calls have ended.
    pub finish: &'static str,
    /// Hang up and quit.
    pub hang_up: &'static str,
    /// Do not quit.
    pub stay: &'static str,
    /// The dialog for a call list.
    pub call_list: FileWords,
    /// The dialog for a skillbase.
    pub skillbase: FileWords,
    /// The dialog for a knowledge document.
    pub knowledge: FileWords,
    /// Name of the filter for all files.
    pub all_files: &'static str,
    /// Title of the dialog for a file to write.
    pub save_title: &'static str,
    /// Button that takes the chosen file.
    pub open: &'static str,
    /// Button that writes the file.
    pub save: &'static str,
    /// Button that closes a dialog.
    pub cancel: &'static str,
    /// Said when the data folder is in use.
    pub already_open: &'static str,
}

/// Texts of a dialog that asks for a file.
#[derive(Debug, Clone, Copy)]
pub struct FileWords {
    /// Its title.
    pub title: &'static str,
    /// Name of its filter.
    pub filter: &'static str,
}

impl Words {
    /// The question before quitting with `calls` calls in progress.
    #[must_use]
    pub fn quit_question(&self, calls: usize) -> String {
        self.quit_question.replace("{calls}", &calls.to_string())
    }
}

static ENGLISH: Words = Words {
    quit_title: "Calls are in progress",
    quit_question: "Calls in progress: {calls}.\n\nCallboard can quit when they have ended, without dialling anybody new, or hang up now.",
    finish: "Quit when calls finish",
    hang_up: "Hang up and quit",
    stay: "Stay",
    call_list: FileWords { title: "Choose a call list", filter: "Call lists" },
    skillbase: FileWords { title: "Choose a skillbase", filter: "Skillbases" },
    knowledge: FileWords { title: "Choose a document", filter: "Documents" },
    all_files: "All files",
    save_title: "Save",
    open: "Open",
    save: "Save",
    cancel: "Cancel",
    already_open: "Callboard is already open with this data folder. Use the window that is open, or close it first.",
};

static RUSSIAN: Words = Words {
    quit_title: "Идут звонки",
    quit_question: "Сейчас идут звонки: {calls}.\n\nCallboard может закрыться, когда они закончатся, никому больше не звоня, или положить трубку сейчас.",
    finish: "Закрыть после звонков",
    hang_up: "Положить трубку и закрыть",
    stay: "Остаться",
    call_list: FileWords {
        title: "Выберите список обзвона", filter: "Списки обзвона"
    },
    skillbase: FileWords { title: "Выберите скиллбазу", filter: "Скиллбазы" },
    knowledge: FileWords { title: "Выберите документ", filter: "Документы" },
    all_files: "Все файлы",
    save_title: "Сохранить",
    open: "Открыть",
    save: "Сохранить",
    cancel: "Отмена",
    already_open: "Callboard уже открыт с этой папкой данных. Перейдите в открытое окно или сначала закройте его.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_and_tags_name_a_language() {
        for russian in ["ru", "ru_RU.UTF-8", "RU-ru"] {
            assert_eq!(Language::of(russian), Language::Russian, "{russian}");
        }
        for other in ["", "C", "C.UTF-8", "en_US.UTF-8", "r", "ёж"] {
            assert_eq!(Language::of(other), Language::English, "{other:?}");
        }
    }

    #[test]
    fn the_question_names_the_calls_in_both_languages() {
        for language in [Language::English, Language::Russian] {
            let question = language.words().quit_question(7);
            assert!(question.contains('7') && !question.contains('{'), "{question}");
        }
    }
}
