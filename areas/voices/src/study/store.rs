//! SQL of studies, their states and their command log.

use base::{Account, Id, Time, Uuid};
use store::{Conn, Fault, IntoValue, Named, Owner, Row, Sealed, Tx, each, params, places};

use super::{
    Command, Facts, GuideTheme, NewStudy, Standing, StateChange, Study, StudyCard, StudyState,
};

fn card_of(row: &Row) -> Result<StudyCard, Fault> {
    Ok(StudyCard {
        id: row.id("id")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        state: row.word("state")?,
        state_at: row.time("state_at")?,
        practice: row.flag("practice")?,
        made_at: row.time("made_at")?,
    })
}

async fn whole(db: &Conn, row: Option<Row>) -> Result<Option<Study>, Fault> {
    let Some(row) = row else { return Ok(None) };
    let card = card_of(&row)?;
    let services = db
        .all(
            "SELECT name AS line FROM study_service WHERE study = $1 ORDER BY place",
            params![card.id],
        )
        .await?;
    let questions = db
        .all(
            "SELECT question AS line FROM study_question WHERE study = $1 ORDER BY place",
            params![card.id],
        )
        .await?;
    let lines = |rows: Vec<Row>| {
        rows.iter()
            .map(|row| row.text("line"))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Some(Study {
        card,
        background: row.text("background")?,
        services: lines(services)?,
        questions: lines(questions)?,
        publisher: row.word("publisher")?,
    }))
}

const STUDY: &str =
    "SELECT id, slug, title, state, state_at, background, publisher, practice, made_at FROM study";

/// The study at an address.
pub async fn by_slug(db: &Conn, slug: &str) -> Result<Option<Study>, Fault> {
    let row = db
        .one(&format!("{STUDY} WHERE slug = $1"), params![slug])
        .await?;
    whole(db, row).await
}

/// The card of the study at an address, and how far its command log has come, in one question.
pub async fn standing(db: &Conn, slug: &str) -> Result<Option<Standing>, Fault> {
    let row = db
        .one(
            "SELECT id, slug, title, state, state_at, practice, made_at, seq FROM study WHERE slug = $1",
            params![slug],
        )
        .await?;
    row.map(|row| {
        Ok(Standing {
            study: card_of(&row)?,
            seq: row.int("seq")?,
        })
    })
    .transpose()
}

/// The id of the study at an address.
pub async fn id_of(db: &Conn, slug: &str) -> Result<Option<Uuid>, Fault> {
    let row = db
        .one("SELECT id FROM study WHERE slug = $1", params![slug])
        .await?;
    row.map(|row| row.uuid("id")).transpose()
}

/// The study with an id.
pub async fn by_id(db: &Conn, id: Id<Study>) -> Result<Option<Study>, Fault> {
    let row = db
        .one(&format!("{STUDY} WHERE id = $1"), params![id])
        .await?;
    whole(db, row).await
}

/// One page of all studies but those for practice, newest first, and how many there are.
pub async fn cards(db: &Conn, limit: i64, offset: i64) -> Result<(Vec<StudyCard>, i64), Fault> {
    let rows = db
        .all(
            &format!(
                "{STUDY} WHERE NOT practice ORDER BY made_at DESC, id DESC LIMIT $1 OFFSET $2"
            ),
            params![limit, offset],
        )
        .await?;
    let total = db
        .count(
            "SELECT COUNT(*) AS n FROM study WHERE NOT practice",
            params![],
        )
        .await?;
    Ok((rows.iter().map(card_of).collect::<Result<_, _>>()?, total))
}

/// The studies with these ids, newest first: somebody's own, so few.
pub async fn cards_of(db: &Conn, ids: &[Uuid]) -> Result<Vec<StudyCard>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{STUDY} WHERE id IN ({}) ORDER BY made_at DESC, id DESC",
        places(1, ids.len())
    );
    let rows = db.all(&sql, each(ids)).await?;
    rows.iter().map(card_of).collect()
}

/// Of these studies, those with sources that lack a basis, and how many.
pub async fn without_basis(db: &Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT study, COUNT(*) AS n FROM source WHERE study IN ({}) AND visible AND basis = 'none' GROUP BY study",
        places(1, ids.len())
    );
    counted(&db.all(&sql, each(ids)).await?)
}

