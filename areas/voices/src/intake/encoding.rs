//! From bytes to characters: encoding, line ends, control characters.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{FileKind, LineEnds, Notice, Refused, notices::Notices};

/// Between pages in plain text (U+000C); kept until the lines are put together.
pub(super) const PAGE_BREAK: char = '\u{C}';

/// Text with LF line ends and no control characters but `\n`, `\t` and [`PAGE_BREAK`].
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: &'static str,
    pub(super) line_ends: LineEnds,
}

/// The encoding a web page says it has, in the first bytes of its head.
///
/// Source of the format: WHATWG HTML, 13.2.3.2 (the prescan, in its usual cases).
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let label = |after: &str| {
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let value = value.trim_start_matches(['"', '\'']);
        let end = value
            .find(|sign: char| {
                matches!(sign, '"' | '\'' | ';' | '>' | '?' | '/') || sign.is_whitespace()
            })
            .unwrap_or(value.len());
        Encoding::for_label(value.get(..end)?.as_bytes())
    };
    let xml = head.strip_prefix("<?xml").and_then(|rest| {
        let rest = rest.split("?>").next()?;
        rest.split_once("encoding")
            .and_then(|(_, after)| label(after))
    });
    let found = xml.or_else(|| {
        head.split("<meta").skip(1).find_map(|meta| {
            let meta = meta.split('>').next()?;
            meta.split_once("charset")
                .and_then(|(_, after)| label(after))
        })
    })?;
    // What is declared in bytes that can be read is no UTF-16.
    Some(if found == UTF_16LE || found == UTF_16BE {
        UTF_8
    } else {
        found
    })
}

/// Reads the characters of a plain text file.
///
/// Order: byte order mark, UTF-16 without mark (known by its zero bytes), strict UTF-8 with other
/// letters than ASCII, what the file declares, a guess that leans to Norwegian. Refused when the
/// bytes are not text.
pub(super) fn decode(
    bytes: &[u8],
    extension: &str,
    declared: Option<&'static Encoding>,
    notices: &mut Notices,
) -> Result<Decoded, Refused> {
    let (mut encoding, body, mut guessed) = find(bytes);
    let unsure = guessed;
    if guessed
        && let Some(declared) = declared
        && declared != UTF_8
        && utf_16_without_mark(bytes).is_none()
    {
        (encoding, guessed) = (declared, false);
    }
    if unsure && looks_binary(body) {
        return Err(Refused::NotWhatItSaysItIs {
            extension: extension.to_owned(),
            found: FileKind::Other,
        });
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(body);
    if guessed {
        notices.tell(Notice::EncodingGuessed {
            encoding: encoding.name().to_owned(),
        });
    }
    if had_errors {
        notices.count(text.matches('\u{FFFD}').count(), |count| {
            Notice::LossyDecoding { count }
        });
    }
    let line_ends = line_ends(&text);
    let (text, controls) = clean(&text);
    notices.count(controls, |count| Notice::ControlCharactersReplaced {
        count,
    });
    Ok(Decoded {
        text,
        encoding: encoding.name(),
        line_ends,
    })
}

/// The encoding, the bytes without a mark, and whether it is a guess.
fn find(bytes: &[u8]) -> (&'static Encoding, &[u8], bool) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, bytes.get(length..).unwrap_or_default(), false);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return (encoding, bytes, true);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, bytes, false);
    }
    if bytes
        .iter()
        .all(|&byte| byte < 0x80 || is_nordic_in_windows_1252(byte))
    {
        return (WINDOWS_1252, bytes, true);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    (
        detector.guess(Some(b"no"), Utf8Detection::Deny),
        bytes,
        true,
    )
}

/// Latin letters in UTF-16 have every second byte zero.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(1 << 16)).unwrap_or(bytes);
    if sample.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |from: usize| {
        sample
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    if odd * 10 >= half * 6 && even * 50 <= half {
        Some(UTF_16LE)
    } else if even * 10 >= half * 6 && odd * 50 <= half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Letters and signs that Norwegian text in Windows-1252 (or Latin-1) is likely to hold. When
/// nothing else occurs there is no need for a guess, which is unsure on short texts.
fn is_nordic_in_windows_1252(byte: u8) -> bool {
    let signs = b"\x80\x84\x85\x91\x92\x93\x94\x95\x96\x97\x99\xA0\xA7\xAB\xB0\xB4\xB7\xBB\xBD";
    let letters = b"\xC0\xC1\xC4\xC5\xC6\xC8\xC9\xD2\xD3\xD4\xD6\xD8\xDC\xE0\xE1\xE4\xE5\xE6\xE7\xE8\xE9\xEA\xEB\xF2\xF3\xF4\xF6\xF8\xFC";
    signs.contains(&byte) || letters.contains(&byte)
}

/// More than one control byte in twenty is no text in a one-byte encoding.
fn looks_binary(bytes: &[u8]) -> bool {
    let sample = bytes.get(..bytes.len().min(1 << 16)).unwrap_or(bytes);
    if utf_16_without_mark(bytes).is_some() {
        return false;
    }
    let controls = sample
        .iter()
        .filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C))
        .count();
    controls * 20 > sample.len()
}

