//! What a printed page carries beside its text: page numbers, running heads and feet, tables of
//! contents. Taken out only with evidence from several pages, and always counted.

use std::collections::HashMap;

/// One line on a page, as far as furniture is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) text: &'a str,
    pub(super) page: usize,
    /// First or last lines of its page.
    pub(super) edge: bool,
}

/// What to take out: for each line, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Text,
    Furniture,
    Contents,
}

/// Longest running head, in code points.
const HEAD_LENGTH: usize = 120;

/// Lines from one page number to the next, at least.
const PAGE_LINES: usize = 4;

/// Marks each line. `least` is how many page numbers in a row are evidence.
pub(super) fn parts(lines: &[Placed<'_>], least: usize) -> Vec<Part> {
    let mut parts = vec![Part::Text; lines.len()];
    page_numbers(lines, least, &mut parts);
    running_heads(lines, &mut parts);
    contents(lines, &mut parts);
    parts
}

/// A number alone on a line (`12`, `- 12 -`, `Side 12 av 40`, `3/5`): the page it tells.
pub(super) fn page_number(text: &str) -> Option<u32> {
    let text = text.trim().trim_matches(['-', '–', '—', '|', ' ']);
    if text.len() > 24 {
        return None;
    }
    let lower = text.to_lowercase();
    let text = ["side ", "page ", "s. ", "p. "]
        .iter()
        .find_map(|word| lower.strip_prefix(word))
        .unwrap_or(&lower);
    let text = ["/", " av ", " of "]
        .iter()
        .find_map(|word| {
            let (number, all) = text.split_once(word)?;
            all.trim().parse::<u32>().ok()?;
            Some(number.trim())
        })
        .unwrap_or(text.trim());
    if text.is_empty() || text.len() > 4 || !text.chars().all(|sign| sign.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Numbers alone on their line that count up by one.
fn page_numbers(lines: &[Placed<'_>], least: usize, parts: &mut [Part]) {
    let found: Vec<(usize, u32, usize)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.edge)
        .filter_map(|(at, line)| Some((at, page_number(line.text)?, line.page)))
        .collect();
    // The offset between the page counted and the page printed that most lines agree on.
    let mut offsets: HashMap<i64, usize> = HashMap::new();
    for (_, number, page) in &found {
        *offsets
            .entry(i64::from(*number) - *page as i64)
            .or_default() += 1;
    }
    let best = offsets
        .iter()
        .max_by_key(|(offset, count)| (**count, -offset.abs()))
        .map(|(offset, count)| (*offset, *count));
    if let Some((offset, count)) = best
        && count >= least
    {
        for (at, number, page) in &found {
            if i64::from(*number) - *page as i64 == offset
                && let Some(part) = parts.get_mut(*at)
            {
                *part = Part::Furniture;
            }
        }
    }
    for chain in chains(&found) {
        if chain.len() >= least.max(3) {
            for at in chain {
                if let Some(part) = parts.get_mut(at) {
                    *part = Part::Furniture;
                }
            }
        }
    }
}

/// Runs of lines whose numbers go up by one each, in the order of the text, with text between.
fn chains(found: &[(usize, u32, usize)]) -> Vec<Vec<usize>> {
    let mut ending: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, number, _) in found {
        let before = number.checked_sub(1).filter(|before| {
            ending
                .get(before)
                .and_then(|chain| chain.last())
                .is_some_and(|last| at - last >= PAGE_LINES)
        });
        let mut chain = before
            .and_then(|before| ending.remove(&before))
            .unwrap_or_default();
        chain.push(*at);
        let kept = ending.entry(*number).or_default();
        if chain.len() > kept.len() {
            *kept = chain;
        }
    }
    ending.into_values().collect()
}

/// The same line (numbers aside) at the edge of at least three pages and of four pages in ten.
fn running_heads(lines: &[Placed<'_>], parts: &mut [Part]) {
    let pages = lines.iter().map(|line| line.page + 1).max().unwrap_or(0);
    let key = |text: &str| {
        let text: String = text
            .chars()
            .map(|sign| if sign.is_ascii_digit() { '#' } else { sign })
            .collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut seen: HashMap<String, (usize, Option<usize>)> = HashMap::new();
    let could_be = |line: &Placed<'_>| {
        line.edge
            && line.text.chars().count() <= HEAD_LENGTH
            && line
                .text
                .chars()
                .filter(|sign| sign.is_alphabetic())
                .count()
                >= 3
    };
    for line in lines.iter().filter(|line| could_be(line)) {
        let entry = seen.entry(key(line.text)).or_default();
        if entry.1 != Some(line.page) {
            *entry = (entry.0 + 1, Some(line.page));
        }
    }
    for (line, part) in lines.iter().zip(parts) {
        if could_be(line)
            && seen
                .get(&key(line.text))
                .is_some_and(|(count, _)| *count >= 3 && count * 10 >= pages * 4)
        {
            *part = Part::Furniture;
        }
    }
}

/// Lines of a table of contents: words, a leader of dots, a page number. Three or more of them,
/// and the heading right above.
fn contents(lines: &[Placed<'_>], parts: &mut [Part]) {
    let found: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| has_leader(line.text))
        .map(|(at, _)| at)
        .collect();
    if found.len() < 3 {
        return;
    }
    for &at in &found {
        if let Some(part) = parts.get_mut(at) {
            *part = Part::Contents;
        }
    }
    let above = found.first().and_then(|first| first.checked_sub(1));
    if let Some(at) = above
        && let Some(line) = lines.get(at)
        && matches!(
            line.text.trim().to_lowercase().as_str(),
            "innhold"
                | "innhald"
                | "innholdsfortegnelse"
                | "innhaldsliste"
                | "contents"
                | "table of contents"
        )
        && let Some(part) = parts.get_mut(at)
    {
        *part = Part::Contents;
    }
}

fn has_leader(text: &str) -> bool {
    let text = text.trim_end();
    let title = text.trim_end_matches(|sign: char| sign.is_ascii_digit());
    if title.len() == text.len() || text.len() - title.len() > 4 {
        return false;
    }
    let stem = title.trim_end_matches(['.', ' ', '…', '·', '_', '\t']);
    let leader = title.get(stem.len()..).unwrap_or("");
    let dots = leader
        .chars()
        .map(|sign| match sign {
            '.' | '·' | '_' => 1,
            '…' => 3,
            _ => 0,
        })
        .sum::<usize>();
    dots >= 4 && !stem.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages<'a>(pages: &[&[&'a str]]) -> Vec<Placed<'a>> {
        let place = |(page, lines): (usize, &&[&'a str])| -> Vec<Placed<'a>> {
            let last = lines.len().saturating_sub(1);
            lines
                .iter()
                .enumerate()
                .map(|(at, text)| Placed {
                    text,
                    page,
                    edge: at < 2 || at + 1 >= last,
                })
                .collect()
        };
        pages.iter().enumerate().flat_map(place).collect()
    }

    fn removed<'a>(lines: &[Placed<'a>], least: usize) -> Vec<&'a str> {
        lines
            .iter()
            .zip(parts(lines, least))
            .filter(|(_, part)| *part != Part::Text)
            .map(|(line, _)| line.text)
            .collect()
    }

    #[test]
    fn page_numbers_in_many_shapes() {
        for (text, number) in [
            ("12", 12),
            ("- 3 -", 3),
            ("Side 4 av 10", 4),
            ("Page 5", 5),
            ("3/5", 3),
        ] {
            assert_eq!(page_number(text), Some(number), "{text}");
        }
        for text in ["", "12 menn", "2019-2020", "12345", "1.2", "Side"] {
            assert_eq!(page_number(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_count_pages_go_and_others_stay() {
        let lines = pages(&[
            &["Tekst", "7", "8"],
            &["a", "b", "c", "9"],
            &["d", "1984", "10"],
        ]);
        assert_eq!(removed(&lines, 2), ["8", "9", "10"]);
        assert_eq!(removed(&pages(&[&["a", "1"], &["b", "7"]]), 2), [""; 0]);
    }

    #[test]
    fn running_heads_need_three_pages() {
        let head = "Rapport 2020, side 3";
        let lines = pages(&[
            &[head, "en"],
            &["Rapport 2021, side 4", "to"],
            &[head, "tre"],
            &["fire"],
        ]);
        assert_eq!(removed(&lines, 2), [head, "Rapport 2021, side 4", head]);
        assert_eq!(removed(&pages(&[&[head, "en"], &[head, "to"]]), 2), [""; 0]);
    }

    #[test]
    fn tables_of_contents() {
        let lines = pages(&[&[
            "Innhold",
            "1 Innledning ........ 3",
            "2 Teori . . . . . 4",
            "2.1 Recovery…… 12",
            "Tekst ... 5",
        ]]);
        assert_eq!(
            removed(&lines, 2),
            [
                "Innhold",
                "1 Innledning ........ 3",
                "2 Teori . . . . . 4",
                "2.1 Recovery…… 12"
            ]
        );
    }
}
