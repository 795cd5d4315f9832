//! The people of a hub: accounts, sign-in, roles, may-I and the trail.
//!
//! Other areas use this face: [`visitor`] for who asks, [`Visitor::read`] and [`Visitor::enter`]
//! to open a door (which is also the line on the trail), [`Granted`] as the proof of it, and
//! [`members`] for who belongs to a study.
//!
//! To put something new behind a door: implement [`Thing`] for it, with the [`Scope`] its access
//! hangs on, and let every function that shows or changes it ask for a `Granted` of it. A new
//! rule is a predicate in `rules.rs` and a row in its table.

mod door;
pub mod members;
mod rules;
mod store;

pub use door::{Granted, StudyPart, TheHub, Thing, Visitor, visitor};
pub use rules::{Act, Layer, STUDY, Scope};
