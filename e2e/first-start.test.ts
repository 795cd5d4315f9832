// From an empty folder to a report in somebody's hands, as people do it on a new hub. The walks build on each other.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { docx } from "./docx.ts";
import { onEmptyHub, walk } from "./harness.ts";
import { ended } from "./hub.ts";

onEmptyHub();

const LEAD = { name: "Ragnhild Prøve", email: "ragnhild@example.org", passphrase: "fem blå båter på fjorden" };
const PEER = { name: "Mona Prøve", email: "mona@example.org", passphrase: "åtte gule votter i vinden" };
const STUDY = "Evaluering av Prøveteamet";
const TALK = [
  "Kari: Hvordan var det å bli møtt første gang?",
  "Ola: De kom hjem til meg og satte seg ned. Det var ingen som hadde dårlig tid 🙂 den dagen.",
  "Kari: Og etterpå?",
  "Ola: Etterpå visste jeg hvem jeg skulle ringe. Det betydde alt for meg.",
];
const LETTER = ["Per: Jeg savner noen å snakke med i helgene.", "Lise: Helgene er lange når alt er stengt."];

/** What one walk leaves to the next. */
const left = { study: "", source: "" };

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name="${name}"]`).fill(value);
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.locator("main").getByRole("button", { name, exact: typeof name === "string" }).first().click();
}

async function signIn(page: Page, { email, passphrase }: typeof PEER, base: string): Promise<void> {
  await page.goto(`${base}/sign-in`);
  await fill(page, { email, passphrase });
  await press(page, "Logg inn");
  assert.ok(!page.url().includes("sign-in"), page.url());
}

/** Brings files in and waits on the page of the import until it is over. */
async function bringIn(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<string> {
  await page.getByLabel("Oppdiktet:").check();
  await page.locator("#files").setInputFiles(files);
  await press(page, "Hent inn");
  assert.match(page.url(), /\/imports\/[0-9a-f-]+$/);
  await page.getByText("Ferdig. Se gjennom hva som kom inn").waitFor();
  return page.locator("main").innerText();
}

async function told(page: Page, what: string | RegExp): Promise<void> {
  await page.locator(".desk-status").getByText(what).waitFor();
}

/** A double click chooses a word: right on it, since beside the text it would choose a line's end. */
async function doubleClick(page: Page, word: string): Promise<void> {
  const place = await page.evaluate((word) => {
    for (const words of document.querySelectorAll(".block-words")) {
      const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.nodeValue?.indexOf(word) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
    }
    return undefined;
  }, word);
  assert.ok(place, `${word} stands in the text`);
  await page.mouse.dblclick(place.x, place.y);
}

async function marks(page: Page): Promise<number> {
  return page.locator(".margin-mark").count();
}

walk("the printed link makes a hub lead, and is used up", async ({ hub, asVisitor, axe, fits, shot }) => {
  const page = await asVisitor();
  await page.goto(hub.firstStart ?? "");
  await axe(page);
  await fits(page);
  await fill(page, { hub_name: "Prøvesenteret", hub_place: "Tåkefjord", name: LEAD.name, email: LEAD.email, passphrase: LEAD.passphrase });
  await page.locator("#leads_studies").check();
  await shot(page, "first-start");
  await press(page, "Ta i bruk");
  await page.goto(hub.base);
  assert.match(await page.locator("header").innerText(), /Prøvesenteret[^]*Ragnhild Prøve/);
  assert.equal((await page.request.get(hub.firstStart ?? "")).status(), 410, "the link is used up");
});

walk("the hub lead invites a peer researcher, who takes the invitation", async ({ hub, asVisitor, axe }) => {
  const lead = await asVisitor();
  await signIn(lead, LEAD, hub.base);
  await lead.goto(`${hub.base}/people`);
  await fill(lead, { name: PEER.name, email: PEER.email });
  await lead.getByLabel("BSB-medarbeider").check();
  await press(lead, "Lag invitasjon");
  const link = await lead.locator(".link-to-give code").innerText();
  await axe(lead);
  const peer = await asVisitor();
  await peer.goto(link);
  await axe(peer);
  await fill(peer, { passphrase: PEER.passphrase });
  await press(peer, "Ta imot og logg inn");
  await peer.goto(`${hub.base}/me`);
  assert.match(await peer.locator("body").innerText(), /Mona Prøve/);
  assert.equal((await peer.request.get(link)).status(), 410, "the invitation is used up");
});

walk("a study is made, and the peer researcher is in it", async ({ hub, asVisitor, axe, fits }) => {
  const page = await asVisitor();
  await signIn(page, LEAD, hub.base);
  await page.goto(`${hub.base}/studies/new`);
  await fill(page, {
    title: STUDY,
    services: "Prøveteamet",
    questions: "Hvordan blir folk møtt?\nHva trengs når det er stengt?",
    guide: "Å bli møtt\n- Hva skjedde første gang?\nHelgene\n- Hvem ringer du?",
    background: "Prøveteamet møter folk hjemme. Kommunen spurte om hvordan det går.",
  });
  await press(page, "Opprett evalueringen");
  left.study = new URL(page.url()).pathname;
  assert.match(left.study, /^\/studies\/[a-z0-9-]+$/);
  await page.getByText("Legg til noen").click();
  await page.locator("#account").selectOption({ label: PEER.name });
  await page.locator("#role").selectOption("peer_researcher");
  // Not by a click: the fields are still sliding into view.
  await page.locator('#members form[action$="/members"]').evaluate((form: HTMLFormElement) => form.requestSubmit());
  await page.getByRole("button", { name: `Ta ut ${PEER.name}` }).waitFor();
  await axe(page);
  await fits(page);
});

walk("files are brought in, and what came in is told", async ({ hub, asVisitor, axe, shot }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(`${hub.base}${left.study}/import`);
  const came = await bringIn(page, [
    { name: "samtale.txt", mimeType: "text/plain", buffer: Buffer.from(TALK.join("\r\n\r\n")) },
    { name: "brev.docx", mimeType: "application/octet-stream", buffer: docx(LETTER) },
    { name: "feil.pdf", mimeType: "application/pdf", buffer: Buffer.from("Dette er ikke en PDF.") },
  ]);
  assert.match(came, /samtale\.txt[^]*4 replikker fra 2[^]*CRLF/);
  assert.match(came, /brev\.docx[^]*2 avsnitt/);
  assert.match(came, /feil\.pdf[^]*(er noe annet|skadet|mangler)/);
  await axe(page);
  await shot(page, "import-over");
  await page.goto(hub.base + left.study);
  assert.equal(await page.getByRole("link", { name: "Kode", exact: true }).count(), 2, "two sources came in");
});

walk("a source is read, and a turn put right", async ({ hub, asVisitor, axe, fits }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(hub.base + left.study);
  await page.locator("main").getByRole("link", { name: "samtale", exact: false }).first().click();
  left.source = new URL(page.url()).pathname;
  assert.deepEqual(await page.locator(".speaker").allInnerTexts(), ["Kari", "Ola", "Kari", "Ola"]);
  await axe(page);
  await fits(page);
  await page.getByRole("link", { name: "Rett avsnitt 2" }).click();
  const words = page.locator('main [name="text"]');
  await words.fill((await words.inputValue()).replace("satte seg ned", "satte seg rolig ned"));
  await press(page, "Lagre");
  assert.match(await page.locator(".reader").innerText(), /satte seg rolig ned/);
  await page.goto(`${hub.base}${left.source}/facts`);
  await axe(page);
});

walk("the theme guide gives the first codes", async ({ hub, asVisitor, axe, fits }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(`${hub.base}${left.study}/codes`);
  await press(page, /Temaguiden|Legg til|Start/);
  const names = await page.locator(".codebook").innerText();
  assert.match(names, /Å bli møtt/);
  assert.match(names, /Helgene/);
  await axe(page);
  await fits(page);
});

walk("words are marked with the mouse, a new code is made on the way, and it is undone", async ({ hub, asVisitor, axe, shot }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(`${hub.base}${left.source}/code`);
  await doubleClick(page, "rolig");
  await page.getByRole("button", { name: "Merk med kode" }).click();
  const picker = page.getByRole("dialog");
  await axe(page);
  await picker.getByRole("option", { name: "Å bli møtt" }).click();
  await picker.getByRole("button", { name: "Merk", exact: true }).click();
  await told(page, /Merket med Å bli møtt, 1 ord/);
  assert.equal(await marks(page), 1);

  await doubleClick(page, "visste");
  await page.getByRole("button", { name: "Merk med kode" }).click();
  await page.getByRole("combobox", { name: "Søk i kodene" }).fill("Trygghet");
  await picker.getByRole("option", { name: /Ny kode: .*Trygghet/ }).click();
  await picker.getByRole("button", { name: "Merk", exact: true }).click();
  await told(page, /Merket med Trygghet/);
  assert.equal(await marks(page), 2);
  await shot(page, "coding");

  await page.locator(".desk-undo").getByRole("button").click();
  await told(page, "Angret");
  assert.equal(await marks(page), 1);
  await page.reload();
  assert.equal(await marks(page), 1, "what was undone stays undone");
});

walk("words are marked with the keyboard alone", async ({ hub, asVisitor }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(`${hub.base}${left.source}/code`);
  const inText = () => page.evaluate(() => document.activeElement?.classList.contains("block-words") ?? false);
  for (let stop = 0; stop < 60 && !(await inText()); stop++) await page.keyboard.press("Tab");
  assert.ok(await inText(), "Tab leads to the text");
  const before = await marks(page);
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "m", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"]) {
    await page.keyboard.press(key);
  }
  await page.getByRole("combobox", { name: "Søk i kodene" }).waitFor();
  await page.keyboard.type("Trygghet");
  for (const key of ["Enter", "Enter"]) await page.keyboard.press(key);
  await told(page, /Merket med Trygghet, 3 ord/);
  assert.equal(await marks(page), before + 1);
  assert.ok(await inText(), "the focus is back in the text");
  await page.keyboard.press("Control+z");
  await told(page, "Angret");
  assert.equal(await marks(page), before);
  // Once more, with the whole block, to have something to write about.
  for (const key of ["b", "Enter"]) await page.keyboard.press(key);
  await page.getByRole("combobox", { name: "Søk i kodene" }).waitFor();
  await page.keyboard.type("Å bli");
  for (const key of ["Enter", "Enter"]) await page.keyboard.press(key);
  await told(page, /Merket med Å bli møtt/);
  assert.equal(await marks(page), before + 1);
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Slik merker du" }).waitFor();
});

walk("codes become a theme, and a finding rests on a quote", async ({ hub, asVisitor, axe, fits }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(`${hub.base}${left.study}/themes`);
  const codes = page.locator("select#code");
  const wanted = await codes.locator("option").filter({ hasText: "Å bli møtt" }).first().getAttribute("value");
  await codes.selectOption(wanted);
  await press(page, "Lag tema");
  await axe(page);
  await page.goto(`${hub.base}${left.study}/findings/new`);
  await fill(page, { sentence: "Flere sier at det er godt når teamet har god tid." });
  await page.locator("select#theme").selectOption({ label: "Å bli møtt" });
  await page.getByLabel("Styrke").check();
  await press(page, "Lagre og velg sitater");
  await axe(page);
  await fits(page);
  await page.locator("figure.quote").filter({ hasText: "ringe" }).getByRole("button", { name: "Støtter" }).click();
  await page.getByText("Er med i funnet").waitFor();
  assert.match(await page.locator("main").innerText(), /Sitater: 1/);
});

walk("the study goes out as a project, and comes into another study whole", async ({ hub, asVisitor }) => {
  const out = await hub.file("ut.qdpx", "");
  const slug = left.study.split("/").at(-1) ?? "";
  const said = await ended(hub.command("export", "--study", slug, "--to", "qdpx", "-o", out));
  assert.equal(said.code, 0, said.error);
  const page = await asVisitor();
  await signIn(page, LEAD, hub.base);
  await page.goto(`${hub.base}/studies/new`);
  await fill(page, { title: "Samme en gang til", services: "Prøveteamet" });
  await press(page, "Opprett evalueringen");
  const other = page.url();
  await page.goto(`${other}/import`);
  const came = await bringIn(page, [{ name: "ut.qdpx", mimeType: "application/octet-stream", buffer: await readFile(out) }]);
  for (const told of [/Tekster: 2\n/, /Merker: 2\n/, /Koder satt på merker: 2\n/]) assert.match(came, told);
  await page.goto(other);
  await page.locator("main tr").filter({ hasText: "samtale" }).getByRole("link", { name: "Kode", exact: true }).click();
  assert.equal(await marks(page), 2);
});

walk("the report is written, checked, fixed and handed over", async ({ hub, asVisitor, axe, fits, shot }) => {
  const page = await asVisitor();
  await signIn(page, PEER, hub.base);
  await page.goto(`${hub.base}${left.study}/report/parts/conclusion`);
  await fill(page, { text: "Det viktigste er **god tid**." });
  await press(page, "Lagre");
  await page.goto(`${hub.base}${left.study}/report/preview`);
  assert.equal(await page.locator("main strong", { hasText: "god tid" }).count(), 1);
  await axe(page);
  await page.goto(`${hub.base}${left.study}/report/checks`);
  await axe(page);
  await fits(page);
  assert.equal(await page.getByRole("button", { name: "Fastsett versjon 1" }).count(), 0, "what is found must be looked at first");
  const undecided = page.locator(".report-issue details");
  for (let rest = await undecided.count(); rest > 0; rest--) {
    const issue = undecided.first();
    await issue.locator("summary").click();
    await issue.locator('input[type="text"]').fill("Vi har lest det.");
    await issue.locator('input[type="checkbox"]').check();
    await issue.getByRole("button").click();
    await page.waitForFunction((left) => document.querySelectorAll(".report-issue details").length === left, rest - 1);
  }
  await press(page, "Fastsett versjon 1");
  const fixed = await page.request.get(`${hub.base}${left.study}/report/versions/1/report.pdf`);
  assert.equal((await fixed.body()).subarray(0, 4).toString("latin1"), "%PDF");

  const leader = await asVisitor();
  await signIn(leader, LEAD, hub.base);
  await leader.goto(`${hub.base}${left.study}/report/versions/1/hand-over`);
  await fill(leader, { recipient: "leder for Prøveteamet" });
  await press(leader, "Lag lenken");
  const link = await leader.locator("code.report-link").innerText();
  const visitor = await asVisitor();
  await visitor.goto(link);
  const words = await visitor.locator("main").innerText();
  assert.match(words, /Foreløpig – til dialogkonferansen/);
  assert.match(words, /Flere sier at det er godt/);
  assert.match(words, /visste jeg hvem jeg skulle ringe/, "the quote is in it");
  assert.ok(!words.includes("Ola"), "names of those who speak are not in it");
  assert.equal(await visitor.locator('main a[href*="/sources/"]').count(), 0, "the visitor is led to no source");
  await axe(visitor);
  await fits(visitor);
  await shot(visitor, "handed-over");
  const file = await visitor.request.get(`${link}/report.pdf`);
  assert.equal((await file.body()).subarray(0, 4).toString("latin1"), "%PDF");
  assert.match(file.headers()["x-robots-tag"] ?? "", /noindex/);

  await leader.goto(`${hub.base}${left.study}/report/versions/1/hand-over`);
  await press(leader, "Avslutt nå");
  assert.equal((await visitor.request.get(link)).status(), 410, "an ended link opens nothing");
});

walk("all that was stored holds", async ({ hub }) => {
  const said = await ended(hub.command("check"));
  assert.equal(said.code, 0, said.out + said.error);
});
