//! OpenDocument texts (`.odt`), as LibreOffice writes them.
//!
//! Source of the format: OASIS OpenDocument 1.3 part 3, chapters 5 to 10 and 14.

mod story;
mod styles;

use quick_xml::events::BytesStart;

use super::limits::{Limits, Progress};
use super::notices::Notices;
use super::package::{Package, Visit};
use super::{Body, FileKind, Notice, Refused};

use story::Story;
use styles::Styles;

/// Reads a document. Text that is shown comes in; what is not text is counted and told.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let mut package = Package::open(bytes, limits)?;
    let quiet: Progress<'_> = &|_, _| true;
    let mut locked = Locked::default();
    package.visit("META-INF/manifest.xml", &mut locked, quiet)?;
    if locked.is_locked {
        return Err(Refused::Encrypted);
    }
    let mut styles = Styles::default();
    package.visit("styles.xml", &mut styles, quiet)?;
    let mut story = Story::new(limits, styles);
    let is_text = package.visit("content.xml", &mut story, progress)?;
    if !is_text || !story.is_text() {
        let found = package.other_kind();
        return Err(Refused::NotWhatItSaysItIs {
            extension: "odt".to_owned(),
            found: match found {
                FileKind::Odt => FileKind::Other,
                found => found,
            },
        });
    }
    let title = package.title("meta.xml")?;
    let (draft, met, headers) = story.into_parts();
    let (foot, end) = (met.footnotes, met.endnotes);
    let drafted = draft.finish(notices)?;
    notices.count(foot, |count| Notice::FootnotesAppended { count });
    notices.count(end, |count| Notice::EndnotesAppended { count });
    notices.count(met.contents, |count| Notice::ContentsLinesRemoved { count });
    notices.count(met.tables, |count| Notice::TablesFlattened { count });
    notices.count(met.pictures, |count| Notice::PicturesLeftOut { count });
    notices.count(met.insertions, |count| Notice::TrackedInsertionsKept {
        count,
    });
    notices.count(met.deletions, |count| Notice::TrackedDeletionsLeftOut {
        count,
    });
    notices.count(met.hidden, |count| Notice::HiddenTextLeftOut { count });
    notices.count(headers, |count| Notice::HeadersLeftOut { count });
    Ok(Body::of(drafted, title))
}

/// Whether anything in the package is encrypted.
#[derive(Default)]
struct Locked {
    is_locked: bool,
}

impl Visit for Locked {
    fn open(&mut self, name: &str, _: &BytesStart<'_>) -> Result<(), Refused> {
        self.is_locked |= name == "encryption-data";
        Ok(())
    }

    fn close(&mut self, _: &str) -> Result<(), Refused> {
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Refused> {
        Ok(())
    }
}
