//! The crate as its users meet it: one binary, one file per question.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test helpers; the exception for tests covers test functions only"
)]

mod hostile;
mod producers;
mod real_files;
mod round_trip;
mod schema;
mod size;
mod support;
