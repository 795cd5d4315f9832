//! A study as JSON, for scripts. The shape is described in this area's README and only grows.

use ::store::Fault;
use serde_json::{Value, json};

use super::export::Whole;
use crate::codebook::Code;
use crate::findings::{self, Finding, Theme};

/// The whole study as one value.
pub(super) async fn write(whole: &Whole<'_>) -> Result<Value, Fault> {
    let mut sources = Vec::with_capacity(whole.sources.len());
    let mut codings = Vec::new();
    for source in &whole.sources {
        let loaded = whole.source(source).await?;
        for mark in &loaded.marks {
            let quote = mark.quote(&loaded.text);
            for coding in &mark.codings {
                codings.push(json!({
                    "id": coding.id,
                    "guid": coding.guid,
                    "passage": mark.passage.id,
                    "passage_guid": mark.passage.guid,
                    "code": coding.code,
                    "coder": whole.coder(coding.coder).map(|coder| coder.name.as_str()),
                    "source": source.id,
                    "from": mark.from,
                    "to": mark.to,
                    "quote": quote,
                    "quote_number": mark.passage.quote_number,
                    "at": coding.made_at.rfc3339(),
                }));
            }
        }
        sources.push(json!({
            "id": source.id,
            "guid": source.guid,
            "name": source.name,
            "basis": source.basis.word(),
            "text": source.has_text.then_some(loaded.text),
        }));
    }
    let findings = findings::findings(&whole.db, whole.study.id).await?;
    Ok(json!({
        "study": {
            "slug": whole.study.slug,
            "title": whole.study.title,
            "state": whole.study.state.word(),
            "services": whole.study.services,
            "questions": whole.study.questions,
        },
        "sources": sources,
        "codes": codes(&whole.codes),
        "codings": codings,
        "themes": whole.themes.iter().map(theme).collect::<Vec<_>>(),
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    }))
}

fn codes(codes: &[Code]) -> Vec<Value> {
    codes
        .iter()
        .map(|code| {
            json!({
                "id": code.id,
                "guid": code.guid,
                "parent": code.parent,
                "name": code.name,
                "description": code.description,
                "colour": code.colour,
                "sign": code.sign,
                "codable": code.codable,
            })
        })
        .collect()
}

fn theme(theme: &Theme) -> Value {
    json!({
        "id": theme.id,
        "guid": theme.guid,
        "title": theme.title,
        "text": theme.text,
        "codes": theme.codes,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "id": finding.id,
        "number": finding.number,
        "theme": finding.theme,
        "sentence": finding.sentence,
        "polarity": finding.polarity.word(),
        "level": finding.level.word(),
        "chime": finding.chime.map(findings::Chime::word),
        "sides": finding.sides.iter().map(|side| side.word()).collect::<Vec<_>>(),
        "evidence": finding.evidence.iter().map(|one| json!({
            "passage": one.passage,
            "quote_number": one.quote_number,
            "stance": one.stance.word(),
            "quote": one.text,
            "speaker": one.speaker_label,
            "side": one.side.map(|side| side.word()),
            "source": one.source,
            "basis": one.basis.word(),
        })).collect::<Vec<_>>(),
    })
}
