//! What is told about a file that was read, and why a file was not read.
//!
//! Both carry stable codes; the sentences a person sees are written by the caller.

use serde::{Deserialize, Serialize};

/// Something the reader should know about how the text came in. Counts are never zero.
///
/// Serialised as `{"code": "pictures_left_out", "count": 2}`; codes are never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum Notice {
    /// Characters were not UTF-8; this encoding (WHATWG name) fits them best.
    EncodingGuessed { encoding: String },
    /// Characters that could not be read and stand as U+FFFD.
    LossyDecoding { count: u32 },
    /// Control characters (NUL too) that stand as U+FFFD.
    ControlCharactersReplaced { count: u32 },
    /// Speakers recognised, and the turns they have.
    SpeakersFound { speakers: u32, turns: u32 },
    /// Times such as `[00:01:23]` moved from the text to the turn.
    TimesRead { count: u32 },
    /// Broken lines put together again into paragraphs.
    LinesJoined { count: u32 },
    /// Words divided by a hyphen at the end of a line put together again.
    HyphensJoined { count: u32 },
    /// Page numbers and running heads or feet taken out, in lines.
    PageFurnitureRemoved { count: u32 },
    /// Lines of a table of contents taken out.
    ContentsLinesRemoved { count: u32 },
    /// Paragraph numbers that another program printed in the margin, taken out.
    ParagraphNumbersRemoved { count: u32 },
    /// Paragraphs longer than one block, split.
    ParagraphsSplit { count: u32 },
    /// Pictures and charts left out.
    PicturesLeftOut { count: u32 },
    /// Tables laid out as paragraphs, one for each paragraph of each cell.
    TablesFlattened { count: u32 },
    /// Footnotes put at the end, with their number in the text.
    FootnotesAppended { count: u32 },
    /// Endnotes put at the end, with their number in the text.
    EndnotesAppended { count: u32 },
    /// Comments left out.
    CommentsLeftOut { count: u32 },
    /// Tracked insertions that are in the text.
    TrackedInsertionsKept { count: u32 },
    /// Tracked deletions that are not in the text.
    TrackedDeletionsLeftOut { count: u32 },
    /// Runs of hidden text left out.
    HiddenTextLeftOut { count: u32 },
    /// Page heads and feet of a document with text in them, left out.
    HeadersLeftOut { count: u32 },
    /// Soft hyphens (shown only at a line's end) left out.
    SoftHyphensRemoved { count: u32 },
    /// Symbols of a symbol font that have no character, as U+FFFD.
    SymbolsReplaced { count: u32 },
    /// Pages that hold pictures and no text.
    PagesWithoutText { count: u32 },
    /// Lines of subtitles put together into turns.
    CuesJoined { count: u32 },
    /// Marks and comments of the file that hold no words of the text, left out.
    MarksLeftOut { count: u32 },
    /// The file was damaged and was read as well as possible.
    Repaired,
}

impl Notice {
    /// The stable code, as it is serialised.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EncodingGuessed { .. } => "encoding_guessed",
            Self::LossyDecoding { .. } => "lossy_decoding",
            Self::ControlCharactersReplaced { .. } => "control_characters_replaced",
            Self::SpeakersFound { .. } => "speakers_found",
            Self::TimesRead { .. } => "times_read",
            Self::LinesJoined { .. } => "lines_joined",
            Self::HyphensJoined { .. } => "hyphens_joined",
            Self::PageFurnitureRemoved { .. } => "page_furniture_removed",
            Self::ContentsLinesRemoved { .. } => "contents_lines_removed",
            Self::ParagraphNumbersRemoved { .. } => "paragraph_numbers_removed",
            Self::ParagraphsSplit { .. } => "paragraphs_split",
            Self::PicturesLeftOut { .. } => "pictures_left_out",
            Self::TablesFlattened { .. } => "tables_flattened",
            Self::FootnotesAppended { .. } => "footnotes_appended",
            Self::EndnotesAppended { .. } => "endnotes_appended",
            Self::CommentsLeftOut { .. } => "comments_left_out",
            Self::TrackedInsertionsKept { .. } => "tracked_insertions_kept",
            Self::TrackedDeletionsLeftOut { .. } => "tracked_deletions_left_out",
            Self::HiddenTextLeftOut { .. } => "hidden_text_left_out",
            Self::HeadersLeftOut { .. } => "headers_left_out",
            Self::SoftHyphensRemoved { .. } => "soft_hyphens_removed",
            Self::SymbolsReplaced { .. } => "symbols_replaced",
            Self::PagesWithoutText { .. } => "pages_without_text",
            Self::CuesJoined { .. } => "cues_joined",
            Self::MarksLeftOut { .. } => "marks_left_out",
            Self::Repaired => "repaired",
        }
    }

    /// True when words of the file are missing from the text or stand as U+FFFD, so that a
    /// person should compare with the original.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        matches!(
            self,
            Self::LossyDecoding { .. }
                | Self::ControlCharactersReplaced { .. }
                | Self::PicturesLeftOut { .. }
                | Self::CommentsLeftOut { .. }
                | Self::HiddenTextLeftOut { .. }
                | Self::HeadersLeftOut { .. }
                | Self::SymbolsReplaced { .. }
                | Self::PagesWithoutText { .. }
                | Self::MarksLeftOut { .. }
                | Self::Repaired
        )
    }
}

