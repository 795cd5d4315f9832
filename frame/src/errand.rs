//! What waits for somebody: each area tells it for their own page.
//!
//! An errand holds what a study's card shows anyway, numbers and dates; nothing of what was said, and nobody's name
//! but the reader's own. It says what can be done, never how much anyone has done.

use std::sync::Arc;

use base::{Actor, DAY, Time};
use futures::future::BoxFuture;
use store::Fault;
use ui::Arg;

use crate::Hub;

/// A function that tells what waits for somebody in one area; few lines, few questions to the database.
pub type ErrandsFn =
    for<'a> fn(&'a Hub, &'a Arc<Actor>) -> BoxFuture<'a, Result<Vec<Errand>, Fault>>;

/// By when something should be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Due {
    /// It waits now.
    Now,
    /// It must be done before this.
    By(Time),
    /// Whenever there is time for it.
    Sometime,
}

/// The part of the page an errand stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Bundle {
    /// Today.
    Today,
    /// Within seven days.
    Week,
    /// Later, or whenever there is time.
    Later,
}

/// Something that waits for somebody.
#[derive(Clone)]
pub struct Errand {
    /// By when.
    pub due: Due,
    /// Key of the sentence that tells what to do.
    pub text: &'static str,
    /// What the sentence takes.
    pub args: Vec<(&'static str, Arg)>,
    /// Where it is done.
    pub href: String,
    /// What it belongs to: a study's title, or nothing.
    pub about: String,
}

impl Due {
    /// Where it stands on a page of this moment. What should have been done already waits today.
    #[must_use]
    pub fn bundle(self, now: Time) -> Bundle {
        match self {
            Self::Now => Bundle::Today,
            Self::By(time) if time.local().date() <= now.local().date() => Bundle::Today,
            Self::By(time) if time < now.plus(7 * DAY) => Bundle::Week,
            Self::By(_) | Self::Sometime => Bundle::Later,
        }
    }
}

impl Hub {
    /// What waits for somebody in all areas, what is due first coming first.
    ///
    /// # Errors
    /// The first fault of an area.
    pub async fn errands_of(&self, actor: &Arc<Actor>) -> Result<Vec<Errand>, Fault> {
        let mut all = Vec::new();
        for tell in self.errands() {
            all.extend(tell(self, actor).await?);
        }
        all.sort_by_key(|errand| errand.due);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_stands_under_its_day_in_oslo() {
        let at = |text: &str| Time::from_rfc3339(text).unwrap();
        // Half past eleven in the evening of the 22nd in Oslo.
        let now = at("2026-11-22T22:30:00Z");
        let bundle = |due: Due| due.bundle(now);
        assert_eq!(bundle(Due::Now), Bundle::Today);
        assert_eq!(bundle(Due::By(at("2026-11-01T10:00:00Z"))), Bundle::Today);
        assert_eq!(bundle(Due::By(at("2026-11-22T22:59:00Z"))), Bundle::Today);
        assert_eq!(bundle(Due::By(at("2026-11-22T23:01:00Z"))), Bundle::Week);
        assert_eq!(bundle(Due::By(at("2026-11-29T22:29:00Z"))), Bundle::Week);
        assert_eq!(bundle(Due::By(at("2026-11-29T22:31:00Z"))), Bundle::Later);
        assert_eq!(bundle(Due::Sometime), Bundle::Later);
        assert!(Due::Now < Due::By(now) && Due::By(now) < Due::Sometime);
    }
}
