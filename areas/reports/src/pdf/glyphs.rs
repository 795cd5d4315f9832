//! Signs that the fonts can not draw. A tagged PDF may hold no empty glyph, so they are replaced before and, where
//! only setting the text shows it, after a first try.

use std::collections::BTreeSet;
use std::ops::Range;

use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

use super::Fonts;

/// Stands for a sign that no font has.
const UNKNOWN: char = '\u{fffd}';

/// What earlier tries have shown.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// Runs of signs that no single font draws together, such as a letter with a rare accent.
    clusters: BTreeSet<String>,
    /// Let only the letters of European scripts and usual signs through.
    pub(super) only_plain: bool,
}

impl Missing {
    /// Notes runs that were set with an empty glyph. A run of one sign that a font does have tells nothing of why it
    /// failed; replacing it would replace it everywhere, so only plain letters are tried then.
    pub(super) fn add(&mut self, clusters: BTreeSet<String>, fonts: &Fonts) {
        for cluster in clusters {
            let mut signs = cluster.chars();
            match (signs.next(), signs.next()) {
                (Some(sign), None) if fonts.have(sign) => self.only_plain = true,
                _ => _ = self.clusters.insert(cluster),
            }
        }
    }
}

/// Runs of text that were set with an empty glyph.
pub(super) fn undrawn(document: &PagedDocument) -> BTreeSet<String> {
    fn walk(frame: &Frame, found: &mut BTreeSet<String>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, found),
                FrameItem::Text(text) => {
                    let empty = text.glyphs.iter().filter(|glyph| glyph.id == 0);
                    found.extend(empty.map(|glyph| with_marks(&text.text, glyph.range())));
                }
                _ => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    for page in document.pages() {
        walk(&page.frame, &mut found);
    }
    found.remove("");
    found
}

/// The text of a glyph together with the signs around it that have no form of their own, back to the letter they stand
/// on: that is what may have left it empty.
fn with_marks(text: &str, range: Range<usize>) -> String {
    let floats = |c: &char| is_invisible(*c) || is_mark(*c);
    let (before, rest) = text.split_at_checked(range.start).unwrap_or(("", text));
    let mut start = before.len();
    if rest.chars().next().is_some_and(|c| floats(&c)) {
        for sign in before.chars().rev() {
            start -= sign.len_utf8();
            if !floats(&sign) {
                break;
            }
        }
    }
    let after = text.get(range.end..).unwrap_or("");
    let end = range.end
        + after
            .chars()
            .take_while(floats)
            .map(char::len_utf8)
            .sum::<usize>();
    text.get(start..end).unwrap_or("").to_owned()
}

/// Makes text ready to be set: no control characters, and only signs that can be drawn.
pub(super) struct Cleaner<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) missing: &'a Missing,
    /// Stands for a picture sign.
    pub(super) emoji: &'a str,
    /// Signs replaced so far.
    pub(super) replaced: BTreeSet<char>,
}

impl Cleaner<'_> {
    pub(super) fn clean(&mut self, text: &str) -> String {
        let text = tidy(text);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut after_emoji = false;
        while let Some(sign) = rest.chars().next() {
            if let Some(cluster) = self.cluster_at(rest) {
                let instead = self.instead_of(&cluster);
                self.replaced.extend(
                    cluster
                        .chars()
                        .filter(|&c| c != instead && !is_invisible(c)),
                );
                out.push(instead);
                rest = rest.get(cluster.len()..).unwrap_or("");
                after_emoji = false;
                continue;
            }
            rest = rest.get(sign.len_utf8()..).unwrap_or("");
            if after_emoji && (joins_emoji(sign) || (is_emoji(sign) && !self.drawn(sign))) {
                continue;
            }
            after_emoji = self.sign(sign, &mut out);
        }
        out
    }

    /// Adds one sign; true when it came out as the emoji label.
    fn sign(&mut self, sign: char, out: &mut String) -> bool {
        match sign {
            _ if self.drawn(sign) => out.push(sign),
            _ if is_invisible(sign) => {}
            _ => {
                self.replaced.insert(sign);
                if joins_emoji(sign) {
                    return false;
                }
                if is_emoji(sign) {
                    out.push_str(self.emoji);
                    return true;
                }
                out.push(self.unknown());
            }
        }
        false
    }

    fn drawn(&self, sign: char) -> bool {
        self.fonts.have(sign) && !is_private(sign) && (!self.missing.only_plain || is_plain(sign))
    }

    fn unknown(&self) -> char {
        if self.fonts.have(UNKNOWN) {
            UNKNOWN
        } else {
            '?'
        }
    }

    /// The longest known cluster that the text begins with.
    fn cluster_at(&self, text: &str) -> Option<String> {
        let begins = self
            .missing
            .clusters
            .iter()
            .filter(|cluster| text.starts_with(cluster.as_str()));
        begins.max_by_key(|cluster| cluster.len()).cloned()
    }

    /// A letter loses the marks that can not be drawn on it; everything else becomes the unknown sign.
    fn instead_of(&self, cluster: &str) -> char {
        let mut signs = cluster.chars();
        match (signs.next(), signs.next()) {
            (Some(base), Some(_)) if base.is_alphanumeric() && self.drawn(base) => base,
            _ => self.unknown(),
        }
    }
}

