//! What a person may put right in recognised turns. Pure; nothing here changes words.

use super::{Kind, Paragraph};

/// Why a correction was not made. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum NotCorrected {
    #[error("there is no such paragraph")]
    NoSuchParagraph,
    #[error("the first paragraph has none before it")]
    NothingBefore,
    #[error("the paragraphs together are longer than one block")]
    TooLong,
    #[error("a paragraph cannot be split at its border")]
    AtBorder,
}

/// Gives a speaker another name everywhere; two speakers become one when `to` is in use.
pub fn rename_speaker(paragraphs: &mut [Paragraph], from: &str, to: &str) {
    for paragraph in paragraphs
        .iter_mut()
        .filter(|paragraph| paragraph.speaker.as_deref() == Some(from))
    {
        paragraph.speaker = Some(to.to_owned());
    }
}

/// Puts the label back into the text (`Name: text`). Where someone spoke before, the paragraph
/// then goes on with that turn; else it is prose. A time that was read stays with the paragraph.
pub fn not_a_speaker(paragraphs: &mut [Paragraph], label: &str) {
    let mut before: Option<String> = None;
    for paragraph in paragraphs {
        if paragraph.speaker.as_deref() == Some(label) {
            if !paragraph.continues {
                paragraph.text = format!("{label}: {}", paragraph.text);
            }
            paragraph.speaker.clone_from(&before);
            paragraph.continues = before.is_some();
            paragraph.kind = if before.is_some() {
                Kind::Turn
            } else {
                Kind::Prose
            };
        } else {
            before.clone_from(&paragraph.speaker);
        }
    }
}

/// Puts a paragraph together with the one before it, whose speaker and time stand.
///
/// # Errors
/// No such paragraph, none before it, or more than `limit` code points together.
pub fn merge_with_previous(
    paragraphs: &mut Vec<Paragraph>,
    index: usize,
    limit: usize,
) -> Result<(), NotCorrected> {
    let moved = paragraphs.get(index).ok_or(NotCorrected::NoSuchParagraph)?;
    let previous = index
        .checked_sub(1)
        .and_then(|before| paragraphs.get(before))
        .ok_or(NotCorrected::NothingBefore)?;
    let space = if previous.text.ends_with(char::is_whitespace) || previous.text.is_empty() {
        ""
    } else {
        " "
    };
    let text = format!("{}{space}{}", previous.text, moved.text);
    if text.chars().count() > limit {
        return Err(NotCorrected::TooLong);
    }
    paragraphs.remove(index);
    if let Some(previous) = paragraphs.get_mut(index - 1) {
        previous.text = text;
    }
    Ok(())
}

/// Makes two paragraphs of one, before the code point `at`; the second continues the first.
///
/// # Errors
/// No such paragraph, or `at` leaves one side without text.
pub fn split_at(
    paragraphs: &mut Vec<Paragraph>,
    index: usize,
    at: usize,
) -> Result<(), NotCorrected> {
    let paragraph = paragraphs
        .get_mut(index)
        .ok_or(NotCorrected::NoSuchParagraph)?;
    let byte = paragraph
        .text
        .char_indices()
        .nth(at)
        .map(|(byte, _)| byte)
        .ok_or(NotCorrected::AtBorder)?;
    let (first, second) = paragraph.text.split_at(byte);
    if first.trim().is_empty() || second.trim().is_empty() {
        return Err(NotCorrected::AtBorder);
    }
    let after = Paragraph {
        text: second.to_owned(),
        time_ms: None,
        continues: paragraph.speaker.is_some(),
        ..paragraph.clone()
    };
    paragraph.text.truncate(byte);
    paragraphs.insert(index + 1, after);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(speaker: &str, text: &str) -> Paragraph {
        Paragraph {
            speaker: Some(speaker.to_owned()),
            kind: Kind::Turn,
            ..Paragraph::prose(text.to_owned())
        }
    }

    fn more(speaker: &str, text: &str) -> Paragraph {
        Paragraph {
            continues: true,
            ..turn(speaker, text)
        }
    }

    #[test]
    fn a_speaker_is_renamed() {
        let mut paragraphs = vec![turn("Kar", "Hei"), turn("Ola", "Ja"), more("Kar", "du")];
        rename_speaker(&mut paragraphs, "Kar", "Kari");
        assert_eq!(
            paragraphs,
            [turn("Kari", "Hei"), turn("Ola", "Ja"), more("Kari", "du")]
        );
    }

    #[test]
    fn a_label_goes_back_into_the_text() {
        let mut paragraphs = vec![
            turn("Viktig", "les"),
            turn("Ola", "Ja"),
            turn("Viktig", "dette"),
            more("Viktig", "og dette"),
        ];
        not_a_speaker(&mut paragraphs, "Viktig");
        let first = Paragraph::prose("Viktig: les".to_owned());
        assert_eq!(
            paragraphs,
            [
                first,
                turn("Ola", "Ja"),
                more("Ola", "Viktig: dette"),
                more("Ola", "og dette")
            ]
        );
    }

    #[test]
    fn split_and_merge_are_each_other_s_opposite() {
        let before = vec![turn("Kari", "Hei på deg"), turn("Ola", "Ja")];
        let mut paragraphs = before.clone();
        split_at(&mut paragraphs, 0, 4).unwrap();
        assert_eq!(
            paragraphs,
            [
                turn("Kari", "Hei "),
                more("Kari", "på deg"),
                turn("Ola", "Ja")
            ]
        );
        merge_with_previous(&mut paragraphs, 1, 100).unwrap();
        assert_eq!(paragraphs, before);
        merge_with_previous(&mut paragraphs, 1, 100).unwrap();
        assert_eq!(paragraphs, [turn("Kari", "Hei på deg Ja")]);
    }

    #[test]
    fn what_cannot_be_done_changes_nothing() {
        let before = vec![turn("Kari", "Hei"), turn("Ola", "Ja")];
        let mut paragraphs = before.clone();
        assert_eq!(
            merge_with_previous(&mut paragraphs, 0, 100),
            Err(NotCorrected::NothingBefore)
        );
        assert_eq!(
            merge_with_previous(&mut paragraphs, 2, 100),
            Err(NotCorrected::NoSuchParagraph)
        );
        assert_eq!(
            merge_with_previous(&mut paragraphs, 1, 5),
            Err(NotCorrected::TooLong)
        );
        assert_eq!(split_at(&mut paragraphs, 0, 0), Err(NotCorrected::AtBorder));
        assert_eq!(split_at(&mut paragraphs, 0, 3), Err(NotCorrected::AtBorder));
        assert_eq!(
            split_at(&mut paragraphs, 9, 1),
            Err(NotCorrected::NoSuchParagraph)
        );
        assert_eq!(paragraphs, before);
    }
}
