reports-kind-process = Prosessrapport
reports-kind-final = Sluttrapport
reports-mark-draft = Utkast
reports-mark-preliminary = Førebels – til dialogkonferansen
reports-mark-fixed = Fastsett { $date }

# Delane, slik dei står som overskrifter
reports-part-background = Bakgrunn
reports-part-questions = Problemstillingar
reports-part-method = Grunntanken
reports-part-practice = Slik gjorde vi det
reports-part-focus-groups = Kvifor vi snakkar saman i grupper
reports-part-ethics = Etikk
reports-part-dialogue = Dialog som metode
reports-part-sample = Kven vi har høyrt
reports-part-about-process-report = Om prosessrapporten
reports-part-theme-intro = { $theme }
reports-part-theme-summary = { $theme } – oppsummert
reports-part-conference = På dialogkonferansen
reports-part-easy-read = Kort fortalt
reports-part-outcome = Det som kom fram på dialogkonferansen
reports-part-final-conclusion = Konklusjonar
reports-part-recommendations = Tilrådingar
reports-part-follow-up = Vegen vidare
reports-part-words = Ord i rapporten
reports-part-conclusion = Førebelse konklusjonar
reports-part-thanks = Takk
reports-chapter-method = Metoden
reports-chapter-other-findings = Andre funn
reports-chapter-table = Funna samla
reports-theme-summed-up = { $theme } – oppsummert

# Kva som høyrer heime i delen
reports-help-background = Kvifor vart denne evalueringa laga, og kven spurde om ho? Står delen tom, blir bakgrunnen frå evalueringa brukt.
reports-help-questions = Kva ville de finne ut, og korleis kom de fram til det? Problemstillingane frå evalueringa kjem med av seg sjølve, om dei ikkje står i teksten din.
reports-help-method = Tanken bak Brukar Spør Brukar: kvifor folk med eiga erfaring spør, og kva rapporten skal brukast til.
reports-help-practice = Kven som gjorde kva, når og kvar. Temaa i temaguiden kjem med av seg sjølve, om dei ikkje står i teksten din.
reports-help-focus-groups = Kvifor de snakka med folk i grupper, og kven som kunne velje noko anna.
reports-help-ethics = Kva deltakarane vart lova, og korleis de passar på at ingen blir kjende att.
reports-help-dialogue = Kva ein dialogkonferanse er, og kva som skjer med funna der.
reports-help-sample = Kven de har høyrt, utan at nokon kan kjennast att. Skriv [[stemmer]] på ei eiga linje der tabellen over sidene skal stå. Står delen tom, kjem tabellen åleine.
reports-help-about-process-report = Kva denne rapporten er, kven som får han, og kva som skjer etterpå.
reports-help-theme-intro = Fortel kva de har høyrt om temaet. Funn du ikkje viser til i teksten, kjem etter han, med inntil tre sitat kvar.
reports-help-theme-summary = Det viktigaste om temaet i nokre få punkt.
reports-help-conference = Korleis rapporten skal brukast på dialogkonferansen, og kva borda kan snakke om.
reports-help-easy-read = Det viktigaste på éi side, med korte setningar og vanlege ord. Skriv det slik at den som ikkje les meir, likevel veit kva de fann.
reports-help-outcome = Kva deltakarane på konferansen kjende att, kva dei nyanserte, kva dei var usamde i, og kva som kom til. Sei kva side det kom frå, aldri kven. Er konferansen ikkje halden, skriv de det.
reports-help-final-conclusion = Kva de meiner etter alt de har høyrt. Er teksten henta frå prosessrapporten, må han kanskje skrivast om: Her er han ikkje førebels lenger.
reports-help-recommendations = Kva som bør gjerast, og kva rolle eller teneste det gjeld. Vis til funna: skriv [[funn:3]] inne i setninga, så blir det ei lenkje til funnet.
reports-help-follow-up = Kven som skal svare på tilrådingane, når det skal skje, og korleis folk får vite kva det vart til.
reports-help-words = Ord som ikkje alle kjenner, med ei enkel forklaring til kvart.
reports-help-conclusion = Kva de meiner så langt. Det er førebels og skal kunne motseiast.
reports-help-thanks = Kven de vil takke. Ikkje nemn deltakarar ved namn.

