//! The codebook's rules: the tree, colours and signs, and frames to start from.

use std::collections::{HashMap, HashSet};

use base::Id;
use serde::Serialize;

/// A code: what a passage can be marked with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Code {
    /// Its id.
    pub id: Id<Code>,
    /// The code above it.
    pub parent: Option<Id<Code>>,
    /// Its place among its siblings; only the order means something.
    pub place: i64,
    /// Its name.
    pub name: String,
    /// What it means, for those who mark.
    pub description: String,
    /// `#rrggbb`.
    pub colour: String,
    /// One or two characters, since colour is never the only sign.
    pub sign: String,
    /// False for a heading that nothing can be marked with.
    pub codable: bool,
    /// Its identity in files of other programs.
    pub guid: base::Uuid,
    /// How deep in the tree, from 0.
    pub depth: usize,
}

impl Code {
    /// The class by which a study's style sheet gives this code its colour.
    #[must_use]
    pub fn class(&self) -> String {
        class(self.id)
    }
}

/// The class of a code's colour; see [`Code::class`].
#[must_use]
pub fn class(code: Id<Code>) -> String {
    let id = code.uuid().simple().to_string();
    // The end of a UUIDv7 is its random part.
    format!("c-{}", id.get(16..).unwrap_or(&id))
}

/// A code's name as it is held against others: white space, case, and the kind of dash aside.
#[must_use]
pub fn folded(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
        .replace(['−', '–', '—'], "-")
}

/// Longest name of a code, in characters.
pub const NAME_MAX: usize = 120;
/// Longest description.
pub const DESCRIPTION_MAX: usize = 4_000;
/// Codes a study can have.
pub const CODES_MAX: usize = 2_000;

/// Colours that can be told apart and stand out by at least 3:1 against white and near-black.
pub const PALETTE: [&str; 16] = [
    "#0b7a75", "#b5541c", "#6a5acd", "#3f7d20", "#c2356b", "#1f6fb2", "#8a6d00", "#9447b4",
    "#b83d30", "#2e7d6b", "#7f6046", "#4a6fa5", "#a34a8e", "#5b7f2b", "#c0562f", "#5f6b7a",
];

/// The colour for the `n`th top code.
#[must_use]
pub fn colour(n: usize) -> &'static str {
    PALETTE.get(n % PALETTE.len()).copied().unwrap_or("#5f6b7a")
}

/// Is it `#rrggbb`?
#[must_use]
pub fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A sign made from a name: its first letter, or first two when that one is taken, and so on.
#[must_use]
pub fn sign_for(name: &str, taken: &HashSet<String>) -> String {
    let letters: Vec<char> = name
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    let Some(first) = letters.first() else {
        return "•".to_owned();
    };
    let first: String = first.to_uppercase().take(1).collect();
    let rest = letters.iter().skip(1);
    let longer = rest.map(|letter| {
        format!(
            "{first}{}",
            letter.to_lowercase().take(1).collect::<String>()
        )
    });
    let numbered = (2..=9).map(|n| format!("{first}{n}"));
    std::iter::once(first.clone())
        .chain(longer)
        .chain(numbered)
        .find(|sign| !taken.contains(sign))
        .unwrap_or(first)
}

/// A sign somebody typed: at most two characters, none of them white space.
#[must_use]
pub fn is_sign(text: &str) -> bool {
    let count = text.chars().count();
    (1..=2).contains(&count)
        && !text
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control())
}

/// Puts codes in the order of the tree, each with its depth. A code whose parent is not in the
/// list, or that lies in a circle, comes as a top code: none is ever left out.
#[must_use]
pub fn in_tree(mut codes: Vec<Code>) -> Vec<Code> {
    codes.sort_by_key(|code| (code.place, code.id));
    let known: HashSet<_> = codes.iter().map(|code| code.id).collect();
    let mut below: HashMap<Option<Id<Code>>, Vec<usize>> = HashMap::new();
    for (n, code) in codes.iter().enumerate() {
        let parent = code.parent.filter(|parent| known.contains(parent));
        below.entry(parent).or_default().push(n);
    }
    let mut order = Vec::with_capacity(codes.len());
    let mut seen = vec![false; codes.len()];
    let tops = below.get(&None).cloned().unwrap_or_default();
    for start in tops.into_iter().chain(0..codes.len()) {
        let mut open = vec![(start, 0)];
        while let Some((n, depth)) = open.pop() {
            let (Some(code), Some(seen)) = (codes.get(n), seen.get_mut(n)) else {
                continue;
            };
            if std::mem::replace(seen, true) {
                continue;
            }
            order.push((n, depth));
            let children = below.get(&Some(code.id)).map_or(&[][..], Vec::as_slice);
            open.extend(children.iter().rev().map(|child| (*child, depth + 1)));
        }
    }
    order
        .into_iter()
        .filter_map(|(n, depth)| {
            let mut code = codes.get(n)?.clone();
            code.depth = depth;
            Some(code)
        })
        .collect()
}

/// May `code` be put below `parent`? Not below itself or anything under it.
#[must_use]
pub fn may_go_below(codes: &[Code], code: Id<Code>, parent: Id<Code>) -> bool {
    let by_id: HashMap<_, _> = codes.iter().map(|code| (code.id, code.parent)).collect();
    let mut at = Some(parent);
    for _ in 0..=codes.len() {
        match at {
            None => return true,
            Some(here) if here == code => return false,
            Some(here) => at = by_id.get(&here).copied().flatten(),
        }
    }
    false
}

