//! The order of the parts of a project; users, codes and sets.

use uuid::Uuid;

use super::sources::{self, Context};
use super::xml::{Keeping, Tag, Token, Xml, guid};
use crate::error::{Error, Result};
use crate::{Code, Item, Leftover, Project, Reason, Set, Stamp, User};

/// Reads a whole project and hands out its items as they come.
pub(super) fn read<E: From<Error>>(
    xml: &mut Xml<'_>,
    context: &Context,
    on_item: &mut dyn FnMut(Item) -> std::result::Result<(), E>,
) -> std::result::Result<Project, E> {
    let project = loop {
        match xml.next()? {
            Token::Start(tag) if tag.name() == "Project" => break head(&tag)?,
            Token::Start(_) => return Err(Error::NotAProject.into()),
            _ => {}
        }
    };
    rest(xml, project, context, on_item)
}

/// Reads what comes after the first tag of a project.
pub(super) fn rest<E: From<Error>>(
    xml: &mut Xml<'_>,
    mut project: Project,
    context: &Context,
    on_item: &mut dyn FnMut(Item) -> std::result::Result<(), E>,
) -> std::result::Result<Project, E> {
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name() {
                "Users" => users(xml, &mut project)?,
                "CodeBook" => codebook(xml, &mut project)?,
                "Sets" => sets(xml, &mut project)?,
                "Sources" => items(xml, &mut |xml| sources::next_source(xml, context), on_item)?,
                "Notes" => items(xml, &mut |xml| sources::next_note(xml, context), on_item)?,
                "Variables" | "Cases" | "Links" | "Graphs" => items(xml, &mut next_kept, on_item)?,
                "Description" => project.description = Some(xml.content()?),
                "NoteRef" => {
                    let note = Reference::of(&tag)?;
                    note.settle(xml, &mut project.note_refs, &mut project.leftovers, None)?;
                }
                _ => {
                    let kept = Keeping::new(&tag)?;
                    let held = xml.held().saturating_sub(1);
                    on_item(Item::Leftover(xml.keep(kept, Reason::Unknown, None)?))?;
                    xml.let_go(held);
                }
            },
            Token::End => break,
            _ => {}
        }
    }
    while !matches!(xml.next()?, Token::Eof) {}
    Ok(project)
}

pub(super) fn head(tag: &Tag<'_>) -> Result<Project> {
    let mut project = Project::default();
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if stamp(name, &value, &mut project.created, &mut project.modified) {
            continue;
        }
        match name {
            "name" => project.name = value.into_owned(),
            "origin" => project.origin = Some(value.into_owned()),
            "basePath" => project.base_path = Some(value.into_owned()),
            _ => {}
        }
    }
    Ok(project)
}

/// Reads one of the attributes that tell who and when; false if it is another one.
pub(super) fn stamp(name: &str, value: &str, created: &mut Stamp, modified: &mut Stamp) -> bool {
    match name {
        "creatingUser" | "creatingUserGUID" => created.user = guid(value),
        "creationDateTime" => created.at = value.parse().ok(),
        "modifyingUser" | "modifyingUserGUID" => modified.user = guid(value),
        "modifiedDateTime" => modified.at = value.parse().ok(),
        _ => return false,
    }
    true
}

/// The GUID of an element that must have one.
pub(super) fn required(found: Option<Uuid>, element: &'static str, at: u64) -> Result<Uuid> {
    found.ok_or(Error::BadGuid { element, at })
}

/// A `NoteRef`, `MemberCode` and their like.
pub(super) enum Reference {
    To(Uuid),
    Unreadable(Keeping),
}

impl Reference {
    pub(super) fn of(tag: &Tag<'_>) -> Result<Self> {
        let mut target = None;
        for attribute in tag.attributes() {
            let (name, value) = attribute?;
            // The codebook schema says `guid` where the project schema says `targetGUID`.
            if matches!(name, "targetGUID" | "guid") {
                target = guid(&value);
            }
        }
        match target {
            Some(target) => Ok(Self::To(target)),
            None => Ok(Self::Unreadable(Keeping::new(tag)?)),
        }
    }

    /// Reads to the end of the element and puts it where it belongs.
    pub(super) fn settle(
        self,
        xml: &mut Xml<'_>,
        refs: &mut Vec<Uuid>,
        leftovers: &mut Vec<Leftover>,
        owner: Option<Uuid>,
    ) -> Result<()> {
        match self {
            Self::To(target) => {
                refs.push(target);
                xml.skip()
            }
            Self::Unreadable(kept) => {
                leftovers.push(xml.keep(kept, Reason::BadGuid, owner)?);
                Ok(())
            }
        }
    }
}

fn items<E: From<Error>>(
    xml: &mut Xml<'_>,
    next: &mut dyn FnMut(&mut Xml<'_>) -> Result<Option<Item>>,
    on_item: &mut dyn FnMut(Item) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let held = xml.held();
    while let Some(item) = next(xml)? {
        on_item(item)?;
        xml.let_go(held);
    }
    Ok(())
}

fn next_kept(xml: &mut Xml<'_>) -> Result<Option<Item>> {
    loop {
        match xml.next()? {
            Token::Start(tag) => {
                let kept = Keeping::new(&tag)?;
                let leftover = xml.keep(kept, Reason::Kept, None)?;
                return Ok(Some(Item::Leftover(leftover)));
            }
            Token::End => return Ok(None),
            _ => {}
        }
    }
}

fn users(xml: &mut Xml<'_>, project: &mut Project) -> Result<()> {
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name() == "User" => {
                let user = user(&tag)?;
                project.users.push(user);
                xml.skip()?;
            }
            Token::Start(tag) => {
                let kept = Keeping::new(&tag)?;
                let leftover = xml.keep(kept, Reason::Unknown, None)?;
                project.leftovers.push(leftover);
            }
            Token::End => return Ok(()),
            _ => {}
        }
    }
}

