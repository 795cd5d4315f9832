//! Splitting a long paragraph softly.

/// Code points of one block (design: at most 4 000).
pub const BLOCK_CODE_POINTS: usize = 4_000;

/// Cuts `text` into parts of at most `limit` code points that put together are `text` again.
///
/// A cut is made after the end of a sentence when there is one in the second half of the part,
/// else after white space, else where it must be; never within what a reader sees as one sign
/// (combining marks, emoji put together with U+200D, flags), unless one sign alone is longer.
/// An empty text gives one empty part. A limit of zero counts as one.
#[must_use]
pub fn split_soft(text: &str, limit: usize) -> Vec<&str> {
    let limit = limit.max(1);
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.char_indices().nth(limit).map(|(at, _)| at) {
        let (part, after) = rest.split_at(cut(rest, end));
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest);
    }
    parts
}

/// The byte position to cut at, larger than 0 and at most `end`.
fn cut(text: &str, end: usize) -> usize {
    let window = text.get(..end).unwrap_or(text);
    let half = window.len() / 2;
    let mut space = None;
    let mut previous_space = false;
    let mut whole = None;
    let after = text.get(end..).and_then(|rest| rest.chars().next());
    let mut next = after;
    for (at, sign) in window.char_indices().rev() {
        let here = at + sign.len_utf8();
        if sign.is_whitespace()
            && !next.is_some_and(char::is_whitespace)
            && !next.is_some_and(joins_before)
        {
            space = space.or(Some(here));
            previous_space = true;
        } else if previous_space {
            previous_space = sign.is_whitespace();
            if is_end_of_sentence(window, at, sign)
                && let Some(found) = sentence_cut(window, here)
                && found >= half
            {
                return found;
            }
        }
        if whole.is_none() && next.is_some_and(|next| may_cut_between(sign, next)) {
            whole = Some(here);
        }
        next = Some(sign);
        if at < half && space.is_some() {
            break;
        }
    }
    space
        .filter(|&at| at >= half / 4)
        .or(whole)
        .or(space)
        .unwrap_or(end)
        .max(1)
}

/// A full stop or its like, perhaps with a closing quote or bracket after it.
fn is_end_of_sentence(window: &str, at: usize, sign: char) -> bool {
    if matches!(sign, '.' | '!' | '?' | '…' | '\n') {
        return true;
    }
    matches!(sign, '»' | '”' | '"' | '’' | ')' | ']')
        && window
            .get(..at)
            .and_then(|before| before.chars().next_back())
            .is_some_and(|before| matches!(before, '.' | '!' | '?' | '…'))
}

/// The position after the white space that follows a sentence.
fn sentence_cut(window: &str, from: usize) -> Option<usize> {
    let rest = window.get(from..)?;
    let spaces: usize = rest
        .chars()
        .take_while(|sign| sign.is_whitespace())
        .map(char::len_utf8)
        .sum();
    Some(from + spaces)
}

/// False where two code points are one sign to a reader. Not the whole of UAX 29, but never
/// wrong for marks, joiners, variation selectors, skin tones and flags.
fn may_cut_between(before: char, after: char) -> bool {
    let flag = is_flag_letter(before) && is_flag_letter(after);
    let line_end = before == '\r' && after == '\n';
    !(flag || line_end || before == '\u{200D}' || joins_before(after))
}

fn is_flag_letter(sign: char) -> bool {
    matches!(sign, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Code points that belong to the one before them.
fn joins_before(sign: char) -> bool {
    matches!(sign,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}'
        | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}' | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}' | '\u{0E47}'..='\u{0E4E}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{200C}' | '\u{200D}' | '\u{20D0}'..='\u{20FF}' | '\u{3099}' | '\u{309A}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_text_is_one_part() {
        assert_eq!(split_soft("Hei.", 4), ["Hei."]);
        assert_eq!(split_soft("", 4), [""]);
    }

    #[test]
    fn a_sentence_is_kept_whole_then_a_word_then_nothing() {
        assert_eq!(
            split_soft("Ja visst. Men ikke nå", 14),
            ["Ja visst. ", "Men ikke nå"]
        );
        assert_eq!(
            split_soft("Hun sa «ja.» Og gikk sin vei", 17),
            ["Hun sa «ja.» ", "Og gikk sin vei"]
        );
        assert_eq!(
            split_soft("en to tre fire fem", 9),
            ["en to ", "tre fire ", "fem"]
        );
        assert_eq!(split_soft("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn a_full_stop_early_in_the_part_does_not_make_crumbs() {
        assert_eq!(
            split_soft("A. bcd efg hij klm", 16),
            ["A. bcd efg hij ", "klm"]
        );
    }

    #[test]
    fn signs_put_together_stay_together() {
        let family = "👩\u{200D}👩\u{200D}👧";
        assert_eq!(split_soft(&format!("abc{family}"), 5), ["abc", family]);
        assert_eq!(split_soft("aae\u{0301}b", 3), ["aa", "e\u{0301}b"]);
        assert_eq!(split_soft("ab🇳🇴", 3), ["ab", "🇳🇴"]);
    }

    proptest! {
        #[test]
        fn parts_are_small_whole_and_many(text in "[a-zæ .!?»\n\u{301}\u{200D}👧🇳🇴]{0,300}", limit in 1usize..60) {
            let parts = split_soft(&text, limit);
            prop_assert_eq!(parts.concat(), text.clone());
            prop_assert!(parts.iter().all(|part| part.chars().count() <= limit));
            prop_assert!(text.is_empty() || parts.iter().all(|part| !part.is_empty()));
        }

        #[test]
        fn any_text_at_all(text in any::<String>(), limit in 0usize..20) {
            let parts = split_soft(&text, limit);
            prop_assert_eq!(parts.concat(), text.clone());
            prop_assert!(parts.iter().all(|part| part.chars().count() <= limit.max(1)));
        }
    }
}
