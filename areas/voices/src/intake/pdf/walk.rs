//! Going through the drawing operations of a page and noting each letter with its place.
//!
//! Source of the format: ISO 32000-1, 8.4 (state), 8.5.4 (clipping), 9.3 and 9.4 (text). Own code,
//! because the library gives letters without places, and places are needed to know a margin number,
//! a page head and a paragraph. Letters outside the clipping path are left out: programs that print
//! long texts draw the line at a page border on both pages and let clipping hide one of them.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Error, Object, ObjectId};

use super::super::{Measure, Refused, limits::Limits};
use super::fonts::{Cut, Font, Key, number, resolve};

/// A letter (or a few) with its place. Units are points, y goes up.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) text: Rc<str>,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    /// Size of the font as shown.
    pub(super) size: f64,
    pub(super) bold: bool,
}

/// What stands on one page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) across: Vec<Glyph>,
    /// Text that runs up or down the page, turned so that it runs across.
    pub(super) upright: Vec<Glyph>,
    pub(super) pictures: usize,
}

/// Forms within forms.
const NESTING: usize = 12;
const STATES: usize = 512;
/// Bytes of one drawing, unpacked. All that stands before an operator is held at once, and takes
/// sixty times its size.
const DRAWING: usize = 16 << 20;
/// Bytes of memory that all fonts of a document may take.
const FONT_BYTES: usize = 256 << 20;
/// Letters smaller than this, in points, are no text; without a floor, putting letters on lines
/// could be made slow on purpose.
const SMALLEST: f64 = 0.1;

/// Shared by all pages of a document.
pub(super) struct Walker<'a> {
    document: &'a Document,
    cut: &'a Cut,
    fonts: HashMap<Key, Rc<Font<'a>>>,
    limits: &'a Limits,
    operations: usize,
    letters: usize,
    /// Letters the fonts do not tell.
    pub(super) unknown: usize,
    bytes: usize,
    font_bytes: usize,
}

impl<'a> Walker<'a> {
    pub(super) fn new(document: &'a Document, cut: &'a Cut, limits: &'a Limits) -> Self {
        Self {
            document,
            cut,
            fonts: HashMap::new(),
            limits,
            operations: 0,
            letters: 0,
            unknown: 0,
            bytes: 0,
            font_bytes: 0,
        }
    }

    /// Reads one page.
    pub(super) fn page(&mut self, id: ObjectId) -> Result<Page, Refused> {
        let (base, area) = frame(self.document, id);
        let mut page = Page::default();
        let (own, ids) = self
            .document
            .get_page_resources(id)
            .map_err(|_| Refused::Broken {
                what: "page resources",
            })?;
        let others = ids
            .into_iter()
            .filter_map(|id| self.document.get_dictionary(id).ok());
        let resources: Vec<&Dictionary> = own.into_iter().chain(others).collect();
        let data = self
            .document
            .get_page_content_with_limit(id, self.left())
            .map_err(|error| refuse(&error, self.left()))?;
        let state = State {
            ctm: base,
            clip: area,
            ..State::default()
        };
        self.draw(&data, &resources, state, &mut page, &mut Vec::new())?;
        Ok(page)
    }

    /// Bytes that the next drawing may have.
    fn left(&self) -> usize {
        let all = usize::try_from(self.limits.unpacked_bytes).unwrap_or(usize::MAX);
        all.saturating_sub(self.bytes).min(DRAWING)
    }

