//! The three languages of the pages.

use serde::{Deserialize, Serialize};

/// A language every text a person sees is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Norwegian bokmål, the language of a fresh hub.
    #[default]
    Nb,
    /// Norwegian nynorsk.
    Nn,
    /// English.
    En,
}

impl Lang {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Nb, Self::Nn, Self::En];

    /// The tag of BCP 47, as in the `lang` attribute.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Nb => "Bokmål",
            Self::Nn => "Nynorsk",
            Self::En => "English",
        }
    }

    /// Reads a tag such as `nn`, `nn-NO` or `no`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.trim().to_ascii_lowercase().as_str() {
            "nb" | "no" => Some(Self::Nb),
            "nn" => Some(Self::Nn),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that we have. Order is taken as written;
    /// browsers send it by preference.
    #[must_use]
    pub fn from_accept(header: &str) -> Option<Self> {
        header
            .split(',')
            .filter_map(|part| part.split(';').next())
            .find_map(Self::from_tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_have_is_taken() {
        assert_eq!(
            Lang::from_accept("se, nn-NO;q=0.9, en;q=0.8"),
            Some(Lang::Nn)
        );
        assert_eq!(Lang::from_accept("no"), Some(Lang::Nb));
        assert_eq!(Lang::from_accept("de, fr"), None);
        assert_eq!(Lang::from_accept(""), None);
    }
}