# Det programmet fyller inn i rapporten
reports-fill-questions = Problemstillingane i evalueringa:
reports-fill-guide = Temaguiden hadde desse temaa:
reports-few = færre enn fem
reports-voices-lead = Kvar side står for seg. Tal under fem blir ikkje oppgitt, og sidene er ikkje lagde saman.
reports-voices-caption = Stemmene i rapporten
reports-voices-side = Side
reports-voices-count = Talet på stemmer
reports-table-lead = Funna står i kapitla om temaa, saman med sitata. Her er dei samla. Nummeret fører tilbake til funnet.
reports-table-caption = Funna, tema for tema
reports-table-number = Nr.
reports-table-finding = Kva vi fann
reports-table-kind = Type
reports-table-sides = Kven sa det
reports-stance-nuances = Dette sitatet nyanserer funnet:
reports-stance-contradicts = Dette sitatet seier noko anna:
reports-polarity-strength = Styrke
reports-polarity-weakness = Veikskap
reports-polarity-wish = Ønske
reports-level-individual = Individnivå
reports-level-service = Tenestenivå
reports-level-system = Systemnivå
reports-level-society = Samfunnsnivå
reports-side-interviewer = intervjuar
reports-side-user = brukar
reports-side-relative = pårørande
reports-side-staff = tilsett
reports-side-partner = samarbeidspartnar
reports-side-organisation = organisasjon
reports-sides-interviewer = intervjuarar
reports-sides-user = brukarar
reports-sides-relative = pårørande
reports-sides-staff = tilsette
reports-sides-partner = samarbeidspartnarar
reports-sides-organisation = organisasjonar
reports-sides-unknown = andre
reports-colophon-who = Rapporten er laga av { $hub } etter metoden Brukar Spør Brukar.
reports-colophon-use = Rapporten er førebels og skriven til dialogkonferansen. Han skal ikkje leggjast ut eller sendast vidare. Det som kjem fram på konferansen, blir ein del av sluttrapporten.
reports-see-finding = funn { $number }
reports-colophon-final = Du kan vise til rapporten og sitere frå han når du seier kven som har laga han. Det er den nyaste utgåva som gjeld.
reports-colophon-quotes = Sitata er gjevne att utan namn. Den som trur at ho eller han veit kven som har sagt noko, bør la vere å spørje.
reports-label-contents = Innhald
reports-label-about = Om rapporten
reports-label-services = Tenester
reports-label-period = Tid
reports-label-date = Dato
reports-label-group = Prosjektgruppe
reports-label-finding = Funn
reports-label-quote = Sitat
reports-label-table = Tabell
reports-label-voices = Kven sa det
reports-label-reception = Slik vart funnet motteke
reports-label-page = Side
reports-label-of = av
reports-label-emoji = [emoji]

# Oversikta
reports-intro = Rapporten er sett saman av det som står i evalueringa, temaa og funna, og det de sjølve skriv. Utkastet viser alltid det siste. Når rapporten blir fastsett, blir han ein versjon som ikkje endrar seg.
reports-preview = Vis rapporten
reports-draft-pdf = Last ned utkast (PDF)
reports-draft-docx = Last ned utkast (Word)
reports-checks = Sjå over før fastsetjing
reports-parts = Delane
reports-part = Del
reports-state = Tilstand
reports-last-changed = Sist endra
reports-state-written = Skriven
reports-state-filled = Blir fylt ut av seg sjølv
reports-state-empty = Tom
reports-state-empty-obligatory = Tom, lesarane ventar å finne han
reports-changed-by = { $when } av { $who }
reports-somebody = nokon som ikkje er her lenger
reports-versions = Fastsette versjonar
reports-no-versions = Ingen versjon er fastsett enno.
reports-version = Versjon { $number }
reports-version-which = Versjon
reports-open-links = { $n ->
    [0] Inga lenkje gjeld
    [one] Éi lenkje gjeld
   *[other] { $n } lenkjer gjeld
  }
