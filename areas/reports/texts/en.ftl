reports-kind-process = Process report
reports-kind-final = Final report
reports-mark-draft = Draft
reports-mark-preliminary = Preliminary – for the dialogue conference
reports-mark-fixed = Fixed on { $date }

# The parts, as they stand as headings
reports-part-background = Background
reports-part-questions = Research questions
reports-part-method = The basic thinking
reports-part-practice = How we did it
reports-part-focus-groups = Why we talk in groups
reports-part-ethics = Ethics
reports-part-dialogue = Dialogue as a method
reports-part-sample = Whom we have heard
reports-part-about-process-report = About the process report
reports-part-theme-intro = { $theme }
reports-part-theme-summary = { $theme } – summed up
reports-part-conference = At the dialogue conference
reports-part-easy-read = In short
reports-part-outcome = What came out of the dialogue conference
reports-part-final-conclusion = Conclusions
reports-part-recommendations = Recommendations
reports-part-follow-up = What happens next
reports-part-words = Words in the report
reports-part-conclusion = Preliminary conclusions
reports-part-thanks = Thanks
reports-chapter-method = The method
reports-chapter-other-findings = Other findings
reports-chapter-table = All the findings
reports-theme-summed-up = { $theme } – summed up

# What belongs in the part
reports-help-background = Why was this evaluation made, and who asked for it? If the part is empty, the background of the evaluation is used.
reports-help-questions = What did you want to find out, and how did you arrive at it? The evaluation's questions come in by themselves unless your text already has them.
reports-help-method = The thinking behind Bruker Spør Bruker: why people with lived experience ask, and what the report is for.
reports-help-practice = Who did what, when and where. The themes of the theme guide come in by themselves unless your text already has them.
reports-help-focus-groups = Why you talked with people in groups, and who could choose something else.
reports-help-ethics = What those who took part were promised, and how you see to it that nobody is recognised.
reports-help-dialogue = What a dialogue conference is, and what happens to the findings there.
reports-help-sample = Whom you have heard, without anybody being recognisable. Write [[voices]] on a line of its own where the table of sides is to stand. If the part is empty, the table stands alone.
reports-help-about-process-report = What this report is, who gets it, and what happens next.
reports-help-theme-intro = Tell what you have heard about the theme. Findings that your text does not refer to follow it, with up to three quotes each.
reports-help-theme-summary = What matters most about the theme, in a few points.
reports-help-conference = How the report is to be used at the dialogue conference, and what the tables can talk about.
reports-help-easy-read = What matters most on one page, in short sentences and everyday words. Write it so that those who read no further still know what you found.
reports-help-outcome = What people at the conference recognised, what they nuanced, what they disputed, and what was added. Say which side it came from, never who. If the conference has not been held, say so.
reports-help-final-conclusion = What you think after all you have heard. If the text came from the process report, it may need rewriting: here it is no longer preliminary.
reports-help-recommendations = What ought to be done, and which role or service it concerns. Refer to the findings: write [[finding:3]] inside the sentence, and it becomes a link to the finding.
reports-help-follow-up = Who is to answer the recommendations, when, and how people get to know what came of it.
reports-help-words = Words that not everybody knows, each with a simple explanation.
reports-help-conclusion = What you think so far. It is preliminary and open to being contradicted.
reports-help-thanks = Whom you want to thank. Do not name those who took part.

