//! What the groups and control words of rich text do to the text.

use std::collections::{HashMap, HashSet};

use encoding_rs::WINDOWS_1252;

use super::super::draft::{Draft, words_of};
use super::super::encoding::clean;
use super::super::marks::{Colour, Comment, Edge};
use super::super::{Kind, Limits, Refused};
use super::letters::{Letters, charset, page};

/// What was met on the way.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub(super) pictures: usize,
    pub(super) tables: usize,
    pub(super) insertions: usize,
    pub(super) deletions: usize,
    pub(super) hidden: usize,
    pub(super) headers: usize,
    pub(super) symbols: usize,
    pub(super) unreadable: usize,
    pub(super) endnotes: usize,
}

/// Where the text of a group goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// Into the text, or a note, comment or box that is read beside it.
    Text,
    Nowhere,
    /// Nowhere, but groups within may go elsewhere.
    Shape,
    Info,
    Fonts,
    Colours,
    Sheet,
    /// Into `Reading::said`, for what comes of it at the end of the group.
    Said,
}

/// What happens when a group ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Note,
    Comment,
    Box,
    Prefix,
    Title,
    Author,
    Reference,
    From,
    To,
    Header,
}

/// What holds within a group, and ends with it.
#[derive(Debug, Clone, Copy)]
struct Group {
    goes: Goes,
    then: Option<Then>,
    letters: Letters,
    /// Characters after `\u` that stand for programs that know no Unicode.
    fallback: usize,
    star: bool,
    hidden: bool,
    deleted: bool,
    colour: Option<Colour>,
    heading: bool,
    in_table: bool,
}

/// Bytes after which no more is put to what is said beside the text.
const SAID: usize = 10_000;