reports-version-fixed = Fastsett
reports-version-file = Fil
reports-version-links = Overlevering
reports-read-version = Les
reports-download-pdf = Last ned PDF
reports-download-docx = Last ned som Word
reports-hand-over = Overlever
reports-settings = Framside og språk
reports-settings-title = Tittel
reports-settings-subtitle = Undertittel
reports-settings-period = Når intervjua vart gjorde
reports-settings-period-help = Med ord, til dømes «september 2026». Kan stå tomt.
reports-settings-lang = Språket i rapporten
reports-save = Lagre
reports-themes-none = Evalueringa har ingen tema enno. Kvart tema får sitt eige kapittel.

# Å skrive ein del
reports-part-text = Teksten
reports-writing-help = Slik skriv du
reports-writing-help-text = Ei tom linje gir nytt avsnitt. Teiknet # framfor ei linje gir mellomtittel, - gir punkt i ei liste, **to stjerner** gir feit skrift og *éi stjerne* gir kursiv.
reports-writing-help-references = Vil du ha inn eit funn eller eit sitat, skriv du referansen på ei eiga linje. Kopier han frå lista. Inne i ei setning gjev [[funn:3]] berre ei lenkje til funnet.
reports-part-fills = Dette fyller programmet inn sjølv
reports-findings-here = Funn og sitat
reports-other-themes = Funn i andre tema
reports-no-findings = Det er ingen funn enno.
reports-stale = Nokon andre har endra teksten medan du skreiv
reports-stale-what = Ingenting er tapt. Den lagra teksten står her. Teksten din står i feltet under og er ikkje lagra enno. Ta med det du vil ha frå begge, og lagre på nytt.
reports-theirs = Den lagra teksten
reports-yours = Teksten din, ikkje lagra
reports-too-long = Teksten er for lang. Del han på fleire delar.

# Innsynsvisinga
reports-inside = Vist for dykk som arbeider med evalueringa
reports-inside-what = Kvart funn og kvart sitat leier tilbake til staden det kjem frå. Lenkjene og kjeldene er ikkje med i rapporten som blir overlevert.
reports-inside-finding = Opne funnet
reports-inside-quote = Vis i teksten
reports-reference-unknown = Referansen { $reference } finst ikkje

# Kontrollane
reports-checks-title = Sjå over før fastsetjing
reports-checks-what = Programmet ser etter nokre enkle ting. Det kan ta feil begge vegar: De må sjølve lese rapporten med auga til ein som kjenner folk på staden.
reports-checks-none = Programmet fann ingenting å stoppe ved.
reports-stops = Må rettast
reports-look = Må vurderast
reports-looked-at = Vurdert
reports-where-part = I delen «{ $part }»
reports-where-theme = I temaet «{ $theme }»
reports-where-finding = I funn { $number }
reports-where-quote = I sitat { $number }
reports-where-cover = På framsida eller i det programmet fyller inn
reports-go-there = Gå dit
reports-reason = Kvifor kan det stå?
reports-consider = Vurder om det kan stå
reports-reason-given = Grunn: { $reason }
reports-acknowledge-tick = Vi har sett på dette, og det kan stå
reports-acknowledge = Lagre vurderinga
reports-withdraw-acknowledgement = Vurder på nytt
reports-fix = Fastset versjon { $number }
reports-fix-what = Versjonen blir liggjande som han er. De kan skrive vidare og fastsetje ein ny seinare.
reports-fix-not-yet = Rapporten kan fastsetjast når alt over er retta eller vurdert.
reports-no-mark = Kryss av for at de har sett på det.

