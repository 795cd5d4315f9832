//! The database, once.
//!
//! The same SQL text runs on SQLite and on PostgreSQL: `$1` parameters, the shared subset of both,
//! the few differences in [`dialect`]. SQL itself is written in each area's `store.rs`; this crate
//! opens, migrates, reads and writes.
//!
//! * **Reading**: [`Store::read`] gives a [`Conn`] for queries.
//! * **Writing**: [`Store::write`] is the only way. On SQLite one writer runs the acts, each in a
//!   savepoint, several per durable commit; on PostgreSQL each act is a transaction. When `write`
//!   has answered, the act is on disk and its trail lines are in the witness.
//! * **Trail**: [`Tx::trail`] adds a line inside an act; see [`trail`] and [`witness`].
//! * **Jobs**: [`jobs`] are rows, written in the act's transaction.
//! * **Sealing**: what people said or wrote stands in the columns `body` and `key_ref`, sealed with a
//!   key from [`Tx::sealer`] for its [`Place`], and read by [`Row::body`].
//! * **Objects**: [`objects`] are files with digest and key, written before the commit that names them.
//!
//! To add a table: a new file in `migrations/` (see its README), then functions in the area's
//! `store.rs` that take `&Conn` (reading) or `&Tx` (writing), and a test with
//! `store::testing::each_engine`.

pub mod backup;
mod body;
pub mod check;
mod conn;
pub mod dialect;
mod engine;
mod fault;
pub mod jobs;
mod keys;
mod migrate;
pub mod objects;
mod seal;
mod sealed;
pub mod sealing;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trail;
mod value;
pub mod witness;
mod write;

pub use body::Body;
pub use conn::{Conn, Row};
pub use engine::{Engine, OpenOptions, Store, recover};
pub use fault::Fault;
pub use keys::{KeyCopy, Keys, Owner, Recovery, Sealer, Sheet, SheetFault, Unlock, Way};
pub use sealed::{Holder, Named, Place, Sealed, Walk, rows_in};
pub use value::{IntoValue, Value, each, lines, places};
pub use write::{Act, ActFuture, Tx};
