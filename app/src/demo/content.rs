//! What the demo hub holds: data files under `app/demo`, compiled in. All of it is made up.

use std::collections::BTreeMap;

use base::Role;
use serde::Deserialize;
use serde::de::Error as _;

/// The whole content.
pub(super) struct Content {
    pub(super) hub: HubFile,
    pub(super) coding: CodingFile,
    pub(super) findings: FindingsFile,
    pub(super) report: ReportFile,
}

impl Content {
    /// Reads the compiled-in files.
    pub(super) fn read() -> Result<Self, String> {
        Ok(Self {
            hub: toml::from_str(include_str!("../../demo/hub.toml")).map_err(told("hub.toml"))?,
            coding: toml::from_str(include_str!("../../demo/koding.toml"))
                .map_err(told("koding.toml"))?,
            findings: toml::from_str(include_str!("../../demo/funn.toml"))
                .map_err(told("funn.toml"))?,
            report: toml::from_str(include_str!("../../demo/prosessrapport.toml"))
                .map_err(told("prosessrapport.toml"))?,
        })
    }

    /// The text of an interview.
    pub(super) fn interview(file: &str) -> Option<&'static str> {
        match file {
            "gruppeintervju.txt" => Some(include_str!("../../demo/gruppeintervju.txt")),
            "gruppeintervju-parorende.txt" => {
                Some(include_str!("../../demo/gruppeintervju-parorende.txt"))
            }
            "gruppeintervju-ung.txt" => Some(include_str!("../../demo/gruppeintervju-ung.txt")),
            "eneintervju-nynorsk.txt" => Some(include_str!("../../demo/eneintervju-nynorsk.txt")),
            "enkeltintervju.txt" => Some(include_str!("../../demo/enkeltintervju.txt")),
            _ => None,
        }
    }
}

fn told(file: &'static str) -> impl Fn(toml::de::Error) -> String {
    move |error| format!("the demo's {file}: {error}")
}

#[derive(Deserialize)]
pub(super) struct HubFile {
    pub(super) hub: HubData,
    pub(super) person: Vec<Person>,
    pub(super) study: StudyData,
    pub(super) source: Vec<SourceData>,
}

#[derive(Deserialize)]
pub(super) struct HubData {
    pub(super) name: String,
    pub(super) municipality: String,
    pub(super) contact: String,
}

#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) id: String,
    #[serde(deserialize_with = "role")]
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) coder: Option<String>,
}

fn role<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Role, D::Error> {
    let word = String::deserialize(from)?;
    word.parse()
        .map_err(|()| D::Error::custom(format!("no role is called {word}")))
}

#[derive(Deserialize)]
pub(super) struct StudyData {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    /// When the interviews were held, in words.
    pub(super) period: String,
    pub(super) about_nb: String,
    pub(super) service_background: String,
    pub(super) services: Vec<String>,
    pub(super) questions: Vec<String>,
    pub(super) members: Vec<String>,
    pub(super) service_contact: String,
    pub(super) guide: Vec<GuideData>,
}

#[derive(Deserialize)]
pub(super) struct GuideData {
    pub(super) title: String,
    pub(super) questions: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct SourceData {
    pub(super) file: String,
    pub(super) title: String,
    pub(super) speakers: Vec<SpeakerData>,
}

#[derive(Deserialize)]
pub(super) struct SpeakerData {
    pub(super) name: String,
    pub(super) part: String,
    #[serde(default)]
    pub(super) sides: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct CodingFile {
    pub(super) code: Vec<CodeData>,
    pub(super) mark: Vec<MarkData>,
}

#[derive(Deserialize)]
pub(super) struct CodeData {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) colour: String,
    pub(super) sign: String,
}

#[derive(Deserialize)]
pub(super) struct MarkData {
    pub(super) id: String,
    pub(super) file: String,
    pub(super) coder: String,
    pub(super) codes: Vec<String>,
    pub(super) quote: String,
    pub(super) to: Option<String>,
    pub(super) note: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FindingsFile {
    pub(super) theme: Vec<ThemeData>,
    pub(super) finding: Vec<FindingData>,
}

#[derive(Deserialize)]
pub(super) struct ThemeData {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) codes: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct FindingData {
    pub(super) id: String,
    pub(super) theme: String,
    pub(super) sentence: String,
    pub(super) polarity: String,
    pub(super) level: String,
    pub(super) chime: Option<String>,
    pub(super) sides: Vec<String>,
    pub(super) evidence: Vec<EvidenceData>,
}

#[derive(Deserialize)]
pub(super) struct EvidenceData {
    pub(super) mark: String,
    pub(super) stance: String,
}

#[derive(Deserialize)]
pub(super) struct ReportFile {
    pub(super) theme: BTreeMap<String, ThemeText>,
    #[serde(flatten)]
    pub(super) parts: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct ThemeText {
    pub(super) intro: String,
    pub(super) summary: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_fit_together() {
        let content = Content::read().unwrap();
        let codes: Vec<&str> = content
            .coding
            .code
            .iter()
            .map(|code| code.id.as_str())
            .collect();
        let marks: Vec<&str> = content
            .coding
            .mark
            .iter()
            .map(|mark| mark.id.as_str())
            .collect();
        assert!(codes.len() >= 25 && marks.len() >= 80);
        for mark in &content.coding.mark {
            let text = Content::interview(&mark.file).unwrap();
            assert_eq!(text.matches(mark.quote.as_str()).count(), 1, "{}", mark.id);
            assert!(
                mark.codes.iter().all(|code| codes.contains(&code.as_str())),
                "{}",
                mark.id
            );
        }
        for finding in &content.findings.finding {
            assert!(
                content
                    .findings
                    .theme
                    .iter()
                    .any(|theme| theme.id == finding.theme)
            );
            assert!(
                finding
                    .evidence
                    .iter()
                    .all(|evidence| marks.contains(&evidence.mark.as_str()))
            );
        }
        let words: usize = content
            .hub
            .source
            .iter()
            .map(|source| {
                Content::interview(&source.file)
                    .unwrap()
                    .split_whitespace()
                    .count()
            })
            .sum();
        assert!(words >= 5000, "{words} words");
    }
}