pub(super) fn user(tag: &Tag<'_>) -> Result<User> {
    let (mut own, mut name, mut id) = (None, None, None);
    for attribute in tag.attributes() {
        let (key, value) = attribute?;
        match key {
            "guid" => own = guid(&value),
            "name" => name = Some(value.into_owned()),
            "id" => id = Some(value.into_owned()),
            _ => {}
        }
    }
    Ok(User {
        guid: required(own, "User", tag.at())?,
        name,
        id,
    })
}

/// Reads `CodeBook`, and `Codes` in it, as one tree: some programs leave the inner element out.
pub(super) fn codebook(xml: &mut Xml<'_>, project: &mut Project) -> Result<()> {
    // Kept by hand rather than by recursion, so that a deep tree costs no stack.
    let mut open: Vec<Code> = Vec::new();
    let mut wrappers = 1_usize;
    while wrappers > 0 {
        match xml.next()? {
            Token::Start(tag) => match (tag.name(), open.last_mut()) {
                ("Code", _) => {
                    let code = code(&tag)?;
                    open.push(code);
                }
                ("Codes", None) => wrappers += 1,
                // In a codebook of its own the sets stand here.
                ("Sets", None) => sets(xml, project)?,
                ("Description", Some(code)) => code.description = Some(xml.content()?),
                ("NoteRef", Some(code)) => {
                    let (note, owner) = (Reference::of(&tag)?, Some(code.guid));
                    note.settle(xml, &mut code.note_refs, &mut project.leftovers, owner)?;
                }
                (_, code) => {
                    let (kept, owner) = (Keeping::new(&tag)?, code.map(|code| code.guid));
                    let leftover = xml.keep(kept, Reason::Unknown, owner)?;
                    project.leftovers.push(leftover);
                }
            },
            Token::End => match open.pop() {
                Some(code) => {
                    let above = open.last_mut().map(|parent| &mut parent.children);
                    above.unwrap_or(&mut project.codes).push(code);
                }
                None => wrappers -= 1,
            },
            _ => {}
        }
    }
    Ok(())
}

fn code(tag: &Tag<'_>) -> Result<Code> {
    let mut own = None;
    let mut code = Code {
        guid: Uuid::nil(),
        name: String::new(),
        is_codable: true,
        color: None,
        description: None,
        note_refs: Vec::new(),
        children: Vec::new(),
    };
    for attribute in tag.attributes() {
        let (key, value) = attribute?;
        match key {
            "guid" => own = guid(&value),
            "name" => code.name = value.into_owned(),
            "isCodable" => code.is_codable = !matches!(value.trim(), "false" | "0" | "False"),
            "color" => code.color = value.parse().ok(),
            _ => {}
        }
    }
    code.guid = required(own, "Code", tag.at())?;
    Ok(code)
}

fn sets(xml: &mut Xml<'_>, project: &mut Project) -> Result<()> {
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name() == "Set" => {
                let set = set_head(&tag)?;
                let set = set_members(xml, set, &mut project.leftovers)?;
                project.sets.push(set);
            }
            Token::Start(tag) => {
                let kept = Keeping::new(&tag)?;
                let leftover = xml.keep(kept, Reason::Unknown, None)?;
                project.leftovers.push(leftover);
            }
            Token::End => return Ok(()),
            _ => {}
        }
    }
}

pub(super) fn set_head(tag: &Tag<'_>) -> Result<Set> {
    let (mut own, mut name) = (None, String::new());
    for attribute in tag.attributes() {
        let (key, value) = attribute?;
        match key {
            "guid" => own = guid(&value),
            "name" => name = value.into_owned(),
            _ => {}
        }
    }
    Ok(Set {
        guid: required(own, "Set", tag.at())?,
        name,
        description: None,
        codes: Vec::new(),
        sources: Vec::new(),
        notes: Vec::new(),
    })
}

pub(super) fn set_members(
    xml: &mut Xml<'_>,
    mut set: Set,
    leftovers: &mut Vec<Leftover>,
) -> Result<Set> {
    let owner = Some(set.guid);
    loop {
        match xml.next()? {
            Token::Start(tag) => {
                let members = match tag.name() {
                    "MemberCode" => &mut set.codes,
                    "MemberSource" => &mut set.sources,
                    "MemberNote" => &mut set.notes,
                    "Description" => {
                        set.description = Some(xml.content()?);
                        continue;
                    }
                    _ => {
                        let kept = Keeping::new(&tag)?;
                        leftovers.push(xml.keep(kept, Reason::Unknown, owner)?);
                        continue;
                    }
                };
                Reference::of(&tag)?.settle(xml, members, leftovers, owner)?;
            }
            Token::End => return Ok(set),
            _ => {}
        }
    }
}
