//! Word documents (`.docx`), as Word, LibreOffice and Google Docs write them.

mod story;
pub(super) mod styles;

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::draft::{Drafted, drawn_up};
use super::limits::{Limits, Progress};
use super::notices::Notices;
use super::{Body, Kind, Notice, Paragraph, Refused};

use super::package::{Package, Visit, attribute};

use story::{Item, NoteAt, Story};
use styles::{Numbering, Role, Styles};

/// Reads a document. Text that is shown comes in; what is not text is counted and told.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let mut package = Package::open(bytes, limits)?;
    let quiet: Progress<'_> = &|_, _| true;
    let mut relations = Relations::default();
    package.visit("_rels/.rels", &mut relations, quiet)?;
    let main = relations
        .main
        .unwrap_or_else(|| "word/document.xml".to_owned());
    let folder = main
        .rsplit_once('/')
        .map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut styles = Styles::default();
    package.visit(&format!("{folder}styles.xml"), &mut styles, quiet)?;
    let mut numbering = Numbering::default();
    package.visit(&format!("{folder}numbering.xml"), &mut numbering, quiet)?;
    let mut story = Story::new(limits.characters, limits.paragraphs);
    if !package.visit(&main, &mut story, progress)? {
        let found = package.other_kind();
        return Err(Refused::NotWhatItSaysItIs {
            extension: "docx".to_owned(),
            found,
        });
    }
    let mut said = Story::new(limits.characters, limits.paragraphs);
    package.visit(&format!("{folder}comments.xml"), &mut said, quiet)?;
    let items = std::mem::take(&mut story.items);
    let (drafted, contents) = drafted(items, &styles, &mut numbering);
    let (mut paragraphs, marks) = drawn_up(drafted, story.met.controls, said.comments, notices);
    let mut foot = Story::new(limits.characters, limits.paragraphs);
    package.visit(&format!("{folder}footnotes.xml"), &mut foot, quiet)?;
    let mut end = Story::new(limits.characters, limits.paragraphs);
    package.visit(&format!("{folder}endnotes.xml"), &mut end, quiet)?;
    append_notes(
        &mut paragraphs,
        &story.notes,
        foot.items,
        end.items,
        notices,
    );
    let headers = headers_with_text(&mut package, &folder)?;
    let title = package.title("docProps/core.xml")?;
    let met = &story.met;
    notices.count(contents, |count| Notice::ContentsLinesRemoved { count });
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
    notices.count(met.soft_hyphens, |count| Notice::SoftHyphensRemoved {
        count,
    });
    notices.count(met.symbols, |count| Notice::SymbolsReplaced { count });
    Ok(Body::of((paragraphs, marks), title))
}

/// A Word document behind a password is an OLE file with a stream of this name
/// ([MS-OFFCRYPTO] 2.3.4.4).
pub(super) fn is_encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    bytes.windows(name.len()).any(|window| window == name)
}

/// Paragraphs of the main text, and how many lines of contents were taken out.
fn drafted(items: Vec<Item>, styles: &Styles, numbering: &mut Numbering) -> (Vec<Drafted>, usize) {
    let mut contents = 0;
    let mut drafted = Vec::with_capacity(items.len());
    for item in items {
        let style = item.style.as_deref().unwrap_or("");
        let role = styles.role(style);
        if role == Role::Contents {
            contents += 1;
            continue;
        }
        let list = item.list.unwrap_or_else(|| styles.numbering(style));
        let prefix = list.and_then(|(list, level)| numbering.next(&list, level));
        let kind = if role == Role::Heading || item.outline {
            Kind::Heading
        } else {
            Kind::Prose
        };
        drafted.push(Drafted {
            text: item.text,
            kind,
            prefix,
            soft: Vec::new(),
            edges: item.edges,
        });
    }
    (drafted, contents)
}

/// Puts the notes at the end, in the order they are asked for, under their numbers.
fn append_notes(
    paragraphs: &mut Vec<Paragraph>,
    asked: &[NoteAt],
    foot: Vec<Item>,
    end: Vec<Item>,
    notices: &mut Notices,
) {
    let by_id = |items: Vec<Item>| {
        let mut notes: HashMap<String, Vec<String>> = HashMap::new();
        for item in items {
            if let Some(id) = item.note {
                notes
                    .entry(id)
                    .or_default()
                    .push(item.text.trim().to_owned());
            }
        }
        notes
    };
    let (mut foot, mut end) = (by_id(foot), by_id(end));
    let (mut foot_count, mut end_count) = (0, 0);
    for (index, note) in asked.iter().enumerate() {
        let text = match note {
            NoteAt::Foot(id) => foot.remove(id).inspect(|_| foot_count += 1),
            NoteAt::End(id) => end.remove(id).inspect(|_| end_count += 1),
        };
        if let Some(text) = text {
            paragraphs.push(Paragraph::prose(format!(
                "[{}] {}",
                index + 1,
                text.join("\n")
            )));
        }
    }
    notices.count(foot_count, |count| Notice::FootnotesAppended { count });
    notices.count(end_count, |count| Notice::EndnotesAppended { count });
}

