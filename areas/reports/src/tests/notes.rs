//! Notes that keep a quote out.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_note_on_a_passage_keeps_its_quote_out_of_the_report() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        let forbidden = async || {
            let issues = world.issues().await;
            let found = issues.iter().filter(|one| one.rule == Rule::NotToBeQuoted);
            found.map(|one| one.place).collect::<Vec<Place>>()
        };
        assert_eq!(forbidden().await, Vec::<Place>::new());
        let db = store.read();
        let findings = findings::findings(&db, world.study.id).await.unwrap();
        let quote = &findings[0].evidence[0];
        let (passage, number) = (quote.passage, quote.quote_number);
        for (text, expected) in [
            ("Fint sagt.", vec![]),
            (
                "Ring henne. IKKE SITER før hun har svart.",
                vec![Place::Quote(number)],
            ),
        ] {
            let (visitor, text) = (world.visitor.clone(), text.to_owned());
            let noted: Result<(), Failure> = store
                .write(move |tx| {
                    Box::pin(async move {
                        analysis::coding::acts::annotate(tx, &visitor, passage, None, &text)
                            .await?;
                        Ok(())
                    })
                })
                .await;
            noted.unwrap();
            assert_eq!(forbidden().await, expected);
        }
        let passages = [passage.uuid()];
        let notes = analysis::notes(&db, "passage", &passages).await.unwrap();
        assert_eq!(notes.len(), 2);
        assert_eq!(
            analysis::notes(&db, "code", &passages).await.unwrap(),
            vec![]
        );
    })
    .await;
}
