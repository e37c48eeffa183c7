//! Cutting a text into passages that can be searched and read out. Owns where a cut may be: at the end of a sentence, or
//! else between words; never inside of one that fits.

/// Characters of a passage at most.
pub const SIZE: usize = 500;
/// Characters that a passage repeats of the one before, at most, so that no sentence loses its neighbours.
pub const OVERLAP: usize = 50;

/// Cuts a text into passages of at most [`SIZE`] characters; each begins with the last words of the one before, at most
/// [`OVERLAP`] characters. White space is made single, empty lines stay as line ends.
#[must_use]
pub fn passages(text: &str) -> Vec<String> {
    let text: Vec<char> = tidy(text).chars().collect();
    let mut passages = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = if text.len() - start <= SIZE { text.len() } else { start + cut(&text[start..start + SIZE]) };
        let passage: String = text[start..end].iter().collect();
        passages.push(passage.trim().to_owned());
        if end == text.len() {
            break;
        }
        start = next_start(&text, start, end);
    }
    passages.retain(|passage| !passage.is_empty());
    passages
}

/// White space as one space or one line end.
fn tidy(text: &str) -> String {
    text.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Where to cut the first [`SIZE`] characters: behind the last sentence that ends in their second half, else behind the
/// last word there, else at the end.
fn cut(window: &[char]) -> usize {
    let half = window.len() / 2;
    let ends_sentence = |at: usize| {
        window[at] == '\n'
            || (matches!(window[at], '.' | '!' | '?' | '…')
                && window.get(at + 1).is_some_and(|next| next.is_whitespace()))
    };
    let last = |test: &dyn Fn(usize) -> bool| (half..window.len()).rev().find(|at| test(*at)).map(|at| at + 1);
    last(&ends_sentence).or_else(|| last(&|at| window[at].is_whitespace())).unwrap_or(window.len())
}

/// Where the next passage begins: at a word at most [`OVERLAP`] characters before the cut, and always further on.
fn next_start(text: &[char], start: usize, end: usize) -> usize {
    let earliest = end.saturating_sub(OVERLAP).max(start + 1);
    (earliest..end).find(|at| text[at - 1].is_whitespace()).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_is_one_passage() {
        assert_eq!(passages("  Салон  работает\n\n с 9 до 21. "), ["Салон работает\nс 9 до 21."]);
        assert_eq!(passages(" \n "), [""; 0]);
    }

    #[test]
    fn passages_end_with_sentences_and_repeat_the_last_words() {
        let text = "Это предложение номер один из многих. ".repeat(40);
        let passages = passages(&text);
        assert!(passages.len() > 2);
        for pair in passages.windows(2) {
            assert!(pair[0].ends_with('.'), "{}", pair[0]);
            let beginning: String = pair[1].chars().take(20).collect();
            assert!(pair[0].contains(&beginning), "the next one begins with the end of this one");
        }
    }

    #[test]
    fn a_word_longer_than_a_passage_is_cut() {
        let passages = passages(&"я".repeat(1_200));
        assert_eq!(passages.iter().map(|passage| passage.chars().count()).collect::<Vec<_>>(), [500, 500, 200]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_long(words in proptest::collection::vec("[а-яa-z]{1,30}[.!?]?", 0..400)) {
            let passages = passages(&words.join(" "));
            prop_assert!(passages.iter().all(|passage| passage.chars().count() <= SIZE));
            for word in &words {
                prop_assert!(passages.iter().any(|passage| passage.contains(word)), "{word}");
            }
        }
    }
}
