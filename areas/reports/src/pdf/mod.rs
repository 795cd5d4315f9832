//! The report as a PDF that everybody can read: PDF/UA-1 (tagged) and PDF/A-2a (for the archive), set by Typst inside
//! the program.
//!
//! [`build`] is a plain function: no network, no files, no clock, the same paper and fonts give the same bytes. What
//! people typed goes in as data and is never read as Typst. It takes seconds for a long report and holds its memory
//! until done, so call it where blocking is allowed and only a few at a time.
//!
//! Why both standards: UA-1 is what a reader with a screen reader needs, A-2a is what a municipality's archive takes,
//! and it asks for nothing that a report has use for: no script, no attachments, all fonts inside, a date. PDF/A-1
//! forbids what UA-1 tagging needs, A-3 differs only in attachments, A-4 is PDF 2.0, which UA-1 is not written for.
//!
//! How it is drawn stands in `report.typ`. To draw a new kind of block: add it to `paper`, then a branch in
//! `report.typ` under "Blocks", then to the sample of the tests here.

mod error;
mod fonts;
mod glyphs;
mod limits;
#[cfg(test)]
pub(crate) mod sample;
mod sheet;
mod world;

pub use error::{Diagnostics, PdfError, Stage};
pub use fonts::Fonts;
pub use limits::{Line, MOST_CHARS, MOST_COLUMNS, MOST_DEPTH, MOST_PIECES, Refusal};

use std::collections::BTreeSet;

use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::paper::Paper;
use error::fault;
use glyphs::Missing;
use world::Desk;

/// How often a text is set anew to replace signs that no font could draw, before only plain letters are let through.
const ROUNDS: usize = 3;

/// A finished PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Number of pages, cover included.
    pub pages: usize,
    /// Signs that no font could draw and that stand as `Labels::emoji` or "�" in the PDF. Worth telling the author.
    pub replaced: BTreeSet<char>,
}

/// Sets the paper as PDF/UA-1 and PDF/A-2a.
///
/// # Errors
/// [`PdfError::Refused`] when the paper is too large, has no title or no true date; [`PdfError::Fault`] when the
/// typesetter fails, which is a defect of ours.
pub fn build(paper: &Paper, fonts: &Fonts) -> Result<Pdf, PdfError> {
    let date = limits::check(paper)?;
    let built = build_in_rounds(paper, fonts, date);
    // The typesetter remembers results between calls, which makes the next version of a report quick. What ten jobs
    // did not use again is let go; after a long report everything is, as it would hold hundreds of megabytes till then.
    let long = paper.weigh().chars > MOST_CHARS / 6;
    comemo::evict(if long { 0 } else { 10 });
    built
}

fn build_in_rounds(paper: &Paper, fonts: &Fonts, date: Datetime) -> Result<Pdf, PdfError> {
    let mut missing = Missing::default();
    for round in 0..=ROUNDS {
        missing.only_plain |= round == ROUNDS;
        let (json, replaced) = sheet::json(paper, fonts, &missing)?;
        let document = compile(json, fonts)?;
        let undrawn = glyphs::undrawn(&document);
        if !undrawn.is_empty() && !missing.only_plain {
            missing.add(undrawn, fonts);
            continue;
        }
        match export(&document, paper, date) {
            // Some scripts can be drawn but not written so that every glyph leads back to its letters.
            Err(_) if !missing.only_plain => missing.only_plain = true,
            Err(error) => return Err(error),
            Ok(bytes) => {
                let pages = document.pages().len();
                return Ok(Pdf {
                    bytes,
                    pages,
                    replaced,
                });
            }
        }
    }
    Err(PdfError::Fault {
        stage: Stage::Standard,
        diagnostics: Diagnostics::new(Vec::new()),
    })
}