reports-rule-no-basis = Kjelda til sitatet har ikkje noko grunnlag
reports-rule-unknown-reference = Referansen finst ikkje
reports-rule-not-to-be-quoted = Eit notat seier at dette ikkje skal siterast
reports-rule-national-id = Liknar eit fødselsnummer
reports-rule-phone = Liknar eit telefonnummer
reports-rule-email = Liknar ei e-postadresse
reports-rule-birth-date = Liknar ein fødselsdato
reports-rule-address = Liknar ei adresse
reports-rule-name = Kan vere eit namn
reports-rule-small-figure = Tal under fem om menneske
reports-rule-preliminary = Teksten høyrer til prosessrapporten
reports-rule-empty-part = Delen er tom
reports-rule-theme-without-findings = Temaet har ingen funn
reports-advice-no-basis = Ingenting kan siterast utan samtykke eller eit anna grunnlag. Gå til kjelda og oppgi grunnlaget, eller ta ut sitatet.
reports-advice-unknown-reference = Rett nummeret, eller ta bort linja.
reports-advice-not-to-be-quoted = Ta ut sitatet, eller slett notatet om det ikkje gjeld lenger.
reports-advice-identifier = Ta det ut om det kan leie til ein person. Gjeld det senteret sjølv, kan det stå.
reports-advice-name = Byt ut eller masker namnet i teksten. Er det oppdikta, eller namnet på ein stad alle kan nemne, kan det stå.
reports-advice-small-figure = Skriv nokon, fleire eller mange.
reports-advice-preliminary = Skriv om: Ein sluttrapport er ikkje førebels. Gjeld ordet noko anna, kan det stå.
reports-advice-empty-part = Skriv noko i delen, eller sei kvifor han er tom.
reports-advice-theme-without-findings = Skriv eit funn, eller slå temaet saman med eit anna.

# Overlevering
reports-handover-title = Overlever versjon { $number }
reports-handover-what = Du får ei lenkje som du sjølv sender til tenesta. Den som har lenkja, kan lese denne versjonen på nett og laste han ned som PDF til lenkja sluttar å gjelde. Dei ser ingen kjelder og ingen namn frå utskriftene.
reports-handover-recipient = Kven får han?
reports-handover-recipient-help = Skriv rolle og teneste, ikkje namn: «leiar for Oppsøkjande team».
reports-handover-days = Kor mange dagar skal lenkja gjelde?
reports-handover-days-help = Frå 1 til 365. Etterpå verkar ho ikkje meir.
reports-handover-days-wrong = Skriv eit tal frå 1 til 365.
reports-handover-make = Lag lenkja
reports-handover-done = Lenkja er laga
reports-handover-copy = Kopier lenkja no. Ho blir vist berre denne eine gongen.
reports-handover-link = Lenkja
reports-handover-local = Lenkja verkar berre på denne maskina. Den som driftar programmet, kan starte det med --public-url. Då verkar nye lenkjer utanfrå òg.
reports-handover-list = Lenkjer til denne versjonen
reports-handover-none = Ingen lenkjer er laga.
reports-handover-to = Gitt til
reports-handover-made = Laga
reports-handover-until = Gjeld til
reports-handover-ended = Avslutta { $when }
reports-handover-over = Gjekk ut { $when }
reports-handover-end = Avslutt no
reports-handover-act = Avslutt

