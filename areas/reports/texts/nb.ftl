reports-kind-process = Prosessrapport
reports-kind-final = Sluttrapport
reports-mark-draft = Utkast
reports-mark-preliminary = Foreløpig – til dialogkonferansen
reports-mark-fixed = Fastsatt { $date }

# Delene, slik de står som overskrifter
reports-part-background = Bakgrunn
reports-part-questions = Problemstillinger
reports-part-method = Grunntanken
reports-part-practice = Slik gjorde vi det
reports-part-focus-groups = Hvorfor vi snakker sammen i grupper
reports-part-ethics = Etikk
reports-part-dialogue = Dialog som metode
reports-part-sample = Hvem vi har hørt
reports-part-about-process-report = Om prosessrapporten
reports-part-theme-intro = { $theme }
reports-part-theme-summary = { $theme } – oppsummert
reports-part-conference = På dialogkonferansen
reports-part-easy-read = Kort fortalt
reports-part-outcome = Det som kom fram på dialogkonferansen
reports-part-final-conclusion = Konklusjoner
reports-part-recommendations = Anbefalinger
reports-part-follow-up = Veien videre
reports-part-words = Ord i rapporten
reports-part-conclusion = Foreløpige konklusjoner
reports-part-thanks = Takk
reports-chapter-method = Metoden
reports-chapter-other-findings = Andre funn
reports-chapter-table = Funnene samlet
reports-theme-summed-up = { $theme } – oppsummert

# Hva som hører hjemme i delen
reports-help-background = Hvorfor ble denne evalueringen laget, og hvem spurte om den? Står delen tom, brukes bakgrunnen fra evalueringen.
reports-help-questions = Hva ville dere finne ut, og hvordan kom dere fram til det? Problemstillingene fra evalueringen kommer med av seg selv, om de ikke står i teksten din.
reports-help-method = Tanken bak Bruker Spør Bruker: hvorfor folk med egen erfaring spør, og hva rapporten skal brukes til.
reports-help-practice = Hvem som gjorde hva, når og hvor. Temaene i temaguiden kommer med av seg selv, om de ikke står i teksten din.
reports-help-focus-groups = Hvorfor dere snakket med folk i grupper, og hvem som kunne velge noe annet.
reports-help-ethics = Hva deltakerne ble lovet, og hvordan dere passer på at ingen blir kjent igjen.
reports-help-dialogue = Hva en dialogkonferanse er, og hva som skjer med funnene der.
reports-help-sample = Hvem dere har hørt, uten at noen kan kjennes igjen. Skriv [[stemmer]] på en egen linje der tabellen over sidene skal stå. Står delen tom, kommer tabellen alene.
reports-help-about-process-report = Hva denne rapporten er, hvem som får den, og hva som skjer etterpå.
reports-help-theme-intro = Fortell hva dere har hørt om temaet. Funn du ikke viser til i teksten, kommer etter den, med inntil tre sitater hver.
reports-help-theme-summary = Det viktigste om temaet i noen få punkter.
reports-help-conference = Hvordan rapporten skal brukes på dialogkonferansen, og hva bordene kan snakke om.
reports-help-easy-read = Det viktigste på én side, med korte setninger og vanlige ord. Skriv det slik at den som ikke leser mer, likevel vet hva dere fant.
reports-help-outcome = Hva deltakerne på konferansen kjente igjen, hva de nyanserte, hva de var uenige i, og hva som kom til. Si hvilken side det kom fra, aldri hvem. Er konferansen ikke holdt, skriver dere det.
reports-help-final-conclusion = Hva dere mener etter alt dere har hørt. Er teksten hentet fra prosessrapporten, må den kanskje skrives om: Her er den ikke foreløpig lenger.
reports-help-recommendations = Hva som bør gjøres, og hvilken rolle eller tjeneste det gjelder. Vis til funnene: skriv [[funn:3]] inne i setningen, så blir det en lenke til funnet.
reports-help-follow-up = Hvem som skal svare på anbefalingene, når det skal skje, og hvordan folk får vite hva det ble til.
reports-help-words = Ord som ikke alle kjenner, med en enkel forklaring til hvert.
reports-help-conclusion = Hva dere mener så langt. Det er foreløpig og skal kunne motsies.
reports-help-thanks = Hvem dere vil takke. Ikke nevn deltakere ved navn.

