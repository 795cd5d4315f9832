//! What is told about a file: codes with the figures that belong to them, and the texts for them.

use serde::{Deserialize, Serialize};

use ui::Words;

use crate::intake::{Measure, Notice, Refused};

/// A code with a number or a word. An area that brings in other formats uses the key of a text as
/// its code; `$count` and `$word` can stand in the text.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Told {
    /// The stable code.
    pub code: String,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// An encoding, an ending: never text of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// Words of the file are missing, so that a person should compare.
    #[serde(default)]
    pub loss: bool,
}

impl Told {
    /// What was noticed while a file came in, as a sentence.
    #[must_use]
    pub fn as_notice(&self, words: &Words) -> String {
        self.filled(words, notice_key(&self.code), "voices-notice-other")
    }

    /// Why a file was not read and what to do, as a sentence.
    #[must_use]
    pub fn as_refusal(&self, words: &Words) -> String {
        self.filled(words, refusal_key(&self.code), "voices-refused-other")
    }

    fn filled(&self, words: &Words, known: Option<&'static str>, other: &str) -> String {
        let key = match known {
            Some(key) => key,
            None if words.has(&self.code) => self.code.as_str(),
            None => other,
        };
        let args = [
            ("count", self.count.unwrap_or(0).into()),
            ("word", self.word.clone().unwrap_or_default().into()),
            ("code", (&self.code).into()),
        ];
        words.tv(key, &args)
    }
}

impl From<&Notice> for Told {
    fn from(notice: &Notice) -> Self {
        // The figures are in the serialised form, which is stable.
        let json = serde_json::to_value(notice).unwrap_or_default();
        let count = ["count", "turns"]
            .iter()
            .find_map(|name| json.get(name)?.as_i64());
        let word = json
            .get("encoding")
            .and_then(|word| word.as_str())
            .map(str::to_owned);
        let speakers = json.get("speakers").and_then(serde_json::Value::as_i64);
        Self {
            code: notice.code().to_owned(),
            count,
            word: word.or(speakers.map(|n| n.to_string())),
            loss: notice.is_loss(),
        }
    }
}

impl From<&frame::Came> for Told {
    fn from(came: &frame::Came) -> Self {
        Self {
            code: came.what.to_owned(),
            count: Some(came.n),
            word: None,
            loss: came.loss,
        }
    }
}

impl From<&Refused> for Told {
    fn from(refused: &Refused) -> Self {
        // A limit that ordinary documents never come near says more about the file than its size.
        let odd = matches!(
            refused,
            Refused::TooLarge {
                what: Measure::Ratio | Measure::Depth | Measure::Entries | Measure::Operations,
                ..
            }
        );
        let (count, word) = match refused {
            _ if odd => (None, None),
            Refused::TooLarge { limit, .. } => (i64::try_from(*limit).ok(), None),
            Refused::NotWhatItSaysItIs { extension, .. } | Refused::UnknownKind { extension } => {
                (None, Some(extension.clone()))
            }
            Refused::Unsafe { what } | Refused::Broken { what } => (None, Some((*what).to_owned())),
            _ => (None, None),
        };
        Self {
            code: if odd { "unsafe" } else { refused.code() }.to_owned(),
            count,
            word,
            loss: false,
        }
    }
}

/// Key of the text for a notice of [`crate::intake`].
fn notice_key(code: &str) -> Option<&'static str> {
    Some(match code {
        "encoding_guessed" => "voices-notice-encoding-guessed",
        "lossy_decoding" => "voices-notice-lossy-decoding",
        "control_characters_replaced" => "voices-notice-control-characters",
        "speakers_found" => "voices-notice-speakers-found",
        "times_read" => "voices-notice-times-read",
        "lines_joined" => "voices-notice-lines-joined",
        "hyphens_joined" => "voices-notice-hyphens-joined",
        "page_furniture_removed" => "voices-notice-page-furniture",
        "contents_lines_removed" => "voices-notice-contents-lines",
        "paragraph_numbers_removed" => "voices-notice-paragraph-numbers",
        "paragraphs_split" => "voices-notice-paragraphs-split",
        "pictures_left_out" => "voices-notice-pictures",
        "tables_flattened" => "voices-notice-tables",
        "footnotes_appended" => "voices-notice-footnotes",
        "endnotes_appended" => "voices-notice-endnotes",
        "comments_left_out" => "voices-notice-comments",
        "tracked_insertions_kept" => "voices-notice-insertions",
        "tracked_deletions_left_out" => "voices-notice-deletions",
        "hidden_text_left_out" => "voices-notice-hidden-text",
        "headers_left_out" => "voices-notice-headers",
        "soft_hyphens_removed" => "voices-notice-soft-hyphens",
        "symbols_replaced" => "voices-notice-symbols",
        "pages_without_text" => "voices-notice-pages-without-text",
        "cues_joined" => "voices-notice-cues",
        "marks_left_out" => "voices-notice-marks",
        "repaired" => "voices-notice-repaired",
        _ => return None,
    })
}

/// Key of the text for a refusal of [`crate::intake`]: why, and what to do.
fn refusal_key(code: &str) -> Option<&'static str> {
    Some(match code {
        "empty" => "voices-refused-empty",
        "encrypted" => "voices-refused-encrypted",
        "not_what_it_says_it_is" => "voices-refused-other-kind",
        "truncated" => "voices-refused-truncated",
        "too_large" => "voices-refused-too-large",
        "no_text" => "voices-refused-no-text",
        "unreadable_letters" => "voices-refused-unreadable-letters",
        "unknown_kind" => "voices-refused-unknown-kind",
        "unsafe" => "voices-refused-unsafe",
        "broken" => "voices-refused-broken",
        "cancelled" => "voices-refused-cancelled",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_keeps_its_figures() {
        let told = Told::from(&Notice::SpeakersFound {
            speakers: 2,
            turns: 40,
        });
        let expected = Told {
            code: "speakers_found".into(),
            count: Some(40),
            word: Some("2".into()),
            loss: false,
        };
        assert_eq!(told, expected);
        let told = Told::from(&Notice::PicturesLeftOut { count: 3 });
        assert_eq!((told.count, told.loss), (Some(3), true));
        assert_eq!(notice_key(&told.code), Some("voices-notice-pictures"));
    }

    #[test]
    fn a_refusal_keeps_what_a_person_needs() {
        let told = Told::from(&Refused::UnknownKind {
            extension: "mp3".into(),
        });
        assert_eq!(
            (told.code.as_str(), told.word.as_deref()),
            ("unknown_kind", Some("mp3"))
        );
        let large = |what| Told::from(&Refused::TooLarge { what, limit: 100 });
        let told = large(Measure::Pages);
        assert_eq!((told.code.as_str(), told.count), ("too_large", Some(100)));
        let told = large(Measure::Ratio);
        assert_eq!((told.code.as_str(), told.count), ("unsafe", None));
        assert_eq!(refusal_key("empty"), Some("voices-refused-empty"));
        assert_eq!(refusal_key("x"), None);
    }
}
