// Practising before the first real interview: made with one button, labelled on every page, emptied with one page between.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { walk } from "./harness.ts";

/** Stands in everything that is written here. */
const WRITTEN = "Blåmeis";
const BANNER = ".practice-banner";

async function press(page: Page, name: string): Promise<void> {
  await page.locator("main").getByRole("button", { name, exact: true }).first().click();
}

async function studies(page: Page): Promise<void> {
  await page.locator("header").getByRole("link", { name: "Evalueringer" }).click();
}

walk("somebody makes a practice evaluation, works in it and empties it", async ({ hub, asPerson, fits, shot }) => {
  const page = await asPerson("hub_lead", { script: false });
  await studies(page);
  const before = await page.locator(".study-cards > li").count();
  await shot(page, "practice-offered");
  await press(page, "Lag en øvingsevaluering");
  const address = new URL(page.url()).pathname;
  assert.match(address, /^\/studies\/ovingsevaluering/);
  assert.match(await page.locator(BANNER).innerText(), /Teksten er oppdiktet/);
  await fits(page);
  await shot(page, "practice-overview");

  await page.locator("main").getByRole("link", { name: "Kode", exact: true }).first().click();
  assert.ok(await page.locator(BANNER).isVisible(), "the sign stands in the workspace too");
  await page.getByRole("link", { name: "Merk i avsnitt 1", exact: true }).click();
  await page.locator('[name="new_code"]').fill(WRITTEN);
  await page.locator('[name="note"]').fill(WRITTEN);
  await press(page, "Merk");
  assert.match(await page.locator("#b-1").innerText(), new RegExp(WRITTEN));

  for (const place of ["import", "codes", "themes", "findings", "report", "export", "history"]) {
    await page.goto(`${hub.base}${address}/${place}`);
    assert.ok(await page.locator(BANNER).isVisible(), place);
  }
  await page.goto(`${hub.base}${address}/import`);
  assert.equal(await page.locator('input[type="file"]').count(), 0, "nothing is brought in");

  await page.locator(BANNER).getByRole("link", { name: /^Tøm/ }).click();
  await fits(page);
  await shot(page, "practice-empty");
  await press(page, "Tøm og legg fram på nytt");
  assert.equal(new URL(page.url()).pathname, address);
  for (const place of ["", "/codes", "/history"]) {
    await page.goto(`${hub.base}${address}${place}`);
    assert.ok(!(await page.locator("main").innerText()).includes(WRITTEN), place);
  }
  await page.goto(`${hub.base}${address}`);
  await page.locator("main").getByRole("link", { name: "Kode", exact: true }).first().click();
  assert.equal(await page.locator(".margin-mark").count(), 0, "no mark is left");
  assert.match(await page.locator("#b-1").innerText(), /oppdiktet intervju til å øve på/);

  await studies(page);
  assert.equal(await page.locator(".study-cards > li").count(), before + 1, "one's own, once");
  assert.equal(await page.getByRole("button", { name: "Lag en øvingsevaluering" }).count(), 0);
  await shot(page, "practice-in-the-list");
});

walk("the demo's practice evaluation has marks by two, and stands beside the real ones", async ({ hub, asPerson, axe }) => {
  const page = await asPerson("peer_researcher");
  await studies(page);
  const practice = page.locator("#practice");
  assert.equal(await practice.locator(".study-cards > li").count(), 1);
  await practice.getByRole("link").first().click();
  const slug = hub.studies.find((slug) => slug.startsWith("ovingsevaluering")) ?? "";
  assert.equal(new URL(page.url()).pathname, `/studies/${slug}`);
  await page.locator("main").getByRole("link", { name: "Kode", exact: true }).first().click();
  const marks = (await page.locator(".margin-mark").allInnerTexts()).join("\n");
  assert.match(marks, /Respekt/);
  assert.match(marks, /Felles beslutninger/);

  for (const place of ["/studies", `/studies/${slug}`, `/studies/${slug}/import`, `/studies/${slug}/practice/empty`]) {
    await page.goto(`${hub.base}${place}`);
    await axe(page);
  }
});