    fn draw(
        &mut self,
        data: &[u8],
        resources: &[&'a Dictionary],
        state: State<'a>,
        page: &mut Page,
        inside: &mut Vec<ObjectId>,
    ) -> Result<(), Refused> {
        self.bytes = self.bytes.saturating_add(data.len());
        let mut run = Run {
            state,
            saved: Vec::new(),
            line: IDENTITY,
            matrix: IDENTITY,
            path: None,
            clips: false,
        };
        // One at a time: all of a long drawing would take fifty times its size.
        for operation in Content::decode_iter(data) {
            let operation = &operation.map_err(|_| Refused::Broken {
                what: "page content",
            })?;
            self.operations += 1;
            if self.operations > self.limits.operations {
                return Err(Refused::TooLarge {
                    what: Measure::Operations,
                    limit: self.limits.operations as u64,
                });
            }
            match operation.operator.as_str() {
                "Tf" => {
                    if let Some(Ok(name)) = operation.operands.first().map(Object::as_name) {
                        run.state.font = self.font(resources, name)?;
                    }
                    run.state.size = at(operation, 1);
                }
                "Tj" | "'" | "\"" => {
                    run.quote(operation);
                    if let Some(Ok(text)) = operation.operands.last().map(Object::as_str) {
                        self.show(&mut run, text, page)?;
                    }
                }
                "TJ" => {
                    for part in operation
                        .operands
                        .first()
                        .and_then(|parts| parts.as_array().ok())
                        .into_iter()
                        .flatten()
                    {
                        match (part.as_str(), number(part)) {
                            (Ok(text), _) => self.show(&mut run, text, page)?,
                            (_, Some(back)) => {
                                run.advance(-back / 1_000.0 * run.state.size * run.state.stretch)
                            }
                            _ => {}
                        }
                    }
                }
                "Do" => {
                    if let Some(Ok(name)) = operation.operands.first().map(Object::as_name) {
                        self.form(resources, name, &run.state, page, inside)?;
                    }
                }
                _ => run.apply(operation),
            }
        }
        Ok(())
    }

    /// A form is a drawing of its own; a picture is counted.
    fn form(
        &mut self,
        resources: &[&'a Dictionary],
        name: &[u8],
        state: &State<'a>,
        page: &mut Page,
        inside: &mut Vec<ObjectId>,
    ) -> Result<(), Refused> {
        let found = resources.iter().find_map(|resources| {
            let forms = resources
                .get_deref(b"XObject", self.document)
                .and_then(Object::as_dict)
                .ok()?;
            forms.get(name).and_then(Object::as_reference).ok()
        });
        let Some(id) = found else { return Ok(()) };
        let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) else {
            return Ok(());
        };
        if !stream
            .dict
            .get(b"Subtype")
            .and_then(Object::as_name)
            .is_ok_and(|kind| kind == b"Form")
        {
            page.pictures += 1;
            return Ok(());
        }
        if inside.contains(&id) || inside.len() >= NESTING {
            return Ok(());
        }
        let data = stream
            .decompressed_content_with_limit(self.left())
            .map_err(|error| refuse(&error, self.left()))?;
        let own = stream
            .dict
            .get_deref(b"Resources", self.document)
            .and_then(Object::as_dict)
            .ok();
        let resources: Vec<&Dictionary> = own.map_or_else(|| resources.to_vec(), |own| vec![own]);
        let mut state = state.clone();
        if let Some(matrix) = numbers(&stream.dict, b"Matrix", self.document) {
            state.ctm = times(&matrix, &state.ctm);
        }
        inside.push(id);
        let result = self.draw(&data, &resources, state, page, inside);
        inside.pop();
        result
    }

    fn font(
        &mut self,
        resources: &[&'a Dictionary],
        name: &[u8],
    ) -> Result<Option<Rc<Font<'a>>>, Refused> {
        let value = resources.iter().find_map(|resources| {
            let fonts = resources
                .get_deref(b"Font", self.document)
                .and_then(Object::as_dict)
                .ok()?;
            fonts.get(name).ok()
        });
        let found = value.and_then(|value| resolve(self.document, value));
        let Some((key, font)) = found else {
            return Ok(None);
        };
        if let Some(known) = self.fonts.get(&key) {
            return Ok(Some(Rc::clone(known)));
        }
        let made = Rc::new(Font::new(self.document, self.cut, key, font));
        self.font_bytes += made.size();
        if self.font_bytes > FONT_BYTES {
            return Err(too_many_bytes(FONT_BYTES));
        }
        self.fonts.insert(key, Rc::clone(&made));
        Ok(Some(made))
    }

    fn show(&mut self, run: &mut Run<'a>, text: &[u8], page: &mut Page) -> Result<(), Refused> {
        let Some(font) = run.state.font.clone() else {
            return Ok(());
        };
        for code in text.chunks(if font.wide { 2 } else { 1 }) {
            let code = code
                .iter()
                .fold(0, |code, byte| code << 8 | u32::from(*byte));
            let letters = font.letters(code);
            let width = font.width(code) / 1_000.0;
            // One code may show a whole text.
            self.letters += letters.chars().count().max(1);
            if self.letters > self.limits.characters {
                return Err(Refused::TooLarge {
                    what: Measure::Characters,
                    limit: self.limits.characters as u64,
                });
            }
            if let Some((glyph, across)) = run.place(&letters, width, font.bold) {
                self.unknown += usize::from(&*glyph.text == "\u{FFFD}");
                if across {
                    page.across.push(glyph)
                } else {
                    page.upright.push(glyph)
                }
            }
            let space = if code == 32 && !font.wide {
                run.state.word_space
            } else {
                0.0
            };
            run.advance(
                (width * run.state.size + run.state.letter_space + space) * run.state.stretch,
            );
        }
        Ok(())
    }
}

fn refuse(error: &Error, limit: usize) -> Refused {
    match error {
        Error::Decompress(_) => too_many_bytes(limit),
        _ => Refused::Broken {
            what: "page content",
        },
    }
}

fn too_many_bytes(limit: usize) -> Refused {
    Refused::TooLarge {
        what: Measure::UnpackedBytes,
        limit: limit as u64,
    }
}

/// `[a b c d e f]` as in 8.3.3.
type Matrix = [f64; 6];
const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `m`, then `n`.
fn times(m: &Matrix, n: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *m;
    let [g, h, i, j, k, l] = *n;
    [
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + l,
    ]
}

fn point(m: &Matrix, x: f64, y: f64) -> (f64, f64) {
    let [a, b, c, d, e, f] = *m;
    (a * x + c * y + e, b * x + d * y + f)
}

/// Left, bottom, right, top.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Area(f64, f64, f64, f64);

impl Area {
    const ALL: Self = Self(f64::MIN, f64::MIN, f64::MAX, f64::MAX);