# Det programmet fyller inn i rapporten
reports-fill-questions = Problemstillingene i evalueringen:
reports-fill-guide = Temaguiden hadde disse temaene:
reports-few = færre enn fem
reports-voices-lead = Hver side står for seg. Tall under fem oppgis ikke, og sidene er ikke lagt sammen.
reports-voices-caption = Stemmene i rapporten
reports-voices-side = Side
reports-voices-count = Antall stemmer
reports-table-lead = Funnene står i kapitlene om temaene, sammen med sitatene. Her er de samlet. Nummeret fører tilbake til funnet.
reports-table-caption = Funnene, tema for tema
reports-table-number = Nr.
reports-table-finding = Hva vi fant
reports-table-kind = Type
reports-table-sides = Hvem sa det
reports-stance-nuances = Dette sitatet nyanserer funnet:
reports-stance-contradicts = Dette sitatet sier noe annet:
reports-polarity-strength = Styrke
reports-polarity-weakness = Svakhet
reports-polarity-wish = Ønske
reports-level-individual = Individnivå
reports-level-service = Tjenestenivå
reports-level-system = Systemnivå
reports-level-society = Samfunnsnivå
reports-side-interviewer = intervjuer
reports-side-user = bruker
reports-side-relative = pårørende
reports-side-staff = ansatt
reports-side-partner = samarbeidspartner
reports-side-organisation = organisasjon
reports-sides-interviewer = intervjuere
reports-sides-user = brukere
reports-sides-relative = pårørende
reports-sides-staff = ansatte
reports-sides-partner = samarbeidspartnere
reports-sides-organisation = organisasjoner
reports-sides-unknown = andre
reports-colophon-who = Rapporten er laget av { $hub } etter metoden Bruker Spør Bruker.
reports-colophon-use = Rapporten er foreløpig og skrevet til dialogkonferansen. Den skal ikke legges ut eller sendes videre. Det som kommer fram på konferansen, blir en del av sluttrapporten.
reports-see-finding = funn { $number }
reports-colophon-final = Du kan vise til rapporten og sitere fra den når du sier hvem som har laget den. Det er den nyeste utgaven som gjelder.
reports-colophon-quotes = Sitatene er gjengitt uten navn. Den som tror at hun eller han vet hvem som har sagt noe, bør la være å spørre.
reports-label-contents = Innhold
reports-label-about = Om rapporten
reports-label-services = Tjenester
reports-label-period = Tid
reports-label-date = Dato
reports-label-group = Prosjektgruppe
reports-label-finding = Funn
reports-label-quote = Sitat
reports-label-table = Tabell
reports-label-voices = Hvem sa det
reports-label-reception = Slik ble funnet mottatt
reports-label-page = Side
reports-label-of = av
reports-label-emoji = [emoji]

# Oversikten
reports-intro = Rapporten er satt sammen av det som står i evalueringen, temaene og funnene, og det dere selv skriver. Utkastet viser alltid det siste. Når rapporten fastsettes, blir den en versjon som ikke endrer seg.
reports-preview = Vis rapporten
reports-draft-pdf = Last ned utkast (PDF)
reports-draft-docx = Last ned utkast (Word)
reports-checks = Se over før fastsetting
reports-parts = Delene
reports-part = Del
reports-state = Tilstand
reports-last-changed = Sist endret
reports-state-written = Skrevet
reports-state-filled = Fylles ut av seg selv
reports-state-empty = Tom
reports-state-empty-obligatory = Tom, leserne venter å finne den
reports-changed-by = { $when } av { $who }
reports-somebody = noen som ikke er her lenger
reports-versions = Fastsatte versjoner
reports-no-versions = Ingen versjon er fastsatt ennå.
reports-version = Versjon { $number }
reports-version-which = Versjon
reports-open-links = { $n ->
    [0] Ingen lenke gjelder
    [one] Én lenke gjelder
   *[other] { $n } lenker gjelder
  }
reports-version-fixed = Fastsatt
reports-version-file = Fil
reports-version-links = Overlevering
reports-read-version = Les
reports-download-pdf = Last ned PDF
reports-download-docx = Last ned som Word
reports-hand-over = Overlever
reports-settings = Forside og språk
reports-settings-title = Tittel
reports-settings-subtitle = Undertittel
reports-settings-period = Når intervjuene ble gjort
reports-settings-period-help = Med ord, for eksempel «september 2026». Kan stå tomt.
reports-settings-lang = Rapportens språk
reports-save = Lagre
reports-themes-none = Evalueringen har ingen temaer ennå. Hvert tema får sitt eget kapittel.