/// Which line ends the file had.
fn line_ends(text: &str) -> LineEnds {
    let crlf = text.matches("\r\n").count();
    let cr = text.matches('\r').count() - crlf;
    let lf = text.matches('\n').count() - crlf;
    match (lf > 0, crlf > 0, cr > 0) {
        (false, true, false) => LineEnds::CrLf,
        (false, false, true) => LineEnds::Cr,
        (_, false, false) => LineEnds::Lf,
        _ => LineEnds::Mixed,
    }
}

/// LF line ends; control characters become U+FFFD and are counted; a byte order mark at the start
/// goes. No Unicode normalisation. U+0085, U+2028, U+2029 and U+000B end a line.
pub(super) fn clean(text: &str) -> (String, usize) {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut controls = 0;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\r' => {
                signs.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{B}' => out.push('\n'),
            '\n' | '\t' | PAGE_BREAK => out.push(sign),
            _ if sign.is_control() => {
                controls += 1;
                out.push('\u{FFFD}');
            }
            _ => out.push(sign),
        }
    }
    (out, controls)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "Å være på Bærum sykehus – «øvelse gjør mester»";

    fn decoded(bytes: &[u8]) -> (Decoded, Vec<Notice>) {
        let mut notices = Notices::default();
        let decoded = decode(bytes, "txt", None, &mut notices).unwrap();
        (decoded, notices.into_vec())
    }

    fn utf_16(big: bool, mark: bool) -> Vec<u8> {
        let mark = if mark { "\u{FEFF}" } else { "" };
        format!("{mark}{WORDS}")
            .encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn norwegian_letters_survive_every_encoding() {
        let latin = WINDOWS_1252.encode(WORDS).0.into_owned();
        let with_mark = [b"\xEF\xBB\xBF", WORDS.as_bytes()].concat();
        let guess = |encoding: &str| {
            vec![Notice::EncodingGuessed {
                encoding: encoding.to_owned(),
            }]
        };
        for (bytes, encoding, told) in [
            (WORDS.as_bytes().to_vec(), "UTF-8", vec![]),
            (with_mark, "UTF-8", vec![]),
            (latin, "windows-1252", guess("windows-1252")),
            (utf_16(false, true), "UTF-16LE", vec![]),
            (utf_16(true, true), "UTF-16BE", vec![]),
            (utf_16(false, false), "UTF-16LE", guess("UTF-16LE")),
            (utf_16(true, false), "UTF-16BE", guess("UTF-16BE")),
        ] {
            let expected = Decoded {
                text: WORDS.to_owned(),
                encoding,
                line_ends: LineEnds::Lf,
            };
            assert_eq!(decoded(&bytes), (expected, told));
        }
    }

    #[test]
    fn line_ends_become_lf_and_are_told() {
        for (text, line_ends) in [
            ("a\nb", LineEnds::Lf),
            ("a\r\nb", LineEnds::CrLf),
            ("a\rb", LineEnds::Cr),
            ("ab", LineEnds::Lf),
        ] {
            let (decoded, _) = decoded(text.as_bytes());
            assert_eq!(
                (decoded.text.replace('\n', ""), decoded.line_ends),
                ("ab".to_owned(), line_ends)
            );
        }
        assert_eq!(
            decoded(b"a\r\nb\nc\rd").0,
            Decoded {
                text: "a\nb\nc\nd".into(),
                encoding: "UTF-8",
                line_ends: LineEnds::Mixed
            }
        );
    }

    #[test]
    fn control_characters_are_replaced_and_counted() {
        let (decoded, notices) = decoded("a\0b\u{1}\tc\u{9F}d\u{2028}e".as_bytes());
        assert_eq!(decoded.text, "a\u{FFFD}b\u{FFFD}\tc\u{FFFD}d\ne");
        assert_eq!(notices, [Notice::ControlCharactersReplaced { count: 3 }]);
    }

    #[test]
    fn text_is_not_normalised() {
        let (decoded, _) = decoded("a\u{30A} å".as_bytes());
        assert_eq!(decoded.text, "a\u{30A} å");
    }

    #[test]
    fn half_a_utf_16_unit_is_told() {
        let mut bytes = utf_16(false, true);
        bytes.pop();
        let (_, notices) = decoded(&bytes);
        assert_eq!(notices, [Notice::LossyDecoding { count: 1 }]);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let bytes: Vec<u8> = (0..=255).cycle().take(4_096).collect();
        let refused = decode(&bytes, "txt", None, &mut Notices::default());
        assert_eq!(
            refused,
            Err(Refused::NotWhatItSaysItIs {
                extension: "txt".into(),
                found: FileKind::Other
            })
        );
    }
}
