//! Which openings stand on the trail already, as far as this instance has seen the line: so that not
//! every look has to ask the database. Ids and moments only.

use base::{Time, Uuid};
use quick_cache::sync::Cache;

/// Openings remembered; of one that is forgotten the database is asked again.
const OPENINGS: usize = 10_000;

/// Who did or was refused what with which thing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Opening {
    /// The account; none for an operator.
    pub actor: Option<Uuid>,
    /// The role on the trail.
    pub role: String,
    /// The act on the trail.
    pub act: &'static str,
    /// The kind of thing.
    pub kind: &'static str,
    /// Which one.
    pub subject: Uuid,
}

/// The newest lines that this instance has seen.
pub struct Lately(Cache<Opening, Time>);

impl Default for Lately {
    fn default() -> Self {
        Self(Cache::new(OPENINGS))
    }
}

impl Lately {
    /// When the newest line that was seen of this opening was written.
    #[must_use]
    pub fn noted(&self, opening: &Opening) -> Option<Time> {
        self.0.get(opening)
    }

    /// A line of this opening is committed, and was written at this moment.
    pub fn note(&self, opening: Opening, at: Time) {
        self.0.insert(opening, at);
    }
}
