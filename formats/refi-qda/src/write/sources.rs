//! Sources and notes going out.

use std::io::{Seek, Write};

use super::xml::XmlOut;
use super::{LeftOut, Writer};
use crate::error::{Error, Result};
use crate::{
    Coding, Leftover, MediaKind, MediaSource, Reason, Selection, TextBody, TextRole, TextSource,
    text_path,
};

impl<W: Write + Seek> Writer<W> {
    pub(super) fn text_element(
        &mut self,
        element: &'static str,
        source: &TextSource,
        text: Option<&str>,
    ) -> Result<()> {
        check_positions(source, text)?;
        let path = match (text, &source.body) {
            (Some(words), _) => {
                self.words(source, words)?;
                Some(text_path(source.guid))
            }
            (None, TextBody::File { path } | TextBody::Missing { path }) => Some(path.clone()),
            (None, TextBody::Inline(_) | TextBody::Absent) => None,
        };
        let xml = &mut self.xml;
        xml.start(element)?;
        xml.guid("guid", source.guid);
        xml.attribute_if("name", source.name.as_deref())?;
        xml.attribute_if("richTextPath", source.rich_path.as_deref())?;
        xml.attribute_if("plainTextPath", path.as_deref())?;
        xml.stamps(source.created, source.modified);
        xml.leaf_if("Description", source.description.as_deref())?;
        if let (None, TextBody::Inline(words)) = (text, &source.body) {
            xml.leaf("PlainTextContent", words)?;
        }
        if element == TextRole::Transcript.element() {
            self.transcript_parts(source)?;
        } else {
            self.text_parts(source)?;
        }
        self.xml.end()
    }

    fn words(&mut self, source: &TextSource, words: &str) -> Result<()> {
        self.start_file(&format!("{}.txt", source.guid))?;
        self.zip.write_all(words.as_bytes()).map_err(Error::Io)
    }

    fn text_parts(&mut self, source: &TextSource) -> Result<()> {
        for one in &source.selections {
            self.xml.start("PlainTextSelection")?;
            self.xml.guid("guid", one.guid);
            self.xml.attribute_if("name", one.name.as_deref())?;
            self.xml.number("startPosition", one.start);
            self.xml.number("endPosition", one.end);
            selection_rest(&mut self.xml, one)?;
        }
        codings(&mut self.xml, &source.codings)?;
        self.xml.pointers("NoteRef", &source.note_refs)?;
        let points = source.sync_points.iter().map(|point| LeftOut {
            kind: "SyncPoint".to_owned(),
            guid: Some(point.guid),
        });
        self.left_out.extend(points);
        self.kept_inside(&source.leftovers, &["VariableValue"])
    }

    fn transcript_parts(&mut self, source: &TextSource) -> Result<()> {
        for point in &source.sync_points {
            self.xml.start("SyncPoint")?;
            self.xml.guid("guid", point.guid);
            let (time, position) = (point.time, point.position);
            time.into_iter()
                .for_each(|at| self.xml.number("timeStamp", at));
            position
                .into_iter()
                .for_each(|at| self.xml.number("position", at));
            self.xml.end()?;
        }
        for one in &source.selections {
            let (from, to) = one.sync.ok_or(Error::NoSyncPoints(one.guid))?;
            self.xml.start("TranscriptSelection")?;
            self.xml.guid("guid", one.guid);
            self.xml.attribute_if("name", one.name.as_deref())?;
            self.xml.guid("fromSyncPoint", from);
            self.xml.guid("toSyncPoint", to);
            selection_rest(&mut self.xml, one)?;
        }
        self.xml.pointers("NoteRef", &source.note_refs)?;
        let codings = source.codings.iter().map(|coding| LeftOut {
            kind: "Coding".to_owned(),
            guid: Some(coding.guid),
        });
        self.left_out.extend(codings);
        self.kept_inside(&source.leftovers, &[])
    }

