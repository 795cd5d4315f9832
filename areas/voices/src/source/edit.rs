//! What a correction of text is made of. No HTTP, no SQL.

/// One replacement: `removed` code points at `at` by `inserted` others.
pub type Splice = (usize, usize, usize);

/// The replacements that make `new` of `old`, in the order in which they apply, each in the text
/// that the one before left. Words that stayed are found again, so that marks on them stay too.
#[must_use]
pub fn splices(old: &str, new: &str) -> Vec<Splice> {
    let old_words = words(old);
    let new_words = words(new);
    let pairs = common(&old_words, &new_words);
    let mut found = Vec::new();
    let (mut from_old, mut from_new, mut at) = (0, 0, 0);
    let ends = (old_words.len(), new_words.len());
    for (in_old, in_new) in pairs.into_iter().chain([ends]) {
        let removed: Vec<char> = gather(&old_words, from_old, in_old);
        let inserted: Vec<char> = gather(&new_words, from_new, in_new);
        if let Some((skip, gone, came)) = trimmed(&removed, &inserted) {
            found.push((at + skip, gone, came));
        }
        at += inserted.len();
        at += new_words.get(in_new).map_or(0, |word| word.chars().count());
        (from_old, from_new) = (in_old + 1, in_new + 1);
    }
    found
}

fn gather(words: &[&str], from: usize, to: usize) -> Vec<char> {
    words
        .get(from..to)
        .unwrap_or_default()
        .iter()
        .flat_map(|word| word.chars())
        .collect()
}

/// What really differs: without the same beginning and the same end. `None` when nothing does.
fn trimmed(old: &[char], new: &[char]) -> Option<Splice> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    let (gone, came) = (old.len() - start - end, new.len() - start - end);
    (gone + came > 0).then_some((start, gone, came))
}

/// Words and what stands between them, in order; together they are the text.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let in_word = first.is_alphanumeric();
        let end = if in_word {
            rest.find(|sign: char| !sign.is_alphanumeric())
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
}

/// Words compared at most: beyond this only the common beginning and end are kept.
const TABLE: usize = 4_000_000;

/// Positions of words that are in both, in order: the longest common subsequence between the same
/// beginning and the same end.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    let mut pairs: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    let middle_old = old.get(start..old.len() - end).unwrap_or_default();
    let middle_new = new.get(start..new.len() - end).unwrap_or_default();
    if middle_old.len().saturating_mul(middle_new.len()) <= TABLE {
        pairs.extend(
            longest(middle_old, middle_new)
                .into_iter()
                .map(|(a, b)| (a + start, b + start)),
        );
    }
    pairs.extend((0..end).map(|at| (old.len() - end + at, new.len() - end + at)));
    pairs
}

