//! The theme guide as text: a theme on a line, its questions under it. No HTTP, no SQL.
//!
//! ```text
//! Å bli møtt
//! - Hva skjedde første gang?
//! - Hvem snakket du med?
//! Hverdagen
//! - Hvordan er en vanlig dag?
//! ```

use super::GuideTheme;

/// Themes of a guide at most.
const THEMES: usize = 60;
/// Characters of a theme or question at most.
const LINE: usize = 400;

/// What has to be mended in a guide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GuideFault {
    /// The first line is a question, without a theme over it.
    QuestionFirst,
    /// Too many themes.
    TooMany,
    /// A line is too long.
    TooLong,
}

impl GuideFault {
    /// Key of the text at the field.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::QuestionFirst => "voices-guide-question-first",
            Self::TooMany => "voices-guide-too-many",
            Self::TooLong => "voices-guide-too-long",
        }
    }
}

/// Reads a guide: a line that is indented or begins with `-`, `–`, `*` or `•` is a question.
///
/// # Errors
/// [`GuideFault`], for the field.
pub fn parse_guide(text: &str) -> Result<Vec<(String, Vec<String>)>, GuideFault> {
    let mut themes: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let bare = line.trim();
        let dashed = bare.strip_prefix(['-', '–', '*', '•']);
        let content = dashed.unwrap_or(bare).trim();
        if content.chars().count() > LINE {
            return Err(GuideFault::TooLong);
        }
        if content.is_empty() {
            continue;
        }
        if dashed.is_some() || line.starts_with([' ', '\t']) {
            let (_, questions) = themes.last_mut().ok_or(GuideFault::QuestionFirst)?;
            questions.push(content.to_owned());
        } else {
            themes.push((content.to_owned(), Vec::new()));
        }
    }
    if themes.len() > THEMES {
        Err(GuideFault::TooMany)
    } else {
        Ok(themes)
    }
}

/// A guide as [`parse_guide`] reads it.
#[must_use]
pub fn write_guide(themes: &[GuideTheme]) -> String {
    let mut text = String::new();
    for theme in themes {
        text.push_str(&theme.title);
        text.push('\n');
        for question in &theme.questions {
            text.push_str("- ");
            text.push_str(question);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(title: &str, questions: &[&str]) -> (String, Vec<String>) {
        (
            title.to_owned(),
            questions.iter().map(|text| (*text).to_owned()).collect(),
        )
    }

    #[test]
    fn themes_and_questions_are_read() {
        let text = "Å bli møtt\r\n- Hva skjedde?\n   Hvem var der?\n\n–\nHverdagen\n• Hvordan er en dag?\n";
        let expected = vec![
            theme("Å bli møtt", &["Hva skjedde?", "Hvem var der?"]),
            theme("Hverdagen", &["Hvordan er en dag?"]),
        ];
        assert_eq!(parse_guide(text), Ok(expected));
        assert_eq!(parse_guide("  \n"), Ok(vec![]));
    }

    #[test]
    fn what_can_t_be_read_is_told() {
        assert_eq!(parse_guide("- Hva?\nTema"), Err(GuideFault::QuestionFirst));
        assert_eq!(parse_guide(&"a".repeat(LINE + 1)), Err(GuideFault::TooLong));
        assert_eq!(
            parse_guide(&"Tema\n".repeat(THEMES + 1)),
            Err(GuideFault::TooMany)
        );
    }

    #[test]
    fn a_guide_that_was_written_reads_back() {
        let themes = vec![theme("Å bli møtt", &["Hva?", "Hvem?"]), theme("Bolig", &[])];
        let id = base::Id::from(base::Uuid::nil());
        let kept: Vec<GuideTheme> = themes
            .iter()
            .map(|(title, questions)| GuideTheme {
                id,
                title: title.clone(),
                questions: questions.clone(),
            })
            .collect();
        assert_eq!(parse_guide(&write_guide(&kept)), Ok(themes));
    }
}
