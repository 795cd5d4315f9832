//! The crate as its users meet it: one binary, one file per question.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test helpers; the exception for tests covers test functions only"
)]

mod corpus;
mod hostile;
mod pieces;
mod producers;
mod real_files;
mod round_trip;
mod schema;
mod size;
mod support;
