//! Styles of an OpenDocument text: what is a heading, what is marked, what lists begin with.
//!
//! Source of the format: OASIS OpenDocument 1.3 part 3, 16 (styles) and 16.30 (lists).

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::super::Refused;
use super::super::docx::styles::number;
use super::super::draft::list_look;
use super::super::marks::Colour;
use super::super::package::{Visit, attribute};

/// What a style of letters or paragraphs means to us.
#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    shown_name: Option<String>,
    colour: Option<Colour>,
    hidden: bool,
    outline: bool,
    list: Option<String>,
}

/// One level of a list.
#[derive(Debug, Clone, Default)]
struct Level {
    bullet: bool,
    format: String,
    before: String,
    after: String,
    start: u32,
    shown: usize,
}

/// All styles by name.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_name: HashMap<String, Style>,
    lists: HashMap<String, HashMap<usize, Level>>,
    style: Option<String>,
    list: Option<String>,
    /// Depth within page heads and feet.
    edge: usize,
    letters: bool,
    /// Heads and feet of pages with words in them.
    pub(super) edges: usize,
}

/// What a name of a style leads to, itself first; ends also when they go in a ring.
const CHAIN: usize = 16;

/// Levels whose numbers an item shows at most; the format has ten.
const LEVELS: usize = 10;

impl Styles {
    fn chain<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a Style)> {
        let mut next = Some(name);
        (0..CHAIN).map_while(move |_| {
            let (name, style) = next.and_then(|name| self.by_name.get_key_value(name))?;
            next = style.parent.as_deref();
            Some((name.as_str(), style))
        })
    }

    /// Is a paragraph of this style a heading?
    pub(super) fn is_heading(&self, name: &str) -> bool {
        let known = |name: &str| {
            let name = name.replace("_20_", " ").to_lowercase();
            matches!(
                name.as_str(),
                "title" | "subtitle" | "heading" | "tittel" | "undertittel"
            ) || name.starts_with("heading ")
                || name.starts_with("overskrift")
        };
        known(name)
            || self.chain(name).any(|(name, style)| {
                let names = [
                    Some(name),
                    style.shown_name.as_deref(),
                    style.parent.as_deref(),
                ];
                style.outline || names.into_iter().flatten().any(known)
            })
    }

    /// Are words of this style not shown?
    pub(super) fn is_hidden(&self, name: &str) -> bool {
        self.chain(name).any(|(_, style)| style.hidden)
    }

    /// The colour behind words of this style.
    pub(super) fn colour(&self, name: &str) -> Option<Colour> {
        self.chain(name).find_map(|(_, style)| style.colour)
    }

    /// The list that paragraphs of this style belong to.
    pub(super) fn list<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.chain(name)
            .find_map(|(_, style)| style.list.as_deref())
    }

    /// What an item begins with; `counts` are the numbers of the levels down to it.
    pub(super) fn prefix(&self, list: &str, counts: &[u32]) -> Option<String> {
        let levels = self.lists.get(list)?;
        let own = levels.get(&counts.len())?;
        if own.bullet {
            return Some("•".to_owned());
        }
        if own.format.is_empty() {
            return None;
        }
        let from = counts.len().saturating_sub(own.shown.clamp(1, LEVELS));
        let shown: Vec<String> = counts
            .iter()
            .enumerate()
            .skip(from)
            .map(|(at, count)| {
                let level = levels.get(&(at + 1));
                let count = count.saturating_add(level.map_or(1, |level| level.start).max(1)) - 1;
                let format = match level.map_or("1", |level| level.format.as_str()) {
                    "a" => "lowerLetter",
                    "A" => "upperLetter",
                    "i" => "lowerRoman",
                    "I" => "upperRoman",
                    _ => "decimal",
                };
                number(count, format)
            })
            .collect();
        Some(format!("{}{}{}", own.before, shown.join("."), own.after))
    }
}

impl Visit for Styles {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        let value = |name: &str| attribute(element, name);
        match name {
            "style" => {
                self.style = value("name");
                if let Some(name) = &self.style {
                    let style = Style {
                        parent: value("parent-style-name"),
                        shown_name: value("display-name"),
                        outline: value("default-outline-level")
                            .is_some_and(|level| !level.is_empty() && level != "0"),
                        list: value("list-style-name").filter(|name| !name.is_empty()),
                        ..Style::default()
                    };
                    self.by_name.insert(name.clone(), style);
                }
            }
            "text-properties" => {
                let style = self.style.as_ref();
                if let Some(style) = style.and_then(|name| self.by_name.get_mut(name)) {
                    style.colour = value("background-color").as_deref().and_then(Colour::parse);
                    style.hidden = value("display").is_some_and(|shown| shown == "none");
                }
            }
            "list-style" => self.list = value("name"),
            "list-level-style-number" | "list-level-style-bullet" | "list-level-style-image" => {
                let level: Option<usize> = value("level").and_then(|level| level.parse().ok());
                if let Some((list, level)) = self.list.clone().zip(level) {
                    let look = Level {
                        bullet: name != "list-level-style-number",
                        format: value("num-format").unwrap_or_default(),
                        before: list_look(value("num-prefix").unwrap_or_default()),
                        after: list_look(value("num-suffix").unwrap_or_default()),
                        start: value("start-value")
                            .and_then(|start| start.parse().ok())
                            .unwrap_or(1),
                        shown: value("display-levels")
                            .and_then(|shown| shown.parse().ok())
                            .unwrap_or(1),
                    };
                    self.lists.entry(list).or_default().insert(level, look);
                }
            }
            _ if is_edge(name) => {
                self.edge += 1;
                self.letters = false;
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refused> {
        match name {
            "style" => self.style = None,
            "list-style" => self.list = None,
            _ if is_edge(name) => {
                self.edge = self.edge.saturating_sub(1);
                self.edges += usize::from(std::mem::take(&mut self.letters));
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refused> {
        // A page number alone is no loss.
        self.letters |= self.edge > 0 && text.chars().any(char::is_alphabetic);
        Ok(())
    }
}

/// Heads and feet of pages.
fn is_edge(name: &str) -> bool {
    matches!(
        name,
        "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first"
    )
}
