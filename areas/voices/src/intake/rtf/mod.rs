//! Rich text (`.rtf`), as Word, LibreOffice and TextEdit write it.
//!
//! Source of the format: Rich Text Format Specification 1.9.1. The one reader on the registry
//! (rtf-parser) knows one code page and neither tables, notes nor hidden text, so this is our own:
//! one pass over the bytes with a list of open groups, no recursion.

mod letters;
mod state;

use super::limits::{Limits, Progress, step};
use super::notices::Notices;
use super::{Body, Measure, Notice, Refused};

use state::Reading;

/// Bytes between two looks at whether to go on.
const STEP: usize = 1 << 16;
/// Letters of a control word at most, by the specification.
const WORD: usize = 32;

/// Reads a document.
pub(super) fn read(
    bytes: &[u8],
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let mut reading = Reading::new(limits);
    let mut at = 0;
    let mut told = 0;
    loop {
        if at - told >= STEP {
            told = at;
            step(progress, at as u64, bytes.len() as u64)?;
        }
        let Some(byte) = bytes.get(at).copied() else {
            return Err(Refused::Truncated);
        };
        at += 1;
        match byte {
            b'{' => {
                if reading.open_group()? > limits.depth {
                    return Err(Refused::TooLarge {
                        what: Measure::Depth,
                        limit: limits.depth as u64,
                    });
                }
            }
            b'}' => {
                if reading.close_group()? {
                    break;
                }
            }
            b'\\' => at = control(bytes, at, &mut reading)?,
            b'\r' | b'\n' => {}
            byte => reading.byte(byte)?,
        }
    }
    let (draft, met, title) = reading.into_parts()?;
    let notes = draft.notes() - met.endnotes.min(draft.notes());
    let drafted = draft.finish(notices)?;
    notices.count(notes, |count| Notice::FootnotesAppended { count });
    notices.count(met.endnotes, |count| Notice::EndnotesAppended { count });
    notices.count(met.tables, |count| Notice::TablesFlattened { count });
    notices.count(met.pictures, |count| Notice::PicturesLeftOut { count });
    notices.count(met.insertions, |count| Notice::TrackedInsertionsKept {
        count,
    });
    notices.count(met.deletions, |count| Notice::TrackedDeletionsLeftOut {
        count,
    });
    notices.count(met.hidden, |count| Notice::HiddenTextLeftOut { count });
    notices.count(met.headers, |count| Notice::HeadersLeftOut { count });
    notices.count(met.symbols, |count| Notice::SymbolsReplaced { count });
    notices.count(met.unreadable, |count| Notice::LossyDecoding { count });
    Ok(Body::of(drafted, title))
}

/// Reads what follows a backslash; gives the place after it.
fn control(bytes: &[u8], mut at: usize, reading: &mut Reading<'_>) -> Result<usize, Refused> {
    let Some(first) = bytes.get(at).copied() else {
        return Err(Refused::Truncated);
    };
    if !first.is_ascii_alphabetic() {
        at += 1;
        if first == b'\'' {
            let digits = bytes.get(at..at + 2).ok_or(Refused::Truncated)?;
            let byte = std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            reading.byte(byte.unwrap_or(b'?'))?;
            return Ok(at + 2);
        }
        reading.symbol(first)?;
        return Ok(at);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let letters = rest
        .iter()
        .take(WORD)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let word = std::str::from_utf8(rest.get(..letters).unwrap_or_default()).unwrap_or("");
    let number = rest.get(letters..).unwrap_or_default();
    let sign = usize::from(number.first() == Some(&b'-'));
    let digits = number
        .iter()
        .skip(sign)
        .take(10)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let length = if digits == 0 { 0 } else { sign + digits };
    let value = number
        .get(..length)
        .and_then(|number| std::str::from_utf8(number).ok())
        .and_then(|number| number.parse::<i64>().ok());
    at += letters + length;
    // One space after a control word belongs to it.
    at += usize::from(bytes.get(at) == Some(&b' '));
    if word == "bin" {
        let skip = value
            .and_then(|value| usize::try_from(value).ok())
            .unwrap_or(0);
        let after = at.saturating_add(skip);
        return if after > bytes.len() {
            Err(Refused::Truncated)
        } else {
            Ok(after)
        };
    }
    reading.word(word, value)?;
    Ok(at)
}

#[cfg(test)]
mod tests;
