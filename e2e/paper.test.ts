// Coding with a pen: a source is printed, the marks are typed in, looked through, saved and seen in the margin.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { walk } from "./harness.ts";

const CODE = "Med penn";

async function paper(page: Page, base: string, study: string | undefined): Promise<string> {
  await page.goto(`${base}/studies/${study}/coding`);
  await page.locator("main").getByRole("link", { name: "På papir" }).click();
  return page.url();
}

async function type(page: Page, lines: string): Promise<void> {
  await page.locator('textarea[name="lines"]').fill(lines);
  await page.getByRole("button", { name: "Se gjennom" }).click();
}

walk("a source is laid out for paper, with numbers, room to write, and the codes", async ({ hub, asPerson, axe, fits, shot }) => {
  const page = await asPerson("peer_researcher");
  const address = await paper(page, hub.base, hub.studies[0]);
  for (const lang of ["en", "nn", "nb"]) {
    await page.goto(`${address}?lang=${lang}`);
    await axe(page);
  }
  await fits(page);
  await shot(page, "paper");
  assert.ok(await page.getByRole("button", { name: "Skriv ut" }).isVisible());
  const numbers = await page.locator(".paper-number").allInnerTexts();
  assert.deepEqual(numbers.slice(0, 3), ["1", "2", "3"]);
  assert.ok((await page.locator(".sentence-number").count()) > numbers.length, "sentences have numbers");
  assert.ok((await page.locator(".code-sheet .code-sign").count()) > 10, "the codes stand with their signs");

  await page.emulateMedia({ media: "print" });
  for (const hidden of ["header.shell", ".screen-only", ".trial"]) {
    assert.equal(await page.locator(hidden).first().isVisible(), false, `${hidden} is not printed`);
  }
  const sheet = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const [, width, height] = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(sheet) ?? [];
  assert.deepEqual([Math.round(Number(width)), Math.round(Number(height))], [595, 842], "the sheets are A4");
});

walk(
  "marks from paper are typed in without script, looked through, saved at once and undone at once",
  async ({ hub, asPerson, axe, fits, shot }) => {
    const page = await asPerson("peer_researcher", { script: false });
    // Whether all can use a page is asked with script: the same page, since it has none of its own.
    const looked = await asPerson("peer_researcher");
    await paper(page, hub.base, hub.studies[0]);
    await page.getByRole("link", { name: "Skriv inn merkene" }).click();
    const address = page.url();
    for (const lang of ["en", "nn", "nb"]) {
      await looked.goto(`${address}?lang=${lang}`);
      await axe(looked);
    }
    await fits(page);

    await type(page, `2 +${CODE}\n9999 +${CODE}\n3 Finnes ikke\nhei`);
    const wrong = await page.locator(".preview-lines .is-wrong").allInnerTexts();
    assert.equal(wrong.length, 3);
    assert.match(wrong.join("\n"), /Linje 2: 9999.*\n+.*ikke noe avsnitt 9.?999[\s\S]*Linje 3[\s\S]*«Finnes ikke»[\s\S]*Linje 4/);
    assert.equal(await page.getByRole("button", { name: /Lagre merkene/ }).count(), 0, "nothing is saved with a fault in it");
    await type(looked, `2 +${CODE}\n9999 +${CODE}`);
    await axe(looked);
    await shot(page, "paper-faults");

    await type(page, `2 +${CODE}\n\n3.1-4 ${"+" + CODE} / Tonen endrer seg`);
    const lines = page.locator(".preview-lines li");
    assert.equal(await lines.count(), 2);
    assert.match(await lines.first().innerText(), new RegExp(`Ny kode: «${CODE}»`));
    await type(looked, `2 +${CODE}`);
    await axe(looked);
    const shown = (await lines.first().locator(".preview-words").innerText()).trim();
    await fits(page);
    await shot(page, "paper-preview");
    await page.getByRole("button", { name: "Lagre merkene (2)" }).click();
    await page.getByText("Merker lagret: 2.").waitFor();
    await looked.goto(page.url());
    await axe(looked);

    await page.getByRole("link", { name: "Se dem i margen" }).click();
    const beside = page.locator(".margin-mark").filter({ hasText: CODE });
    assert.equal(await page.locator("#b-2 .margin-mark").filter({ hasText: CODE }).count(), 1);
    assert.ok(shown.startsWith((await page.locator("#b-2 .block-words").innerText()).trim().slice(0, 40)), "the preview showed these words");
    assert.ok((await beside.count()) >= 3, "the mark over two blocks stands beside both");
    await page.getByRole("button", { name: "Angre" }).click();
    assert.equal(await beside.count(), 0, "one step takes all of them back");
  },
  { expected: [/422/] },
);