/// How many sources each of these studies has; studies without are left out.
pub async fn source_counts(db: &Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT study, COUNT(*) AS n FROM source WHERE study IN ({}) AND visible GROUP BY study",
        places(1, ids.len())
    );
    counted(&db.all(&sql, each(ids)).await?)
}

/// Of these studies, the one in which somebody did something last, and when.
pub async fn last_place_of(
    db: &Conn,
    ids: &[Uuid],
    actor: Id<Account>,
) -> Result<Option<(Uuid, Time)>, Fault> {
    if ids.is_empty() {
        return Ok(None);
    }
    // One step into the index for each study.
    let sql = format!(
        "SELECT id, at FROM (SELECT id, (SELECT c.at FROM command c WHERE c.study = study.id AND c.actor = $1 \
         ORDER BY c.seq DESC LIMIT 1) AS at FROM study WHERE id IN ({})) AS own \
         WHERE at IS NOT NULL ORDER BY at DESC LIMIT 1",
        places(2, ids.len())
    );
    let mut all = vec![actor.into_value()];
    all.extend(each(ids));
    let row = db.one(&sql, all).await?;
    row.map(|row| Ok((row.uuid("id")?, row.time("at")?)))
        .transpose()
}

fn counted(rows: &[Row]) -> Result<Vec<(Uuid, i64)>, Fault> {
    rows.iter()
        .map(|row| Ok((row.uuid("study")?, row.int("n")?)))
        .collect()
}

/// Addresses that begin like this one.
pub async fn slugs_like(db: &Conn, slug: &str) -> Result<Vec<String>, Fault> {
    let rows = db
        .all(
            "SELECT slug FROM study WHERE slug = $1 OR slug LIKE $2",
            params![slug, format!("{slug}-%")],
        )
        .await?;
    rows.iter().map(|row| row.text("slug")).collect()
}

/// Adds a study with an empty commission.
pub async fn add(tx: &Tx, id: Id<Study>, slug: &str, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO study (id, slug, title, state, state_at, background, seq, made_at) \
         VALUES ($1, $2, '', $3, $4, '', 0, $4)",
        params![id, slug, StudyState::Draft.word(), now],
    )
    .await?;
    Ok(())
}

/// Says that a study is for practice, and how far it is.
pub async fn set_practice(
    tx: &Tx,
    id: Id<Study>,
    state: StudyState,
    now: Time,
) -> Result<(), Fault> {
    tx.exec(
        "UPDATE study SET practice = TRUE, state = $1, state_at = $2 WHERE id = $3",
        params![state.word(), now, id],
    )
    .await?;
    Ok(())
}

/// Takes a study away with its sources and its history, and begins it anew under the same id and
/// address. The numbers of its commands go on, so that whoever watches sees that something was done.
/// What other areas know of it must be gone already; what they forgot goes with the row.
pub async fn renew(tx: &Tx, id: Id<Study>, now: Time) -> Result<(), Fault> {
    let row = tx
        .one(
            "UPDATE study SET seq = seq + 1 WHERE id = $1 RETURNING slug, seq, made_at",
            params![id],
        )
        .await?
        .ok_or_else(|| Fault::Row("no such study".into()))?;
    let (slug, seq, made_at) = (row.text("slug")?, row.int("seq")?, row.time("made_at")?);
    // In this order: what points to a row goes before it.
    for sql in [
        "DELETE FROM block WHERE source IN (SELECT id FROM source WHERE study = $1)",
        "DELETE FROM source WHERE study = $1",
        "DELETE FROM import WHERE study = $1",
        "DELETE FROM study WHERE id = $1",
    ] {
        tx.exec(sql, params![id]).await?;
    }
    add(tx, id, &slug, now).await?;
    tx.exec(
        "UPDATE study SET seq = $1, made_at = $2 WHERE id = $3",
        params![seq, made_at, id],
    )
    .await?;
    Ok(())
}

/// Writes title, background, and who publishes.
pub async fn set_words(tx: &Tx, id: Id<Study>, new: &NewStudy) -> Result<(), Fault> {
    tx.exec(
        "UPDATE study SET title = $1, background = $2, publisher = $3 WHERE id = $4",
        params![&new.title, &new.background, new.publisher.word(), id],
    )
    .await?;
    Ok(())
}