/// Page heads and feet that have words in them.
fn headers_with_text(package: &mut Package<'_>, folder: &str) -> Result<usize, Refused> {
    let starts = [format!("{folder}header"), format!("{folder}footer")];
    let names: Vec<String> = package
        .names()
        .into_iter()
        .filter(|name| starts.iter().any(|start| name.starts_with(start)) && name.ends_with(".xml"))
        .collect();
    let mut count = 0;
    for name in names {
        let mut story = Story::new(100_000, 1_000);
        package.visit(&name, &mut story, &|_, _| true)?;
        // A page number alone is no loss.
        count += usize::from(
            story
                .items
                .iter()
                .any(|item| item.text.chars().any(char::is_alphabetic)),
        );
    }
    Ok(count)
}

/// Finds the main part among the relations of the package.
#[derive(Default)]
struct Relations {
    main: Option<String>,
}

impl Visit for Relations {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        if name == "Relationship"
            && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
        {
            let target = attribute(element, "Target")
                .map(|target| target.trim_start_matches('/').to_owned());
            self.main = target.filter(|target| target.starts_with("word/"));
        }
        Ok(())
    }

    fn close(&mut self, _: &str) -> Result<(), Refused> {
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Refused> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{docx, shown, word, zip};
    use super::super::{Colour, FileKind, Intake, Limits, Mark, MarkKind, Measure, Spot, read};
    use super::*;

    fn intake(body: &str, parts: &[(&str, &str)]) -> Intake {
        read("a.docx", &docx(body, parts), &Limits::default(), &|_, _| {
            true
        })
        .unwrap()
    }

    fn refused(bytes: &[u8]) -> Refused {
        read("a.docx", bytes, &Limits::default(), &|_, _| true).unwrap_err()
    }

    #[test]
    fn paragraphs_runs_tabs_breaks_and_references() {
        let body = "<w:p><w:r><w:t xml:space=\"preserve\">Å være </w:t></w:r><w:r><w:t>her &amp; nå&#33;</w:t><w:tab/><w:t>x</w:t><w:br/><w:t>y</w:t>\
            <w:softHyphen/><w:noBreakHyphen/><w:t>z</w:t></w:r></w:p><w:p/><w:p><w:hyperlink><w:r><w:t>lenke</w:t></w:r></w:hyperlink></w:p>";
        let intake = intake(body, &[]);
        assert_eq!(shown(&intake), ["Å være her & nå!\tx\ny\u{2011}z", "lenke"]);
        assert_eq!(intake.notices, [Notice::SoftHyphensRemoved { count: 1 }]);
    }

    #[test]
    fn what_is_not_text_is_told() {
        let body = "<w:p><w:r><w:drawing><pic:pic xmlns:pic=\"p\"/></w:drawing></w:r><w:ins><w:r><w:t>inn</w:t></w:r></w:ins>\
            <w:del><w:r><w:delText>ut</w:delText></w:r></w:del><w:r><w:commentReference w:id=\"1\"/></w:r>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>skjult</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t> synlig</w:t></w:r>\
            <w:r><w:sym w:char=\"F0E0\"/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>en</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>to</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
        let header = (
            "word/header1.xml",
            "<w:hdr><w:p><w:r><w:t>Topp</w:t></w:r></w:p></w:hdr>",
        );
        let intake = intake(
            body,
            &[
                header,
                (
                    "word/footer1.xml",
                    "<w:ftr><w:p><w:r><w:t>3</w:t></w:r></w:p></w:ftr>",
                ),
            ],
        );
        assert_eq!(shown(&intake), ["inn synlig\u{FFFD}", "en", "to"]);
        assert_eq!(
            intake.notices,
            [
                Notice::TablesFlattened { count: 1 },
                Notice::PicturesLeftOut { count: 1 },
                Notice::TrackedInsertionsKept { count: 1 },
                Notice::TrackedDeletionsLeftOut { count: 1 },
                Notice::HiddenTextLeftOut { count: 1 },
                Notice::HeadersLeftOut { count: 1 },
                Notice::SymbolsReplaced { count: 1 },
            ]
        );
    }

    #[test]
    fn colours_and_comments_stand_on_their_words() {
        let comments = (
            "word/comments.xml",
            "<w:comments><w:comment w:id=\"0\" w:author=\"Ola Moe\"><w:p><w:r><w:t>Viktig</w:t></w:r></w:p><w:p><w:r><w:t>poeng</w:t></w:r></w:p></w:comment>\
             <w:comment w:id=\"1\" w:author=\"\"><w:p><w:r><w:t>Her</w:t></w:r></w:p></w:comment><w:comment w:id=\"2\"><w:p/></w:comment>\
             <w:comment w:id=\"3\"><w:p><w:r><w:t>Ingen steder</w:t></w:r></w:p></w:comment></w:comments>",
        );
        let run = |look: &str, text: &str| {
            format!("<w:r><w:rPr>{look}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
        };
        let yellow = "<w:highlight w:val=\"yellow\"/>";
        let green = "<w:shd w:val=\"clear\" w:fill=\"B4E5A2\"/>";
        let body = [
            "<w:p><w:r><w:t xml:space=\"preserve\">  Kari: Å det </w:t></w:r>",
            &run(yellow, "var "),
            &run(yellow, "🙂 fint"),
            &run("<w:highlight w:val=\"white\"/>", "."),
            "</w:p><w:p><w:r><w:t xml:space=\"preserve\">I: </w:t></w:r><w:commentRangeStart w:id=\"0\"/>",
            &run(green, "Ja"),
            "<w:commentRangeEnd w:id=\"0\"/><w:r><w:commentReference w:id=\"0\"/></w:r></w:p>",
            "<w:p><w:r><w:t>Kari: Nei</w:t><w:commentReference w:id=\"1\"/></w:r><w:r><w:commentReference w:id=\"2\"/></w:r></w:p><w:p><w:r><w:t>I: Å</w:t></w:r></w:p>",
        ]
        .concat();
        let intake = intake(&body, &[comments]);
        let spot = |paragraph, at| Spot { paragraph, at };
        let mark = |from, to, kind| Mark { from, to, kind };
        let comment = |author: Option<&str>, text: &str| MarkKind::Comment {
            author: author.map(str::to_owned),
            text: text.to_owned(),
        };
        assert_eq!(
            intake.marks,
            [
                mark(spot(0, 6), spot(0, 16), MarkKind::Highlight(Colour::Yellow)),
                mark(spot(1, 0), spot(1, 2), MarkKind::Highlight(Colour::Green)),
                mark(
                    spot(1, 0),
                    spot(1, 2),
                    comment(Some("Ola Moe"), "Viktig\npoeng")
                ),
                mark(spot(2, 0), spot(2, 3), comment(None, "Her")),
            ]
        );
        assert_eq!(
            shown(&intake),
            ["Kari: Å det var 🙂 fint.", "I: Ja", "Kari: Nei", "I: Å"]
        );
        assert_eq!(
            intake.notices.first(),
            Some(&Notice::CommentsLeftOut { count: 1 })
        );
    }

    #[test]
    fn a_deleted_paragraph_mark_joins_two_paragraphs() {
        let body = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>Hel </w:t></w:r></w:p><w:p><w:r><w:t>setning</w:t></w:r></w:p>";
        assert_eq!(shown(&intake(body, &[])), ["Hel setning"]);
    }

    #[test]
    fn fields_give_their_result_and_boxes_come_once() {
        let body = "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText><w:t>kode</w:t></w:r>\
            <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>12</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>\
            <w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>boks</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
            <mc:Fallback><w:txbxContent><w:p><w:r><w:t>boks</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>\
            <w:r><w:t> av 20</w:t></w:r></w:p>";
        assert_eq!(shown(&intake(body, &[])), ["boks", "12 av 20"]);
    }

    #[test]
    fn headings_lists_and_notes() {
        let styles = "<w:styles><w:style w:styleId=\"O1\"><w:name w:val=\"heading 1\"/></w:style><w:style w:styleId=\"Egen\"><w:name w:val=\"Egen\"/>\
            <w:basedOn w:val=\"O1\"/></w:style><w:style w:styleId=\"TOC1\"><w:name w:val=\"toc 1\"/></w:style></w:styles>";
        let numbering = "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/>\
            <w:lvlText w:val=\"%1.\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"lowerLetter\"/><w:lvlText w:val=\"%1%2)\"/></w:lvl></w:abstractNum>\
            <w:abstractNum w:abstractNumId=\"1\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/><w:lvlText w:val=\"x\"/></w:lvl></w:abstractNum>\
            <w:num w:numId=\"5\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"6\"><w:abstractNumId w:val=\"1\"/></w:num></w:numbering>";
        let footnotes = "<w:footnotes><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:t>strek</w:t></w:r></w:p></w:footnote>\
            <w:footnote w:id=\"2\"><w:p><w:r><w:t>Om dette.</w:t></w:r></w:p></w:footnote></w:footnotes>";
        let item = |list: u8, level: u8, text: &str| {
            format!(
                "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
            )
        };
        let styled = |style: &str, text: &str| {
            format!(
                "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
            )
        };
        let body = [
            styled("TOC1", "Innhold 3"),
            styled("Egen", "Tittel"),
            item(5, 0, "en"),
            item(5, 1, "a"),
            item(5, 1, "b"),
            item(5, 0, "to"),
            item(5, 1, "a"),
            item(6, 0, "punkt"),
            "<w:p><w:r><w:t>Tekst</w:t><w:footnoteReference w:id=\"2\"/><w:t>.</w:t></w:r></w:p>"
                .to_owned(),
        ]
        .concat();
        let core = (
            "docProps/core.xml",
            "<c:p xmlns:d=\"d\"><d:title>Mitt intervju</d:title></c:p>",
        );
        let intake = intake(
            &body,
            &[
                ("word/styles.xml", styles),
                ("word/numbering.xml", numbering),
                ("word/footnotes.xml", footnotes),
                core,
            ],
        );
        assert_eq!(
            shown(&intake),
            [
                "# Tittel",
                "1. en",
                "1a) a",
                "1b) b",
                "2. to",
                "2a) a",
                "• punkt",
                "Tekst[1].",
                "[1] Om dette."
            ]
        );
        assert_eq!(
            intake.notices,
            [
                Notice::FootnotesAppended { count: 1 },
                Notice::ContentsLinesRemoved { count: 1 }
            ]
        );
        assert_eq!(intake.title.as_deref(), Some("Mitt intervju"));
    }

    #[test]
    fn turns_in_word() {
        let lines = [
            "Intervjuer: Ja?",
            "Kari: Nei.",
            "Intervjuer: Hm.",
            "Kari: Jo.",
        ];
        let body: String = lines
            .iter()
            .map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"))
            .collect();
        let intake = intake(&body, &[]);
        assert_eq!(shown(&intake), lines);
        assert_eq!(
            intake.speakers,
            [("Intervjuer".to_owned(), 2), ("Kari".to_owned(), 2)]
        );
    }

    #[test]
    fn other_things_named_docx_are_known() {
        for (name, found) in [
            ("content.xml", FileKind::Odt),
            ("xl/workbook.xml", FileKind::Spreadsheet),
            ("ppt/presentation.xml", FileKind::Slides),
            ("a", FileKind::Zip),
        ] {
            assert_eq!(
                refused(&zip(&[(name, b"x")])),
                Refused::NotWhatItSaysItIs {
                    extension: "docx".into(),
                    found
                }
            );
        }
        let mut ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        ole.resize(512, 0);
        assert_eq!(
            refused(&ole),
            Refused::NotWhatItSaysItIs {
                extension: "docx".into(),
                found: FileKind::OldWord
            }
        );
        ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(refused(&ole), Refused::Encrypted);
    }

    #[test]
    fn bombs_are_refused_early() {
        let entities = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><w:document><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>";
        assert_eq!(
            refused(&zip(&[("word/document.xml", entities.as_bytes())])),
            Refused::Unsafe {
                what: "a document type"
            }
        );
        let unknown = word("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>");
        assert_eq!(
            refused(&zip(&[("word/document.xml", unknown.as_bytes())])),
            Refused::Unsafe {
                what: "an entity of its own"
            }
        );
        let deep = "<w:p>".repeat(200_000);
        assert!(matches!(
            refused(&zip(&[("word/document.xml", word(&deep).as_bytes())])),
            Refused::TooLarge {
                what: Measure::Depth | Measure::Ratio,
                ..
            }
        ));
        let big = word(&"<w:p><w:r><w:t>aaaaaaaaaa</w:t></w:r></w:p>".repeat(200_000));
        assert_eq!(
            refused(&zip(&[("word/document.xml", big.as_bytes())])),
            Refused::TooLarge {
                what: Measure::Ratio,
                limit: 100
            }
        );
        let many: Vec<(String, &[u8])> = (0..2_001)
            .map(|index| (format!("f{index}"), &b""[..]))
            .collect();
        let many: Vec<(&str, &[u8])> = many
            .iter()
            .map(|(name, bytes)| (name.as_str(), *bytes))
            .collect();
        assert_eq!(
            refused(&zip(&many)),
            Refused::TooLarge {
                what: Measure::Entries,
                limit: 2_000
            }
        );
    }

    #[test]
    fn half_a_document_is_refused() {
        let bytes = docx("<w:p><w:r><w:t>Hei</w:t></w:r></w:p>", &[]);
        for sixteenth in 1..16 {
            assert_eq!(
                refused(&bytes[..bytes.len() * sixteenth / 16]),
                Refused::Truncated
            );
        }
        let cut = zip(&[("word/document.xml", b"<w:document><w:p>")]);
        assert_eq!(refused(&cut), Refused::Truncated);
        assert_eq!(
            refused(&zip(&[("word/document.xml", b"<w:p></w:r>")])),
            Refused::Broken { what: "XML" }
        );
        assert_eq!(refused(&docx("<w:p/>", &[])), Refused::Empty);
    }
}
