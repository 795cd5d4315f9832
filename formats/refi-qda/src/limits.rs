//! How much a project may ask of us.

/// Limits on what is unpacked and kept, counted while reading, since sizes told in headers can lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries in the archive. Default 20 000.
    pub entries: u64,
    /// Bytes unpacked over the life of the reader, all source files together. Default 4 GiB.
    pub unpacked: u64,
    /// Bytes of the unpacked `project.qde`. Default 512 MiB. It is read as a stream.
    pub project: u64,
    /// Bytes of one unpacked text file; it is held in memory. Default 64 MiB.
    pub text: u64,
    /// Bytes of one tag or one run of text in the XML; it is held in memory. Default 64 MiB, so
    /// that a text may stand in the XML as well as in a file.
    pub token: u64,
    /// Elements held at once: those of one source, note or kept element, and before them all of
    /// users, codes and sets. Default 1 000 000; each takes some hundred bytes beside its text.
    pub elements: u64,
    /// Unpacked bytes per packed byte of one entry, past the first 100 KiB. Default 200: XML full
    /// of GUIDs packs to about a tenth, and a bomb to a thousandth.
    pub ratio: u64,
    /// Depth of nested elements, the code tree included. Default 256.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            entries: 20_000,
            unpacked: 4096 * MIB,
            project: 512 * MIB,
            text: 64 * MIB,
            token: 64 * MIB,
            elements: 1_000_000,
            ratio: 200,
            depth: 256,
        }
    }
}

impl Limits {
    /// For XML that is in memory already, where only depth costs.
    pub(crate) fn of_memory() -> Self {
        Self {
            token: u64::MAX,
            elements: u64::MAX,
            ..Self::default()
        }
    }
}
