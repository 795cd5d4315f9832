// Marking and writing a finding without script: on an old phone, or in a browser that lets none run.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { walk } from "./harness.ts";

/** A code of this file's own, so that nothing the demo brings is mistaken for what was done here. */
const CODE = "Uten skript";
/** A block with several sentences. */
const PLACE = 1;

async function press(page: Page, name: string): Promise<void> {
  await page.locator("main").getByRole("button", { name, exact: true }).first().click();
}

/** The workspace of the demo's first source, come to by links. */
async function workspace(page: Page, slug: string): Promise<void> {
  await page.locator("header").getByRole("link", { name: "Evalueringer" }).click();
  await page.locator(`main a[href="/studies/${slug}"]`).first().click();
  await page.locator("main").getByRole("link", { name: "Kode", exact: true }).first().click();
}

/** Names of codes beside a block. */
async function beside(page: Page, place: number): Promise<string> {
  return (await page.locator(`#b-${place} .margin-mark`).allInnerTexts()).join("\n");
}

walk("a sentence is marked by a form, noted on, marked anew and undone", async ({ hub, asPerson, fits, shot }) => {
  const page = await asPerson("peer_researcher", { script: false });
  await workspace(page, hub.studies[0] ?? "");
  assert.equal(await page.locator(".desk-help-button").isVisible(), false, "what needs script is not offered");
  const before = await beside(page, PLACE);
  assert.ok(!before.includes(CODE));

  await page.getByRole("link", { name: `Merk i avsnitt ${PLACE}`, exact: true }).click();
  const whole = await page.locator("blockquote.block-words").innerText();
  const second = page.locator("select#sentence option").nth(1);
  const sentence = await second.innerText();
  await page.locator("#which-sentence").check();
  await page.locator("select#sentence").selectOption((await second.getAttribute("value")) ?? "");
  await page.locator('[name="new_code"]').fill(CODE);
  await page.locator('[name="note"]').fill("Husk tonen her.");
  await shot(page, "no-script-marking");
  await press(page, "Merk");
  assert.match(page.url(), new RegExp(`/coding\\?.*#b-${PLACE}$`), "back at the block");
  assert.match(await beside(page, PLACE), new RegExp(CODE));

  await page.locator(`#b-${PLACE} .margin-mark`).filter({ hasText: CODE }).getByRole("link").click();
  assert.equal(await page.locator("main mark").innerText(), sentence, "the words of the mark are the sentence chosen");
  assert.equal(await page.locator('form[action$="/note"] textarea').first().inputValue(), "Husk tonen her.");
  await page.getByText("Endre grensene").click();
  await page.locator("#which-words").check();
  await page.locator("select#first").selectOption("0");
  await page.locator("select#last").selectOption("1");
  await page.locator('form[action$="/move"] button[type="submit"]').click();
  const words = await page.locator("main mark").innerText();
  assert.equal(words, whole.split(" ").slice(0, 2).join(" "), "the mark has moved to the first two words");
  await fits(page);

  await page.goto(`${hub.base}/studies/${hub.studies[0]}/coding`);
  // Undone one by one, the newest first: the mark itself goes last.
  for (let acts = 0; acts < 3 && (await beside(page, PLACE)).includes(CODE); acts++) await press(page, "Angre");
  assert.equal(await beside(page, PLACE), before, "all is as it was");
});

walk(
  "a mark without code or note is not taken, and what was chosen stands",
  async ({ hub, asPerson }) => {
    const page = await asPerson("peer_researcher", { script: false });
    await workspace(page, hub.studies[0] ?? "");
    await page.getByRole("link", { name: "Merk i avsnitt 2", exact: true }).click();
    await page.locator("#which-quote").check();
    await page.locator('[name="quote"]').fill("Disse ordene er det ingen som har sagt");
    await press(page, "Merk");
    const told = await page.locator("main").innerText();
    assert.match(told, /Fant ikke ordene i avsnittet/);
    assert.match(told, /Velg en kode, lag en ny, eller skriv et notat/);
    assert.ok(await page.locator("#which-quote").isChecked());
    assert.equal(await page.locator('[name="quote"]').inputValue(), "Disse ordene er det ingen som har sagt");
  },
  { expected: [/422/] },
);

walk("a finding is written, rests on a quote, and lets it go", async ({ hub, asPerson, fits }) => {
  const page = await asPerson("peer_researcher", { script: false });
  await page.goto(`${hub.base}/studies/${hub.studies[0]}/findings/new`);
  const sentence = "Flere sier at det er lett å merke uten skript.";
  await page.locator('[name="sentence"]').fill(sentence);
  await page.locator("select#theme").selectOption({ index: 1 });
  await page.getByLabel("Ønske").check();
  await press(page, "Lagre og velg sitater");
  const quote = page.locator("#choose figure.quote").first();
  const words = await quote.locator("blockquote").innerText();
  await quote.getByRole("button", { name: "Nyanserer" }).click();
  assert.match(await page.locator("main").innerText(), /Sitater: 1\b/);
  const own = page.locator("figure.quote").filter({ has: page.getByRole("button", { name: "Fjern fra funnet" }) });
  assert.equal(await own.locator("blockquote").innerText(), words);
  await fits(page);

  // From the quote to its place in the text and back.
  const place = await own.getByRole("link").getAttribute("href");
  const finding = page.url();
  await own.getByRole("link").click();
  assert.equal(await page.locator(`[id="${place?.split("#")[1]}"]`).count(), 1, "the link leads to the place of the quote");
  await page.goto(finding);
  await press(page, "Fjern fra funnet");
  assert.match(await page.locator("main").innerText(), /Sitater: 0\b/);
  await page.goto(`${hub.base}/studies/${hub.studies[0]}/findings`);
  assert.equal(await page.locator("main").getByText(sentence).count(), 1);
});