# Sida tenesta ser
reports-released-what = Her er det som er overlevert til dykk. Rapporten skal ikkje leggjast ut eller sendast vidare.
reports-released-final = Her er sluttrapporten slik han er overlevert til dykk.
reports-released-none = Ingen rapport er overlevert enno.
reports-handed-what = Denne prosessrapporten er overlevert til { $recipient }. Han er skriven til dialogkonferansen og skal ikkje leggjast ut eller sendast vidare.
reports-handed-final = Denne sluttrapporten er overlevert til { $recipient }.
reports-handed-until = Lenkja gjeld til { $when }.
reports-handed-pdf = Last ned rapporten som PDF
reports-handed-gone = Lenkja gjeld ikkje lenger
reports-handed-gone-what = Lenkja har gått ut, er avslutta, eller er ikkje skriven heilt rett. Treng du rapporten, kan du spørje senteret som gav deg lenkja.
reports-new-coming = Ein ny versjon av rapporten er på veg
reports-new-coming-link = Senteret lagar ein ny versjon av rapporten. Når han er klar, kan du lese han med den same lenkja.
reports-new-coming-public = { $hub } lagar ein ny versjon av «{ $title }». Når han er klar, står han på denne adressa.
reports-new-coming-released = Ein ny versjon av rapporten er på veg. Han blir vist her når han er overlevert til dykk.

# Sluttrapporten
reports-kinds = Rapportane i evalueringa
reports-intro-final = Sluttrapporten er sett saman på same måten som prosessrapporten. Han har i tillegg ein kort og lettlesen del først, det som kom fram på dialogkonferansen, og tilrådingar.
reports-begin-what = Sluttrapporten byggjer på prosessrapporten. Framsida og tekstane de har skrive, blir kopierte. Det som berre høyrer prosessrapporten til, blir ikkje med. Prosessrapporten endrar seg ikkje.
reports-begin-from = Begynn med tekstane frå prosessrapporten
reports-begin-empty-what = Det er ikkje skrive nokon prosessrapport. Sluttrapporten kan begynne tom. Funna og det som står i evalueringa, kjem med av seg sjølv.
reports-begin-empty = Begynn på sluttrapporten
reports-publisher-now = Kven som publiserer sluttrapporten: { $who }.
reports-publisher-write = Skriv inn kven som publiserer
reports-outdated = Ord som er siterte i versjon { $number }, er tekne ut. Difor kan ingen lese han lenger, verken her, med lenkje eller på nettet. Orda er borte frå utkastet. Fastset ein ny versjon.
reports-outdated-version = Ord som er siterte i denne versjonen, er tekne ut. Difor kan han ikkje lesast eller lastast ned lenger, verken her, med lenkje eller på nettet. Orda er borte frå utkastet.
reports-version-outdated = Kan ikkje lesast: ord er tekne ut
reports-fix-new = Sjå over og fastset ein ny versjon
reports-publish-new = Publiser versjon { $number }
reports-waiting = { $n ->
    [one] Éi lenkje viser no berre at ein ny versjon er på veg.
   *[other] { $n } lenkjer viser no berre at ein ny versjon er på veg.
  }
reports-hand-on-what = Versjon { $number } er fastsett. { $n ->
    [one] Den som har lenkja, kan
   *[other] Dei som har lenkjene, kan
  } lese han så lenge { $n ->
    [one] lenkja
   *[other] lenkjene
  } gjeld.
reports-hand-on = La lenkjene vise versjon { $number }
reports-fix-shows = { $n ->
    [one] Éi lenkje er gjeven ut og ventar på ein ny versjon. Ho
   *[other] { $n } lenkjer er gjevne ut og ventar på ein ny versjon. Dei
  } viser denne med ein gong han er fastsett, så lenge { $n ->
    [one] lenkja
   *[other] lenkjene
  } gjeld.