# Å skrive en del
reports-part-text = Teksten
reports-writing-help = Slik skriver du
reports-writing-help-text = En tom linje gir nytt avsnitt. Tegnet # foran en linje gir mellomtittel, - gir punkt i en liste, **to stjerner** gir fet skrift og *én stjerne* gir kursiv.
reports-writing-help-references = Vil du ha inn et funn eller et sitat, skriver du referansen på en egen linje. Kopier den fra lista. Inne i en setning gir [[funn:3]] bare en lenke til funnet.
reports-part-fills = Dette fyller programmet inn selv
reports-findings-here = Funn og sitater
reports-other-themes = Funn i andre temaer
reports-no-findings = Det er ingen funn ennå.
reports-stale = Noen andre har endret teksten mens du skrev
reports-stale-what = Ingenting er tapt. Den lagrede teksten står her. Din tekst står i feltet under og er ikke lagret ennå. Ta med det du vil ha fra begge, og lagre på nytt.
reports-theirs = Den lagrede teksten
reports-yours = Din tekst, ikke lagret
reports-too-long = Teksten er for lang. Del den på flere deler.

# Innsynsvisningen
reports-inside = Vist for dere som arbeider med evalueringen
reports-inside-what = Hvert funn og hvert sitat leder tilbake til stedet det kommer fra. Lenkene og kildene er ikke med i rapporten som overleveres.
reports-inside-finding = Åpne funnet
reports-inside-quote = Vis i teksten
reports-reference-unknown = Referansen { $reference } finnes ikke

# Kontrollene
reports-checks-title = Se over før fastsetting
reports-checks-what = Programmet ser etter noen enkle ting. Det kan ta feil begge veier: Dere må selv lese rapporten med øynene til en som kjenner folk på stedet.
reports-checks-none = Programmet fant ingenting å stoppe ved.
reports-stops = Må rettes
reports-look = Må vurderes
reports-looked-at = Vurdert
reports-where-part = I delen «{ $part }»
reports-where-theme = I temaet «{ $theme }»
reports-where-finding = I funn { $number }
reports-where-quote = I sitat { $number }
reports-where-cover = På forsiden eller i det programmet fyller inn
reports-go-there = Gå dit
reports-reason = Hvorfor kan det stå?
reports-consider = Vurder om det kan stå
reports-reason-given = Grunn: { $reason }
reports-acknowledge-tick = Vi har sett på dette, og det kan stå
reports-acknowledge = Lagre vurderingen
reports-withdraw-acknowledgement = Vurder på nytt
reports-fix = Fastsett versjon { $number }
reports-fix-what = Versjonen blir liggende som den er. Dere kan skrive videre og fastsette en ny senere.
reports-fix-not-yet = Rapporten kan fastsettes når alt over er rettet eller vurdert.
reports-no-mark = Kryss av for at dere har sett på det.

reports-rule-no-basis = Kilden til sitatet har ikke noe grunnlag
reports-rule-unknown-reference = Referansen finnes ikke
reports-rule-not-to-be-quoted = Et notat sier at dette ikke skal siteres
reports-rule-national-id = Ligner et fødselsnummer
reports-rule-phone = Ligner et telefonnummer
reports-rule-email = Ligner en e-postadresse
reports-rule-birth-date = Ligner en fødselsdato
reports-rule-address = Ligner en adresse
reports-rule-name = Kan være et navn
reports-rule-small-figure = Tall under fem om mennesker
reports-rule-preliminary = Teksten hører til prosessrapporten
reports-rule-empty-part = Delen er tom
reports-rule-theme-without-findings = Temaet har ingen funn
reports-advice-no-basis = Ingenting kan siteres uten samtykke eller et annet grunnlag. Gå til kilden og oppgi grunnlaget, eller ta ut sitatet.
reports-advice-unknown-reference = Rett nummeret, eller ta bort linja.
reports-advice-not-to-be-quoted = Ta ut sitatet, eller slett notatet om det ikke gjelder lenger.
reports-advice-identifier = Ta det ut om det kan lede til en person. Gjelder det senteret selv, kan det stå.
reports-advice-name = Bytt ut eller masker navnet i teksten. Er det oppdiktet, eller navnet på et sted alle kan nevne, kan det stå.
reports-advice-small-figure = Skriv noen, flere eller mange.
reports-advice-preliminary = Skriv om: En sluttrapport er ikke foreløpig. Gjelder ordet noe annet, kan det stå.
reports-advice-empty-part = Skriv noe i delen, eller si hvorfor den er tom.
reports-advice-theme-without-findings = Skriv et funn, eller slå temaet sammen med et annet.

