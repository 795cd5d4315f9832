//! The one place where the commands read a clock: they measure, and they wait for other programs.

use std::time::{Duration, Instant};

#[expect(
    clippy::disallowed_methods,
    reason = "measurements and time-outs of the project's own commands"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// A short pause between two looks at another program.
#[expect(
    clippy::disallowed_methods,
    reason = "other processes can only be looked at again"
)]
pub fn wait(pause: Duration) {
    std::thread::sleep(pause);
}