/// Replaces services and questions.
pub async fn set_lists(
    tx: &Tx,
    id: Id<Study>,
    services: &[String],
    questions: &[String],
) -> Result<(), Fault> {
    tx.exec("DELETE FROM study_service WHERE study = $1", params![id])
        .await?;
    for (place, name) in services.iter().enumerate() {
        tx.exec(
            "INSERT INTO study_service (study, place, name) VALUES ($1, $2, $3)",
            params![id, place, name],
        )
        .await?;
    }
    tx.exec("DELETE FROM study_question WHERE study = $1", params![id])
        .await?;
    for (place, question) in questions.iter().enumerate() {
        tx.exec(
            "INSERT INTO study_question (study, place, question) VALUES ($1, $2, $3)",
            params![id, place, question],
        )
        .await?;
    }
    Ok(())
}

/// Replaces the theme guide.
pub async fn set_guide(tx: &Tx, id: Id<Study>, themes: &[GuideTheme]) -> Result<(), Fault> {
    tx.exec("DELETE FROM guide_theme WHERE study = $1", params![id])
        .await?;
    for (place, theme) in themes.iter().enumerate() {
        tx.exec(
            "INSERT INTO guide_theme (id, study, place, title, questions) VALUES ($1, $2, $3, $4, $5)",
            params![theme.id, id, place, &theme.title, theme.questions.join("\n")],
        )
        .await?;
    }
    Ok(())
}

/// The theme guide.
pub async fn guide(db: &Conn, id: Id<Study>) -> Result<Vec<GuideTheme>, Fault> {
    let rows = db
        .all(
            "SELECT id, title, questions FROM guide_theme WHERE study = $1 ORDER BY place",
            params![id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let questions = row.text("questions")?.lines().map(str::to_owned).collect();
            Ok(GuideTheme {
                id: row.id("id")?,
                title: row.text("title")?,
                questions,
            })
        })
        .collect()
}

/// Moves a study to another state; false when it was not in `before` any more.
pub async fn set_state(
    tx: &Tx,
    id: Id<Study>,
    change: (Id<StateChange>, &StateChange),
) -> Result<bool, Fault> {
    let (change_id, change) = change;
    let moved = tx
        .exec(
            "UPDATE study SET state = $1, state_at = $2 WHERE id = $3 AND state = $4",
            params![change.after.word(), change.at, id, change.before.word()],
        )
        .await?;
    if moved == 1 {
        tx.exec(
            "INSERT INTO state_change (id, study, before, after, reason, actor, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                change_id,
                id,
                change.before.word(),
                change.after.word(),
                &change.reason,
                change.actor,
                change.at
            ],
        )
        .await?;
    }
    Ok(moved == 1)
}

/// The newest moves between states.
pub async fn state_changes(
    db: &Conn,
    id: Id<Study>,
    limit: i64,
) -> Result<Vec<StateChange>, Fault> {
    let rows = db
        .all(
            "SELECT before, after, reason, actor, at FROM state_change WHERE study = $1 \
             ORDER BY at DESC, id DESC LIMIT $2",
            params![id, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(StateChange {
                before: row.word("before")?,
                after: row.word("after")?,
                reason: row.text("reason")?,
                actor: row.opt_id("actor")?,
                at: row.time("at")?,
            })
        })
        .collect()
}

/// What this area can count in a study, in one question. Members are `people`'s to count.
pub async fn facts(db: &Conn, id: Id<Study>) -> Result<Facts, Fault> {
    let row = db
        .one(
            "SELECT (SELECT COUNT(*) FROM study_service WHERE study = $1) AS services, \
             (SELECT COUNT(*) FROM study_question WHERE study = $1) AS questions, \
             (SELECT COUNT(*) FROM guide_theme WHERE study = $1) AS themes, \
             (SELECT COUNT(*) FROM source WHERE study = $1 AND visible) AS sources, \
             (SELECT COUNT(*) FROM source WHERE study = $1 AND visible AND basis <> 'none') AS quotable",
            params![id],
        )
        .await?;
    let Some(row) = row else {
        return Ok(Facts::default());
    };
    Ok(Facts {
        services: row.int("services")?,
        questions: row.int("questions")?,
        themes: row.int("themes")?,
        sources: row.int("sources")?,
        quotable: row.int("quotable")?,
        ..Facts::default()
    })
}