/// The state while going through a document once.
pub(super) struct Reading<'a> {
    draft: Draft<'a>,
    met: Met,
    now: Group,
    outer: Vec<Group>,
    raw: Vec<u8>,
    skip: usize,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    fonts: HashMap<i64, Letters>,
    font: i64,
    ansi: Letters,
    light: [Option<u8>; 3],
    colours: Vec<Option<Colour>>,
    headings: HashSet<i64>,
    style: i64,
    said: String,
    title: Option<String>,
    author: String,
    reference: String,
    comments: usize,
    notes: Vec<usize>,
    in_table: bool,
    hidden_is_told: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        let ansi = Letters::In(WINDOWS_1252);
        Self {
            draft: Draft::new(limits),
            met: Met::default(),
            now: Group {
                goes: Goes::Text,
                then: None,
                letters: ansi,
                fallback: 1,
                star: false,
                hidden: false,
                deleted: false,
                colour: None,
                heading: false,
                in_table: false,
            },
            outer: Vec::new(),
            raw: Vec::new(),
            skip: 0,
            high: None,
            fonts: HashMap::new(),
            font: 0,
            ansi,
            light: [None; 3],
            colours: Vec::new(),
            headings: HashSet::new(),
            style: 0,
            said: String::new(),
            title: None,
            author: String::new(),
            reference: String::new(),
            comments: 0,
            notes: Vec::new(),
            in_table: false,
            hidden_is_told: false,
        }
    }

    /// The draft, what was met, and the title.
    pub(super) fn into_parts(mut self) -> Result<(Draft<'a>, Met, Option<String>), Refused> {
        self.flush()?;
        Ok((self.draft, self.met, self.title))
    }

    /// A group opens; gives how many are open.
    pub(super) fn open_group(&mut self) -> Result<usize, Refused> {
        self.flush()?;
        self.skip = 0;
        self.outer.push(self.now);
        self.now.then = None;
        self.now.star = false;
        Ok(self.outer.len())
    }

    /// A group closes; true when it was the outermost.
    pub(super) fn close_group(&mut self) -> Result<bool, Refused> {
        self.flush()?;
        self.skip = 0;
        if let Some(then) = self.now.then {
            self.finish(then)?;
        }
        let Some(outer) = self.outer.pop() else {
            return Ok(true);
        };
        self.now = outer;
        if self.now.goes == Goes::Text && self.draft.colour_now() != self.now.colour {
            self.draft.colour(self.now.colour);
        }
        Ok(self.outer.is_empty())
    }

    fn finish(&mut self, then: Then) -> Result<(), Refused> {
        let said = std::mem::take(&mut self.said);
        let said = said.trim();
        match then {
            Then::Note => {
                let aside = self.draft.end_aside()?;
                let number = self.notes.pop().unwrap_or(0);
                self.draft.set_note(number, words_of(&aside));
            }
            Then::Comment => {
                let aside = self.draft.end_aside()?;
                let author = std::mem::take(&mut self.author);
                let comment = Comment {
                    author: (!author.is_empty()).then_some(author),
                    text: words_of(&aside),
                };
                let reference = std::mem::take(&mut self.reference);
                self.comments += 1;
                let id = if reference.is_empty() {
                    format!("#{}", self.comments)
                } else {
                    reference
                };
                self.draft.edge(Edge::Point(id.clone()));
                self.draft.comments.insert(id, comment);
            }
            Then::Box => {
                let aside = self.draft.end_aside()?;
                self.draft.put_before(aside);
            }
            Then::Prefix => {
                // The signs of symbol fonts before items are all dots to a reader.
                let is_dot = !said.chars().any(char::is_alphanumeric);
                let prefix = if is_dot { "•" } else { said };
                self.draft.open().prefix = Some(prefix.to_owned());
            }
            Then::Title => {
                let title = clean(said).0;
                self.title = (!title.trim().is_empty()).then(|| title.trim().to_owned());
            }
            Then::Author => self.author = said.chars().take(200).collect(),
            Then::Reference => said.clone_into(&mut self.reference),
            Then::From => self.draft.edge(Edge::From(said.to_owned())),
            Then::To => self.draft.edge(Edge::To(said.to_owned())),
            // A page number alone is no loss.
            Then::Header => self.met.headers += usize::from(said.chars().any(char::is_alphabetic)),
        }
        Ok(())
    }

    /// A byte of text.
    pub(super) fn byte(&mut self, byte: u8) -> Result<(), Refused> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        self.unpaired()?;
        if self.now.goes != Goes::Nowhere {
            self.raw.push(byte);
        }
        Ok(())
    }

    /// The first half of a pair that has no second.
    fn unpaired(&mut self) -> Result<(), Refused> {
        if self.high.take().is_some() {
            self.met.unreadable += 1;
            self.text("\u{FFFD}")?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Refused> {
        self.unpaired()?;
        if self.raw.is_empty() {
            return Ok(());
        }
        let raw = std::mem::take(&mut self.raw);
        let text = match self.now.letters {
            _ if raw.is_ascii() => String::from_utf8_lossy(&raw).into_owned(),
            Letters::In(encoding) => {
                let (text, had_errors) = encoding.decode_without_bom_handling(&raw);
                if had_errors {
                    self.met.unreadable += text.matches('\u{FFFD}').count();
                }
                text.into_owned()
            }
            letters => {
                let signs = raw.iter().map(|byte| match byte {
                    0..0x80 => char::from(*byte),
                    _ => '\u{FFFD}',
                });
                let text: String = signs.collect();
                let count = text.matches('\u{FFFD}').count();
                if letters == Letters::Symbols {
                    self.met.symbols += count;
                } else {
                    self.met.unreadable += count;
                }
                text
            }
        };
        self.text(&text)
    }

    fn text(&mut self, text: &str) -> Result<(), Refused> {
        match self.now.goes {
            Goes::Text if self.now.deleted => {}
            Goes::Text if self.now.hidden => {
                self.met.hidden += usize::from(!self.hidden_is_told);
                self.hidden_is_told = true;
            }
            Goes::Text => {
                self.hidden_is_told = false;
                if self.draft.colour_now() != self.now.colour {
                    self.draft.colour(self.now.colour);
                }
                self.draft.push(text)?;
            }
            Goes::Said if self.said.len() < SAID => self.said.push_str(text),
            Goes::Colours => {
                for _ in text.matches(';') {
                    let colour = match self.light {
                        [Some(red), Some(green), Some(blue)] => Colour::of_light(red, green, blue),
                        _ => None,
                    };
                    self.colours.push(colour);
                    self.light = [None; 3];
                }
            }
            Goes::Sheet => {
                if self.said.len() < SAID {
                    self.said.push_str(text);
                }
                if text.contains(';') {
                    let name = self.said.split(';').next().unwrap_or_default();
                    let name = name.trim().to_lowercase();
                    if name.starts_with("heading")
                        || name.starts_with("overskrift")
                        || matches!(
                            name.as_str(),
                            "title" | "subtitle" | "tittel" | "undertittel"
                        )
                    {
                        self.headings.insert(self.style);
                    }
                    self.said.clear();
                }
            }
            Goes::Nowhere | Goes::Shape | Goes::Info | Goes::Fonts | Goes::Said => {}
        }
        Ok(())
    }

    /// A control symbol.
    pub(super) fn symbol(&mut self, symbol: u8) -> Result<(), Refused> {
        match symbol {
            b'\\' | b'{' | b'}' => return self.byte(symbol),
            b'*' => {
                self.now.star = true;
                return Ok(());
            }
            _ if self.skip > 0 => {
                self.skip -= 1;
                return Ok(());
            }
            _ => self.flush()?,
        }
        match symbol {
            b'~' => self.text("\u{A0}"),
            b'_' => self.text("\u{2011}"),
            b'-' => {
                self.draft.soft_hyphens += usize::from(self.now.goes == Goes::Text);
                Ok(())
            }
            b'\r' | b'\n' => self.paragraph(),
            b'\t' => self.text("\t"),
            _ => Ok(()),
        }
    }

    /// A control word.
    pub(super) fn word(&mut self, word: &str, value: Option<i64>) -> Result<(), Refused> {
        if word == "u" {
            return self.unit(value.unwrap_or(0));
        }
        if word == "uc" {
            // May stand between the halves of a pair.
            self.now.fallback = value.and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
            self.skip = 0;
            return Ok(());
        }
        self.flush()?;
        self.skip = 0;
        let star = std::mem::take(&mut self.now.star);
        let known = self.place(word)? || self.table(word, value) || self.look(word, value);
        if !known && !self.sign(word)? && star && word != "shppict" {
            self.now.goes = Goes::Nowhere;
        }
        Ok(())
    }

    /// A UTF-16 unit, written as a number that may be below zero.
    fn unit(&mut self, value: i64) -> Result<(), Refused> {
        if !self.raw.is_empty() {
            self.flush()?;
        }
        self.skip = self.now.fallback;
        let unit = u16::try_from(value.rem_euclid(1 << 16)).unwrap_or(0xFFFD);
        match (self.high.take(), unit) {
            (None, 0xD800..0xDC00) => self.high = Some(unit),
            (Some(_), 0xD800..0xDC00) => {
                self.high = Some(unit);
                self.met.unreadable += 1;
                self.text("\u{FFFD}")?;
            }
            (high, unit) => {
                let units: Vec<u16> = high.into_iter().chain([unit]).collect();
                for sign in char::decode_utf16(units) {
                    let sign = match sign {
                        // Symbol fonts lie here; no character is known by these numbers.
                        Ok('\u{F000}'..='\u{F0FF}') => {
                            self.met.symbols += usize::from(self.now.goes == Goes::Text);
                            '\u{FFFD}'
                        }
                        Ok(sign) => sign,
                        Err(_) => {
                            self.met.unreadable += 1;
                            '\u{FFFD}'
                        }
                    };
                    self.text(sign.encode_utf8(&mut [0; 4]))?;
                }
            }
        }
        Ok(())
    }

    /// Words that say where the text of the group goes; false for others.
    fn place(&mut self, word: &str) -> Result<bool, Refused> {
        let shown = matches!(self.now.goes, Goes::Text | Goes::Shape);
        let (goes, then) = match word {
            "fonttbl" => (Goes::Fonts, None),
            "colortbl" => (Goes::Colours, None),
            "stylesheet" => {
                self.said.clear();
                (Goes::Sheet, None)
            }
            "info" => (Goes::Info, None),
            "title" if self.now.goes == Goes::Info => (Goes::Said, Some(Then::Title)),
            "footnote" if shown => {
                let number = self.draft.add_note();
                self.draft.push(&format!("[{number}]"))?;
                self.notes.push(number);
                (Goes::Text, Some(Then::Note))
            }
            "ftnalt" => {
                self.met.endnotes += 1;
                return Ok(true);
            }
            "annotation" if shown => (Goes::Text, Some(Then::Comment)),
            "shptxt" | "dptxbxtext" if shown => (Goes::Text, Some(Then::Box)),
            "shpinst" | "shpgrp" | "do" | "upr" if shown => (Goes::Shape, None),
            "ud" if shown => (Goes::Text, None),
            "listtext" | "pntext" if shown => (Goes::Said, Some(Then::Prefix)),
            "atnauthor" if shown => (Goes::Said, Some(Then::Author)),
            "atnref" if shown => (Goes::Said, Some(Then::Reference)),
            "atrfstart" if shown => (Goes::Said, Some(Then::From)),
            "atrfend" if shown => (Goes::Said, Some(Then::To)),
            "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr"
            | "footerf"
                if shown =>
            {
                (Goes::Said, Some(Then::Header))
            }
            "pict" | "object" => {
                self.met.pictures += usize::from(shown);
                (Goes::Nowhere, None)
            }
            "fldinst" | "nonshppict" | "shprslt" | "sp" | "xe" | "tc" | "rxe" | "txe" | "atnid"
            | "atndate" | "atntime" | "atnicn" | "atnparent" | "filetbl" | "listtable"
            | "ftnsep" | "ftnsepc" | "aftnsep" | "aftnsepc" | "aftncn" | "ftncn" => {
                (Goes::Nowhere, None)
            }
            _ => return Ok(false),
        };
        if matches!(then, Some(Then::Note | Then::Comment | Then::Box)) {
            self.draft.begin_aside();
            self.now.heading = false;
            self.now.in_table = false;
            self.now.colour = None;
        }
        if goes == Goes::Said {
            self.said.clear();
        }
        self.now.goes = goes;
        self.now.then = then;
        Ok(true)
    }

    /// Words of the tables of fonts, colours and styles; false for others.
    fn table(&mut self, word: &str, value: Option<i64>) -> bool {
        let light = || value.and_then(|value| u8::try_from(value).ok());
        match (self.now.goes, word) {
            (Goes::Fonts, "f") => self.font = value.unwrap_or(0),
            (Goes::Fonts, "fcharset") => {
                let letters = charset(value.unwrap_or(0), self.ansi);
                self.fonts.insert(self.font, letters);
            }
            (Goes::Fonts, "cpg") => {
                let letters = page(value.unwrap_or(0));
                self.fonts.insert(self.font, letters);
            }
            (Goes::Colours, "red") => self.light = [light(), Some(0), Some(0)],
            (Goes::Colours, "green") => self.light = [self.light[0], light(), Some(0)],
            (Goes::Colours, "blue") => self.light = [self.light[0], self.light[1], light()],
            (Goes::Sheet, "s") => self.style = value.unwrap_or(0),
            (Goes::Sheet, "outlinelevel") => {
                if value.is_some_and(|level| level < 9) {
                    self.headings.insert(self.style);
                }
            }
            (Goes::Fonts | Goes::Colours | Goes::Sheet, _) => {}
            (_, "ansicpg") => {
                self.ansi = page(value.unwrap_or(1252));
                self.now.letters = self.ansi;
            }
            (_, "mac") => self.ansi = page(10_000),
            (_, "pc" | "pca") => self.ansi = Letters::Unknown,
            _ => return false,
        }
        true
    }

    /// Words that say how the text looks; false for others.
    fn look(&mut self, word: &str, value: Option<i64>) -> bool {
        let on = value != Some(0);
        let colour = || {
            let at = value.and_then(|value| usize::try_from(value).ok())?;
            self.colours.get(at).copied().flatten()
        };
        match word {
            "f" => {
                let known = self.fonts.get(&value.unwrap_or(0));
                self.now.letters = known.copied().unwrap_or(self.ansi);
            }
            "plain" => {
                self.now.hidden = false;
                self.now.deleted = false;
                self.now.colour = None;
                self.now.letters = self.ansi;
            }
            "v" => self.now.hidden = on,
            "deleted" => {
                let shown = self.now.goes == Goes::Text && on && !self.now.deleted;
                self.met.deletions += usize::from(shown);
                self.now.deleted = on;
            }
            "revised" => {
                self.met.insertions += usize::from(self.now.goes == Goes::Text && on);
            }
            "highlight" | "chcbpat" | "cb" => {
                let found = colour();
                // A plain background never takes a highlight away.
                if found.is_some() || word == "highlight" {
                    self.now.colour = found;
                }
            }
            "pard" => {
                self.now.heading = false;
                self.now.in_table = false;
            }
            "s" => self.now.heading = value.is_some_and(|style| self.headings.contains(&style)),
            "outlinelevel" => self.now.heading = value.is_some_and(|level| level < 9),
            "intbl" => self.now.in_table = true,
            _ => return false,
        }
        true
    }

    /// Words that stand for a sign or end a paragraph; false for others.
    fn sign(&mut self, word: &str) -> Result<bool, Refused> {
        let sign = match word {
            "tab" => "\t",
            "line" | "lbr" | "softline" => "\n",
            "emdash" => "—",
            "endash" => "–",
            "lquote" => "‘",
            "rquote" => "’",
            "ldblquote" => "“",
            "rdblquote" => "”",
            "bullet" => "•",
            "emspace" => "\u{2003}",
            "enspace" => "\u{2002}",
            "qmspace" => "\u{2005}",
            "zwj" => "\u{200D}",
            "zwnj" => "\u{200C}",
            "ltrmark" => "\u{200E}",
            "rtlmark" => "\u{200F}",
            "par" | "sect" | "page" | "column" => {
                self.paragraph()?;
                return Ok(true);
            }
            "cell" | "nestcell" | "row" | "nestrow" => {
                if self.now.goes == Goes::Text {
                    self.met.tables += usize::from(!std::mem::replace(&mut self.in_table, true));
                    self.draft.end()?;
                }
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.text(sign)?;
        Ok(true)
    }

    fn paragraph(&mut self) -> Result<(), Refused> {
        if self.now.goes != Goes::Text || self.now.deleted {
            return Ok(());
        }
        self.in_table &= self.now.in_table;
        if self.now.heading {
            self.draft.open().kind = Kind::Heading;
        }
        self.draft.end()
    }
}
