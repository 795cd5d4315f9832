//! Words everyone shares: ids, time, chance, languages and digests.
//!
//! Nothing here knows of HTTP, SQL or any area. Two rules start in this crate:
//! **time and chance are arguments** (a [`Clock`] and a [`Chance`] are handed in, so a test can
//! compare whole answers with ids and dates), and **an id says what it is an id of** ([`Id`]).

mod actor;
mod chance;
mod digest;
mod id;
mod lang;
mod time;

pub use actor::{Account, Actor, Membership, Role, Session};
pub use chance::Chance;
pub use digest::{Digest, FileDigest, digest_of};
pub use id::Id;
pub use lang::Lang;
pub use time::{Clock, DAY, HOUR, MINUTE, SECOND, Time};

/// The pieces of `jiff` that pages need to write dates in Norwegian time.
pub use jiff::civil::Date;
pub use uuid::Uuid;
