//! PDF: letters with their places, then lines, then paragraphs.
//!
//! The library (lopdf) opens the file, unpacks it within limits and decodes letters; [`walk`] adds
//! the places. A second library (pdf-extract) was tried as the main way and as a fallback, and is
//! not used: a drawing that contains itself makes it overflow the stack, which ends the whole
//! program and cannot be caught.

mod cmap;
mod fonts;
mod layout;
mod paragraphs;
mod walk;

use lopdf::{Document, Error, LoadOptions, Object, decode_text_string};

use super::encoding::clean;
use super::limits::{Limits, Progress, step};
use super::notices::Notices;
use super::{Body, LineEnds, Measure, Notice, Refused};

use fonts::Cut;
use layout::{Row, rows};
use paragraphs::paragraphs;
use walk::Walker;

/// Reads a PDF.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let document = open(bytes, notices)?;
    let pages: Vec<_> = document.page_iter().take(limits.pages + 1).collect();
    if pages.len() > limits.pages {
        return Err(Refused::TooLarge {
            what: Measure::Pages,
            limit: limits.pages as u64,
        });
    }
    let cut = Cut::of(&document);
    let mut walker = Walker::new(&document, &cut, limits);
    let mut all: Vec<Row> = Vec::new();
    let (mut letters, mut pictures, mut bare) = (0, 0, 0);
    for (number, id) in pages.iter().enumerate() {
        step(progress, number as u64, pages.len() as u64)?;
        let page = walker.page(*id)?;
        letters += page.across.len() + page.upright.len();
        pictures += page.pictures;
        bare += usize::from(page.across.is_empty() && page.upright.is_empty() && page.pictures > 0);
        all.extend(rows(page.across, number));
        all.extend(rows(page.upright, number));
    }
    if !all.iter().any(|row| {
        row.segments
            .iter()
            .any(|segment| segment.text.chars().any(char::is_alphanumeric))
    }) {
        return Err(if letters > 0 && walker.unknown > 0 {
            Refused::UnreadableLetters
        } else {
            Refused::NoText
        });
    }
    if walker.unknown * 2 > letters {
        return Err(Refused::UnreadableLetters);
    }
    notices.count(walker.unknown, |count| Notice::LossyDecoding { count });
    notices.count(pictures, |count| Notice::PicturesLeftOut { count });
    notices.count(bare, |count| Notice::PagesWithoutText { count });
    let paragraphs = paragraphs(all, pages.len(), notices);
    Ok(Body {
        paragraphs,
        encoding: None,
        line_ends: LineEnds::Lf,
        title: title(&document),
        marks: Vec::new(),
    })
}

/// Bytes of one stream of objects or of places of objects, unpacked. The library takes all of them
/// apart when it opens a file, and what comes of it takes sixty times its size.
const TABLES: usize = 32 << 20;

fn open(bytes: &[u8], notices: &mut Notices) -> Result<Document, Refused> {
    let tail = bytes
        .get(bytes.len().saturating_sub(4_096)..)
        .unwrap_or(bytes);
    // Each PDF ends by telling where its table is (7.5.5).
    let whole = tail.windows(9).any(|window| window == b"startxref");
    let options = LoadOptions::with_max_decompressed_size(TABLES);
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            Error::Decryption(_)
            | Error::InvalidPassword
            | Error::UnsupportedSecurityHandler(_) => Refused::Encrypted,
            Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Refused::TooLarge {
                    what: Measure::UnpackedBytes,
                    limit: TABLES as u64,
                }
            }
            _ if !whole => Refused::Truncated,
            _ => Refused::Broken {
                what: "PDF structure",
            },
        })?;
    if document.is_encrypted() {
        return Err(Refused::Encrypted);
    }
    if !whole {
        return Err(Refused::Truncated);
    }
    if document.xref_recovery.is_some() {
        notices.tell(Notice::Repaired);
    }
    Ok(document)
}

