//! Cuts a block's text where passages begin and end.

/// A piece of a block that lies in the same passages from end to end. Positions are code points.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Where it begins.
    pub from: usize,
    /// Where it ends, exclusive.
    pub to: usize,
    /// The passages it lies in, as places in the list that was handed in.
    pub passages: Vec<usize>,
}

/// Cuts a text of `chars` code points at the borders of `passages` (from, to). The pieces follow
/// one another without gap or overlap; empty passages cut nothing.
#[must_use]
pub fn segments(chars: usize, passages: &[(usize, usize)]) -> Vec<Segment> {
    let clipped: Vec<(usize, usize)> = passages
        .iter()
        .map(|(from, to)| ((*from).min(chars), (*to).min(chars)))
        .collect();
    let mut cuts: Vec<usize> = clipped
        .iter()
        .filter(|(from, to)| from < to)
        .flat_map(|(from, to)| [*from, *to])
        .chain([0, chars])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.iter()
        .zip(cuts.iter().skip(1))
        .map(|(from, to)| Segment {
            from: *from,
            to: *to,
            passages: clipped
                .iter()
                .enumerate()
                .filter(|(_, (begin, end))| begin <= from && to <= end)
                .map(|(n, _)| n)
                .collect(),
        })
        .collect()
}

/// The code points from `from` to `to` of a text.
#[must_use]
pub fn cut(text: &str, from: usize, to: usize) -> &str {
    let byte = |at: usize| {
        text.char_indices()
            .nth(at)
            .map_or(text.len(), |(byte, _)| byte)
    };
    let (from, to) = (byte(from), byte(to.max(from)));
    text.get(from..to).unwrap_or_default()
}

/// Words of a text as (from, to) in code points: what stands between white space.
#[must_use]
pub fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut begun = None;
    let mut end = 0;
    for (at, letter) in text.chars().enumerate() {
        end = at + 1;
        match (letter.is_whitespace(), begun) {
            (false, None) => begun = Some(at),
            (true, Some(from)) => {
                words.push((from, at));
                begun = None;
            }
            _ => {}
        }
    }
    words.extend(begun.map(|from| (from, end)));
    words
}

/// Sentences of a text as (from, to) in code points. A sentence ends after `.`, `!`, `?` or `…`
/// (and closing quotes) before white space, or at a line end; no sentence begins with white space.
#[must_use]
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let letters: Vec<char> = text.chars().collect();
    let words = words(text);
    let mut sentences = Vec::new();
    let mut begun: Option<usize> = None;
    for (from, to) in &words {
        let first = *begun.get_or_insert(*from);
        let word = letters.get(*from..*to).unwrap_or_default();
        let closing = |letter: &&char| !['»', '"', '”', '’', ')', '\''].contains(letter);
        let core = word.iter().rev().find(closing);
        let may_end = matches!(core, Some('.' | '!' | '?' | '…'));
        let line_end = letters.get(*to) == Some(&'\n');
        if may_end || line_end {
            sentences.push((first, *to));
            begun = None;
        }
    }
    if let (Some(first), Some((_, to))) = (begun, words.last()) {
        sentences.push((first, *to));
    }
    sentences
}

/// Where a quote that somebody typed stands in a text: the first place where its words follow one
/// another, white space and the case of letters aside. Gives (from, to) in code points.
#[must_use]
pub fn find(text: &str, quote: &str) -> Option<(usize, usize)> {
    let wanted: Vec<char> = folded(quote)
        .into_iter()
        .map(|(_, letter)| letter)
        .collect();
    let letters = folded(text);
    let (first, count) = (wanted.first()?, wanted.len());
    (0..letters.len()).find_map(|start| {
        let run = letters.get(start..start + count)?;
        let fits = run.first().is_some_and(|(_, letter)| letter == first)
            && run.iter().zip(&wanted).all(|((_, a), b)| a == b);
        fits.then(|| Some((run.first()?.0, run.last()?.0 + 1)))
            .flatten()
    })
}

/// The letters without white space, in lower case, with their places.
fn folded(text: &str) -> Vec<(usize, char)> {
    text.chars()
        .enumerate()
        .filter(|(_, letter)| !letter.is_whitespace())
        .map(|(at, letter)| (at, letter.to_lowercase().next().unwrap_or(letter)))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(from: usize, to: usize, passages: &[usize]) -> Segment {
        Segment {
            from,
            to,
            passages: passages.to_vec(),
        }
    }

    #[test]
    fn overlaps_are_cut_where_they_begin_and_end() {
        assert_eq!(
            segments(10, &[(2, 6), (4, 8)]),
            [
                segment(0, 2, &[]),
                segment(2, 4, &[0]),
                segment(4, 6, &[0, 1]),
                segment(6, 8, &[1]),
                segment(8, 10, &[]),
            ]
        );
        assert_eq!(segments(0, &[(0, 0)]), []);
    }

    #[test]
    fn a_typed_quote_is_found_whatever_its_white_space() {
        let text = "Vi 🙂 går  på\ntur. Vi kommer";
        assert_eq!(find(text, "går på tur"), Some((5, 16)));
        assert_eq!(cut(text, 5, 16), "går  på\ntur");
        assert_eq!(find(text, "VI KOMMER"), Some((18, 27)));
        assert_eq!(find(text, "går hjem"), None);
        assert_eq!(find(text, " "), None);
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "Ja. «Det går bra!» sa hun\nOg så";
        let all: Vec<&str> = sentences(text)
            .into_iter()
            .map(|(a, b)| cut(text, a, b))
            .collect();
        assert_eq!(all, ["Ja.", "«Det går bra!»", "sa hun", "Og så"]);
        assert_eq!(sentences("  "), []);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text_and_lie_in_their_passages(
            text in "[a-cå🙂 \n]{0,40}",
            passages in prop::collection::vec((0..45_usize, 0..45_usize), 0..8),
        ) {
            let passages: Vec<_> = passages.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
            let chars = text.chars().count();
            let pieces = segments(chars, &passages);
            let whole: String = pieces.iter().map(|piece| cut(&text, piece.from, piece.to)).collect();
            prop_assert_eq!(&whole, &text);
            for (n, (from, to)) in passages.iter().enumerate() {
                let marked: String = pieces.iter().filter(|piece| piece.passages.contains(&n))
                    .map(|piece| cut(&text, piece.from, piece.to)).collect();
                prop_assert_eq!(marked, cut(&text, *from, *to));
            }
            prop_assert!(pieces.iter().all(|piece| piece.from < piece.to));
        }

        #[test]
        fn words_hold_every_letter_and_no_white_space(text in "[a-cå🙂 .!\n]{0,40}") {
            let joined: String = words(&text).into_iter().map(|(a, b)| cut(&text, a, b)).collect();
            let letters: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            prop_assert_eq!(&joined, &letters);
            let joined: String = sentences(&text).into_iter().map(|(a, b)| cut(&text, a, b)).collect();
            let joined: String = joined.chars().filter(|letter| !letter.is_whitespace()).collect();
            prop_assert_eq!(joined, letters);
        }
    }
}
