"""Taguette as the measurements use it: `serve PORT DATABASE`, and `mark DATABASE DOCUMENT` with marks on standard input.

Taguette is installed from its own package; this file only calls it.
"""

import json
import sys


def serve(port, database):
    from taguette.web import base

    # It asks its makers' server for news at each start. Here nothing leaves the machine.
    base.Application.check_messages = lambda app: app.messages_event.set()
    from taguette.main import main

    sys.argv = ["taguette", "--no-browser", "--port", port, "--database", database]
    main()


def mark(database, document):
    from taguette import database as db
    from taguette import extract

    told = json.load(sys.stdin)
    session = db.connect("sqlite:///" + database)()
    document = session.query(db.Document).get(int(document))
    tags = [db.Tag(project_id=document.project_id, path=name, description="") for name in told["tags"]]
    session.add_all(tags)
    session.flush()
    first = max([0] + [row.id for row in session.query(db.Highlight.id)]) + 1
    rows = [
        {"id": first + n, "document_id": document.id, "start_offset": start, "end_offset": end, "snippet": words}
        for n, (start, end, _, words) in enumerate(told["marks"])
    ]
    session.bulk_insert_mappings(db.Highlight, rows)
    session.execute(
        db.highlight_tags.insert(),
        [{"highlight_id": first + n, "tag_id": tags[tag].id} for n, (_, _, tag, _) in enumerate(told["marks"])],
    )
    session.commit()
    # Its own reading of the first and the last mark must give the words that were meant.
    for start, end, _, words in (told["marks"][0], told["marks"][-1]):
        found = extract.extract(document.contents, start, end)
        if found != "<p>%s</p>" % words:
            sys.exit("a mark holds %r and not %r" % (found, words))
    print(len(rows))


if sys.argv[1] == "serve":
    serve(*sys.argv[2:])
else:
    mark(*sys.argv[2:])
