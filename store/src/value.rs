//! What can be bound to a `$n` in a statement.

use base::{Digest, Id, Time, Uuid};
pub use sea_orm::Value;

/// Anything that can stand as a parameter. Times are microseconds, ids UUIDs, on both engines.
pub trait IntoValue {
    /// The value as the driver takes it.
    fn into_value(self) -> Value;
}

/// Each of some values, for a list in a statement.
#[must_use]
pub fn each<T: IntoValue + Copy>(all: &[T]) -> Vec<Value> {
    all.iter().map(|value| value.into_value()).collect()
}

/// `$first, $first+1, …`: places for `count` values of a list in a statement.
#[must_use]
pub fn places(first: usize, count: usize) -> String {
    let all: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    all.join(", ")
}

/// `($1, $2), ($3, $4), …`: places for `rows` rows of `width` values, from the first on.
#[must_use]
pub fn lines(rows: usize, width: usize) -> String {
    let all: Vec<String> = (0..rows)
        .map(|row| format!("({})", places(row * width + 1, width)))
        .collect();
    all.join(", ")
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl IntoValue for $type {
            fn into_value(self) -> Value {
                Value::from(self)
            }
        }
        impl IntoValue for Option<$type> {
            fn into_value(self) -> Value {
                Value::from(self)
            }
        }
    )*};
}
plain!(i64, bool, String, Uuid, Vec<u8>);

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}
impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::from(self)
    }
}
impl IntoValue for &String {
    fn into_value(self) -> Value {
        Value::from(self.as_str())
    }
}
impl IntoValue for Option<&str> {
    fn into_value(self) -> Value {
        Value::from(self.map(str::to_owned))
    }
}
impl IntoValue for &[u8] {
    fn into_value(self) -> Value {
        Value::from(self.to_vec())
    }
}
impl IntoValue for Time {
    fn into_value(self) -> Value {
        Value::from(self.micros())
    }
}
impl IntoValue for Option<Time> {
    fn into_value(self) -> Value {
        Value::from(self.map(Time::micros))
    }
}
impl<K> IntoValue for Id<K> {
    fn into_value(self) -> Value {
        Value::from(self.uuid())
    }
}
impl<K> IntoValue for Option<Id<K>> {
    fn into_value(self) -> Value {
        Value::from(self.map(Id::uuid))
    }
}
impl IntoValue for Digest {
    fn into_value(self) -> Value {
        Value::from(self.as_bytes().to_vec())
    }
}
impl IntoValue for usize {
    fn into_value(self) -> Value {
        Value::from(i64::try_from(self).unwrap_or(i64::MAX))
    }
}

/// The parameters of a statement, in the order of `$1, $2, …`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::IntoValue::into_value($value)),*]
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_on_from_the_first() {
        assert_eq!(
            (places(1, 3), places(4, 1)),
            ("$1, $2, $3".into(), "$4".into())
        );
        assert_eq!(
            (places(1, 0), lines(2, 2)),
            (String::new(), "($1, $2), ($3, $4)".into())
        );
    }
}
