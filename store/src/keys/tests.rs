use super::*;
use crate::testing::{NOON, each_engine};
use crate::{Named, OpenOptions, Sealed, Store, params, sealing};

const BODY: Sealed = Sealed {
    table: "paper",
    row: &[("id", Named::Number)],
    study: "NULL",
};

async fn with_table(store: &Store) {
    let made: Result<(), Fault> = store
        .write(|tx| {
            Box::pin(async move {
                let sql = "CREATE TABLE paper (id BIGINT PRIMARY KEY, body {{bytes}} NOT NULL, key_ref BIGINT)";
                tx.run_script(&crate::dialect::types(tx.engine(), sql)).await
            })
        })
        .await;
    made.unwrap();
}

async fn write(store: &Store, owner: Owner, id: i64, text: &'static str) -> i64 {
    let key: Result<i64, Fault> = store
        .write(move |tx| {
            Box::pin(async move {
                let sealer = tx.sealer(owner).await?;
                let body = sealer.seal(&BODY.at(id), text)?;
                tx.exec(
                    "INSERT INTO paper (id, body, key_ref) VALUES ($1, $2, $3)",
                    vec![params![id].remove(0), body.bytes(), body.key_ref()],
                )
                .await?;
                Ok(sealer.id)
            })
        })
        .await;
    key.unwrap()
}

async fn read(store: &Store, id: i64) -> Result<String, Fault> {
    let row = store
        .read()
        .one("SELECT body, key_ref FROM paper WHERE id = $1", params![id])
        .await?
        .unwrap();
    row.body(&BODY.at(id))
}

/// The same hub, opened again.
async fn again(store: &Store, clock: &Clock, database: Option<String>) -> Result<Store, Fault> {
    Store::open(OpenOptions {
        dir: store.dir().to_path_buf(),
        database,
        objects: None,
        witness: "operator",
        unlock: Unlock::default(),
        keys: None,
        clock: clock.clone(),
    })
    .await
}

const STUDY: Owner = Owner::Study(Uuid::from_u128(1));
const OTHER: Owner = Owner::Study(Uuid::from_u128(2));
const PERSON: Owner = Owner::Participant {
    id: Uuid::from_u128(3),
    study: Uuid::from_u128(1),
};

