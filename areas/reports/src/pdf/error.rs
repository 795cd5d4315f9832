//! Why there is no PDF.

use std::fmt;

use typst::diag::SourceDiagnostic;

use super::Refusal;

/// Why there is no PDF. Neither `Display` nor `Debug` shows anything of the report's text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PdfError {
    /// The author can mend it.
    #[error("the report can not be set: {what}")]
    Refused {
        /// What to mend.
        what: Refusal,
    },
    /// Ours to mend.
    #[error("the report could not be set, fault in {stage}: {diagnostics}")]
    Fault {
        /// How far it came.
        stage: Stage,
        /// What the typesetter said; not for logs.
        diagnostics: Diagnostics,
    },
}

/// Where a fault arose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Turning the paper into data.
    Data,
    /// Setting the pages.
    Pages,
    /// Writing the PDF, which is also where its standards are checked.
    Standard,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Data => "the data",
            Self::Pages => "the pages",
            Self::Standard => "the standard",
        })
    }
}

/// What the typesetter said. May repeat words of the report, so it shows itself only through [`Self::reveal`]; never
/// log that.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostics(Vec<String>);

impl Diagnostics {
    pub(super) fn new(messages: Vec<String>) -> Self {
        Self(messages)
    }

    /// The messages with their hints, one each.
    pub fn reveal(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} message(s), not shown", self.0.len())
    }
}

/// A fault from what the typesetter said.
pub(super) fn fault(stage: Stage, errors: &[SourceDiagnostic]) -> PdfError {
    let message = |error: &SourceDiagnostic| {
        let hints = error.hints.iter().map(|hint| format!(" ({})", hint.v));
        format!("{}{}", error.message, hints.collect::<String>())
    };
    PdfError::Fault {
        stage,
        diagnostics: Diagnostics(errors.iter().map(message).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_never_show_the_text_of_a_report() {
        let secret = "the text `Kari` could not be displayed".to_owned();
        let diagnostics = Diagnostics(vec![secret.clone()]);
        assert_eq!(diagnostics.reveal(), [secret]);
        let error = PdfError::Fault {
            stage: Stage::Standard,
            diagnostics,
        };
        assert_eq!(
            [error.to_string(), format!("{error:?}")],
            [
                "the report could not be set, fault in the standard: 1 message(s), not shown",
                "Fault { stage: Standard, diagnostics: 1 message(s), not shown }",
            ]
        );
    }
}
