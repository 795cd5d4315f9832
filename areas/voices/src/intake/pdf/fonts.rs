//! From the codes in a PDF to letters and widths.
//!
//! Source of the format: ISO 32000-1, 9.6 (simple fonts), 9.7 (composite fonts), 9.10 (letters).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};

use super::cmap::Table;

/// A font is known by its object, or by its place in memory when it stands directly in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Object(ObjectId),
    Inline(usize),
}

/// Fonts of one document beyond which the rest is not looked at.
const FONTS: usize = 4_000;
/// Unpacked size of one table of letters or widths, in bytes.
const TABLE_BYTES: usize = 8 << 20;

/// Widths that one font may tell; it has 65 536 codes at most, and some are told twice.
const WIDTHS: usize = 1 << 18;

/// For each font, its dictionary cut down to the encoding that the library reads. It must outlive
/// what the library makes of it.
#[derive(Debug, Default)]
pub(super) struct Cut(HashMap<Key, Dictionary>);

impl Cut {
    /// Collects the fonts of all resources of the document.
    pub(super) fn of(document: &Document) -> Self {
        let mut cut = Self::default();
        for object in document.objects.values() {
            let dictionary = match object {
                Object::Dictionary(dictionary) => dictionary,
                Object::Stream(stream) => &stream.dict,
                _ => continue,
            };
            cut.add(document, dictionary);
            if let Ok(Object::Dictionary(resources)) = dictionary.get(b"Resources") {
                cut.add(document, resources);
            }
        }
        cut
    }

    fn add(&mut self, document: &Document, resources: &Dictionary) {
        let Ok(fonts) = resources
            .get_deref(b"Font", document)
            .and_then(Object::as_dict)
        else {
            return;
        };
        for (_, value) in fonts {
            if let Some((key, font)) = resolve(document, value)
                && !is_wide(font)
                && self.0.len() < FONTS
            {
                self.0.entry(key).or_insert_with(|| encoding_of(font));
            }
        }
    }
}

/// The key and dictionary of a font as a page names it.
pub(super) fn resolve<'a>(
    document: &'a Document,
    value: &'a Object,
) -> Option<(Key, &'a Dictionary)> {
    match value {
        Object::Reference(id) => Some((Key::Object(*id), document.get_dictionary(*id).ok()?)),
        Object::Dictionary(font) => Some((Key::Inline(std::ptr::from_ref(font) as usize), font)),
        _ => None,
    }
}

fn is_wide(font: &Dictionary) -> bool {
    font.get(b"Subtype")
        .and_then(Object::as_name)
        .is_ok_and(|name| name == b"Type0")
}

/// Nothing but the encoding: the table of letters is ours to read.
fn encoding_of(font: &Dictionary) -> Dictionary {
    let mut cut = Dictionary::new();
    cut.set("Type", Object::Name(b"Font".to_vec()));
    if let Ok(encoding) = font.get(b"Encoding") {
        cut.set("Encoding", encoding.clone());
    }
    cut
}

/// One font in use.
pub(super) struct Font<'a> {
    /// Goes before the encoding (9.10.2).
    table: Option<Table>,
    encoding: Option<Encoding<'a>>,
    /// Codes are two bytes.
    pub(super) wide: bool,
    pub(super) bold: bool,
    widths: Widths,
    letters: RefCell<HashMap<u32, Rc<str>>>,
}

/// What a code shows when nothing tells.
const UNKNOWN: &str = "\u{FFFD}";

impl<'a> Font<'a> {
    pub(super) fn new(
        document: &'a Document,
        cut: &'a Cut,
        key: Key,
        font: &'a Dictionary,
    ) -> Self {
        let table = font
            .get_deref(b"ToUnicode", document)
            .and_then(Object::as_stream)
            .and_then(|stream| stream.decompressed_content_with_limit(TABLE_BYTES));
        let encoding = cut
            .0
            .get(&key)
            .and_then(|cut| cut.get_font_encoding_with_limit(document, TABLE_BYTES).ok());
        let wide = is_wide(font);
        let name = font
            .get(b"BaseFont")
            .and_then(Object::as_name)
            .map(|name| String::from_utf8_lossy(name).to_lowercase())
            .unwrap_or_default();
        let bold = ["bold", "black", "heavy", "semibold"]
            .iter()
            .any(|word| name.contains(word));
        let widths = if wide {
            Widths::composite(document, font)
        } else {
            Widths::simple(document, font, &name)
        };
        Self {
            table: table.ok().map(|table| Table::read(&table)),
            encoding,
            wide,
            bold,
            widths,
            letters: RefCell::default(),
        }
    }