    fn with(self, (x, y): (f64, f64)) -> Self {
        Self(self.0.min(x), self.1.min(y), self.2.max(x), self.3.max(y))
    }

    fn both(self, other: Self) -> Self {
        Self(
            self.0.max(other.0),
            self.1.max(other.1),
            self.2.min(other.2),
            self.3.min(other.3),
        )
    }

    /// With a point of play for rounding.
    fn holds(self, (x, y): (f64, f64)) -> bool {
        x >= self.0 - 1.0 && y >= self.1 - 1.0 && x <= self.2 + 1.0 && y <= self.3 + 1.0
    }
}

#[derive(Clone)]
struct State<'a> {
    ctm: Matrix,
    clip: Area,
    font: Option<Rc<Font<'a>>>,
    size: f64,
    letter_space: f64,
    word_space: f64,
    /// Horizontal scaling, 1 for plain.
    stretch: f64,
    leading: f64,
    rise: f64,
}

impl Default for State<'_> {
    fn default() -> Self {
        Self {
            ctm: IDENTITY,
            clip: Area::ALL,
            font: None,
            size: 1.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

/// The state while one stream is drawn.
struct Run<'a> {
    state: State<'a>,
    saved: Vec<State<'a>>,
    line: Matrix,
    matrix: Matrix,
    path: Option<Area>,
    /// The path becomes the clipping path when it is painted.
    clips: bool,
}

impl Run<'_> {
    fn apply(&mut self, operation: &Operation) {
        let n = |index: usize| at(operation, index);
        match operation.operator.as_str() {
            "q" if self.saved.len() < STATES => self.saved.push(self.state.clone()),
            "Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            "cm" => self.state.ctm = times(&[n(0), n(1), n(2), n(3), n(4), n(5)], &self.state.ctm),
            "BT" => (self.line, self.matrix) = (IDENTITY, IDENTITY),
            "Td" => self.next_line(n(0), n(1)),
            "TD" => {
                self.state.leading = -n(1);
                self.next_line(n(0), n(1));
            }
            "Tm" => {
                self.line = [n(0), n(1), n(2), n(3), n(4), n(5)];
                self.matrix = self.line;
            }
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tc" => self.state.letter_space = n(0),
            "Tw" => self.state.word_space = n(0),
            "Tz" => self.state.stretch = n(0) / 100.0,
            "TL" => self.state.leading = n(0),
            "Ts" => self.state.rise = n(0),
            "m" | "l" => self.trace(&[(n(0), n(1))]),
            "c" => self.trace(&[(n(0), n(1)), (n(2), n(3)), (n(4), n(5))]),
            "v" | "y" => self.trace(&[(n(0), n(1)), (n(2), n(3))]),
            "re" => self.trace(&[
                (n(0), n(1)),
                (n(0) + n(2), n(1)),
                (n(0), n(1) + n(3)),
                (n(0) + n(2), n(1) + n(3)),
            ]),
            "W" | "W*" => self.clips = true,
            "n" | "f" | "F" | "f*" | "S" | "s" | "B" | "B*" | "b" | "b*" => {
                if let (Some(path), true) = (self.path.take(), self.clips) {
                    self.state.clip = self.state.clip.both(path);
                }
                self.clips = false;
            }
            _ => {}
        }
    }

    /// `'` and `"` go to the next line first; `"` also sets the spacing.
    fn quote(&mut self, operation: &Operation) {
        if operation.operator == "\"" {
            self.state.word_space = at(operation, 0);
            self.state.letter_space = at(operation, 1);
        }
        if operation.operator != "Tj" {
            self.next_line(0.0, -self.state.leading);
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = times(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.matrix = self.line;
    }

    fn advance(&mut self, x: f64) {
        self.matrix = times(&[1.0, 0.0, 0.0, 1.0, x, 0.0], &self.matrix);
    }

    fn trace(&mut self, points: &[(f64, f64)]) {
        for (x, y) in points {
            let place = point(&self.state.ctm, *x, *y);
            let path = self
                .path
                .unwrap_or(Area(place.0, place.1, place.0, place.1));
            self.path = Some(path.with(place));
        }
    }

    /// Where a letter stands, and whether it runs across the page; `None` when clipped away.
    fn place(&self, letters: &Rc<str>, width: f64, bold: bool) -> Option<(Glyph, bool)> {
        let all = times(&self.matrix, &self.state.ctm);
        let [a, b, c, d, ..] = all;
        let size = (c.hypot(d) * self.state.size).abs();
        let length = width * self.state.size * self.state.stretch * a.hypot(b);
        let (x, y) = point(&all, 0.0, self.state.rise);
        if !(x.is_finite() && y.is_finite() && size.is_finite() && length.is_finite())
            || size < SMALLEST
        {
            return None;
        }
        let across = a.abs() >= b.abs();
        let middle = if across {
            (x + length / 2.0, y + size / 4.0)
        } else {
            (x, y)
        };
        if !self.state.clip.holds(middle) {
            return None;
        }
        let (x, y) = match (across, b > 0.0) {
            (true, _) => (x, y),
            (false, true) => (y, -x),
            (false, false) => (-y, x),
        };
        Some((
            Glyph {
                text: Rc::clone(letters),
                x,
                y,
                width: length,
                size,
                bold,
            },
            across,
        ))
    }
}

fn at(operation: &Operation, index: usize) -> f64 {
    operation
        .operands
        .get(index)
        .and_then(number)
        .unwrap_or(0.0)
}

fn numbers<const N: usize>(
    dictionary: &Dictionary,
    key: &[u8],
    document: &Document,
) -> Option<[f64; N]> {
    let array = dictionary
        .get_deref(key, document)
        .and_then(Object::as_array)
        .ok()?;
    let values: Vec<f64> = array
        .iter()
        .filter_map(|value| {
            document
                .dereference(value)
                .ok()
                .and_then(|(_, value)| number(value))
        })
        .collect();
    values.try_into().ok()
}

/// How a page is turned, and what of it is shown (7.7.3.3). Both may stand higher in the tree.
fn frame(document: &Document, id: ObjectId) -> (Matrix, Area) {
    let mut chain: Vec<&Dictionary> = Vec::new();
    let mut next = document.get_dictionary(id).ok();
    while let Some(node) = next.filter(|_| chain.len() < 64) {
        chain.push(node);
        next = node
            .get(b"Parent")
            .and_then(Object::as_reference)
            .and_then(|id| document.get_dictionary(id))
            .ok();
    }
    let area = |key: &[u8]| {
        chain
            .iter()
            .find_map(|node| numbers::<4>(node, key, document))
    };
    let area = area(b"CropBox")
        .or_else(|| area(b"MediaBox"))
        .map_or(Area::ALL, |[a, b, c, d]| {
            Area(a.min(c), b.min(d), a.max(c), b.max(d))
        });
    let turn = chain
        .iter()
        .find_map(|node| node.get_deref(b"Rotate", document).ok().and_then(number))
        .unwrap_or(0.0);
    let matrix = match (turn as i64).rem_euclid(360) {
        90 => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
        180 => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
        270 => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
        _ => IDENTITY,
    };
    if area == Area::ALL {
        return (matrix, area);
    }
    let (left, bottom) = point(&matrix, area.0, area.1);
    let (right, top) = point(&matrix, area.2, area.3);
    (
        matrix,
        Area(
            left.min(right),
            bottom.min(top),
            left.max(right),
            bottom.max(top),
        ),
    )
}