#[tokio::test(flavor = "multi_thread")]
async fn each_owner_has_a_key_and_what_it_sealed_is_read_and_not_seen_in_the_table() {
    each_engine(async |store, _| {
        with_table(store).await;
        let first = write(store, STUDY, 1, "Jeg ble møtt.").await;
        assert_eq!(write(store, STUDY, 2, "Ingen maste.").await, first);
        assert_ne!(write(store, OTHER, 3, "Døra var åpen.").await, first);
        assert_ne!(write(store, PERSON, 4, "Jeg heter Kari.").await, first);
        for (id, text) in [
            (1, "Jeg ble møtt."),
            (2, "Ingen maste."),
            (3, "Døra var åpen."),
            (4, "Jeg heter Kari."),
        ] {
            assert_eq!(read(store, id).await.unwrap(), text);
        }
        let held = crate::testing::places_that_show(store, "Ingen maste.").await;
        assert_eq!(held, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_was_changed_or_moved_to_another_row_does_not_open() {
    each_engine(async |store, _| {
        with_table(store).await;
        write(store, STUDY, 1, "en").await;
        write(store, STUDY, 2, "to").await;
        let moved: Result<u64, Fault> = store
            .write(|tx| {
                Box::pin(async move {
                    tx.exec(
                        "UPDATE paper SET body = (SELECT body FROM paper WHERE id = 2) WHERE id = 1",
                        params![],
                    )
                    .await
                })
            })
            .await;
        moved.unwrap();
        assert!(matches!(read(store, 1).await, Err(Fault::Sealed(_))));
        assert_eq!(read(store, 2).await.unwrap(), "to");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_a_participant_takes_their_words_and_a_study_all_of_its_participants() {
    each_engine(async |store, _| {
        with_table(store).await;
        write(store, STUDY, 1, "felles").await;
        write(store, PERSON, 2, "mitt").await;
        write(store, OTHER, 3, "andres").await;
        let erase = async |owner| {
            let done: Result<(), Fault> = store
                .write(move |tx| Box::pin(async move { tx.erase_key(owner, NOON).await }))
                .await;
            done.unwrap();
            sealing::carry_out(store, NOON).await.unwrap()
        };
        assert_eq!(erase(PERSON).await, 1);
        assert!(matches!(read(store, 2).await, Err(Fault::Sealed(_))));
        assert_eq!(read(store, 1).await.unwrap(), "felles");
        write(store, PERSON, 4, "nytt").await;
        assert_eq!(erase(STUDY).await, 1);
        for id in [1, 4] {
            assert!(read(store, id).await.is_err(), "{id}");
        }
        assert_eq!(read(store, 3).await.unwrap(), "andres");
        assert_eq!(erase(STUDY).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_key_is_replaced_and_everything_still_opens() {
    each_engine(async |store, _| {
        with_table(store).await;
        write(store, STUDY, 1, "før").await;
        write(store, PERSON, 2, "mitt").await;
        let sheets = store.keys().make_sheets().await.unwrap();
        store.keys().rotate_hub().await.unwrap();
        store.keys().rotate_hub().await.unwrap();
        assert_eq!(store.keys().check().await.unwrap(), Vec::<String>::new());
        // Nothing is left in memory: it must come from the store.
        store.keys().0.open.write().unwrap().known.clear();
        assert_eq!(read(store, 2).await.unwrap(), "mitt");
        assert_eq!(read(store, 1).await.unwrap(), "før");
        let versions = rows::hub_keys(&store.keys().0.db).await.unwrap();
        let left: Vec<(i64, &str)> = versions
            .iter()
            .map(|row| (row.version, row.way.as_str()))
            .collect();
        assert_eq!(left, [(3, "file"), (3, "recovery")]);
        // The sheets of before still open the new hub key.
        let tried = store.keys().drill(&sheets[0], &sheets[2]).await.unwrap();
        assert_eq!(tried, Ok(()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_file_is_told_and_two_sheets_open_the_hub_again() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::standing_at(NOON);
    let options = || OpenOptions {
        dir: dir.path().to_path_buf(),
        database: None,
        objects: None,
        witness: "serve",
        unlock: Unlock::default(),
        keys: None,
        clock: clock.clone(),
    };
    let store = Store::open(options()).await.unwrap();
    with_table(&store).await;
    write(&store, STUDY, 1, "sagt").await;
    let sheets = store.keys().make_sheets().await.unwrap();
    assert_eq!(store.keys().recovery().await.unwrap().typed, None);
    let back = Sheet::typed(&sheets[1].letters()).unwrap();
    assert_eq!(store.keys().typed_back(&back).await.unwrap(), Ok(()));
    assert_eq!(
        store.keys().recovery().await.unwrap(),
        Recovery {
            made: Some(NOON),
            typed: Some(NOON),
            tried: None
        }
    );
    store.close().await;
    std::fs::remove_file(dir.path().join("unlock.key")).unwrap();
    let Err(Fault::Locked(why)) = Store::open(options()).await else {
        panic!("it opened without its key file");
    };
    assert!(why.contains("two recovery sheets"), "{why}");
    let one = store_recovered(&options(), (&sheets[0], &sheets[0])).await;
    assert!(one.is_err());
    store_recovered(&options(), (&sheets[0], &sheets[1]))
        .await
        .unwrap();
    let store = Store::open(options()).await.unwrap();
    assert_eq!(read(&store, 1).await.unwrap(), "sagt");
    store.close().await;
    // A key store that was lost is not taken for a new hub.
    std::fs::remove_file(dir.path().join("keys.db")).unwrap();
    let Err(Fault::Locked(why)) = Store::open(options()).await else {
        panic!("it opened without its keys");
    };
    assert!(why.contains("not its own"), "{why}");
}

async fn store_recovered(options: &OpenOptions, sheets: (&Sheet, &Sheet)) -> Result<(), Fault> {
    crate::engine::recover(options, sheets).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_opens_and_a_wrong_one_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::standing_at(NOON);
    let open = async |words: &str| {
        Store::open(OpenOptions {
            dir: dir.path().to_path_buf(),
            database: None,
            objects: None,
            witness: "serve",
            unlock: Unlock::Passphrase(zeroize::Zeroizing::new(words.to_owned())),
            keys: None,
            clock: clock.clone(),
        })
        .await
    };
    let store = open("fire små ord her").await.unwrap();
    with_table(&store).await;
    write(&store, STUDY, 1, "sagt").await;
    store.close().await;
    let Err(Fault::Locked(why)) = open("fire små ord der").await else {
        panic!("it opened");
    };
    assert!(why.contains("passphrase"), "{why}");
    let store = open("fire små ord her").await.unwrap();
    assert_eq!(read(&store, 1).await.unwrap(), "sagt");
    store.close().await;
    let Err(Fault::Locked(why)) = again(&store, &clock, None).await else {
        panic!("it opened by a key file");
    };
    assert!(why.contains("passphrase"), "{why}");
}