# Overlevering
reports-handover-title = Overlever versjon { $number }
reports-handover-what = Du får en lenke som du selv sender til tjenesten. Den som har lenken, kan lese denne versjonen på nett og laste den ned som PDF til lenken slutter å gjelde. De ser ingen kilder og ingen navn fra utskriftene.
reports-handover-recipient = Hvem får den?
reports-handover-recipient-help = Skriv rolle og tjeneste, ikke navn: «leder for Oppsøkende team».
reports-handover-days = Hvor mange dager skal lenken gjelde?
reports-handover-days-help = Fra 1 til 365. Etterpå virker den ikke mer.
reports-handover-days-wrong = Skriv et tall fra 1 til 365.
reports-handover-make = Lag lenken
reports-handover-done = Lenken er laget
reports-handover-copy = Kopier lenken nå. Den vises bare denne ene gangen.
reports-handover-link = Lenken
reports-handover-local = Lenken virker bare på denne maskinen. Den som drifter programmet, kan starte det med --public-url. Da virker nye lenker utenfra også.
reports-handover-list = Lenker til denne versjonen
reports-handover-none = Ingen lenker er laget.
reports-handover-to = Gitt til
reports-handover-made = Laget
reports-handover-until = Gjelder til
reports-handover-ended = Avsluttet { $when }
reports-handover-over = Gikk ut { $when }
reports-handover-end = Avslutt nå
reports-handover-act = Avslutt

# Siden tjenesten ser
reports-released-what = Her er det som er overlevert til dere. Rapporten skal ikke legges ut eller sendes videre.
reports-released-final = Her er sluttrapporten slik den er overlevert til dere.
reports-released-none = Ingen rapport er overlevert ennå.
reports-handed-what = Denne prosessrapporten er overlevert til { $recipient }. Den er skrevet til dialogkonferansen og skal ikke legges ut eller sendes videre.
reports-handed-final = Denne sluttrapporten er overlevert til { $recipient }.
reports-handed-until = Lenken gjelder til { $when }.
reports-handed-pdf = Last ned rapporten som PDF
reports-handed-gone = Lenken gjelder ikke lenger
reports-handed-gone-what = Lenken har gått ut, er avsluttet, eller er ikke skrevet helt riktig. Trenger du rapporten, kan du spørre senteret som ga deg den.
reports-new-coming = En ny versjon av rapporten er på vei
reports-new-coming-link = Senteret lager en ny versjon av rapporten. Når den er klar, kan du lese den med den samme lenken.
reports-new-coming-public = { $hub } lager en ny versjon av «{ $title }». Når den er klar, står den på denne adressen.
reports-new-coming-released = En ny versjon av rapporten er på vei. Den vises her når den er overlevert til dere.

# Sluttrapporten
reports-kinds = Rapportene i evalueringen
reports-intro-final = Sluttrapporten er satt sammen på samme måte som prosessrapporten. Den har i tillegg en kort og lettlest del først, det som kom fram på dialogkonferansen, og anbefalinger.
reports-begin-what = Sluttrapporten bygger på prosessrapporten. Forsiden og tekstene dere har skrevet, blir kopiert. Det som bare hører prosessrapporten til, blir ikke med. Prosessrapporten endrer seg ikke.
reports-begin-from = Begynn med tekstene fra prosessrapporten
reports-begin-empty-what = Det er ikke skrevet noen prosessrapport. Sluttrapporten kan begynne tom. Funnene og det som står i evalueringen, kommer med av seg selv.
reports-begin-empty = Begynn på sluttrapporten
reports-publisher-now = Hvem som publiserer sluttrapporten: { $who }.
reports-publisher-write = Skriv inn hvem som publiserer
reports-outdated = Ord som er sitert i versjon { $number }, er tatt ut. Derfor kan ingen lese den lenger, verken her, med lenke eller på nettet. Ordene er borte fra utkastet. Fastsett en ny versjon.
reports-outdated-version = Ord som er sitert i denne versjonen, er tatt ut. Derfor kan den ikke leses eller lastes ned lenger, verken her, med lenke eller på nettet. Ordene er borte fra utkastet.
reports-version-outdated = Kan ikke leses: ord er tatt ut
reports-fix-new = Se over og fastsett en ny versjon
reports-publish-new = Publiser versjon { $number }
reports-waiting = { $n ->
    [one] Én lenke viser nå bare at en ny versjon er på vei.
   *[other] { $n } lenker viser nå bare at en ny versjon er på vei.
  }
reports-hand-on-what = Versjon { $number } er fastsatt. { $n ->
    [one] Den som har lenken, kan
   *[other] De som har lenkene, kan
  } lese den så lenge { $n ->
    [one] lenken
   *[other] lenkene
  } gjelder.
reports-hand-on = La lenkene vise versjon { $number }
reports-fix-shows = { $n ->
    [one] Én lenke er gitt ut og venter på en ny versjon. Den
   *[other] { $n } lenker er gitt ut og venter på en ny versjon. De
  } viser denne med en gang den er fastsatt, så lenge { $n ->
    [one] lenken
   *[other] lenkene
  } gjelder.