    /// The letters that a code shows; U+FFFD when the font does not tell.
    pub(super) fn letters(&self, code: u32) -> Rc<str> {
        if let Some(letters) = self.letters.borrow().get(&code) {
            return Rc::clone(letters);
        }
        let letters: Rc<str> = self.decode(code).into();
        self.letters.borrow_mut().insert(code, Rc::clone(&letters));
        letters
    }

    fn decode(&self, code: u32) -> String {
        let bytes = code.to_be_bytes();
        let bytes = if self.wide {
            bytes.get(2..)
        } else {
            bytes.get(3..)
        }
        .unwrap_or_default();
        let told = self.table.as_ref().and_then(|table| table.letters(code));
        let encoded = || Document::decode_text(self.encoding.as_ref()?, bytes).ok();
        for text in told
            .into_iter()
            .chain(std::iter::once_with(encoded).flatten())
        {
            let text: String = text
                .chars()
                .filter(|sign| *sign != '\u{FEFF}' && *sign != '\0')
                .collect();
            if !text.is_empty() && !text.contains('\u{FFFD}') {
                return parted(&text);
            }
        }
        if code == 32 || (!self.wide && code == 160) {
            " ".to_owned()
        } else {
            UNKNOWN.to_owned()
        }
    }

    /// Bytes of memory it takes, about.
    pub(super) fn size(&self) -> usize {
        let table = self.table.as_ref().map_or(0, Table::size);
        4_096 + table + self.widths.by_code.len() * 32
    }

    /// The width of a code in thousandths of the font size.
    pub(super) fn width(&self, code: u32) -> f64 {
        self.widths
            .by_code
            .get(&code)
            .copied()
            .unwrap_or(self.widths.other)
    }
}

/// A sign that print puts together of letters, as those letters.
fn parted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\u{FB00}' => out.push_str("ff"),
            '\u{FB01}' => out.push_str("fi"),
            '\u{FB02}' => out.push_str("fl"),
            '\u{FB03}' => out.push_str("ffi"),
            '\u{FB04}' => out.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
            _ => out.push(sign),
        }
    }
    out
}

struct Widths {
    by_code: HashMap<u32, f64>,
    other: f64,
}

impl Widths {
    fn simple(document: &Document, font: &Dictionary, name: &str) -> Self {
        let mut by_code = HashMap::new();
        // Glyphs of a Type 3 font are measured in a space of their own (9.6.5).
        let scale = font
            .get_deref(b"FontMatrix", document)
            .and_then(Object::as_array)
            .ok()
            .and_then(|matrix| matrix.first().and_then(number))
            .map_or(1.0, |scale| scale.abs() * 1_000.0);
        let first = font
            .get_deref(b"FirstChar", document)
            .ok()
            .and_then(number)
            .unwrap_or(0.0)
            .clamp(0.0, 255.0) as u32;
        if let Ok(widths) = font
            .get_deref(b"Widths", document)
            .and_then(Object::as_array)
        {
            for (index, width) in widths.iter().take(256).enumerate() {
                if let Some(width) = document
                    .dereference(width)
                    .ok()
                    .and_then(|(_, width)| number(width))
                {
                    by_code.insert(first + index as u32, width * scale);
                }
            }
        }
        let descriptor = font
            .get_deref(b"FontDescriptor", document)
            .and_then(Object::as_dict)
            .ok();
        let missing =
            descriptor.and_then(|descriptor| descriptor.get(b"MissingWidth").ok().and_then(number));
        if by_code.is_empty() {
            by_code = standard_widths(name);
        }
        Self {
            by_code,
            other: missing.unwrap_or(if name.contains("courier") {
                600.0
            } else {
                500.0
            }),
        }
    }