fn title(document: &Document) -> Option<String> {
    let info = document
        .trailer
        .get_deref(b"Info", document)
        .and_then(Object::as_dict)
        .ok()?;
    let title = decode_text_string(info.get_deref(b"Title", document).ok()?).ok()?;
    let title: String = clean(title.trim()).0.chars().take(300).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::testing::{drawn, pdf, pdf_of, real_file, shown};
    use super::super::{Intake, Kind, read};
    use super::*;

    fn intake(bytes: &[u8]) -> Result<Intake, Refused> {
        read("a.pdf", bytes, &Limits::default(), &|_, _| true)
    }

    fn text(drawings: &[&str]) -> Vec<String> {
        shown(&intake(&pdf(drawings)).unwrap())
    }

    #[test]
    fn lines_become_paragraphs_by_their_places() {
        let drawing = drawn(&[
            (20.0, 380.0, 18.0, "Overskrift"),
            (
                20.0,
                350.0,
                10.0,
                "Dette er en linje som fyller nesten hele bredden av siden, og den",
            ),
            (20.0, 338.0, 10.0, "fortsetter her."),
            (
                20.0,
                314.0,
                10.0,
                "Et nytt avsnitt kommer etter et mellomrom og er ogs\\345 langt nok til",
            ),
            (20.0, 302.0, 10.0, "to linjer."),
        ]);
        assert_eq!(
            text(&[&drawing]),
            [
                "# Overskrift",
                "Dette er en linje som fyller nesten hele bredden av siden, og den fortsetter her.",
                "Et nytt avsnitt kommer etter et mellomrom og er også langt nok til to linjer.",
            ]
        );
    }

    #[test]
    fn margin_numbers_and_page_numbers_go() {
        let page = |first: u32, number: u32| {
            let line =
                |at: u32, text: &str| (20.0, 380.0 - f64::from(at) * 24.0, 10.0, text.to_owned());
            let mut out = Vec::new();
            for at in 0..3 {
                out.push((
                    2.0,
                    380.0 - f64::from(at) * 24.0 + 0.5,
                    9.0,
                    (first + at).to_string(),
                ));
                out.push(line(
                    at,
                    if at % 2 == 0 {
                        "I: Hva tenker du?"
                    } else {
                        "Kari: Ikke noe."
                    },
                ));
            }
            out.push((380.0, 10.0, 10.0, format!("{number}/2")));
            drawn(
                &out.iter()
                    .map(|(x, y, size, text)| (*x, *y, *size, text.as_str()))
                    .collect::<Vec<_>>(),
            )
        };
        let intake = intake(&pdf(&[&page(1, 1), &page(4, 2)])).unwrap();
        assert_eq!(
            intake.speakers,
            [("I".to_owned(), 4), ("Kari".to_owned(), 2)]
        );
        let expected = [
            Notice::ParagraphNumbersRemoved { count: 6 },
            Notice::PageFurnitureRemoved { count: 2 },
            Notice::SpeakersFound {
                speakers: 2,
                turns: 6,
            },
        ];
        assert_eq!(intake.notices, expected);
    }

    #[test]
    fn numbers_of_headings_and_marks_of_lists_stay() {
        let drawing = drawn(&[
            (10.0, 390.0, 10.0, "1"),
            (60.0, 390.0, 10.0, "Bakgrunn"),
            (
                60.0,
                360.0,
                10.0,
                "Her kommer en linje med tekst som er lang nok, for det er den.",
            ),
            (60.0, 330.0, 10.0, "\\225"),
            (
                90.0,
                330.0,
                10.0,
                "Et punkt som er s\\345 langt at det trenger to linjer for",
            ),
            (90.0, 318.0, 10.0, "\\345 bli ferdig."),
            (60.0, 290.0, 10.0, "Navn"),
            (200.0, 290.0, 10.0, "Kari"),
        ]);
        assert_eq!(
            text(&[&drawing]),
            [
                "1 Bakgrunn",
                "Her kommer en linje med tekst som er lang nok, for det er den.",
                "• Et punkt som er så langt at det trenger to linjer for å bli ferdig.",
                "Navn\tKari",
            ]
        );
    }

    #[test]
    fn clipped_letters_are_not_read() {
        let drawing = format!(
            "{}q 0 0 400 200 re W n {} Q",
            drawn(&[(20.0, 300.0, 10.0, "Synlig")]),
            drawn(&[
                (20.0, 250.0, 10.0, "Skjult"),
                (20.0, 100.0, 10.0, "Ogs\\345 synlig")
            ])
        );
        assert_eq!(text(&[&drawing]), ["Synlig", "Også synlig"]);
    }

    #[test]
    fn spacing_shows_where_words_end() {
        let drawing = "BT /F 10 Tf 20 300 Td [(He)-20(i)-600(du)] TJ 14 TL (neste) ' ET";
        assert_eq!(text(&[drawing]), ["Hei du neste"]);
    }

    #[test]
    fn turned_pages_and_columns_read_in_order() {
        let turned = "q 0 1 -1 0 400 0 cm BT /F 10 Tf 20 300 Td (Opp langs siden) Tj ET Q";
        assert_eq!(text(&[turned]), ["Opp langs siden"]);
        let mut lines: Vec<(f64, f64, f64, &str)> = Vec::new();
        for row in 0..8 {
            lines.push((
                20.0,
                380.0 - f64::from(row) * 12.0,
                10.0,
                "venstre side av siden har ord",
            ));
            lines.push((
                220.0,
                380.0 - f64::from(row) * 12.0,
                10.0,
                "til h\\370yre er det andre ord",
            ));
        }
        let read = text(&[&drawn(&lines)]).join(" ");
        assert_eq!(
            read.find("høyre")
                .map(|at| read[..at].matches("venstre").count()),
            Some(8)
        );
    }

    #[test]
    fn files_without_text_are_refused_in_words_that_help() {
        assert_eq!(intake(&pdf(&["0 0 10 10 re f"])), Err(Refused::NoText));
        assert_eq!(intake(&pdf(&[])), Err(Refused::NoText));
        let locked = pdf_of(
            &[
                "<</Type/Catalog/Pages 2 0 R>>".into(),
                "<</Type/Pages/Count 0/Kids[]>>".into(),
                format!(
                    "<</Filter/Standard/V 2/R 3/Length 128/P -4/O<{0}>/U<{0}>>>",
                    "41".repeat(32)
                ),
            ],
            "/Encrypt 3 0 R/ID[<41><41>]",
        );
        assert_eq!(intake(&locked), Err(Refused::Encrypted));
        let unknown = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
            "<</Length 36>>stream\nBT /F 9 Tf 9 9 Td <00050006> Tj ET  \nendstream".to_owned(),
            "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[]>>".to_owned(),
        ];
        assert_eq!(
            intake(&pdf_of(&unknown, "")),
            Err(Refused::UnreadableLetters)
        );
    }

    #[test]
    fn a_drawing_that_contains_itself_ends() {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Count 1/Kids[3 0 R]/Parent 2 0 R>>".to_owned(),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</X 4 0 R>>>>>>".to_owned(),
            "<</Type/XObject/Subtype/Form/Length 11/Resources<</XObject<</X 4 0 R>>>>>>stream\n/X Do /X Do\nendstream".to_owned(),
        ];
        assert!(matches!(
            intake(&pdf_of(&objects, "")),
            Err(Refused::NoText | Refused::Broken { .. })
        ));
    }

    #[test]
    fn half_a_file_is_refused() {
        let page = drawn(&[(20.0, 300.0, 10.0, "Hei du der")]);
        let bytes = pdf(&[&page, &page, &page]);
        for sixteenth in 1..16 {
            let refused = intake(&bytes[..bytes.len() * sixteenth / 16]).unwrap_err();
            assert_eq!(refused, Refused::Truncated, "{sixteenth}");
        }
    }

    /// The words of a transcript by another program, without margin numbers, page numbers and the
    /// line that stands on both sides of a page border.
    fn words_by_pdftotext(path: &str) -> Option<Vec<String>> {
        let out = Command::new("pdftotext")
            .args(["-layout", path, "-"])
            .output()
            .ok()?;
        let text = String::from_utf8(out.stdout).ok()?;
        let mut words = Vec::new();
        let mut last = String::new();
        for page in text.split('\u{C}') {
            for (at, line) in page
                .lines()
                .filter(|line| !line.trim().is_empty())
                .enumerate()
            {
                // Numbers stand at the very left, text is set in from there.
                let body = line
                    .trim_start_matches(|sign: char| sign.is_ascii_digit())
                    .trim()
                    .to_owned();
                let numbers_only = line
                    .chars()
                    .all(|sign| sign.is_ascii_digit() || sign == '/' || sign == ' ');
                if numbers_only || (at == 0 && body == last) {
                    continue;
                }
                words.extend(body.split_whitespace().map(str::to_owned));
                last = body;
            }
        }
        words.sort_unstable();
        Some(words)
    }

    #[test]
    fn the_real_interviews_come_out_as_turns() {
        let real = [
            ("P1", 47, 47, 91, 0),
            ("P2", 81, 84, 144, 0),
            ("P3", 61, 60, 122, 0),
            ("P4", 54, 55, 173, 0),
            ("P5", 67, 66, 128, 0),
            ("P6", 50, 49, 123, 0),
            ("P7", 52, 52, 196, 1),
        ];
        for (name, interviewer, participant, joined, hyphens) in real {
            let path = format!("interviews/transcripts/{name}.pdf");
            let Some(bytes) = real_file(&path) else {
                return;
            };
            let intake = intake(&bytes).unwrap();
            let mut speakers = vec![
                ("Dan".to_owned(), interviewer),
                ("Participant".to_owned(), participant),
            ];
            if name == "P5" {
                // Written so in the file.
                speakers.push(("Particpant".to_owned(), 1));
            }
            assert_eq!(intake.speakers, speakers, "{name}");
            let turns: u32 = intake.speakers.iter().map(|(_, turns)| turns).sum();
            assert_eq!(intake.paragraphs.len(), turns as usize + 1, "{name}");
            assert_eq!(
                (
                    intake.paragraphs[0].kind,
                    intake.paragraphs[0].text.as_str()
                ),
                (Kind::Heading, "Interview")
            );
            let mut expected = vec![
                Notice::ParagraphNumbersRemoved { count: turns + 1 },
                Notice::PageFurnitureRemoved {
                    count: pages_of(&bytes),
                },
                Notice::LinesJoined { count: joined },
            ];
            if hyphens > 0 {
                expected.push(Notice::HyphensJoined { count: hyphens });
            }
            expected.push(Notice::SpeakersFound {
                speakers: speakers.len() as u32,
                turns,
            });
            assert_eq!(intake.notices, expected, "{name}");
        }
    }

    fn pages_of(bytes: &[u8]) -> u32 {
        Document::load_mem(bytes).unwrap().get_pages().len() as u32
    }

    #[test]
    fn no_word_of_the_real_interviews_is_lost() {
        for name in ["P1", "P2", "P3", "P4", "P5", "P6", "P7"] {
            let path = format!("interviews/transcripts/{name}.pdf");
            let Some(bytes) = real_file(&path) else {
                return;
            };
            let file =
                std::env::temp_dir().join(format!("intake-{}-{name}.pdf", std::process::id()));
            std::fs::write(&file, &bytes).unwrap();
            let theirs = words_by_pdftotext(&file.to_string_lossy());
            std::fs::remove_file(&file).unwrap();
            let Some(theirs) = theirs else {
                println!("skipped: pdftotext is not there");
                return;
            };
            let ours = shown(&intake(&bytes).unwrap()).join(" ");
            let ours = ours.strip_prefix("# ").unwrap();
            let mut ours: Vec<String> = ours.split_whitespace().map(str::to_owned).collect();
            ours.sort_unstable();
            let only = |a: &[String], b: &[String]| -> Vec<String> {
                let mut left = b.to_vec();
                let missing = |word: &&String| {
                    left.iter()
                        .position(|other| other == *word)
                        .map(|at| left.swap_remove(at))
                        .is_none()
                };
                a.iter().filter(missing).cloned().collect()
            };
            // Two words are divided at a line's end in these files.
            let (lost, new): (&[&str], &[&str]) = match name {
                "P5" => (&["two-", "way"], &["two-way"]),
                "P7" => (&["monotonic", "non-"], &["nonmonotonic"]),
                _ => (&[], &[]),
            };
            assert_eq!(only(&theirs, &ours), lost, "{name}: lost");
            assert_eq!(only(&ours, &theirs), new, "{name}: new");
        }
    }

    #[test]
    fn the_first_and_last_turns_of_two_real_interviews() {
        for (name, first, last) in [
            ("P1", "Okay. So now you can", "Thank you."),
            ("P4", "Um, so the first question", "Bye."),
        ] {
            let Some(bytes) = real_file(&format!("interviews/transcripts/{name}.pdf")) else {
                return;
            };
            let intake = intake(&bytes).unwrap();
            assert!(intake.paragraphs[1].text.starts_with(first), "{name}");
            assert_eq!(
                intake
                    .paragraphs
                    .last()
                    .map(|paragraph| paragraph.text.as_str()),
                Some(last),
                "{name}"
            );
        }
    }
}