/// Raises the number of the last command of studies in which something is shown otherwise now, by an
/// act that is no command of theirs.
pub async fn raise_seq(tx: &Tx, studies: &[Uuid]) -> Result<(), Fault> {
    if studies.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE study SET seq = seq + 1 WHERE id IN ({})",
        places(1, studies.len())
    );
    tx.exec(&sql, each(studies)).await?;
    Ok(())
}

/// The payloads of the command log.
pub const BODY: Sealed = Sealed {
    table: "command",
    row: &[("study", Named::Id), ("seq", Named::Number)],
    study: "t.study",
};

/// Appends to the command log and gives the number; the payload can be erased later.
pub async fn record(tx: &Tx, study: Id<Study>, command: &Command) -> Result<i64, Fault> {
    let row = tx
        .one(
            "UPDATE study SET seq = seq + 1 WHERE id = $1 RETURNING seq",
            params![study],
        )
        .await?
        .ok_or_else(|| Fault::Row("no such study".into()))?;
    let seq = row.int("seq")?;
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    let place = BODY.at(format_args!("{study}/{seq}"));
    let body = sealer.seal(&place, &command.payload.to_string())?;
    tx.exec(
        "INSERT INTO command (study, seq, at, actor, kind, body, key_ref, undoes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        vec![
            study.into_value(),
            seq.into_value(),
            command.at.into_value(),
            command.actor.into_value(),
            command.kind.as_str().into_value(),
            body.bytes(),
            body.key_ref(),
            command.undoes.into_value(),
        ],
    )
    .await?;
    Ok(seq)
}

fn command_of(study: Id<Study>, row: &Row) -> Result<Command, Fault> {
    let seq = row.int("seq")?;
    let place = BODY.at(format_args!("{study}/{seq}"));
    Ok(Command {
        seq,
        at: row.time("at")?,
        actor: row.opt_id("actor")?,
        kind: row.text("kind")?,
        payload: serde_json::from_str(&row.body(&place)?)?,
        undoes: row.opt_int("undoes")?,
    })
}

const COMMAND: &str = "SELECT seq, at, actor, kind, body, key_ref, undoes FROM command";

/// The newest commands of one person, newest first.
pub async fn last_own(
    db: &Conn,
    study: Id<Study>,
    actor: Id<Account>,
    limit: i64,
) -> Result<Vec<Command>, Fault> {
    let sql = format!("{COMMAND} WHERE study = $1 AND actor = $2 ORDER BY seq DESC LIMIT $3");
    let rows = db.all(&sql, params![study, actor, limit]).await?;
    rows.iter().map(|row| command_of(study, row)).collect()
}

/// Commands before a number, newest first.
pub async fn history(
    db: &Conn,
    study: Id<Study>,
    before: i64,
    limit: i64,
) -> Result<Vec<Command>, Fault> {
    let sql = format!("{COMMAND} WHERE study = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3");
    let rows = db.all(&sql, params![study, before, limit]).await?;
    rows.iter().map(|row| command_of(study, row)).collect()
}

/// Commands looked at in one go.
const PAGE: i64 = 500;

/// Takes everything but the source's id out of the commands about a source: names, labels and
/// removed words go with it.
pub async fn erase_source_words(
    tx: &Tx,
    study: Id<Study>,
    source: Id<crate::Source>,
) -> Result<(), Fault> {
    let (id, mut before) = (serde_json::json!(source), i64::MAX);
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    let words = serde_json::json!({ "source": source }).to_string();
    loop {
        let page = history(tx, study, before, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        before = last.seq;
        for command in page
            .iter()
            .filter(|command| command.payload.get("source") == Some(&id))
        {
            let place = BODY.at(format_args!("{study}/{}", command.seq));
            let body = sealer.seal(&place, &words)?;
            tx.exec(
                "UPDATE command SET body = $1, key_ref = $2 WHERE study = $3 AND seq = $4",
                vec![
                    body.bytes(),
                    body.key_ref(),
                    study.into_value(),
                    command.seq.into_value(),
                ],
            )
            .await?;
        }
    }
}