# What the program fills in in the report
reports-fill-questions = The questions of the evaluation:
reports-fill-guide = The theme guide had these themes:
reports-few = fewer than five
reports-voices-lead = Each side stands for itself. Figures under five are not given, and the sides are not added up.
reports-voices-caption = The voices in the report
reports-voices-side = Side
reports-voices-count = Number of voices
reports-table-lead = The findings stand in the chapters of their themes, with the quotes. Here they are gathered. The number leads back to the finding.
reports-table-caption = The findings, theme by theme
reports-table-number = No.
reports-table-finding = What we found
reports-table-kind = Kind
reports-table-sides = Who said it
reports-stance-nuances = This quote adds a nuance to the finding:
reports-stance-contradicts = This quote says otherwise:
reports-polarity-strength = Strength
reports-polarity-weakness = Weakness
reports-polarity-wish = Wish
reports-level-individual = Individual level
reports-level-service = Service level
reports-level-system = System level
reports-level-society = Society level
reports-side-interviewer = interviewer
reports-side-user = service user
reports-side-relative = relative
reports-side-staff = staff member
reports-side-partner = partner
reports-side-organisation = organisation
reports-sides-interviewer = interviewers
reports-sides-user = service users
reports-sides-relative = relatives
reports-sides-staff = staff
reports-sides-partner = partners
reports-sides-organisation = organisations
reports-sides-unknown = others
reports-colophon-who = The report was made by { $hub } by the method Bruker Spør Bruker (peer asks peer).
reports-colophon-use = The report is preliminary and written for the dialogue conference. It must not be published or passed on. What comes up at the conference becomes part of the final report.
reports-see-finding = finding { $number }
reports-colophon-final = You may refer to the report and quote from it when you say who made it. The newest edition is the one that counts.
reports-colophon-quotes = The quotes are given without names. Whoever thinks they know who said something should not ask.
reports-label-contents = Contents
reports-label-about = About the report
reports-label-services = Services
reports-label-period = Time
reports-label-date = Date
reports-label-group = Project group
reports-label-finding = Finding
reports-label-quote = Quote
reports-label-table = Table
reports-label-voices = Who said it
reports-label-reception = How the finding was received
reports-label-page = Page
reports-label-of = of
reports-label-emoji = [emoji]

# The overview
reports-intro = The report is put together from the evaluation, its themes and findings, and what you write yourselves. The draft always shows the latest. When the report is fixed, it becomes a version that does not change.
reports-preview = Show the report
reports-draft-pdf = Download draft (PDF)
reports-draft-docx = Download draft (Word)
reports-checks = Look over before fixing
reports-parts = The parts
reports-part = Part
reports-state = State
reports-last-changed = Last changed
reports-state-written = Written
reports-state-filled = Fills itself in
reports-state-empty = Empty
reports-state-empty-obligatory = Empty, readers expect to find it
reports-changed-by = { $when } by { $who }
reports-somebody = somebody who is no longer here
reports-versions = Fixed versions
reports-no-versions = No version has been fixed yet.
reports-version = Version { $number }
reports-version-which = Version
reports-open-links = { $n ->
    [0] No link holds
    [one] One link holds
   *[other] { $n } links hold
  }
reports-version-fixed = Fixed
reports-version-file = File
reports-version-links = Handing over
reports-read-version = Read
reports-download-pdf = Download PDF
reports-download-docx = Download as Word
reports-hand-over = Hand over
reports-settings = Cover and language
reports-settings-title = Title
reports-settings-subtitle = Subtitle
reports-settings-period = When the interviews were held
reports-settings-period-help = In words, for instance "September 2026". May be left empty.
reports-settings-lang = Language of the report
reports-save = Save
reports-themes-none = The evaluation has no themes yet. Each theme gets a chapter of its own.

# Writing a part
reports-part-text = The text
reports-writing-help = How to write
reports-writing-help-text = An empty line begins a new paragraph. The sign # before a line makes a heading, - makes a point in a list, **two stars** make bold and *one star* makes italics.
reports-writing-help-references = To bring in a finding or a quote, write its reference on a line of its own. Copy it from the list. Inside a sentence, [[finding:3]] only makes a link to the finding.
reports-part-fills = This the program fills in by itself
reports-findings-here = Findings and quotes
reports-other-themes = Findings in other themes
reports-no-findings = There are no findings yet.
reports-stale = Somebody else changed the text while you were writing
reports-stale-what = Nothing is lost. The saved text stands here. Your text stands in the field below and is not saved yet. Take what you want from both, and save again.
reports-theirs = The saved text
reports-yours = Your text, not saved
reports-too-long = The text is too long. Divide it between several parts.

# The inside view
reports-inside = Shown to you who work with the evaluation
reports-inside-what = Each finding and each quote leads back to the place it comes from. The links and the sources are not in the report that is handed over.
reports-inside-finding = Open the finding
reports-inside-quote = Show in the text
reports-reference-unknown = The reference { $reference } is not there

# The checks
reports-checks-title = Look over before fixing
reports-checks-what = The program looks for a few simple things. It can be wrong both ways: you must read the report yourselves, with the eyes of somebody who knows people in the place.
reports-checks-none = The program found nothing to stop at.
reports-stops = Must be mended
reports-look = Must be considered
reports-looked-at = Considered
reports-where-part = In the part "{ $part }"
reports-where-theme = In the theme "{ $theme }"
reports-where-finding = In finding { $number }
reports-where-quote = In quote { $number }
reports-where-cover = On the cover or in what the program fills in
reports-go-there = Go there
reports-reason = Why may it stand?
reports-consider = Consider whether it may stand
reports-reason-given = Reason: { $reason }
reports-acknowledge-tick = We have looked at this, and it may stand
reports-acknowledge = Save what you decided
reports-withdraw-acknowledgement = Consider again
reports-fix = Fix version { $number }
reports-fix-what = The version stays as it is. You can go on writing and fix a new one later.
reports-fix-not-yet = The report can be fixed when everything above is mended or considered.
reports-no-mark = Tick that you have looked at it.

