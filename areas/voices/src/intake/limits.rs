//! How much one file may cost, and how the caller follows along.
//!
//! Every figure is counted while reading: what a header claims about itself is never believed.

use super::Refused;

/// Limits for one file. `Limits::default()` is meant for interviews and reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file as it came, in bytes.
    pub file_bytes: u64,
    /// Size of everything unpacked from it together, in bytes.
    pub unpacked_bytes: u64,
    /// Unpacked size divided by packed size of one part, once `ratio_from` bytes are unpacked.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio is not looked at.
    pub ratio_from: u64,
    /// Files inside a zip.
    pub entries: usize,
    /// Elements inside one another in XML.
    pub depth: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Drawing operations of a PDF, all pages together.
    pub operations: usize,
    /// Code points of text in all.
    pub characters: usize,
    /// Paragraphs in all, before long ones are split.
    pub paragraphs: usize,
    /// Code points of one paragraph; longer ones are split softly.
    pub block: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 100 << 20,
            unpacked_bytes: 200 << 20,
            ratio: 100,
            ratio_from: 100 << 10,
            entries: 2_000,
            depth: 256,
            pages: 3_000,
            operations: 4_000_000,
            characters: 10_000_000,
            paragraphs: 200_000,
            block: super::BLOCK_CODE_POINTS,
        }
    }
}

/// What the caller hands in to see how far the reading has come (`done`, `total`, in a unit that
/// differs by kind of file), and to stop it: `false` means stop.
pub type Progress<'a> = &'a dyn Fn(u64, u64) -> bool;

/// Reports progress, and turns a stop into [`Refused::Cancelled`].
pub(super) fn step(progress: Progress<'_>, done: u64, total: u64) -> Result<(), Refused> {
    if progress(done.min(total), total) {
        Ok(())
    } else {
        Err(Refused::Cancelled)
    }
}
