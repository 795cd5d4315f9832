//! Text as words with their places.

use std::ops::Range;

/// A word or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it stands.
    pub(super) text: &'a str,
    /// Bytes in the text.
    pub(super) at: Range<usize>,
    /// It may have its capital from standing first: in the text, a sentence, a line, or something said.
    pub(super) is_first: bool,
}

impl Word<'_> {
    pub(super) fn lower(&self) -> String {
        self.text.to_lowercase()
    }

    /// Begins with a capital and goes on in small letters.
    pub(super) fn is_capitalised(&self) -> bool {
        let mut signs = self.text.chars();
        signs.next().is_some_and(char::is_uppercase) && signs.any(char::is_lowercase)
    }
}

/// The words of a text. A hyphen or an apostrophe inside a word belongs to it.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut begun: Option<usize> = None;
    let mut is_first = true;
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let joins = matches!(sign, '-' | '\'' | '’')
            && begun.is_some()
            && signs.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if sign.is_alphanumeric() || joins {
            begun.get_or_insert(at);
            continue;
        }
        if let Some(from) = begun.take() {
            words.push(Word {
                text: text.get(from..at).unwrap_or_default(),
                at: from..at,
                is_first,
            });
            is_first = false;
        }
        is_first = match sign {
            '.' | '!' | '?' | ':' | '…' | '\n' | '«' | '"' | '“' | '”' | '–' | '—' | '[' | '(' => {
                true
            }
            sign if sign.is_whitespace() => is_first,
            '-' | '»' | ')' | ']' | '*' | '_' | '\'' | '‘' => is_first,
            _ => false,
        };
    }
    if let Some(from) = begun {
        words.push(Word {
            text: text.get(from..).unwrap_or_default(),
            at: from..text.len(),
            is_first,
        });
    }
    words
}

/// The words of a text from one word to another, as they stand.
pub(super) fn between(text: &str, from: &Word<'_>, to: &Word<'_>) -> String {
    text.get(from.at.start..to.at.end)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_whether_they_stand_first() {
        let found: Vec<(&str, bool)> =
            words("Han sa: «Kom inn» til Kari-Anne. Så gikk'n, Ola.\n– Ja")
                .into_iter()
                .map(|word| (word.text, word.is_first))
                .collect();
        assert_eq!(
            found,
            vec![
                ("Han", true),
                ("sa", false),
                ("Kom", true),
                ("inn", false),
                ("til", false),
                ("Kari-Anne", false),
                ("Så", true),
                ("gikk'n", false),
                ("Ola", false),
                ("Ja", true),
            ]
        );
        assert_eq!(words("  …"), vec![]);
    }
}
