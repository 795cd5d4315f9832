//! A study as JSON, for scripts. The shape is described in this area's README and only grows.

use std::collections::HashMap;

use ::store::Fault;
use base::Id;
use serde_json::{Value, json};

use super::export::{Whole, stretch};
use crate::codebook::Code;
use crate::findings::{self, Finding, Theme};

/// The whole study as one value.
pub(super) async fn write(whole: &Whole<'_>) -> Result<Value, Fault> {
    let mut sources = Vec::with_capacity(whole.sources.len());
    let mut codings = Vec::new();
    for source in &whole.sources {
        let loaded = whole.source(source).await?;
        for mark in &loaded.marks {
            let quote = source
                .has_text
                .then(|| stretch(&loaded.text, mark.from, mark.to));
            for coding in &mark.codings {
                codings.push(json!({
                    "id": coding.guid,
                    "passage": mark.passage.guid,
                    "code": guid(&whole.codes, coding.code),
                    "coder": whole.coder(coding.coder).map(|coder| coder.name.as_str()),
                    "source": source.guid,
                    "from": mark.from,
                    "to": mark.to,
                    "quote": quote,
                    "quote_number": mark.passage.quote_number,
                    "at": coding.made_at.rfc3339(),
                }));
            }
        }
        sources.push(json!({
            "id": source.guid,
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
        "themes": whole.themes.iter().map(|theme| self::theme(theme, &whole.codes)).collect::<Vec<_>>(),
        "findings": findings.iter().map(|finding| self::finding(finding, whole)).collect::<Vec<_>>(),
    }))
}

fn guid(codes: &[Code], id: Id<Code>) -> Option<base::Uuid> {
    codes
        .iter()
        .find(|code| code.id == id)
        .map(|code| code.guid)
}

fn codes(codes: &[Code]) -> Vec<Value> {
    let guids: HashMap<Id<Code>, base::Uuid> =
        codes.iter().map(|code| (code.id, code.guid)).collect();
    codes
        .iter()
        .map(|code| {
            json!({
                "id": code.guid,
                "parent": code.parent.and_then(|parent| guids.get(&parent)),
                "name": code.name,
                "description": code.description,
                "colour": code.colour,
                "sign": code.sign,
                "codable": code.codable,
            })
        })
        .collect()
}

fn theme(theme: &Theme, codes: &[Code]) -> Value {
    json!({
        "id": theme.guid,
        "title": theme.title,
        "text": theme.text,
        "codes": theme.codes.iter().filter_map(|code| guid(codes, *code)).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding, whole: &Whole<'_>) -> Value {
    let theme = whole
        .themes
        .iter()
        .find(|theme| Some(theme.id) == finding.theme);
    let source = |id| {
        whole
            .sources
            .iter()
            .find(|source| source.id == id)
            .map(|source| source.guid)
    };
    json!({
        "number": finding.number,
        "theme": theme.map(|theme| theme.guid),
        "sentence": finding.sentence,
        "polarity": finding.polarity.word(),
        "level": finding.level.word(),
        "chime": finding.chime.map(findings::Chime::word),
        "sides": finding.sides.iter().map(|side| side.word()).collect::<Vec<_>>(),
        "evidence": finding.evidence.iter().map(|one| json!({
            "quote_number": one.quote_number,
            "stance": one.stance.word(),
            "quote": one.text,
            "speaker": one.speaker_label,
            "side": one.side.map(|side| side.word()),
            "source": source(one.source),
            "basis": one.basis.word(),
        })).collect::<Vec<_>>(),
    })
}