/// Line ends and tabs as spaces, and without what has no place in set text.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut emoji_before = false;
    for sign in text.chars() {
        match sign {
            '\n' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            // Asks for the coloured or the plain form of the sign before it; after a letter it unsettles the choice
            // of font.
            '\u{fe00}'..='\u{fe0f}' if !emoji_before => continue,
            _ if is_dropped(sign) => continue,
            _ => out.push(sign),
        }
        emoji_before = is_emoji(sign);
    }
    out
}

/// Control characters, byte order mark and other noncharacters, and signs that turn the direction of what follows.
fn is_dropped(sign: char) -> bool {
    let code = u32::from(sign);
    sign.is_control()
        || code & 0xfffe == 0xfffe
        || matches!(code, 0xfdd0..=0xfdef | 0xfeff | 0x202a..=0x202e | 0x2066..=0x2069 | 0xfff9..=0xfffb)
}

fn is_private(sign: char) -> bool {
    matches!(u32::from(sign), 0xe000..=0xf8ff | 0xf_0000..)
}

/// Has no form of its own, so nothing is lost when no font has it.
pub(super) fn is_invisible(sign: char) -> bool {
    matches!(
        u32::from(sign),
        0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
            | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xffa0 | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff
    )
}

fn is_emoji(sign: char) -> bool {
    matches!(u32::from(sign), 0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0x2300..=0x23ff)
}

/// Stands on the letter before it.
fn is_mark(sign: char) -> bool {
    matches!(u32::from(sign), 0x300..=0x36f | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

/// Belongs to the emoji before it: joiner, form, skin colour, key cap, flag letters.
fn joins_emoji(sign: char) -> bool {
    matches!(u32::from(sign), 0x200d | 0x20e3 | 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff | 0xe0020..=0xe007f)
}

/// Latin, Greek and Cyrillic without loose accents, and the signs of ordinary European text.
fn is_plain(sign: char) -> bool {
    matches!(
        u32::from(sign),
        0x20..=0x7e | 0xa0..=0x2ff | 0x370..=0x482 | 0x48a..=0x52f | 0x1e00..=0x1fff | 0x200b | 0x2010..=0x2027
            | 0x2030..=0x203a | 0x2044 | 0x20a0..=0x20bf | 0x2190..=0x2193 | 0x2212 | 0xfffd
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str, missing: &Missing) -> (String, Vec<char>) {
        let fonts = Fonts::new(Vec::new()).unwrap();
        let replaced = BTreeSet::new();
        let mut cleaner = Cleaner {
            fonts: &fonts,
            missing,
            emoji: "[emoji]",
            replaced,
        };
        let text = cleaner.clean(text);
        (text, cleaner.replaced.into_iter().collect())
    }

    #[test]
    fn letters_of_the_north_and_typed_signs_stay() {
        let text =
            "ærlig språk: čđŋšŧž, «sitat» – 50 % … #import $x$ *a* [b] @c = d \\ ` ~ a\u{30a}";
        assert_eq!(
            cleaned(text, &Missing::default()),
            (text.to_owned(), vec![])
        );
    }

    #[test]
    fn what_can_not_be_drawn_is_replaced_and_told() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let text = format!("a {family}\u{1f44d}\u{1f3fd} b 日本 \u{e000}");
        let expected = "a [emoji] b \u{fffd}\u{fffd} \u{fffd}".to_owned();
        let replaced = vec!['日', '本', '\u{e000}', '\u{1f468}'];
        assert_eq!(cleaned(&text, &Missing::default()), (expected, replaced));
    }

    #[test]
    fn control_characters_go_and_line_ends_become_spaces() {
        let text = "a\u{0}b\u{feff}c\u{202e}d\ne\tf\u{2028}g\r\u{fffe}\u{1ffff}";
        assert_eq!(
            cleaned(text, &Missing::default()),
            ("abcd e f g".to_owned(), vec![])
        );
    }

    #[test]
    fn a_letter_keeps_itself_when_its_mark_can_not_be_drawn() {
        let mut missing = Missing::default();
        let fonts = Fonts::new(Vec::new()).unwrap();
        missing.add(
            BTreeSet::from(["x\u{301}".to_owned(), "ﷺ".to_owned()]),
            &fonts,
        );
        let expected = "x-x\u{fffd}".to_owned();
        assert_eq!(
            cleaned("x\u{301}-xﷺ", &missing),
            (expected, vec!['\u{301}', 'ﷺ'])
        );
    }

    #[test]
    fn an_ordinary_letter_that_failed_somewhere_is_not_replaced_everywhere() {
        let fonts = Fonts::new(Vec::new()).unwrap();
        let mut missing = Missing::default();
        missing.add(BTreeSet::from(["1".to_owned()]), &fonts);
        assert!(missing.only_plain && missing.clusters.is_empty());
        for at in [1..2, 2..5, 5..8] {
            assert_eq!(with_marks("a1\u{fe0f}\u{20e3}b", at), "1\u{fe0f}\u{20e3}");
        }
        assert_eq!(
            cleaned("1\u{fe0f}\u{20e3}", &Missing::default()),
            ("1\u{20e3}".to_owned(), vec![])
        );
    }

    #[test]
    fn the_last_resort_lets_only_plain_letters_through() {
        let missing = Missing {
            only_plain: true,
            ..Missing::default()
        };
        let expected = "Åse č \u{fffd}\u{fffd} 1 %".to_owned();
        assert_eq!(
            cleaned("Åse č שם 1 %", &missing),
            (expected, vec!['ם', 'ש'])
        );
    }
}
