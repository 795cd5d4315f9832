#![doc = include_str!("../README.md")]

use std::fmt;

/// The least threshold there is. Under three, a figure is about a pair: each of the two learns of
/// the other.
pub const LEAST: u64 = 3;

/// From which number on a count may be seen, and what holds for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Threshold {
    from: u64,
    zero: Zero,
}

/// Whether "none" may be seen.
///
/// A zero points at nobody, so tables of large populations show it. In a group of known members it
/// tells about each of them: "none of the residents would recommend the house" is what every
/// resident said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zero {
    /// Zero is hidden like any other small number.
    IsFew,
    /// Zero is shown as a figure.
    IsShown,
}

/// The threshold asked for protects nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a threshold of {asked} is under the least of {LEAST}")]
pub struct TooLow {
    /// What was asked for.
    pub asked: u64,
}

impl Threshold {
    /// Shows counts from `from` on.
    ///
    /// # Errors
    /// [`TooLow`] under [`LEAST`].
    pub const fn new(from: u64, zero: Zero) -> Result<Self, TooLow> {
        if from < LEAST {
            return Err(TooLow { asked: from });
        }
        Ok(Self { from, zero })
    }

    /// The smallest number that is shown, zero aside.
    #[must_use]
    pub const fn from(self) -> u64 {
        self.from
    }

    /// What holds for zero.
    #[must_use]
    pub const fn zero(self) -> Zero {
        self.zero
    }
}

impl Default for Threshold {
    /// Shows counts from 5 on, and hides zero.
    fn default() -> Self {
        Self {
            from: 5,
            zero: Zero::IsFew,
        }
    }
}

/// How many, on one side.
///
/// `S` tells whom the count is about. With an enum as `S`, adding across sides is refused when it
/// happens; with a type of its own for each side it does not compile.
///
/// There is no `Display`, no order, and `Debug` hides the number: a count gets out through
/// [`shown`](Self::shown), or through a method whose name says that it should not.
///
/// ```compile_fail
/// println!("{}", small_cells::Count::new(3, ()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Count<S = ()> {
    number: u64,
    side: S,
}

/// Why two counts were not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// They are about different sides.
    #[error("counts of different sides are never added")]
    DifferentSides,
    /// The sum is more than a count holds.
    #[error("the sum is too large")]
    TooLarge,
}

impl<S> Count<S> {
    /// A count of `number` on `side`.
    #[must_use]
    pub const fn new(number: u64, side: S) -> Self {
        Self { number, side }
    }

    /// Whom it is about.
    #[must_use]
    pub const fn side(&self) -> &S {
        &self.side
    }

    /// What may be seen of it.
    #[must_use]
    pub const fn shown(&self, threshold: Threshold) -> Shown {
        let shown = match self.number {
            0 => matches!(threshold.zero, Zero::IsShown),
            number => number >= threshold.from,
        };
        if shown {
            Shown::Figure(Figure(self.number))
        } else {
            Shown::Few
        }
    }

    /// The number itself, protected or not. For storing and for further counting inside; whoever
    /// shows it to anybody breaks the promise of this crate.
    #[must_use]
    pub const fn unprotected_number(&self) -> u64 {
        self.number
    }
}

impl<S: PartialEq> Count<S> {
    /// The sum of two counts of one side.
    ///
    /// That the same person is not in both is for the caller to know.
    ///
    /// # Errors
    /// [`NotAdded::DifferentSides`], and [`NotAdded::TooLarge`] past `u64::MAX`.
    pub fn try_add(self, other: Self) -> Result<Self, NotAdded> {
        if self.side != other.side {
            return Err(NotAdded::DifferentSides);
        }
        match self.number.checked_add(other.number) {
            Some(number) => Ok(Self { number, ..self }),
            None => Err(NotAdded::TooLarge),
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for Count<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Count")
            .field("side", &self.side)
            .finish_non_exhaustive()
    }
}

/// What may be seen of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// The figure, which has met the threshold.
    Figure(Figure),
    /// Something under the threshold. The word for it is for the page to find: "fewer than five"
    /// is another word than "few" where zero is hidden too.
    Few,
}

impl Shown {
    /// The number, if it may be seen.
    #[must_use]
    pub const fn number(self) -> Option<u64> {
        match self {
            Self::Figure(figure) => Some(figure.get()),
            Self::Few => None,
        }
    }
}

/// A number that has met a threshold. Only [`Count::shown`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure(u64);

impl Figure {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Side {
        Users,
        Staff,
    }

    fn threshold(from: u64, zero: Zero) -> Threshold {
        Threshold::new(from, zero).unwrap()
    }

    #[test]
    fn under_three_there_is_no_threshold() {
        for asked in 0..LEAST {
            assert_eq!(Threshold::new(asked, Zero::IsFew), Err(TooLow { asked }));
        }
        assert_eq!(threshold(3, Zero::IsShown).from(), 3);
        assert_eq!(Threshold::default(), threshold(5, Zero::IsFew));
        assert_eq!(
            TooLow { asked: 2 }.to_string(),
            "a threshold of 2 is under the least of 3"
        );
    }

    #[test]
    fn the_threshold_itself_is_shown_and_zero_as_chosen() {
        let numbers = |threshold| {
            [0, 1, 4, 5, 6].map(|number| Count::new(number, ()).shown(threshold).number())
        };
        assert_eq!(
            numbers(threshold(5, Zero::IsFew)),
            [None, None, None, Some(5), Some(6)]
        );
        assert_eq!(
            numbers(threshold(5, Zero::IsShown)),
            [Some(0), None, None, Some(5), Some(6)]
        );
    }

    #[test]
    fn sides_are_not_added() {
        let users = Count::new(4, Side::Users);
        let staff = Count::new(4, Side::Staff);
        assert_eq!(users.try_add(staff), Err(NotAdded::DifferentSides));
        assert_eq!(users.try_add(users), Ok(Count::new(8, Side::Users)));
        let most = Count::new(u64::MAX, Side::Users);
        assert_eq!(users.try_add(most), Err(NotAdded::TooLarge));
    }

    #[test]
    fn a_figure_prints_with_the_format_asked_for() {
        let Shown::Figure(figure) = Count::new(12, ()).shown(Threshold::default()) else {
            panic!("twelve is shown");
        };
        assert_eq!(format!("{figure:>4}"), "  12");
    }

    proptest! {
        #[test]
        fn nothing_under_the_threshold_gets_out(
            number in 0..20_u64, from in LEAST..20, shown in any::<bool>(),
        ) {
            let zero = if shown { Zero::IsShown } else { Zero::IsFew };
            let count = Count::new(number, Side::Users);
            let seen = count.shown(threshold(from, zero));
            prop_assert_eq!(seen.number().is_some(), number >= from || (number == 0 && shown));
            prop_assert!(seen.number().is_none_or(|seen| seen == number));
            prop_assert_eq!(count.unprotected_number(), number);
        }

        #[test]
        fn debug_is_the_same_for_all_numbers(number in any::<u64>()) {
            let debug = format!("{:?}", Count::new(number, Side::Users));
            prop_assert_eq!(debug, "Count { side: Users, .. }");
        }

        #[test]
        fn addition_is_that_of_numbers(a in 0..=u64::MAX / 2, b in 0..=u64::MAX / 2) {
            let (one, two) = (Count::new(a, ()), Count::new(b, ()));
            prop_assert_eq!(one.try_add(two), Ok(Count::new(a + b, ())));
            prop_assert_eq!(one.try_add(two), two.try_add(one));
        }
    }
}
