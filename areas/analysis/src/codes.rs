//! What is done with codes: each act opens its door and is recorded.

use std::collections::HashSet;

use ::store::Tx;
use base::Id;
use frame::Failure;
use people::{Act, Layer, StudyPart, Visitor};
use serde_json::json;
use ui::Words;
use voices::Study;

use crate::codebook::{
    CODES_MAX, Code, DESCRIPTION_MAX, Frame, NAME_MAX, colour, folded, is_colour, is_sign,
    may_go_below, sign_for,
};
use crate::store as rows;

/// Why a code that is used is not removed.
pub const IN_USE: &str = "AN0014";

/// A code as somebody wants it. Colour and sign are chosen when they are not given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewCode {
    /// Its name.
    pub name: String,
    /// The code above it.
    pub parent: Option<Id<Code>>,
    /// `#rrggbb`.
    pub colour: Option<String>,
    /// One or two characters.
    pub sign: Option<String>,
    /// What it means.
    pub description: String,
    /// Only a heading.
    pub heading: bool,
}

impl NewCode {
    /// A code with a name and nothing else chosen.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

fn wrong_name() -> Failure {
    Failure::bad("AN0011", "analysis-wrong-name")
}

async fn enter(tx: &Tx, visitor: &Visitor, study: Id<Study>) -> Result<(), Failure> {
    visitor
        .enter(tx, Act::Change, StudyPart(study.uuid(), Layer::Raw))
        .await?;
    Ok(())
}

/// The code with this name among all of the study, or a new one, which is then among them; true
/// when it is new. The caller has opened the door.
pub(crate) async fn find_or_add(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    all: &mut Vec<Code>,
    new: NewCode,
) -> Result<(Code, bool), Failure> {
    let name = folded(&new.name);
    let known = all
        .iter()
        .find(|code| code.codable && folded(&code.name) == name);
    if let Some(known) = known {
        return Ok((known.clone(), false));
    }
    let code = add_to(tx, visitor, study, all, new).await?;
    all.push(code.clone());
    Ok((code, true))
}

async fn add_to(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    all: &[Code],
    new: NewCode,
) -> Result<Code, Failure> {
    let code = made(visitor, all, new)?;
    rows::add_code(tx, study, &code, visitor.hub().now()).await?;
    let payload = json!({ "code": code.id, "name": code.name });
    voices::record(tx, visitor, study, "analysis-did-add-code", &payload, None).await?;
    Ok(code)
}

/// The code as it will be, with what was not chosen chosen for it.
fn made(visitor: &Visitor, all: &[Code], new: NewCode) -> Result<Code, Failure> {
    let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty()
        || name.chars().count() > NAME_MAX
        || new.description.chars().count() > DESCRIPTION_MAX
    {
        return Err(wrong_name());
    }
    if i64::try_from(all.len())
        .is_ok_and(|count| count >= i64::try_from(CODES_MAX).unwrap_or(i64::MAX))
    {
        return Err(Failure::conflict(
            "AN0012",
            "analysis-too-many-codes-in-study",
        ));
    }
    let parent = match new.parent {
        Some(parent) => Some(
            all.iter()
                .find(|code| code.id == parent)
                .ok_or_else(wrong_name)?,
        ),
        None => None,
    };
    let taken: HashSet<String> = all.iter().map(|code| code.sign.clone()).collect();
    let tops = all.iter().filter(|code| code.depth == 0).count();
    let hub = visitor.hub();
    Ok(Code {
        id: hub.chance().id(hub.now()),
        parent: parent.map(|parent| parent.id),
        place: all.iter().map(|code| code.place).max().unwrap_or(0) + 1,
        colour: new
            .colour
            .filter(|text| is_colour(text))
            .unwrap_or_else(|| match parent {
                Some(parent) if parent.codable => parent.colour.clone(),
                Some(_) => colour(all.len()).to_owned(),
                None => colour(tops).to_owned(),
            }),
        sign: new
            .sign
            .filter(|text| is_sign(text))
            .unwrap_or_else(|| sign_for(&name, &taken)),
        name,
        description: new.description.trim().to_owned(),
        codable: !new.heading,
        guid: hub.chance().uuid(hub.now()),
        depth: parent.map_or(0, |parent| parent.depth + 1),
    })
}

/// Makes a code.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0011` when name, description or parent can't be used; `AN0012` when
/// the study has too many.
pub async fn add(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    new: NewCode,
) -> Result<Code, Failure> {
    enter(tx, visitor, study).await?;
    let all = rows::codes(tx, study).await?;
    add_to(tx, visitor, study, &all, new).await
}

/// Writes name, description, colour, sign, place in the tree and whether it can be marked with.
///
/// # Errors
/// As [`add`]; `AN0013` when it would go below itself.
pub async fn change(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    id: Id<Code>,
    new: NewCode,
) -> Result<Code, Failure> {
    enter(tx, visitor, study).await?;
    let all = rows::codes(tx, study).await?;
    let before = all
        .iter()
        .find(|code| code.id == id)
        .ok_or(Failure::NotFound)?
        .clone();
    if let Some(parent) = new.parent
        && !may_go_below(&all, id, parent)
    {
        return Err(Failure::conflict("AN0013", "analysis-no-circle"));
    }
    let others: Vec<Code> = all.into_iter().filter(|code| code.id != id).collect();
    let kept = NewCode {
        colour: new.colour.clone().or(Some(before.colour.clone())),
        sign: new.sign.clone().or(Some(before.sign.clone())),
        ..new
    };
    let wanted = made(visitor, &others, kept)?;
    let after = Code {
        id,
        guid: before.guid,
        place: before.place,
        ..wanted
    };
    rows::set_code(tx, &after).await?;
    let payload = json!({ "code": id, "before": before, "after": after });
    voices::record(
        tx,
        visitor,
        study,
        "analysis-did-change-code",
        &payload,
        None,
    )
    .await?;
    Ok(after)
}

/// Moves a code up or down among its siblings.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn shift(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    id: Id<Code>,
    up: bool,
) -> Result<(), Failure> {
    enter(tx, visitor, study).await?;
    let all = rows::codes(tx, study).await?;
    let code = all
        .iter()
        .find(|code| code.id == id)
        .ok_or(Failure::NotFound)?;
    let siblings: Vec<&Code> = all
        .iter()
        .filter(|other| other.parent == code.parent)
        .collect();
    let at = siblings
        .iter()
        .position(|other| other.id == id)
        .unwrap_or(0);
    let other = if up { at.checked_sub(1) } else { Some(at + 1) };
    let Some(other) = other.and_then(|at| siblings.get(at)) else {
        return Ok(());
    };
    // Two with the same place are told apart first.
    let step = i64::from(code.place == other.place);
    let (mine, theirs) = if up {
        (other.place, code.place + step)
    } else {
        (other.place + step, code.place)
    };
    rows::set_code(
        tx,
        &Code {
            place: mine,
            ..code.clone()
        },
    )
    .await?;
    rows::set_code(
        tx,
        &Code {
            place: theirs,
            ..(*other).clone()
        },
    )
    .await?;
    let payload = json!({ "code": id, "place": mine });
    voices::record(
        tx,
        visitor,
        study,
        "analysis-did-change-code",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// Makes one code of two: what is marked with `from` is marked with `into`, what lies below it
/// goes below `into`, and `from` is gone.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0013` when `into` lies below `from`.
pub async fn merge(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    from: Id<Code>,
    into: Id<Code>,
) -> Result<(), Failure> {
    enter(tx, visitor, study).await?;
    let all = rows::codes(tx, study).await?;
    let gone = all
        .iter()
        .find(|code| code.id == from)
        .ok_or(Failure::NotFound)?;
    let kept = all
        .iter()
        .find(|code| code.id == into)
        .ok_or(Failure::NotFound)?;
    if !may_go_below(&all, from, into) || !kept.codable {
        return Err(Failure::conflict("AN0013", "analysis-no-circle"));
    }
    rows::move_codings(tx, from, into).await?;
    rows::move_children(tx, from, Some(into)).await?;
    rows::move_theme_codes(tx, from, into).await?;
    rows::move_code_notes(tx, from, into).await?;
    rows::recount(tx, &[from, into]).await?;
    rows::remove_code(tx, from).await?;
    let payload = json!({ "gone": gone, "into": into });
    voices::record(
        tx,
        visitor,
        study,
        "analysis-did-merge-codes",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// Removes a code. What lies below it goes one step up. With `codings` its codings go too, and
/// passages that nothing else holds.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0014` when it is used and `codings` is false.
pub async fn remove(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    id: Id<Code>,
    codings: bool,
) -> Result<(), Failure> {
    enter(tx, visitor, study).await?;
    let all = rows::codes(tx, study).await?;
    let code = all
        .iter()
        .find(|code| code.id == id)
        .ok_or(Failure::NotFound)?;
    let used = rows::counts(tx, study, None)
        .await?
        .into_iter()
        .any(|(counted, n)| counted == id && n > 0);
    if used && !codings {
        return Err(Failure::conflict(IN_USE, "analysis-code-used"));
    }
    rows::remove_codings_of(tx, id).await?;
    rows::move_children(tx, id, code.parent).await?;
    rows::remove_code(tx, id).await?;
    if used {
        rows::remove_idle_passages(tx, study).await?;
    }
    voices::record(
        tx,
        visitor,
        study,
        "analysis-did-remove-code",
        &json!({ "gone": code }),
        None,
    )
    .await?;
    Ok(())
}

/// Adds a frame to start from: a heading, with the frame's codes below it, in the words of the
/// person's language. The study's guide gives one code and colour per theme.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0015` when the study has no guide.
pub async fn add_frame(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    frame: Frame,
    words: &Words,
) -> Result<(), Failure> {
    enter(tx, visitor, study).await?;
    lay_frame(tx, visitor, study, frame, words).await
}

/// Adds a frame. The caller has opened the door.
pub(crate) async fn lay_frame(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    frame: Frame,
    words: &Words,
) -> Result<(), Failure> {
    let mut all = rows::codes(tx, study).await?;
    let wanted: Vec<(String, String, Option<String>)> = match frame {
        Frame::Guide => voices::guide(tx, study)
            .await?
            .into_iter()
            .map(|theme| (theme.title, theme.questions.join("\n"), None))
            .collect(),
        _ => frame
            .codes()
            .iter()
            .map(|(name, what, sign)| (words.t(name), words.t(what), Some((*sign).to_owned())))
            .collect(),
    };
    if wanted.is_empty() {
        return Err(Failure::conflict("AN0015", "analysis-no-guide"));
    }
    let heading = NewCode {
        heading: true,
        ..NewCode::named(&words.t(frame.text_key()))
    };
    let heading = add_to(tx, visitor, study, &all, heading).await?;
    let parent = heading.id;
    all.push(heading);
    for (n, (name, description, sign)) in wanted.into_iter().enumerate() {
        let name = name.chars().take(NAME_MAX).collect();
        let description = description.chars().take(DESCRIPTION_MAX).collect();
        let new = NewCode {
            name,
            parent: Some(parent),
            colour: Some(colour(n).to_owned()),
            sign,
            description,
            heading: false,
        };
        let code = add_to(tx, visitor, study, &all, new).await?;
        all.push(code);
    }
    Ok(())
}
