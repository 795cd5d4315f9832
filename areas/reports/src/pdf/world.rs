//! All that the typesetter may see: one source text, the paper as data, the fonts. No file, no network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};

use super::Fonts;

/// Read once, with the one id that sources without a path share: ids are kept for the life of the process.
static REPORT: LazyLock<Source> = LazyLock::new(|| Source::detached(include_str!("report.typ")));

/// The world of one report.
pub(super) struct Desk {
    library: LazyHash<Library>,
    fonts: Fonts,
}

impl Desk {
    /// `json` is what `report.typ` draws.
    pub(super) fn new(json: String, fonts: &Fonts) -> Self {
        let mut inputs = Dict::new();
        inputs.insert("paper".into(), json.into_value());
        inputs.insert("family".into(), fonts.family().into_value());
        // The feature lets the first cell of a row be tagged as its heading.
        let library = Library::builder()
            .with_inputs(inputs)
            .with_features([Feature::A11yExtras].into_iter().collect())
            .build();
        Self {
            library: LazyHash::new(library),
            fonts: fonts.clone(),
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        REPORT.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == REPORT.id() {
            Ok(REPORT.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use typst::syntax::{RootedPath, VirtualPath, VirtualRoot};

    use super::*;

    #[test]
    fn nothing_but_the_report_can_be_read_and_no_day_is_known() {
        let desk = Desk::new("{}".into(), &Fonts::new(Vec::new()).unwrap());
        let other = VirtualPath::new("/etc/passwd").unwrap();
        let other = FileId::new(RootedPath::new(VirtualRoot::Project, other));
        assert_eq!(desk.source(other).err(), Some(FileError::AccessDenied));
        assert_eq!(desk.file(other).err(), Some(FileError::AccessDenied));
        assert_eq!(desk.file(desk.main()).err(), Some(FileError::AccessDenied));
        assert_eq!(
            desk.source(desk.main()).unwrap().text(),
            include_str!("report.typ")
        );
        assert_eq!(desk.today(None), None);
    }
}