/// A ready list of codes to start from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frame {
    /// The themes of the study's own guide.
    Guide,
    /// The five recovery processes of CHIME.
    Chime,
    /// The ten features of a good service that earlier evaluations found.
    TenFeatures,
    /// What is good, what is not, what is wished for.
    Polarity,
}

impl Frame {
    /// All, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Guide, Self::Chime, Self::TenFeatures, Self::Polarity];

    /// The word in forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Chime => "chime",
            Self::TenFeatures => "ten_features",
            Self::Polarity => "polarity",
        }
    }

    /// From the word in forms.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|frame| frame.word() == word)
    }

    /// Key of its name, which is also its heading in the tree.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Guide => "analysis-frame-guide",
            Self::Chime => "analysis-frame-chime",
            Self::TenFeatures => "analysis-frame-ten",
            Self::Polarity => "analysis-frame-polarity",
        }
    }

    /// Keys of its codes' names and descriptions, with their signs. The guide's come from the
    /// study.
    #[must_use]
    pub fn codes(self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self {
            Self::Guide => &[],
            Self::Chime => &[
                ("analysis-chime-c", "analysis-chime-c-what", "C"),
                ("analysis-chime-h", "analysis-chime-h-what", "H"),
                ("analysis-chime-i", "analysis-chime-i-what", "I"),
                ("analysis-chime-m", "analysis-chime-m-what", "M"),
                ("analysis-chime-e", "analysis-chime-e-what", "E"),
            ],
            Self::TenFeatures => &[
                ("analysis-ten-1", "analysis-ten-1-what", "1"),
                ("analysis-ten-2", "analysis-ten-2-what", "2"),
                ("analysis-ten-3", "analysis-ten-3-what", "3"),
                ("analysis-ten-4", "analysis-ten-4-what", "4"),
                ("analysis-ten-5", "analysis-ten-5-what", "5"),
                ("analysis-ten-6", "analysis-ten-6-what", "6"),
                ("analysis-ten-7", "analysis-ten-7-what", "7"),
                ("analysis-ten-8", "analysis-ten-8-what", "8"),
                ("analysis-ten-9", "analysis-ten-9-what", "9"),
                ("analysis-ten-10", "analysis-ten-10-what", "10"),
            ],
            Self::Polarity => &[
                (
                    "analysis-polarity-strength",
                    "analysis-polarity-strength-what",
                    "+",
                ),
                (
                    "analysis-polarity-weakness",
                    "analysis-polarity-weakness-what",
                    "−",
                ),
                ("analysis-polarity-wish", "analysis-polarity-wish-what", "?"),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Uuid;

    use super::*;

    fn code(id: u128, parent: Option<u128>, place: i64) -> Code {
        Code {
            id: Id::from(Uuid::from_u128(id)),
            parent: parent.map(|parent| Id::from(Uuid::from_u128(parent))),
            place,
            name: String::new(),
            description: String::new(),
            colour: "#000000".into(),
            sign: "A".into(),
            codable: true,
            guid: Uuid::nil(),
            depth: 0,
        }
    }

    fn shape(codes: Vec<Code>) -> Vec<(u128, usize)> {
        in_tree(codes)
            .iter()
            .map(|code| (code.id.uuid().as_u128(), code.depth))
            .collect()
    }

    #[test]
    fn the_tree_goes_down_before_it_goes_on_and_loses_nothing() {
        let codes = vec![
            code(1, None, 2),
            code(2, Some(1), 1),
            code(3, None, 1),
            code(4, Some(2), 1),
            code(5, Some(1), 0),
        ];
        assert_eq!(shape(codes), [(3, 0), (1, 0), (5, 1), (2, 1), (4, 2)]);
        let circle = vec![
            code(1, Some(2), 0),
            code(2, Some(1), 0),
            code(3, Some(99), 0),
        ];
        assert_eq!(shape(circle), [(3, 0), (1, 0), (2, 1)]);
    }

    #[test]
    fn no_code_goes_below_itself() {
        let codes = vec![code(1, None, 0), code(2, Some(1), 0), code(3, Some(2), 0)];
        let id = |n| Id::from(Uuid::from_u128(n));
        assert!(may_go_below(&codes, id(3), id(1)));
        assert!(!may_go_below(&codes, id(1), id(3)));
        assert!(!may_go_below(&codes, id(1), id(1)));
    }

    #[test]
    fn signs_are_short_and_not_taken() {
        let taken: HashSet<String> = ["V".to_owned(), "Ve".to_owned()].into();
        assert_eq!(sign_for("verdighet", &HashSet::new()), "V");
        assert_eq!(sign_for("verdighet", &taken), "Vr");
        assert_eq!(sign_for("!", &taken), "•");
        assert!(is_sign("−") && is_sign("10") && !is_sign("") && !is_sign("abc") && !is_sign("a "));
        assert!(is_colour("#0b7A75") && !is_colour("0b7a75") && !is_colour("#0b7a7"));
    }

    #[test]
    fn palette_colours_stand_out_against_white_and_near_black() {
        for hex in PALETTE {
            let light = luminance(hex);
            assert!((1.05) / (light + 0.05) >= 3.0, "{hex} on white");
            assert!(
                (light + 0.05) / (luminance("#1b1b1b") + 0.05) >= 3.0,
                "{hex} on dark"
            );
        }
    }

    fn luminance(hex: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }
}
