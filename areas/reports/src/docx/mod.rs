//! A paper as a Word document, for those who go on working with it: real headings, a list of contents, quotes and
//! findings as styles, tables whose heading row is one, the language set.
//!
//! The package is written part by part (ECMA-376, the transitional form that Word and LibreOffice write), since what
//! matters here (languages, heading rows, texts for screen readers) is what libraries for it leave out.

mod body;
mod parts;
mod pen;
mod styles;
mod table;
mod xml;

use std::io::{self, Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::paper::Paper;

/// The media type of a Word document.
pub(crate) const MEDIA: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Width of the text on A4, in twentieths of a point.
const WIDTH: usize = 9070;
const WIDTH_TEXT: &str = "9070";

/// Writes the document. The same paper gives the same bytes.
pub(crate) fn build(paper: &Paper) -> io::Result<Vec<u8>> {
    let body = body::write(paper)?;
    let files = [
        ("[Content_Types].xml", parts::content_types()?),
        ("_rels/.rels", parts::package()?),
        ("word/document.xml", body.document),
        (
            "word/_rels/document.xml.rels",
            parts::of_document(&body.links)?,
        ),
        ("word/styles.xml", styles::styles(paper.language)?),
        ("word/numbering.xml", parts::numbering(&body.lists)?),
        ("word/settings.xml", parts::settings(paper.language)?),
        ("word/header1.xml", body::header(paper)?),
        ("word/footer1.xml", body::footer(paper)?),
        ("docProps/core.xml", parts::core(paper)?),
        ("docProps/app.xml", parts::app()?),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::paper::{Block, Inline, markdown};
    use crate::pdf::sample::paper as sample;

    fn part(package: &[u8], name: &str) -> String {
        let mut zip = zip::ZipArchive::new(Cursor::new(package)).unwrap();
        let mut text = String::new();
        zip.by_name(name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    /// Fails when a part is not well formed or holds what XML forbids.
    fn read(text: &str) {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut depth = 0_i64;
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(text) => {
                    let words = text.xml_content(quick_xml::XmlVersion::Implicit1_0);
                    assert!(
                        words
                            .chars()
                            .all(|sign| sign >= ' ' || "\t\n".contains(sign))
                    );
                }
                _ => {}
            }
        }
        assert_eq!(depth, 0);
    }

    #[test]
    fn a_word_document_has_headings_contents_heading_rows_styles_and_a_language() {
        let paper = sample();
        let package = build(&paper).unwrap();
        assert_eq!(build(&paper).unwrap(), package);
        let mut zip = zip::ZipArchive::new(Cursor::new(&package)).unwrap();
        let names: Vec<String> = (0..zip.len())
            .map(|at| zip.by_index(at).unwrap().name().unwrap().into_owned())
            .collect();
        for name in &names {
            read(&part(&package, name));
        }
        let types = part(&package, "[Content_Types].xml");
        let told = names
            .iter()
            .filter(|name| types.contains(&format!("\"/{name}\"")));
        assert_eq!(told.count(), 8, "{types}");
        let document = part(&package, "word/document.xml");
        let headings = document.matches("<w:pStyle w:val=\"Heading").count();
        assert!(headings > paper.parts.len(), "{headings}");
        for words in [
            "TOC \\o &quot;1-2&quot; \\h \\z \\u",
            "<w:pStyle w:val=\"Quote\"/>",
            "<w:pStyle w:val=\"Finding\"/>",
            "<w:tblHeader/>",
            "<w:tblCaption w:val=",
            "<w:tblDescription w:val=",
        ] {
            assert!(document.contains(words), "{words}");
        }
        assert!(part(&package, "word/styles.xml").contains("<w:lang w:val=\"nb-NO\""));
        let core = part(&package, "docProps/core.xml");
        assert!(core.contains("<dc:language>nb-NO</dc:language>"), "{core}");
        assert!(
            core.contains(&format!("<dc:title>{}</dc:title>", paper.title)),
            "{core}"
        );
        // Each place that is led to is there once.
        for anchor in document.split("w:anchor=\"").skip(1) {
            let name = anchor.split('"').next().unwrap();
            let there = document.matches(&format!("w:name=\"{name}\"")).count();
            assert_eq!(there, 1, "{name}");
        }
    }

    #[test]
    fn addresses_outside_are_those_that_may_be_links_and_words_are_never_markup() {
        let mut paper = sample();
        paper.title = "<w:p> & \u{0}\u{b}\u{fffe}😀".into();
        let links = [
            ("javascript:alert(1)", "felle"),
            ("https://a.no/?a=1&b=2", "ut"),
        ];
        let text = links.map(|(href, words)| Inline::Link {
            href: href.into(),
            text: vec![Inline::text(words)],
        });
        if let Some(part) = paper.parts.first_mut() {
            part.blocks = vec![Block::Paragraph(text.to_vec())];
        }
        let package = build(&paper).unwrap();
        let links = part(&package, "word/_rels/document.xml.rels");
        assert!(links.contains("https://a.no/?a=1&amp;b=2") && !links.contains("javascript"));
        let document = part(&package, "word/document.xml");
        assert!(document.contains("&lt;w:p&gt; &amp; 😀") && document.contains("felle"));
        read(&document);
        read(&links);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_is_written_gives_a_document_that_can_be_read(text in "(\\PC|[\\x00-\\x1f#>*|\\[\\]_`1-3. -]|\n){0,200}") {
            let mut paper = sample();
            paper.title = text.clone();
            paper.parts.truncate(1);
            if let Some(part) = paper.parts.first_mut() {
                part.heading = text.clone();
                part.blocks = markdown(&text);
            }
            let package = build(&paper).unwrap();
            for name in ["word/document.xml", "word/numbering.xml", "docProps/core.xml", "word/header1.xml"] {
                read(&part(&package, name));
            }
        }
    }
}