    /// `W` is `[first [w w w]]` and `[first last w]`, mixed (9.7.4.3).
    fn composite(document: &Document, font: &Dictionary) -> Self {
        let mut by_code = HashMap::new();
        let below = font
            .get_deref(b"DescendantFonts", document)
            .and_then(Object::as_array)
            .ok()
            .and_then(|fonts| fonts.first());
        let below = below
            .and_then(|font| document.dereference(font).ok())
            .and_then(|(_, font)| font.as_dict().ok());
        let other = below
            .and_then(|font| font.get(b"DW").ok().and_then(number))
            .unwrap_or(1_000.0);
        let list = below.and_then(|font| {
            font.get_deref(b"W", document)
                .and_then(Object::as_array)
                .ok()
        });
        let mut entries = list
            .into_iter()
            .flatten()
            .take(200_000)
            .filter_map(|entry| document.dereference(entry).ok().map(|(_, entry)| entry));
        // Counted as they are told: the same may be told again and again.
        let mut told = 0;
        while told < WIDTHS
            && let Some(first) = entries.next().and_then(number)
        {
            let first = first.clamp(0.0, 65_535.0) as u32;
            match entries.next() {
                Some(Object::Array(widths)) => {
                    for (index, width) in widths.iter().take(65_536).enumerate() {
                        by_code.insert(first + index as u32, number(width).unwrap_or(other));
                    }
                    told += widths.len();
                }
                Some(last) => {
                    let last = number(last).unwrap_or(0.0).clamp(0.0, 65_535.0) as u32;
                    let width = entries.next().and_then(number).unwrap_or(other);
                    by_code.extend((first..=last).map(|code| (code, width)));
                    told += last.saturating_sub(first) as usize;
                }
                None => break,
            }
        }
        Self { by_code, other }
    }
}

/// Widths for the fonts every reader has (9.6.2.2), near enough to see where words end.
fn standard_widths(name: &str) -> HashMap<u32, f64> {
    if name.contains("courier") {
        return HashMap::new();
    }
    let serif = name.contains("times") || name.contains("roman");
    let width = |sign: char| match (sign, serif) {
        (' ' | '.' | ',' | '/', true) => 250.0,
        ('i' | 'j' | 'l' | 't' | ':' | ';' | '\'', true) => 278.0,
        ('f' | 'r' | 's' | 'I' | 'J' | '(' | ')' | '-', true) => 350.0,
        ('a' | 'c' | 'e' | 'z', true) => 444.0,
        ('m', true) => 778.0,
        ('w' | 'A'..='H' | 'K'..='L' | 'N'..='V' | 'X'..='Z', true) => 690.0,
        ('M' | 'W', true) => 910.0,
        (_, true) => 500.0,
        ('i' | 'j' | 'l' | '\'', false) => 222.0,
        (' ' | '.' | ',' | ':' | ';' | 'I' | 't' | 'f' | '/' | '!', false) => 278.0,
        ('r' | '(' | ')' | '-', false) => 333.0,
        ('c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J', false) => 500.0,
        ('w' | 'C' | 'D' | 'H' | 'N' | 'R' | 'U', false) => 722.0,
        ('m' | 'M', false) => 833.0,
        ('W', false) => 944.0,
        ('G' | 'O' | 'Q', false) => 778.0,
        ('A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y', false) => 667.0,
        ('F' | 'T' | 'Z', false) => 611.0,
        (_, false) => 556.0,
    };
    (32u8..127)
        .map(|code| (u32::from(code), width(char::from(code))))
        .collect()
}

/// A number of either kind, if finite.
pub(super) fn number(object: &Object) -> Option<f64> {
    let value = match object {
        Object::Integer(value) => *value as f64,
        Object::Real(value) => f64::from(*value),
        _ => return None,
    };
    value.is_finite().then_some(value)
}
