//! A change to marks as a value, so that it can be recorded and taken back.

use base::Id;
use serde::{Deserialize, Serialize};
use voices::Source;

use super::{Coding, Note, Passage};
use crate::anchor::Anchor;

/// What one act does: the payload of its command, and what undo turns round. It stands under its
/// source, so that its words go when the source is taken out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deed {
    /// The source.
    pub source: Id<Source>,
    /// What happens to each passage.
    pub changes: Vec<Change>,
}

/// What an act does to one passage; [`Change::inverse`] takes it back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The source.
    pub source: Id<Source>,
    /// The passage.
    pub passage: Id<Passage>,
    /// The source's revision: borders in here hold for this text only.
    pub revision: i64,
    /// The passage is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Passage>,
    /// The passage goes, unless something else holds it by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Passage>,
    /// Its borders go from the first to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<(Anchor, Anchor)>,
    /// Codings that come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<Coding>,
    /// Codings that go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Coding>,
    /// Notes that come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes_added: Vec<Note>,
    /// Notes that go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes_removed: Vec<Note>,
    /// A note whose text goes from the first to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_changed: Option<(Id<Note>, String, String)>,
}

impl Change {
    /// A change that does nothing yet.
    #[must_use]
    pub fn of(source: &Source, passage: Id<Passage>) -> Self {
        Self {
            source: source.id,
            passage,
            revision: source.revision,
            made: None,
            dropped: None,
            moved: None,
            added: Vec::new(),
            removed: Vec::new(),
            notes_added: Vec::new(),
            notes_removed: Vec::new(),
            note_changed: None,
        }
    }

    /// Does it change anything?
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.made.is_none()
            && self.dropped.is_none()
            && self.moved.is_none_or(|(before, after)| before == after)
            && self.added.is_empty()
            && self.removed.is_empty()
            && self.notes_added.is_empty()
            && self.notes_removed.is_empty()
            && self
                .note_changed
                .as_ref()
                .is_none_or(|(_, before, after)| before == after)
    }

    /// What takes it back.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self {
            made: self.dropped,
            dropped: self.made,
            moved: self.moved.map(|(before, after)| (after, before)),
            added: self.removed,
            removed: self.added,
            notes_added: self.notes_removed,
            notes_removed: self.notes_added,
            note_changed: self
                .note_changed
                .map(|(id, before, after)| (id, after, before)),
            ..self
        }
    }

    /// Does it write borders, which hold for one text only?
    #[must_use]
    pub fn writes_borders(&self) -> bool {
        self.made.is_some() || self.moved.is_some()
    }
}

#[cfg(test)]
mod tests {
    use base::{Time, Uuid};

    use super::*;

    #[test]
    fn the_inverse_of_the_inverse_is_the_change() {
        let coding = Coding {
            id: Id::from(Uuid::from_u128(1)),
            passage: Id::from(Uuid::from_u128(2)),
            code: Id::from(Uuid::from_u128(3)),
            coder: Id::from(Uuid::from_u128(4)),
            guid: Uuid::from_u128(5),
            made_at: Time::from_micros(6),
        };
        let change = Change {
            source: Id::from(Uuid::from_u128(7)),
            passage: coding.passage,
            revision: 3,
            made: None,
            dropped: None,
            moved: None,
            added: vec![coding],
            removed: vec![],
            notes_added: vec![],
            notes_removed: vec![],
            note_changed: Some((Id::from(Uuid::from_u128(8)), "a".into(), "b".into())),
        };
        let back = change.clone().inverse();
        assert_eq!((back.added.len(), back.removed.clone()), (0, vec![coding]));
        assert_eq!(back.clone().inverse(), change);
        let json = serde_json::to_value(&back).unwrap();
        assert_eq!(serde_json::from_value::<Change>(json).unwrap(), back);
    }
}