# Publisering
reports-public = Publisering
reports-public-none = Rapporten er ikkje publisert.
reports-public-is = Versjon { $number } er publisert { $when }. Adressa er
reports-public-taken-back = Rapporten vart trekt tilbake { $when }. På adressa står det at han er trekt, ikkje kvifor.
reports-take-back = Trekk rapporten tilbake
reports-take-back-what = Ingen kan lese eller laste ned rapporten etterpå. Adressa seier at han er trekt tilbake, utan å seie kvifor. Skal berre noko endrast, fastset du ein ny versjon og publiserer han i staden.
reports-take-back-button = Trekk heile rapporten tilbake
reports-publish = Publiser
reports-publish-title = Publiser versjon { $number }
reports-publish-what = Alle kan lese rapporten på nettet og laste han ned, utan å logge inn, til han blir erstatta eller trekt tilbake. Ingen lenkjer fører inn til kjeldene.
reports-publish-address = Adressa blir
reports-publish-replaces = Denne versjonen tek plassen til den som er publisert no. Den førre kan då ikkje lastast ned lenger, og ingenting fortel kva som er ulikt.
reports-publish-local = Senteret har inga adresse på nettet enno. Rapporten kan berre lesast på denne maskina. Den som driftar programmet, kan starte det med --public-url.
reports-publish-button = Publiser for alle
reports-hand-over-link = Lag ei lenkje til tenesta
reports-not-public-process = Ein prosessrapport blir aldri publisert. Han blir overlevert til tenesta.
reports-not-public-undecided = Det er ikkje avtalt kven som publiserer sluttrapporten. Avtal det med tenesta, og skriv det inn i evalueringa.
reports-not-public-service = Etter avtalen er det tenesta som publiserer. Gje dei filene, eller lag ei lenkje dei kan hente dei med.
reports-not-public-not-newest = Det er fastsett ein nyare versjon. Berre den nyaste kan publiserast.
reports-not-public-outdated = Ord som er siterte i denne versjonen, er tekne ut. På adressa står det berre at ein ny versjon er på veg. Fastset ein ny versjon og publiser han.

# Dei opne sidene
reports-list = Rapportar
reports-list-what = Sluttrapportar som { $hub } har publisert. Folk med eiga erfaring har spurt, og andre med eiga erfaring har svart.
reports-list-none = Ingen rapportar er publiserte enno.
reports-published = Publisert { $when }.
reports-taken-back = Rapporten er trekt tilbake
reports-taken-back-what = «{ $title }» er trekt tilbake av { $hub } og kan ikkje lesast lenger.

# Feil
reports-not-ready = Rapporten kan ikkje fastsetjast enno. Sjå kva som står att under «Sjå over før fastsetjing».
reports-changed-meanwhile = Nokon endra eller fastsette rapporten i mellomtida, så denne versjonen vart ikkje fastsett. Sjå over ein gong til, og fastset på nytt om alt er som det skal.
reports-pdf-too-large = Rapporten er for stor eller for djupt nøsta til å setjast. Del opp lange tabellar og lister, og prøv på nytt.
reports-withdraw-versions = Fastsette rapportar der orda er siterte
reports-begun-already = Sluttrapporten er begynt på. Skriv vidare i han.
reports-recipient-missing = Skriv kven som får rapporten.
reports-not-readable = Denne versjonen av rapporten kan ikkje lesast lenger. Ein ny versjon er på veg.
reports-newest-not-readable = Ord som er siterte i den nyaste versjonen av rapporten, er tekne ut, så han kan ikkje lesast lenger. Fastset ein ny versjon på sida «Sjå over før fastsetjing». Utkastet (--draft) kan byggjast som det er.

# I historikken
reports-did-set-cover = Endra framsida til rapporten
reports-did-write-part = Skreiv i rapporten
reports-did-decide = Vurderte noko kontrollen fann i rapporten
reports-did-fix = Fastsette ein versjon av rapporten
reports-did-begin-final = Begynte på sluttrapporten
reports-did-publish = Publiserte sluttrapporten
reports-did-take-back = Trekte sluttrapporten tilbake
reports-did-hand-over = Overleverte rapporten
reports-did-end-link = Avslutta ei lenkje til rapporten
reports-did-hand-on = Lét lenkjer vise ein ny versjon av rapporten
reports-errand-link-ends = Lenkja til rapporten for { $who } sluttar snart
reports-errand-new-version = Ord er tekne ut av ein rapport som er gjeven ut. Fastset ein ny versjon, og gje ut han