fn longest(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut table = vec![0_u32; (old.len() + 1) * width];
    let get = |table: &[u32], a: usize, b: usize| table.get(a * width + b).copied().unwrap_or(0);
    for (a, left) in old.iter().enumerate().rev() {
        for (b, right) in new.iter().enumerate().rev() {
            let best = if left == right {
                get(&table, a + 1, b + 1) + 1
            } else {
                get(&table, a + 1, b).max(get(&table, a, b + 1))
            };
            if let Some(cell) = table.get_mut(a * width + b) {
                *cell = best;
            }
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while let (Some(left), Some(right)) = (old.get(a), new.get(b)) {
        if left == right {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if get(&table, a + 1, b) >= get(&table, a, b + 1) {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

/// The words that splices took out of `old`, one piece for each, for the command log.
#[must_use]
pub fn removed_words(old: &str, new: &str, splices: &[Splice]) -> Vec<String> {
    let mut text: Vec<char> = old.chars().collect();
    let target: Vec<char> = new.chars().collect();
    let mut gone = Vec::new();
    for (at, removed, inserted) in splices {
        let (at, end) = ((*at).min(text.len()), (at + removed).min(text.len()));
        let came = target.get(at..at + inserted).unwrap_or_default().to_vec();
        gone.push(text.splice(at..end, came).collect());
    }
    gone
}

/// Where a block is cut: the text before, the text after, and how much white space between them
/// goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// The text that stays.
    pub first: String,
    /// The text of the new block.
    pub second: String,
    /// Code point at which the first ends.
    pub at: usize,
    /// White space left out.
    pub skipped: usize,
}

/// Cuts a text at a code point; white space at the cut is left out. `None` when one side would
/// have no words.
#[must_use]
pub fn cut(text: &str, at: usize) -> Option<Cut> {
    let byte = text.char_indices().nth(at).map(|(byte, _)| byte)?;
    let (before, after) = text.split_at(byte);
    let (first, second) = (before.trim_end(), after.trim_start());
    if first.trim().is_empty() || second.is_empty() {
        return None;
    }
    let (kept, rest) = (first.chars().count(), second.chars().count());
    let skipped = text.chars().count() - kept - rest;
    Some(Cut {
        first: first.to_owned(),
        second: second.to_owned(),
        at: kept,
        skipped,
    })
}

/// Two texts as one, and where the second begins.
#[must_use]
pub fn joined(first: &str, second: &str) -> (String, usize) {
    let space = if first.is_empty() || first.ends_with(char::is_whitespace) {
        ""
    } else {
        " "
    };
    let text = format!("{first}{space}{second}");
    (text, first.chars().count() + space.len())
}

/// A text as it may be stored: LF line ends, no control characters but `\n` and `\t`.
#[must_use]
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|sign| match sign {
            '\r' => '\n',
            '\n' | '\t' => sign,
            control if control.is_control() => '\u{fffd}',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What marks see: the splices applied, with the inserted text taken from the new one.
    fn applied(old: &str, new: &str) -> String {
        let mut text: Vec<char> = old.chars().collect();
        let target: Vec<char> = new.chars().collect();
        for (at, removed, inserted) in splices(old, new) {
            text.splice(at..at + removed, target[at..at + inserted].iter().copied());
        }
        text.into_iter().collect()
    }

    #[test]
    fn only_what_changed_is_replaced() {
        assert_eq!(splices("hei på deg", "hei på deg"), []);
        assert_eq!(splices("hei på deg", "hei til deg"), [(4, 2, 3)]);
        assert_eq!(splices("a b c d", "a X c Y"), [(2, 1, 1), (6, 1, 1)]);
        assert_eq!(splices("", "ny"), [(0, 0, 2)]);
        assert_eq!(splices("kjempa bra", "bra"), [(0, 7, 0)]);
        assert_eq!(
            removed_words("a b c d", "a X c Y", &[(2, 1, 1), (6, 1, 1)]),
            ["b", "d"]
        );
    }

    #[test]
    fn a_cut_leaves_words_on_both_sides() {
        let cut_at = cut("Hei på  deg", 7).unwrap();
        assert_eq!(
            (cut_at.first.as_str(), cut_at.second.as_str()),
            ("Hei på", "deg")
        );
        assert_eq!((cut_at.at, cut_at.skipped), (6, 2));
        assert_eq!(cut("Hei  ", 3), None);
        assert_eq!(cut("Hei", 0), None);
        assert_eq!(cut("Hei", 3), None);
        assert_eq!(joined("Hei", "du"), ("Hei du".to_owned(), 4));
        assert_eq!(joined("Hei ", "du"), ("Hei du".to_owned(), 4));
    }

    #[test]
    fn what_is_stored_has_no_control_characters() {
        assert_eq!(clean("a\r\nb\rc\0\td"), "a\nb\nc\u{fffd}\td");
    }

    proptest! {
        #[test]
        fn splices_make_the_new_text(old in "[ab å👋\n]{0,24}", new in "[ab å👋\n]{0,24}") {
            prop_assert_eq!(applied(&old, &new), new);
        }

        #[test]
        fn splices_make_the_new_text_whatever_it_is(old in "\\PC{0,40}", new in "\\PC{0,40}") {
            prop_assert_eq!(applied(&old, &new), new);
        }
    }
}