reports-rule-no-basis = The source of the quote has no basis
reports-rule-unknown-reference = The reference is not there
reports-rule-not-to-be-quoted = A note says that this must not be quoted
reports-rule-national-id = Looks like a national identity number
reports-rule-phone = Looks like a telephone number
reports-rule-email = Looks like an e-mail address
reports-rule-birth-date = Looks like a date of birth
reports-rule-address = Looks like an address
reports-rule-name = May be a name
reports-rule-small-figure = A figure under five about people
reports-rule-preliminary = The text belongs to the process report
reports-rule-empty-part = The part is empty
reports-rule-theme-without-findings = The theme has no findings
reports-advice-no-basis = Nothing can be quoted without consent or another basis. Go to the source and state its basis, or take the quote out.
reports-advice-unknown-reference = Mend the number, or remove the line.
reports-advice-not-to-be-quoted = Take the quote out, or delete the note if it no longer holds.
reports-advice-identifier = Take it out if it can lead to a person. If it is the centre's own, it may stand.
reports-advice-name = Replace or mask the name in the text. If it is made up, or the name of a place anybody may mention, it may stand.
reports-advice-small-figure = Write some, several or many.
reports-advice-preliminary = Rewrite it: a final report is not preliminary. If the word is about something else, it may stand.
reports-advice-empty-part = Write something in the part, or say why it is empty.
reports-advice-theme-without-findings = Write a finding, or join the theme with another.

# Handing over
reports-handover-title = Hand over version { $number }
reports-handover-what = You get a link that you send to the service yourself. Whoever has the link can read this version on the web and download it as a PDF until the link ends. They see no sources and no names from the transcripts.
reports-handover-recipient = Who gets it?
reports-handover-recipient-help = Write a role and a service, not a name: "leader of the outreach team".
reports-handover-days = For how many days does the link hold?
reports-handover-days-help = From 1 to 365. After that it no longer works.
reports-handover-days-wrong = Write a number from 1 to 365.
reports-handover-make = Make the link
reports-handover-done = The link is made
reports-handover-copy = Copy the link now. It is shown only this once.
reports-handover-link = The link
reports-handover-local = The link works only on this machine. Whoever runs the program can start it with --public-url; then new links work from outside too.
reports-handover-list = Links to this version
reports-handover-none = No links have been made.
reports-handover-to = Given to
reports-handover-made = Made
reports-handover-until = Holds until
reports-handover-ended = Ended { $when }
reports-handover-over = Ran out { $when }
reports-handover-end = End it now
reports-handover-act = End

# The page the service sees
reports-released-what = Here is what was handed over to you. The report must not be published or passed on.
reports-released-final = Here is the final report as it was handed over to you.
reports-released-none = No report has been handed over yet.
reports-handed-what = This process report was handed over to { $recipient }. It is written for the dialogue conference and must not be published or passed on.
reports-handed-final = This final report was handed over to { $recipient }.
reports-handed-until = The link holds until { $when }.
reports-handed-pdf = Download the report as a PDF
reports-handed-gone = The link no longer holds
reports-handed-gone-what = The link has run out, was ended, or is not written quite right. If you need the report, ask the centre that gave you the link.
reports-new-coming = A new version of the report is on its way
reports-new-coming-link = The centre is making a new version of the report. When it is ready, you can read it by this same link.
reports-new-coming-public = { $hub } is making a new version of "{ $title }". When it is ready, it stands at this address.
reports-new-coming-released = A new version of the report is on its way. It is shown here when it has been handed over to you.

