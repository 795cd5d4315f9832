//! Characters in XML: which may stand there, and how.

use std::borrow::Cow;

use quick_xml::escape::{minimal_escape, partial_escape};

/// The first character that XML 1.0 cannot hold, not even as a reference.
pub(crate) fn first_non_xml(text: &str) -> Option<char> {
    text.chars().find(|c| !is_xml(*c))
}

fn is_xml(c: char) -> bool {
    // The ranges of production [2] of XML 1.0; surrogates are no `char`.
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// The text with U+FFFD in the place of each character that XML 1.0 cannot hold: control
/// characters other than tab and line ends, U+FFFE and U+FFFF.
///
/// The number of characters stays the same, so positions in the text stay right.
///
/// ```
/// assert_eq!(refi_qda::replace_non_xml("page\u{c}break"), "page\u{FFFD}break");
/// ```
#[must_use]
pub fn replace_non_xml(text: &str) -> Cow<'_, str> {
    if first_non_xml(text).is_none() {
        return Cow::Borrowed(text);
    }
    text.chars()
        .map(|c| {
            if is_xml(c) {
                c
            } else {
                char::REPLACEMENT_CHARACTER
            }
        })
        .collect()
}

/// Adds text as element content. CR is written as a reference, or reading would make it LF.
pub(crate) fn push_text(out: &mut String, text: &str) {
    out.push_str(&partial_escape(text));
}

/// Adds text as an attribute's value in double quotes, line ends and tabs as references, or reading
/// would make them blanks.
pub(crate) fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for piece in minimal_escape(value).split_inclusive(['"', '\n', '\t']) {
        let plain = piece.trim_end_matches(['"', '\n', '\t']);
        out.push_str(plain);
        out.push_str(match piece.as_bytes().last() {
            Some(b'"') => "&quot;",
            Some(b'\n') => "&#10;",
            Some(b'\t') => "&#9;",
            _ => "",
        });
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_keep_line_ends_and_quotes() {
        let mut out = String::new();
        push_attribute(&mut out, "name", "a\"\"b\r\n\tc<&>'\n");
        assert_eq!(
            out,
            " name=\"a&quot;&quot;b&#13;&#10;&#9;c&lt;&amp;>'&#10;\""
        );
    }

    #[test]
    fn content_keeps_cr() {
        let mut out = String::new();
        push_text(&mut out, "a\r\n]]>\u{1F600}");
        assert_eq!(out, "a&#13;\n]]&gt;\u{1F600}");
    }

    #[test]
    fn what_xml_cannot_hold() {
        assert_eq!(first_non_xml("a\t\n\r \u{85}\u{FFFD}\u{10FFFF}"), None);
        for c in ['\0', '\u{1}', '\u{B}', '\u{1F}', '\u{FFFE}', '\u{FFFF}'] {
            assert_eq!(first_non_xml(&format!("a{c}b")), Some(c));
        }
        assert_eq!(replace_non_xml("a\0b\u{FFFF}"), "a\u{FFFD}b\u{FFFD}");
        assert!(matches!(replace_non_xml("plain"), Cow::Borrowed("plain")));
    }
}
