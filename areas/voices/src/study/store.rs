//! SQL of studies, their states and their command log.

use base::{Account, Id, Time, Uuid};
use store::{Body, Conn, Fault, IntoValue, Row, Tx, params};

use super::{Command, Facts, GuideTheme, StateChange, Study, StudyCard, StudyState};

fn card_of(row: &Row) -> Result<StudyCard, Fault> {
    Ok(StudyCard {
        id: row.id("id")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        state: row.word("state")?,
        state_at: row.time("state_at")?,
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
        id: card.id,
        slug: card.slug,
        title: card.title,
        state: card.state,
        state_at: card.state_at,
        background: row.text("background")?,
        services: lines(services)?,
        questions: lines(questions)?,
        made_at: card.made_at,
    }))
}

const STUDY: &str = "SELECT id, slug, title, state, state_at, background, made_at FROM study";

/// The study at an address.
pub async fn by_slug(db: &Conn, slug: &str) -> Result<Option<Study>, Fault> {
    let row = db
        .one(&format!("{STUDY} WHERE slug = $1"), params![slug])
        .await?;
    whole(db, row).await
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

/// One page of all studies, newest first, and how many there are.
pub async fn cards(db: &Conn, limit: i64, offset: i64) -> Result<(Vec<StudyCard>, i64), Fault> {
    let rows = db
        .all(
            &format!("{STUDY} ORDER BY made_at DESC, id DESC LIMIT $1 OFFSET $2"),
            params![limit, offset],
        )
        .await?;
    let total = db
        .count("SELECT COUNT(*) AS n FROM study", params![])
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
        marks(1, ids.len())
    );
    let rows = db
        .all(&sql, ids.iter().map(|id| id.into_value()).collect())
        .await?;
    rows.iter().map(card_of).collect()
}

/// `$from, $from+1, …`: so many parameters.
pub fn marks(from: usize, n: usize) -> String {
    let marks: Vec<String> = (from..from + n).map(|at| format!("${at}")).collect();
    marks.join(", ")
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

/// Writes title and background.
pub async fn set_words(tx: &Tx, id: Id<Study>, title: &str, background: &str) -> Result<(), Fault> {
    tx.exec(
        "UPDATE study SET title = $1, background = $2 WHERE id = $3",
        params![title, background, id],
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
    let body = Body::of(&command.payload.to_string());
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

fn command_of(row: &Row) -> Result<Command, Fault> {
    Ok(Command {
        seq: row.int("seq")?,
        at: row.time("at")?,
        actor: row.opt_id("actor")?,
        kind: row.text("kind")?,
        payload: serde_json::from_str(&row.body("body", "key_ref")?)?,
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
    rows.iter().map(command_of).collect()
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
    rows.iter().map(command_of).collect()
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
            let body = Body::of(&serde_json::json!({ "source": source }).to_string());
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
