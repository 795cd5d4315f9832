//! Which paragraph styles are headings, and what list items begin with.
//!
//! Source of the format: ECMA-376 part 1, 17.7 (styles) and 17.9 (numbering).

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::super::Refused;
use super::super::draft::list_look;
use super::super::package::{Visit, attribute};

/// What a paragraph style means to us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Style {
    name: String,
    based_on: Option<String>,
    outline: bool,
    num_id: Option<String>,
    level: usize,
}

/// All paragraph styles by id.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
    current: Option<String>,
}

/// What a paragraph is by its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Body,
    Heading,
    /// A line of a table of contents.
    Contents,
}

impl Styles {
    /// The role of a style, following what it is based on.
    pub(super) fn role(&self, id: &str) -> Role {
        for style in self.chain(id) {
            let name = style.name.to_lowercase();
            let numbered = |word: &str| {
                name.strip_prefix(word)
                    .is_some_and(|rest| rest.trim().chars().all(|sign| sign.is_ascii_digit()))
            };
            if numbered("toc") || numbered("innholdsfortegnelse") || numbered("inh") {
                return Role::Contents;
            }
            if numbered("heading")
                || numbered("overskrift")
                || matches!(
                    name.as_str(),
                    "title" | "tittel" | "subtitle" | "toc heading"
                )
                || style.outline
            {
                return Role::Heading;
            }
        }
        // Files without a style list, as some programs write them, still use Word's own ids.
        if self.by_id.is_empty()
            && (id.starts_with("Heading") || id.starts_with("Overskrift") || id == "Title")
        {
            return Role::Heading;
        }
        Role::Body
    }

    /// List and level that a style gives its paragraphs.
    pub(super) fn numbering(&self, id: &str) -> Option<(String, usize)> {
        self.chain(id)
            .find_map(|style| Some((style.num_id.clone()?, style.level)))
    }

    /// The style and those it is based on; ends also when they go in a ring.
    fn chain<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Style> {
        let mut next = self.by_id.get(id);
        (0..16).map_while(move |_| {
            let style = next?;
            next = style.based_on.as_ref().and_then(|id| self.by_id.get(id));
            Some(style)
        })
    }
}

impl Visit for Styles {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        if name == "style" {
            self.current = attribute(element, "styleId");
            if let Some(id) = &self.current {
                self.by_id.insert(id.clone(), Style::default());
            }
            return Ok(());
        }
        let Some(style) = self.current.as_ref().and_then(|id| self.by_id.get_mut(id)) else {
            return Ok(());
        };
        let value = || attribute(element, "val");
        match name {
            "name" => style.name = value().unwrap_or_default(),
            "basedOn" => style.based_on = value(),
            "outlineLvl" => style.outline = value().is_some_and(|level| level != "9"),
            "numId" => style.num_id = value().filter(|id| id != "0"),
            "ilvl" => style.level = value().and_then(|level| level.parse().ok()).unwrap_or(0),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refused> {
        if name == "style" {
            self.current = None;
        }
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Refused> {
        Ok(())
    }
}

#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    text: String,
    start: u32,
}

/// Lists: their look, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    looks: HashMap<String, HashMap<usize, Level>>,
    lists: HashMap<String, String>,
    counts: HashMap<String, Vec<u32>>,
    look: Option<String>,
    level: Option<usize>,
    list: Option<String>,
}

/// Deepest list level (Word has nine).
const LEVELS: usize = 9;

impl Numbering {
    /// What the next item of this list and level begins with, counted on.
    pub(super) fn next(&mut self, list: &str, level: usize) -> Option<String> {
        let look = self.lists.get(list)?;
        let levels = self.looks.get(look)?;
        let own = levels.get(&level)?;
        if own.format == "bullet" {
            return Some("•".to_owned());
        }
        if own.format == "none" || level >= LEVELS {
            return None;
        }
        let counts = self.counts.entry(look.clone()).or_default();
        let start = |level: usize| levels.get(&level).map_or(1, |level| level.start);
        while counts.len() <= level {
            let start = start(counts.len());
            // Outer levels that were skipped count as begun.
            counts.push(if counts.len() == level {
                start.saturating_sub(1)
            } else {
                start
            });
        }
        counts.truncate(level + 1);
        if let Some(count) = counts.last_mut() {
            *count = count.saturating_add(1);
        }
        let mut text = own.text.clone();
        for (index, count) in counts.iter().enumerate() {
            let format = levels
                .get(&index)
                .map_or("decimal", |level| level.format.as_str());
            text = text.replace(&format!("%{}", index + 1), &number(*count, format));
        }
        (!text.trim().is_empty()).then_some(text)
    }
}

/// A number as a list shows it; `format` by ECMA-376 part 1, 17.18.59.
pub(in super::super) fn number(count: u32, format: &str) -> String {
    match format {
        "lowerLetter" | "upperLetter" => {
            let letter = char::from(b'a' + u8::try_from(count.saturating_sub(1) % 26).unwrap_or(0));
            let text = letter
                .to_string()
                .repeat(((count.saturating_sub(1) / 26) as usize).min(3) + 1);
            if format == "upperLetter" {
                text.to_uppercase()
            } else {
                text
            }
        }
        "lowerRoman" => roman(count).to_lowercase(),
        "upperRoman" => roman(count),
        _ => count.to_string(),
    }
}

fn roman(count: u32) -> String {
    let steps = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if count > 3_999 {
        return count.to_string();
    }
    let mut rest = count;
    let mut out = String::new();
    for (value, letters) in steps {
        while rest >= value {
            out.push_str(letters);
            rest -= value;
        }
    }
    out
}

impl Visit for Numbering {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        let value = || attribute(element, "val");
        match name {
            "abstractNum" => self.look = attribute(element, "abstractNumId"),
            "num" => self.list = attribute(element, "numId"),
            "abstractNumId" => {
                if let (Some(list), Some(look)) = (&self.list, value()) {
                    self.lists.insert(list.clone(), look);
                }
            }
            "lvl" => self.level = attribute(element, "ilvl").and_then(|level| level.parse().ok()),
            "start" | "numFmt" | "lvlText" => {
                if let (Some(look), Some(level), None) = (&self.look, self.level, &self.list) {
                    let level = self
                        .looks
                        .entry(look.clone())
                        .or_default()
                        .entry(level)
                        .or_insert_with(|| Level {
                            start: 1,
                            ..Level::default()
                        });
                    match name {
                        "start" => {
                            level.start = value().and_then(|start| start.parse().ok()).unwrap_or(1)
                        }
                        "numFmt" => level.format = value().unwrap_or_default(),
                        _ => level.text = list_look(value().unwrap_or_default()),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refused> {
        match name {
            "abstractNum" => self.look = None,
            "num" => self.list = None,
            "lvl" => self.level = None,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Refused> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_formats_of_word() {
        let shown = |count, format| number(count, format);
        assert_eq!(shown(3, "decimal"), "3");
        assert_eq!(shown(28, "lowerLetter"), "bb");
        assert_eq!(shown(2, "upperLetter"), "B");
        assert_eq!(shown(14, "upperRoman"), "XIV");
        assert_eq!(shown(4, "lowerRoman"), "iv");
    }

    #[test]
    fn a_ring_of_styles_ends() {
        let mut styles = Styles::default();
        styles.by_id.insert(
            "A".into(),
            Style {
                based_on: Some("B".into()),
                ..Style::default()
            },
        );
        styles.by_id.insert(
            "B".into(),
            Style {
                based_on: Some("A".into()),
                ..Style::default()
            },
        );
        assert_eq!(styles.role("A"), Role::Body);
    }
}
