//! Colours of codes.

use std::fmt;
use std::str::FromStr;

/// A colour without transparency. Written as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

/// The text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a colour")]
pub struct BadColor;

impl FromStr for Color {
    type Err = BadColor;

    /// Reads the standard's `#RGB` and `#RRGGBB`, and what is met besides: `#RGBA`, `#RRGGBBAA`,
    /// the same without `#`, `rgb(1, 2, 3)` and `rgba(1, 2, 3, 0.5)`. Transparency is dropped.
    fn from_str(text: &str) -> Result<Self, BadColor> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let parsed = match lower.strip_prefix("rgb") {
            Some(rest) => functional(rest.strip_prefix('a').unwrap_or(rest)),
            None => hex(text.strip_prefix('#').unwrap_or(text)),
        };
        parsed.ok_or(BadColor)
    }
}

fn hex(digits: &str) -> Option<Color> {
    let values: Option<Vec<u8>> = digits
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let (red, green, blue) = match values?.as_slice() {
        [r, g, b] | [r, g, b, _] => (r * 17, g * 17, b * 17),
        [r1, r2, g1, g2, b1, b2] | [r1, r2, g1, g2, b1, b2, _, _] => {
            (r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2)
        }
        _ => return None,
    };
    Some(Color { red, green, blue })
}

fn functional(rest: &str) -> Option<Color> {
    let inner = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    let parts: Vec<&str> = inner
        .split([',', ' ', '/'])
        .filter(|p| !p.is_empty())
        .collect();
    match parts.as_slice() {
        [red, green, blue] | [red, green, blue, _] => Some(Color {
            red: red.parse().ok()?,
            green: green.parse().ok()?,
            blue: blue.parse().ok()?,
        }),
        _ => None,
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_standard_and_the_wild() {
        for text in [
            "#F00082",
            "f00082",
            "#f00082FF",
            "rgb(240,0,130)",
            "RGBA(240 0 130 / 0.5)",
        ] {
            assert_eq!(
                text.parse::<Color>().unwrap().to_string(),
                "#f00082",
                "{text}"
            );
        }
        assert_eq!("#f08".parse::<Color>().unwrap().to_string(), "#ff0088");
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "#",
            "#12345",
            "red",
            "rgb(256,0,0)",
            "rgb(1,2)",
            "rgb(1,2,3",
            "#ææææææ",
        ] {
            assert_eq!(text.parse::<Color>(), Err(BadColor), "{text}");
        }
    }
}
