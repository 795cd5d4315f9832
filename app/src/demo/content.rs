//! What the demo hub holds: data files under `app/demo`, compiled in. All of it is made up.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Role;
use serde::Deserialize;
use serde::de::Error as _;

/// The whole content.
pub(super) struct Content {
    pub(super) hub: Arc<HubFile>,
    /// The evaluation that the demo is about.
    pub(super) main: Arc<StudyContent>,
    /// A smaller one that was finished long ago.
    pub(super) older: Arc<StudyContent>,
    /// What two have marked in the practice study.
    pub(super) practice: PracticeFile,
}

/// A study from its commission to its reports.
pub(super) struct StudyContent {
    pub(super) study: StudyData,
    pub(super) source: Vec<SourceData>,
    pub(super) coding: CodingFile,
    pub(super) findings: FindingsFile,
    pub(super) report: ReportFile,
    pub(super) final_report: Option<ReportFile>,
}

/// A data file, read.
macro_rules! file {
    ($name:literal) => {
        toml::from_str(include_str!(concat!("../../demo/", $name))).map_err(told($name))?
    };
}

impl Content {
    /// Reads the compiled-in files.
    pub(super) fn read() -> Result<Self, String> {
        let main: StudyFile = file!("hub.toml");
        let older: StudyFile = file!("torrdokka/evaluering.toml");
        Ok(Self {
            hub: Arc::new(file!("hub.toml")),
            main: Arc::new(StudyContent {
                study: main.study,
                source: main.source,
                coding: file!("koding.toml"),
                findings: file!("funn.toml"),
                report: file!("prosessrapport.toml"),
                final_report: None,
            }),
            older: Arc::new(StudyContent {
                study: older.study,
                source: older.source,
                coding: file!("torrdokka/koding.toml"),
                findings: file!("torrdokka/funn.toml"),
                report: file!("torrdokka/prosessrapport.toml"),
                final_report: Some(file!("torrdokka/sluttrapport.toml")),
            }),
            practice: file!("ovelse.toml"),
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
            "enkeltintervju.txt" => Some(include_str!("../../demo/enkeltintervju.txt")),
            "eneintervju-nynorsk.txt" => Some(include_str!("../../demo/eneintervju-nynorsk.txt")),
            "torrdokka/gruppeintervju.txt" => {
                Some(include_str!("../../demo/torrdokka/gruppeintervju.txt"))
            }
            "torrdokka/enkeltintervju.txt" => {
                Some(include_str!("../../demo/torrdokka/enkeltintervju.txt"))
            }
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
}

/// The commission of a study and its sources, in the file of its hub or one of its own.
#[derive(Deserialize)]
struct StudyFile {
    study: StudyData,
    source: Vec<SourceData>,
}

#[derive(Deserialize)]
pub(super) struct PracticeFile {
    pub(super) mark: Vec<PracticeMark>,
}

#[derive(Deserialize)]
pub(super) struct PracticeMark {
    pub(super) coder: String,
    /// The name of one of the codes that are laid out with the text.
    pub(super) code: String,
    pub(super) quote: String,
    #[serde(default)]
    pub(super) note: String,
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
    use std::collections::BTreeSet;

    use super::*;

    /// Words, codes, marks, themes and findings.
    fn numbers(content: &StudyContent) -> [usize; 5] {
        let words = content
            .source
            .iter()
            .map(|source| {
                let text = Content::interview(&source.file).unwrap();
                text.split_whitespace().count()
            })
            .sum();
        [
            words,
            content.coding.code.len(),
            content.coding.mark.len(),
            content.findings.theme.len(),
            content.findings.finding.len(),
        ]
    }

    fn fits(content: &StudyContent) {
        let codes: BTreeSet<&str> = content
            .coding
            .code
            .iter()
            .map(|code| code.id.as_str())
            .collect();
        let marks: BTreeSet<&str> = content
            .coding
            .mark
            .iter()
            .map(|mark| mark.id.as_str())
            .collect();
        let themes: BTreeSet<&str> = content
            .findings
            .theme
            .iter()
            .map(|theme| theme.id.as_str())
            .collect();
        assert_eq!(
            [codes.len(), marks.len(), themes.len()],
            [
                content.coding.code.len(),
                content.coding.mark.len(),
                content.findings.theme.len()
            ]
        );
        for mark in &content.coding.mark {
            let text = Content::interview(&mark.file).unwrap();
            assert_eq!(text.matches(mark.quote.as_str()).count(), 1, "{}", mark.id);
            if let Some(to) = &mark.to {
                assert_eq!(text.matches(to.as_str()).count(), 1, "{}", mark.id);
                let after = text.find(to.as_str()) > text.find(&mark.quote);
                assert!(after, "{}", mark.id);
            }
            let known = mark.codes.iter().all(|code| codes.contains(code.as_str()));
            assert!(known && !mark.codes.is_empty(), "{}", mark.id);
        }
        for finding in &content.findings.finding {
            assert!(themes.contains(finding.theme.as_str()), "{}", finding.id);
            for evidence in &finding.evidence {
                assert!(marks.contains(evidence.mark.as_str()), "{}", evidence.mark);
            }
        }
        for source in &content.source {
            let said: BTreeSet<&str> = Content::interview(&source.file)
                .unwrap()
                .lines()
                .filter_map(|line| Some(line.split_once(": ")?.0))
                .collect();
            let named: BTreeSet<&str> = source
                .speakers
                .iter()
                .map(|speaker| speaker.name.as_str())
                .collect();
            assert_eq!(said, named, "{}", source.file);
        }
    }

    #[test]
    fn the_files_of_the_main_study_fit_together() {
        let content = Content::read().unwrap().main;
        fits(&content);
        let [words, codes, marks, themes, findings] = numbers(&content);
        assert!(words >= 15_000 && codes >= 30 && marks >= 300, "{words}");
        assert!(themes >= 6 && findings >= 14);
        for coder in ["mona", "terje"] {
            let marks = content.coding.mark.iter();
            let own = marks.filter(|mark| mark.coder == coder).count();
            assert!(own >= 120, "{coder}");
        }
    }

    #[test]
    fn the_files_of_the_older_study_fit_together() {
        let content = Content::read().unwrap().older;
        fits(&content);
        let [words, rest @ ..] = numbers(&content);
        assert!(words >= 1_900, "{words}");
        assert_eq!(rest, [10, 34, 3, 6]);
    }
}
