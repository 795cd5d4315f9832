//! Which letters the bytes of rich text stand for.

use encoding_rs::{Encoding, WINDOWS_1252};

/// The character set of a font: an encoding, none that is known here, or a font of symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    In(&'static Encoding),
    Unknown,
    Symbols,
}

/// The letters of a Windows code page.
pub(super) fn page(number: i64) -> Letters {
    let label = match number {
        0 | 1_252 => return Letters::In(WINDOWS_1252),
        1_250..=1_258 => format!("windows-{number}"),
        874 => "windows-874".to_owned(),
        866 => "ibm866".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        10_000 => "macintosh".to_owned(),
        10_007 => "x-mac-cyrillic".to_owned(),
        28_591..=28_605 => format!("iso-8859-{}", number - 28_590),
        65_001 => "utf-8".to_owned(),
        _ => return Letters::Unknown,
    };
    Encoding::for_label(label.as_bytes()).map_or(Letters::Unknown, Letters::In)
}

/// The letters of a font by its `\fcharset`.
pub(super) fn charset(number: i64, ansi: Letters) -> Letters {
    page(match number {
        0 => 1_252,
        2 => return Letters::Symbols,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1_253,
        162 => 1_254,
        163 => 1_258,
        177 => 1_255,
        178 => 1_256,
        186 => 1_257,
        204 => 1_251,
        222 => 874,
        238 => 1_250,
        _ => return ansi,
    })
}