# Publisering
reports-public = Publisering
reports-public-none = Rapporten er ikke publisert.
reports-public-is = Versjon { $number } er publisert { $when }. Adressen er
reports-public-taken-back = Rapporten ble trukket tilbake { $when }. På adressen står det at den er trukket, ikke hvorfor.
reports-take-back = Trekk rapporten tilbake
reports-take-back-what = Ingen kan lese eller laste ned rapporten etterpå. Adressen sier at den er trukket tilbake, uten å si hvorfor. Skal bare noe endres, fastsetter du en ny versjon og publiserer den i stedet.
reports-take-back-button = Trekk hele rapporten tilbake
reports-publish = Publiser
reports-publish-title = Publiser versjon { $number }
reports-publish-what = Alle kan lese rapporten på nettet og laste den ned, uten å logge inn, til den blir erstattet eller trukket tilbake. Ingen lenker fører inn til kildene.
reports-publish-address = Adressen blir
reports-publish-replaces = Denne versjonen tar plassen til den som er publisert nå. Den forrige kan da ikke lastes ned lenger, og ingenting forteller hva som er forskjellig.
reports-publish-local = Senteret har ingen adresse på nettet ennå. Rapporten kan bare leses på denne maskinen. Den som drifter programmet, kan starte det med --public-url.
reports-publish-button = Publiser for alle
reports-hand-over-link = Lag en lenke til tjenesten
reports-not-public-process = En prosessrapport blir aldri publisert. Den overleveres til tjenesten.
reports-not-public-undecided = Det er ikke avtalt hvem som publiserer sluttrapporten. Avtal det med tjenesten, og skriv det inn i evalueringen.
reports-not-public-service = Etter avtalen er det tjenesten som publiserer. Gi dem filene, eller lag en lenke de kan hente dem med.
reports-not-public-not-newest = Det er fastsatt en nyere versjon. Bare den nyeste kan publiseres.
reports-not-public-outdated = Ord som er sitert i denne versjonen, er tatt ut. På adressen står det bare at en ny versjon er på vei. Fastsett en ny versjon og publiser den.

# De åpne sidene
reports-list = Rapporter
reports-list-what = Sluttrapporter som { $hub } har publisert. Folk med egen erfaring har spurt, og andre med egen erfaring har svart.
reports-list-none = Ingen rapporter er publisert ennå.
reports-published = Publisert { $when }.
reports-taken-back = Rapporten er trukket tilbake
reports-taken-back-what = «{ $title }» er trukket tilbake av { $hub } og kan ikke leses lenger.

# Feil
reports-not-ready = Rapporten kan ikke fastsettes ennå. Se hva som gjenstår under «Se over før fastsetting».
reports-changed-meanwhile = Noen endret eller fastsatte rapporten i mellomtiden, så denne versjonen ble ikke fastsatt. Se over en gang til, og fastsett på nytt om alt er som det skal.
reports-pdf-too-large = Rapporten er for stor eller for dypt nøstet til å settes. Del opp lange tabeller og lister, og prøv igjen.
reports-withdraw-versions = Fastsatte rapporter der ordene er sitert
reports-begun-already = Sluttrapporten er begynt på. Skriv videre i den.
reports-recipient-missing = Skriv hvem som får rapporten.
reports-not-readable = Denne versjonen av rapporten kan ikke leses lenger. En ny versjon er på vei.
reports-newest-not-readable = Ord som er sitert i den nyeste versjonen av rapporten, er tatt ut, så den kan ikke leses lenger. Fastsett en ny versjon på siden «Se over før fastsetting». Utkastet (--draft) kan bygges som det er.

# I historikken
reports-did-set-cover = Endret forsiden til rapporten
reports-did-write-part = Skrev i rapporten
reports-did-decide = Vurderte noe kontrollen fant i rapporten
reports-did-fix = Fastsatte en versjon av rapporten
reports-did-begin-final = Begynte på sluttrapporten
reports-did-publish = Publiserte sluttrapporten
reports-did-take-back = Trakk sluttrapporten tilbake
reports-did-hand-over = Overleverte rapporten
reports-did-end-link = Avsluttet en lenke til rapporten
reports-did-hand-on = Lot lenker vise en ny versjon av rapporten
reports-errand-link-ends = Lenken til rapporten for { $who } slutter snart
reports-errand-new-version = Ord er tatt ut av en rapport som er gitt ut. Fastsett en ny versjon, og gi ut den