    pub(super) fn media_element(
        &mut self,
        source: &MediaSource,
        texts: &[Option<&str>],
    ) -> Result<()> {
        let xml = &mut self.xml;
        xml.start(source.kind.element())?;
        xml.guid("guid", source.guid);
        xml.attribute_if("name", source.name.as_deref())?;
        xml.attribute_if("path", source.path.as_deref())?;
        xml.attribute_if("currentPath", source.current_path.as_deref())?;
        xml.stamps(source.created, source.modified);
        xml.leaf_if("Description", source.description.as_deref())?;
        let marks = source.kind.selection_element();
        let (marks, others): (Vec<_>, Vec<_>) = source
            .leftovers
            .iter()
            .cloned()
            .partition(|l| l.kind == marks);
        // A PDF has its marks before its text, the others have them after.
        if source.kind == MediaKind::Pdf {
            self.kept_inside(&marks, &[source.kind.selection_element()])?;
            self.media_texts(source, texts)?;
        } else {
            self.media_texts(source, texts)?;
            self.kept_inside(&marks, &[source.kind.selection_element()])?;
        }
        codings(&mut self.xml, &source.codings)?;
        self.xml.pointers("NoteRef", &source.note_refs)?;
        self.kept_inside(&others, &["VariableValue"])?;
        self.xml.end()
    }

    fn media_texts(&mut self, source: &MediaSource, texts: &[Option<&str>]) -> Result<()> {
        let element = source.kind.text_role().element();
        let many = matches!(source.kind, MediaKind::Audio | MediaKind::Video);
        let texts = texts.iter().copied().chain(std::iter::repeat(None));
        for (number, (one, text)) in source.texts.iter().zip(texts).enumerate() {
            if number > 0 && !many {
                self.left_out.push(LeftOut {
                    kind: element.to_owned(),
                    guid: Some(one.guid),
                });
                continue;
            }
            self.text_element(element, one, text)?;
        }
        Ok(())
    }

    /// Writes those kept elements that may stand here, and tells of the others.
    fn kept_inside(&mut self, leftovers: &[Leftover], allowed: &[&str]) -> Result<()> {
        for leftover in leftovers {
            if leftover.reason == Reason::Kept && allowed.contains(&leftover.kind.as_str()) {
                self.kept(leftover)?;
            } else {
                self.leave_out(std::slice::from_ref(leftover));
            }
        }
        Ok(())
    }
}

/// Positions must mean what they say: code points of a text that has one character per line end.
fn check_positions(source: &TextSource, text: Option<&str>) -> Result<()> {
    let length = match text {
        Some(text) if text.contains('\r') || text.starts_with('\u{FEFF}') => {
            return Err(Error::NotPlainLf(source.guid));
        }
        Some(text) => text.chars().count() as u64,
        None => u64::MAX,
    };
    let bad = |one: &&Selection| one.start > one.end || one.end > length;
    match source.selections.iter().find(bad) {
        Some(one) => Err(Error::BadOffset {
            selection: one.guid,
        }),
        None => Ok(()),
    }
}

/// Everything of a selection that does not depend on where it stands.
fn selection_rest(xml: &mut XmlOut, one: &Selection) -> Result<()> {
    xml.stamps(one.created, one.modified);
    xml.leaf_if("Description", one.description.as_deref())?;
    codings(xml, &one.codings)?;
    xml.pointers("NoteRef", &one.note_refs)?;
    xml.end()
}

fn codings(xml: &mut XmlOut, codings: &[Coding]) -> Result<()> {
    for coding in codings {
        xml.start("Coding")?;
        xml.guid("guid", coding.guid);
        xml.guid_if("creatingUser", coding.created.user);
        xml.moment("creationDateTime", coding.created.at);
        xml.pointer("CodeRef", coding.code)?;
        xml.pointers("NoteRef", &coding.note_refs)?;
        xml.end()?;
    }
    Ok(())
}