/// Gathers notices; those with a count of zero are not told.
#[derive(Debug, Default)]
pub(super) struct Notices(Vec<Notice>);

impl Notices {
    /// Adds the notice that `make` builds, unless `count` is zero.
    pub(super) fn count(&mut self, count: usize, make: fn(u32) -> Notice) {
        if count > 0 {
            self.0.push(make(small(count)));
        }
    }

    pub(super) fn tell(&mut self, notice: Notice) {
        self.0.push(notice);
    }

    pub(super) fn into_vec(self) -> Vec<Notice> {
        self.0
    }
}

/// A count that fits a notice; beyond four thousand million it stays there.
pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The kind of file that bytes show themselves to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum FileKind {
    Text,
    Docx,
    Pdf,
    Html,
    Markdown,
    /// WebVTT subtitles.
    Vtt,
    /// SubRip subtitles.
    Srt,
    /// Word before 2007; ask for `.docx`.
    OldWord,
    Odt,
    Spreadsheet,
    Slides,
    Rtf,
    Zip,
    Picture,
    Recording,
    /// None of the kinds above.
    Other,
}

impl FileKind {
    /// The word for the kind of a source: the usual ending of its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Vtt => "vtt",
            Self::Srt => "srt",
            Self::Odt => "odt",
            Self::Rtf => "rtf",
            _ => "txt",
        }
    }
}

/// Which limit a file went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum Measure {
    FileBytes,
    UnpackedBytes,
    /// Unpacks to far more than it is packed, as bombs do.
    Ratio,
    Entries,
    Depth,
    Pages,
    Operations,
    Characters,
    Paragraphs,
}

/// Why a file was not read. Nothing of it was kept. Each is something a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum Refused {
    /// No bytes, or nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// Opens only with a password.
    #[error("the file is locked with a password")]
    Encrypted,
    /// The ending of the name says one thing, the bytes another.
    #[error("the file is named .{extension}, but is {found:?}")]
    NotWhatItSaysItIs { extension: String, found: FileKind },
    /// The end of the file is missing.
    #[error("the end of the file is missing")]
    Truncated,
    /// Larger than a limit, in the unit of the limit.
    #[error("{what:?} goes beyond {limit}")]
    TooLarge { what: Measure, limit: u64 },
    /// Pages of pictures only, as from a scanner.
    #[error("the file holds pictures of text, but no text")]
    NoText,
    /// The fonts do not tell which letters they show.
    #[error("the letters of the file cannot be read")]
    UnreadableLetters,
    /// This program does not read such files.
    #[error("files named .{extension} cannot be read")]
    UnknownKind { extension: String },
    /// Holds what no ordinary document holds (DTD or own entities in XML).
    #[error("the file holds {what}, which is not accepted")]
    Unsafe { what: &'static str },
    /// Not put together as its format says. `what` is for support, never text of the file.
    #[error("the file is damaged: {what}")]
    Broken { what: &'static str },
    /// The caller asked to stop.
    #[error("stopped")]
    Cancelled,
}

impl Refused {
    /// The stable code, for texts and for support.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Encrypted => "encrypted",
            Self::NotWhatItSaysItIs { .. } => "not_what_it_says_it_is",
            Self::Truncated => "truncated",
            Self::TooLarge { .. } => "too_large",
            Self::NoText => "no_text",
            Self::UnreadableLetters => "unreadable_letters",
            Self::UnknownKind { .. } => "unknown_kind",
            Self::Unsafe { .. } => "unsafe",
            Self::Broken { .. } => "broken",
            Self::Cancelled => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_serialised_with_its_code() {
        let notice = Notice::PicturesLeftOut { count: 2 };
        let json = serde_json::to_value(&notice).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"code": "pictures_left_out", "count": 2})
        );
        assert_eq!(json["code"], notice.code());
        assert_eq!(
            serde_json::to_value(Notice::Repaired).unwrap()["code"],
            Notice::Repaired.code()
        );
    }

    #[test]
    fn nothing_is_told_about_zero() {
        let mut notices = Notices::default();
        notices.count(0, |count| Notice::LinesJoined { count });
        notices.count(3, |count| Notice::HyphensJoined { count });
        assert_eq!(notices.into_vec(), [Notice::HyphensJoined { count: 3 }]);
    }
}