fn compile(json: String, fonts: &Fonts) -> Result<PagedDocument, PdfError> {
    let desk = Desk::new(json, fonts);
    typst::compile::<PagedDocument>(&desk)
        .output
        .map_err(|errors| fault(Stage::Pages, &errors))
}

fn export(document: &PagedDocument, paper: &Paper, date: Datetime) -> Result<Vec<u8>, PdfError> {
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a]).map_err(|error| {
            let diagnostics = Diagnostics::new(vec![error.message().to_string()]);
            PdfError::Fault {
                stage: Stage::Standard,
                diagnostics,
            }
        })?;
    let options = PdfOptions {
        ident: Smart::Custom(paper.ident.clone()),
        creator: Smart::Custom(Some("Knutepunkt".to_owned())),
        timestamp: Some(Timestamp::new_utc(date)),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(|errors| fault(Stage::Standard, &errors))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use lopdf::{Document, Object};
    use proptest::prelude::*;

    use super::super::paper::{Block, Finding, Inline, Language, Quote, Row, Table, markdown};
    use super::sample::{cell, finding, paper, part, quote, table};
    use super::*;

    static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::new(Vec::new()).unwrap());

    fn built(paper: &Paper) -> (Pdf, Document) {
        let pdf = match build(paper, &FONTS) {
            Ok(pdf) => pdf,
            Err(PdfError::Fault { diagnostics, .. }) => panic!("{:?}", diagnostics.reveal()),
            Err(refused) => panic!("{refused}"),
        };
        let document = Document::load_mem(&pdf.bytes).unwrap();
        (pdf, document)
    }

    /// Text of a page, without spaces and invisible signs, since lines end where they end.
    fn text(document: &Document, page: u32) -> String {
        squeezed(&document.extract_text(&[page]).unwrap())
    }

    fn squeezed(text: &str) -> String {
        text.chars()
            .filter(|c| !c.is_whitespace() && !glyphs::is_invisible(*c))
            .collect()
    }

    /// Each tag of the structure with its title, in reading order.
    fn tags(document: &Document) -> Vec<(String, String)> {
        fn walk(document: &Document, object: &Object, tags: &mut Vec<(String, String)>) {
            match document.dereference(object).unwrap().1 {
                Object::Array(kids) => kids.iter().for_each(|kid| walk(document, kid, tags)),
                Object::Dictionary(tag) => {
                    if let Ok(name) = tag.get(b"S").and_then(Object::as_name) {
                        let title = tag.get(b"T").map(|t| lopdf::decode_text_string(t).unwrap());
                        let name = String::from_utf8(name.to_vec()).unwrap();
                        tags.push((name, title.unwrap_or_default()));
                    }
                    if let Ok(kids) = tag.get(b"K") {
                        walk(document, kids, tags);
                    }
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        let root = document.catalog().unwrap().get(b"StructTreeRoot").unwrap();
        walk(document, root, &mut found);
        found
    }

    fn count(tags: &[(String, String)], name: &str) -> usize {
        tags.iter().filter(|(tag, _)| tag == name).count()
    }

    fn metadata(document: &Document) -> String {
        let catalog = document.catalog().unwrap();
        let stream = catalog
            .get_deref(b"Metadata", document)
            .unwrap()
            .as_stream()
            .unwrap();
        String::from_utf8(stream.get_plain_content().unwrap()).unwrap()
    }

    #[test]
    fn the_pdf_declares_its_standards_language_title_author_and_date() {
        let (_, document) = built(&paper());
        let catalog = document.catalog().unwrap();
        let marked = catalog
            .get(b"MarkInfo")
            .and_then(Object::as_dict)
            .unwrap()
            .get(b"Marked")
            .unwrap();
        assert_eq!(marked, &Object::Boolean(true));
        assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"nb-NO");
        let info = document
            .trailer
            .get_deref(b"Info", &document)
            .unwrap()
            .as_dict()
            .unwrap();
        let word = |key: &[u8]| lopdf::decode_text_string(info.get(key).unwrap()).unwrap();
        let found = [
            word(b"Title"),
            word(b"Author"),
            word(b"Creator"),
            word(b"CreationDate"),
        ];
        let expected = [
            "Når noen ikke går lei",
            "Knutepunkt Vest",
            "Knutepunkt",
            "D:20260414000000Z",
        ];
        assert_eq!(found, expected);
        let xmp = metadata(&document);
        for part in ["pdfuaid:part>1<", "pdfaid:part>2<", "pdfaid:conformance>A<"] {
            assert!(xmp.contains(part), "{part} is not in {xmp}");
        }
    }

    #[test]
    fn each_language_is_named_by_its_own_tag() {
        let lang = |language| {
            let (_, document) = built(&Paper {
                language,
                ..paper()
            });
            let lang = document
                .catalog()
                .unwrap()
                .get(b"Lang")
                .unwrap()
                .as_str()
                .unwrap()
                .to_vec();
            String::from_utf8(lang).unwrap()
        };
        assert_eq!([lang(Language::Nn), lang(Language::En)], ["nn-NO", "en-GB"]);
    }

    #[test]
    fn headings_tables_lists_and_quotes_are_tagged_in_reading_order() {
        let (_, document) = built(&paper());
        let tags = tags(&document);
        let headings: Vec<(&str, &str)> = tags
            .iter()
            .filter(|(tag, _)| tag.starts_with('H'))
            .map(|(tag, title)| (tag.as_str(), title.as_str()))
            .collect();
        let expected = [
            ("H1", "Innhold"),
            ("H1", "Om rapporten"),
            ("H1", "Bakgrunn"),
            ("H2", "Spørsmålene"),
            ("H1", "Forutsigbarhet"),
            ("H2", "Oppsummert"),
        ];
        assert_eq!(headings, expected);
        let names = [
            "Table",
            "TR",
            "TH",
            "TD",
            "Caption",
            "L",
            "LI",
            "BlockQuote",
            "TOC",
            "TOCI",
            "Link",
        ];
        // TH: two columns, one theme, two rows. TOC: one, and one in it for each chapter with sections. BlockQuote: the quote and the text set off. Link: four in the contents,
        // one to the web, one to the finding.
        let expected = [1, 4, 5, 2, 1, 1, 2, 2, 3, 4, 6];
        assert_eq!(names.map(|name| count(&tags, name)), expected);
    }

    #[test]
    fn a_finding_and_a_quote_show_number_words_and_who_said_it() {
        let (_, document) = built(&paper());
        let page = text(&document, 3);
        let expected = "Funn1SvakhetTjenestenivåDetervanskeligåvitehvemsomkommer.\
            Hvemsadet:mangebrukere,noenpårørendeSlikblefunnetmottatt:Bekreftet.\
            Sitat12·Deltaker3·brukerJegsitterklarfraklokkani.";
        assert!(page.contains(expected), "{page}");
    }

    #[test]
    fn every_page_shows_the_mark_and_its_number_of_all() {
        let long = vec![part("1", 1, "Tabell", vec![table(60)])];
        let (pdf, document) = built(&Paper {
            parts: long,
            ..paper()
        });
        assert_eq!(pdf.pages, 4);
        assert_eq!(document.get_pages().len(), 4);
        for page in 1..=4 {
            let text = text(&document, page);
            let number = format!("Side{page}av4");
            assert!(text.contains("Foreløpig–tildialogkonferansen"), "{text}");
            assert_eq!(text.contains(&number), page > 1, "{text}");
        }
    }

    #[test]
    fn the_heading_row_and_the_theme_stand_on_every_page_of_a_table_and_are_tagged_once() {
        let long = vec![part("1", 1, "Tabell", vec![table(60)])];
        let (_, document) = built(&Paper {
            parts: long,
            ..paper()
        });
        let repeated = [3, 4].map(|page| text(&document, page).contains("Nr.SetningÅblimøtt"));
        assert_eq!(repeated, [true; 2]);
        let tags = tags(&document);
        assert_eq!([count(&tags, "TH"), count(&tags, "TD")], [63, 60]);
    }

    #[test]
    fn the_same_paper_gives_the_same_bytes() {
        let first = build(&paper(), &FONTS).unwrap();
        comemo::evict(0);
        let again = build(&paper(), &Fonts::new(Vec::new()).unwrap()).unwrap();
        assert!(first == again);
        let other = build(
            &Paper {
                ident: "rapport-2".into(),
                ..paper()
            },
            &FONTS,
        )
        .unwrap();
        assert!(first != other);
    }

    #[test]
    fn what_people_typed_is_never_read_as_typst() {
        let typed = "#import \"x.typ\": * $a^2$ *b* _c_ [d] @e <f> = g `h` \\u{41} // i /* j */ - k + l ~ -- ' #panic()";
        let paper = Paper {
            title: typed.into(),
            subtitle: Some(typed.into()),
            mark: Some("= #mark $x$ @y".into()),
            parts: vec![part(
                "#1",
                1,
                typed,
                vec![
                    Block::Paragraph(vec![Inline::text(typed), Inline::Code(typed.into())]),
                    Block::Finding(Finding {
                        sentence: typed.into(),
                        ..finding()
                    }),
                    Block::Quote(Quote {
                        speaker: typed.into(),
                        words: cell(typed),
                        ..quote()
                    }),
                    Block::Table(Table {
                        caption: typed.into(),
                        header: vec![cell(typed)],
                        ..Table::default()
                    }),
                ],
            )],
            ..paper()
        };
        let (pdf, document) = built(&paper);
        let pages: Vec<u32> = (1..=u32::try_from(pdf.pages).unwrap()).collect();
        let all: String = pages.iter().map(|&page| text(&document, page)).collect();
        // Cover twice, contents, heading, paragraph twice, finding, speaker, words, caption, cell.
        assert_eq!(all.matches(&squeezed(typed)).count(), 11, "{all}");
        assert!(all.contains("=#mark$x$@y"));
    }

    #[test]
    fn signs_without_a_font_are_replaced_and_the_export_stands() {
        let words = "Smil 😀👍🏽 1️⃣ 北京 q\u{30c}\u{323} čđŋšŧž \u{0}\u{feff}x \u{e000} العربية";
        let parts = vec![part("", 1, "Tegn 😀", vec![Block::text(words)])];
        let (pdf, document) = built(&Paper { parts, ..paper() });
        let expected = ['\u{20e3}', '京', '北', '\u{e000}', '😀'];
        assert_eq!(pdf.replaced.into_iter().collect::<Vec<_>>(), expected);
        let page = text(&document, 3);
        assert!(page.contains("Smil[emoji]1\u{fffd}\u{fffd}q"), "{page}");
        assert!(page.contains("čđŋšŧžx\u{fffd}"), "{page}");
    }

    #[test]
    fn extremes_are_set_without_fault() {
        let long = "ord".repeat(60);
        let cells = |n: usize| (0..n).map(|_| cell(&long)).collect::<Vec<_>>();
        let blocks = vec![
            Block::text(format!("https://eksempel.no/{long}?{long}={long}")),
            Block::Finding(Finding {
                number: u32::MAX,
                sentence: "Langt funn. ".repeat(400),
                ..finding()
            }),
            Block::Quote(Quote {
                words: cell(&"Langt sitat. ".repeat(500)),
                ..quote()
            }),
            Block::Table(Table {
                header: cells(10),
                rows: vec![Row::Cells(cells(3)), Row::Group(cell(&long))],
                ..Table::default()
            }),
            Block::Table(Table::default()),
            Block::List {
                ordered: true,
                start: u64::MAX,
                items: vec![Vec::new(), vec![Block::Rule]],
            },
            Block::List {
                ordered: false,
                start: 1,
                items: Vec::new(),
            },
            Block::Aside(Vec::new()),
            Block::Paragraph(vec![
                Inline::Link {
                    href: "javascript:x".into(),
                    text: Vec::new(),
                },
                Inline::Break,
            ]),
            Block::Heading {
                depth: 255,
                text: cell("\u{200b}"),
            },
            Block::Heading {
                depth: 255,
                text: cell("Dyp"),
            },
        ];
        let mut paper = Paper {
            parts: vec![
                part("1.2.3.4.5", 255, &long, blocks),
                part("", 0, "", Vec::new()),
            ],
            ..paper()
        };
        paper.study.services = vec!["Tjeneste".into(); 40];
        let (_, document) = built(&paper);
        let headings: Vec<String> = tags(&document)
            .into_iter()
            .map(|(tag, _)| tag)
            .filter(|tag| tag.starts_with('H'))
            .collect();
        assert_eq!(headings, ["H1", "H1", "H1", "H2"]);
    }

    /// WCAG 2.2 relative luminance of a colour as it is written in `report.typ`.
    fn luminance(name: &str) -> f64 {
        let hex = match name {
            "white" => "ffffff",
            _ => {
                let line = format!("#let {name} = rgb(\"#");
                let source = include_str!("report.typ");
                let at = source
                    .find(&line)
                    .unwrap_or_else(|| panic!("no colour {name}"));
                source.get(at + line.len()..at + line.len() + 6).unwrap()
            }
        };
        let channel = |range| {
            let value = f64::from(u8::from_str_radix(&hex[range], 16).unwrap()) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(0..2) + 0.7152 * channel(2..4) + 0.0722 * channel(4..6)
    }

    #[test]
    fn text_stands_out_from_its_ground() {
        let pairs = [
            ("white", "ink deep teal quiet rust green red blue"),
            ("mist", "ink deep quiet green red blue"),
            ("sand", "ink deep teal"),
            ("amber", "ink"),
            ("deep", "white amber"),
        ];
        for (ground, texts) in pairs {
            for text in texts.split(' ') {
                let (a, b) = (luminance(ground), luminance(text));
                let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(ratio >= 4.5, "{text} on {ground} has {ratio:.2}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whatever is typed anywhere, there is a PDF that holds to its standards, or a refusal for an empty title.
        #[test]
        fn any_text_in_any_field_becomes_a_pdf(texts in prop::collection::vec(any::<String>(), 8), mark in ".{0,90}") {
            let next = |n: usize| texts[n].clone();
            let mut paper = Paper { title: next(0), subtitle: Some(next(1)), mark: Some(mark), ..paper() };
            paper.hub.name = next(2);
            paper.labels.emoji = next(3);
            let table = Table { caption: next(4), header: vec![cell(&texts[5])], rows: vec![Row::Cells(vec![cell(&texts[6])])], ..Table::default() };
            paper.parts = vec![part("1", 1, &texts[7], vec![
                Block::Finding(Finding { sentence: next(1), voices: texts.clone(), ..finding() }),
                Block::Quote(Quote { speaker: next(2), words: vec![Inline::Strong(cell(&texts[3])), Inline::Code(next(4))], ..quote() }),
                Block::Table(table),
            ])];
            paper.parts.extend([part("", 3, &texts[5], markdown(&texts[6]))]);
            match build(&paper, &FONTS) {
                Ok(pdf) => prop_assert!(pdf.bytes.starts_with(b"%PDF-1.7") && pdf.pages >= 3),
                Err(PdfError::Refused { what }) => prop_assert!(what == Refusal::NoTitle && !texts[0].chars().any(char::is_alphanumeric)),
                Err(PdfError::Fault { diagnostics, .. }) => prop_assert!(false, "{:?}", diagnostics.reveal()),
            }
        }
    }
}