# The final report
reports-kinds = The reports of the evaluation
reports-intro-final = The final report is put together like the process report. It also has a short part that is easy to read, what came out of the dialogue conference, and recommendations.
reports-begin-what = The final report builds on the process report. The cover and the texts you have written are copied. What belongs to the process report only is left out. The process report does not change.
reports-begin-from = Begin with the texts of the process report
reports-begin-empty-what = No process report has been written. The final report can begin empty. The findings and what stands in the evaluation come in by themselves.
reports-begin-empty = Begin the final report
reports-publisher-now = Who publishes the final report: { $who }.
reports-publisher-write = Write who publishes
reports-outdated = Words quoted in version { $number } have been taken out. So nobody can read it any more: not here, not by a link, not on the web. The words are gone from the draft. Fix a new version.
reports-outdated-version = Words quoted in this version have been taken out. So it can no longer be read or downloaded: not here, not by a link, not on the web. The words are gone from the draft.
reports-version-outdated = Can't be read: words were taken out
reports-fix-new = Look over and fix a new version
reports-publish-new = Publish version { $number }
reports-waiting = { $n ->
    [one] One link now shows only that a new version is on its way.
   *[other] { $n } links now show only that a new version is on its way.
  }
reports-hand-on-what = Version { $number } is fixed. Whoever has { $n ->
    [one] the link
   *[other] one of the links
  } can read it for as long as the link holds.
reports-hand-on = Let the links show version { $number }
reports-fix-shows = { $n ->
    [one] One link was given out and waits for a new version. It shows
   *[other] { $n } links were given out and wait for a new version. They show
  } this one as soon as it is fixed, for as long as { $n ->
    [one] the link holds
   *[other] the links hold
  }.

# Publishing
reports-public = Publishing
reports-public-none = The report is not published.
reports-public-is = Version { $number } was published on { $when }. Its address is
reports-public-taken-back = The report was taken back on { $when }. Its address says that it was, not why.
reports-take-back = Take the report back
reports-take-back-what = Nobody can read or download the report afterwards. Its address says that it was taken back, without saying why. If only something is to be changed, fix a new version and publish that instead.
reports-take-back-button = Take the whole report back
reports-publish = Publish
reports-publish-title = Publish version { $number }
reports-publish-what = Everybody can read the report on the web and download it, without signing in, until it is replaced or taken back. No link leads in to the sources.
reports-publish-address = Its address will be
reports-publish-replaces = This version takes the place of the one that is public now. The one before can then no longer be downloaded, and nothing tells what is different.
reports-publish-local = The centre has no address on the web yet. The report can only be read on this machine. Whoever runs the program can start it with --public-url.
reports-publish-button = Publish for everybody
reports-hand-over-link = Make a link for the service
reports-not-public-process = A process report is never published. It is handed over to the service.
reports-not-public-undecided = It is not agreed who publishes the final report. Agree on it with the service, and write it in the evaluation.
reports-not-public-service = By the agreement it is the service that publishes. Give them the files, or make a link they can fetch them by.
reports-not-public-not-newest = A newer version has been fixed. Only the newest can be published.
reports-not-public-outdated = Words quoted in this version have been taken out. Its address says only that a new version is on its way. Fix a new version and publish that.

# The public pages
reports-list = Reports
reports-list-what = Final reports published by { $hub }. People with lived experience asked, and others with lived experience answered.
reports-list-none = No reports have been published yet.
reports-published = Published on { $when }.
reports-taken-back = The report has been taken back
reports-taken-back-what = "{ $title }" has been taken back by { $hub } and can no longer be read.

# Faults
reports-not-ready = The report can't be fixed yet. See what remains under "Look over before fixing".
reports-changed-meanwhile = Somebody changed or fixed the report meanwhile, so this version was not fixed. Look it over once more, and fix it again if all is as it should be.
reports-pdf-too-large = The report is too large or too deeply nested to be set. Divide long tables and lists, and try again.
reports-withdraw-versions = Fixed reports that quote the words
reports-begun-already = The final report has been begun. Go on writing in it.
reports-recipient-missing = Write who gets the report.
reports-not-readable = This version of the report can no longer be read. A new version is on its way.
reports-newest-not-readable = Words quoted in the newest version of the report have been taken out, so it can no longer be read. Fix a new version on the page "Look over before fixing". The draft (--draft) can be built as it stands.

# In the history
reports-did-set-cover = Changed the cover of the report
reports-did-write-part = Wrote in the report
reports-did-decide = Considered something the checks found in the report
reports-did-fix = Fixed a version of the report
reports-did-begin-final = Began the final report
reports-did-publish = Published the final report
reports-did-take-back = Took the final report back
reports-did-hand-over = Handed over the report
reports-did-end-link = Ended a link to the report
reports-did-hand-on = Let links show a new version of the report
reports-errand-link-ends = The link to the report for { $who } ends soon
reports-errand-new-version = Words were taken out of a report that was given out. Fix a new version, and give that out
