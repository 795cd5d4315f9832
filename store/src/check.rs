//! Looks over what the store itself keeps: trail against witness, objects, foreign keys.

use std::collections::HashMap;

use base::{Digest, Id, Uuid};

use crate::{Fault, Sealed, Store, dialect, objects, params, trail, witness};

/// Rows read at a time.
const PAGE: i64 = 500;

/// Compares the trail with the witness both ways, opens every key, every sealed row of these tables and
/// every object, asks the engine for broken references. One line per fault, with what to do; none when
/// all is well.
///
/// # Errors
/// [`Fault`] when database or files can't be read at all.
pub async fn run(store: &Store, sealed: &[Sealed]) -> Result<Vec<String>, Fault> {
    let mut faults = trail_and_witness(store).await?;
    faults.extend(store.keys().check().await?);
    faults.extend(self::sealed(store, sealed).await?);
    faults.extend(all_objects(store).await?);
    faults.extend(references(store).await?);
    Ok(faults)
}

/// Opens every sealed row of these tables.
pub(crate) async fn sealed(store: &Store, tables: &[Sealed]) -> Result<Vec<String>, Fault> {
    let mut faults = Vec::new();
    for table in tables {
        faults.extend(table.look_over(store).await?);
    }
    Ok(faults)
}

async fn trail_and_witness(store: &Store) -> Result<Vec<String>, Fault> {
    // The trail is read first: what is written meanwhile is then in the witness at least.
    let mut faults = Vec::new();
    let mut rows: HashMap<Uuid, Digest> = HashMap::new();
    let mut ends: HashMap<Uuid, Uuid> = HashMap::new();
    let mut after = Uuid::nil();
    loop {
        let page = trail::page(&store.read(), store.instance(), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.entry.id;
        for kept in page {
            if kept.entry.digest(store.instance()) != kept.digest {
                faults.push(format!(
                    "trail row {} was changed after it was written: restore it from a backup",
                    kept.entry.id
                ));
            }
            if let Some(before) = kept.entry.ends() {
                ends.insert(kept.entry.id, before);
            }
            rows.insert(kept.entry.id, kept.digest);
        }
    }
    let dir = store.dir().to_path_buf();
    let account = tokio::task::spawn_blocking(move || witness::read_all(&dir))
        .await
        .map_err(|_| Fault::Closed)??;
    for place in &account.broken {
        faults.push(format!(
            "witness {place}: the chain is broken there; compare with a backup of the witness"
        ));
    }
    // What came to its end was written down; only a line that was witnessed counts.
    let ended = account
        .lines
        .iter()
        .filter(|line| rows.get(&line.trail) == Some(&line.digest))
        .filter_map(|line| ends.get(&line.trail))
        .max()
        .copied()
        .unwrap_or(Uuid::nil());
    let mut late = Vec::new();
    for line in &account.lines {
        match rows.remove(&line.trail) {
            Some(digest) if digest == line.digest => {}
            Some(_) => faults.push(format!(
                "trail row {} is not the one that was witnessed: restore from a backup",
                line.trail
            )),
            None if line.trail < ended => {}
            // Written after the trail was read, or lost: it is asked for below.
            None if line.trail > after => late.push(line.trail),
            None if is_repeated(&account.lines, line) => {}
            None => faults.push(lost(line.trail)),
        }
    }
    for some in late.chunks(500) {
        let there = trail::which_of(&store.read(), some).await?;
        let gone = some.iter().filter(|id| !there.contains(id));
        faults.extend(gone.map(|id| lost(*id)));
    }
    for id in rows.keys() {
        faults.push(format!(
            "trail row {id} has no witness: it was not written by this program"
        ));
    }
    Ok(faults)
}

fn lost(id: Uuid) -> String {
    format!(
        "trail row {id} is lost, and with it what was saved in the same act: restore from a backup"
    )
}

/// A row whose line was appended again after a crash stands twice.
fn is_repeated(lines: &[witness::Line], line: &witness::Line) -> bool {
    lines
        .iter()
        .filter(|other| other.trail == line.trail)
        .count()
        > 1
}

async fn all_objects(store: &Store) -> Result<Vec<String>, Fault> {
    let mut faults = Vec::new();
    let mut after = Id::from(Uuid::nil());
    loop {
        let page = objects::page(&store.read(), after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(faults);
        };
        after = last.id;
        for object in &page {
            if let Err(fault) = store.objects().get(object).await {
                faults.push(format!(
                    "object {}: {fault}; restore it from a backup",
                    object.id
                ));
            }
        }
    }
}

async fn references(store: &Store) -> Result<Vec<String>, Fault> {
    let Some(sql) = dialect::broken_references(store.engine()) else {
        return Ok(Vec::new());
    };
    let rows = store.read().all(sql, params![]).await?;
    rows.iter()
        .map(|row| {
            Ok(format!(
                "table {}: rows point to others that are gone; restore from a backup",
                row.text("name")?
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::trail::Entry;

    async fn written(store: &Store, n: u128) {
        let entry = Entry {
            id: Uuid::from_u128(n),
            at: testing::NOON,
            actor: None,
            role: "operator:test".into(),
            act: "read".into(),
            kind: "study".into(),
            subject: Uuid::from_u128(5),
            ground: "operator".into(),
            study: None,
        };
        let done: Result<(), Fault> = store
            .write(move |tx| Box::pin(async move { tx.trail(&entry).await }))
            .await;
        done.unwrap();
    }

    async fn past_the_program(store: &Store, sql: &'static str, id: Uuid) {
        let done: Result<u64, Fault> = store
            .write(move |tx| Box::pin(async move { tx.exec(sql, params![id]).await }))
            .await;
        done.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_lost_a_changed_and_a_foreign_row_are_each_told() {
        testing::each_engine(async |store, _| {
            for n in 1..=4 {
                written(store, n).await;
            }
            assert_eq!(run(store, &[]).await.unwrap(), Vec::<String>::new());
            past_the_program(store, "DELETE FROM trail WHERE id = $1", Uuid::from_u128(2)).await;
            past_the_program(
                store,
                "UPDATE trail SET act = 'nothing' WHERE id = $1",
                Uuid::from_u128(3),
            )
            .await;
            let faults = run(store, &[]).await.unwrap();
            assert_eq!(faults.len(), 2, "{faults:?}");
            assert!(
                faults
                    .iter()
                    .any(|line| line.contains("changed after") && line.contains("0003"))
            );
            assert!(
                faults
                    .iter()
                    .any(|line| line.contains("is lost") && line.contains("0002"))
            );
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_lost_tail_is_told() {
        testing::each_engine(async |store, _| {
            for n in 1..=3 {
                written(store, n).await;
            }
            // As after a damaged write-ahead log: the newest rows are gone, and nothing comes after them.
            for n in [2, 3] {
                past_the_program(store, "DELETE FROM trail WHERE id = $1", Uuid::from_u128(n))
                    .await;
            }
            let faults = run(store, &[]).await.unwrap();
            assert_eq!(faults, [lost(Uuid::from_u128(2)), lost(Uuid::from_u128(3))]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_missing_object_is_told() {
        testing::each_engine(async |store, clock| {
            let (id, now) = (base::Chance::seeded(1).id(clock.now()), clock.now());
            let object = store
                .objects()
                .put(
                    &store.sealer(crate::Owner::Hub).await.unwrap(),
                    id,
                    "text/plain",
                    "hei".into(),
                )
                .await
                .unwrap();
            let done: Result<(), Fault> = store
                .write(move |tx| Box::pin(async move { objects::add(tx, &object, now).await }))
                .await;
            done.unwrap();
            assert_eq!(run(store, &[]).await.unwrap(), Vec::<String>::new());
            store.objects().delete(id).await.unwrap();
            assert_eq!(run(store, &[]).await.unwrap().len(), 1);
        })
        .await;
    }
}
