//! The fonts a report is set in.

use std::collections::BTreeSet;
use std::sync::Arc;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use super::{PdfError, Refusal};

/// Text font when none is handed in; it comes with the typesetter.
const FALLBACK: &str = "Libertinus Serif";

/// Fonts, read once and shared by all reports. Cheap to clone.
#[derive(Clone)]
pub struct Fonts {
    shelf: Arc<Shelf>,
}

struct Shelf {
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
    family: String,
    signs: BTreeSet<u32>,
}

impl Fonts {
    /// Takes TrueType or OpenType files (regular, italic, semibold and bold of one sans family, and whatever is to fill
    /// in for signs that family lacks, such as an emoji font). The family of the first is the text font; the others,
    /// and at last the fonts of the typesetter, stand in where it has no sign. With no files the text font is a serif.
    ///
    /// # Errors
    /// [`Refusal::Font`] with the index of the first file that is no font.
    pub fn new(files: Vec<Vec<u8>>) -> Result<Self, PdfError> {
        let mut fonts = Vec::new();
        for (index, file) in files.into_iter().enumerate() {
            let before = fonts.len();
            fonts.extend(Font::iter(Bytes::new(file)));
            if fonts.len() == before {
                return Err(PdfError::Refused {
                    what: Refusal::Font { index },
                });
            }
        }
        let family = fonts
            .first()
            .map_or(FALLBACK.to_owned(), |font| font.info().family.clone());
        fonts.extend(typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))));
        let book = LazyHash::new(FontBook::from_fonts(&fonts));
        let signs = fonts
            .iter()
            .flat_map(|font| font.info().coverage.iter())
            .collect();
        Ok(Self {
            shelf: Arc::new(Shelf {
                fonts,
                book,
                family,
                signs,
            }),
        })
    }

    /// Name of the family that text is set in.
    pub fn family(&self) -> &str {
        &self.shelf.family
    }

    /// Does any of the fonts have the sign?
    pub(super) fn have(&self, sign: char) -> bool {
        self.shelf.signs.contains(&u32::from(sign))
    }

    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        &self.shelf.book
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        self.shelf.fonts.get(index).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_files_the_typesetters_own_fonts_are_used() {
        let fonts = Fonts::new(Vec::new()).unwrap();
        assert_eq!(fonts.family(), FALLBACK);
        let found =
            ['å', 'č', 'đ', 'ŋ', 'š', 'ŧ', 'ž', '\u{4e2d}', '😀'].map(|sign| fonts.have(sign));
        assert_eq!(
            found,
            [true, true, true, true, true, true, true, false, false]
        );
    }

    #[test]
    fn a_file_that_is_no_font_is_named() {
        let good = typst_assets::fonts().next().unwrap().to_vec();
        let refused = Fonts::new(vec![good, b"no font".to_vec()]).err();
        assert_eq!(
            refused,
            Some(PdfError::Refused {
                what: Refusal::Font { index: 1 }
            })
        );
    }
}
