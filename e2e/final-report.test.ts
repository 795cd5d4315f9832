// From the process report to what everybody reads: the final report is begun, fixed, published, read without account and
// without script, replaced by a version without a quote, read in other languages, and taken back.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Client } from "./client.ts";
import { walk } from "./harness.ts";
import { type Hub, ended } from "./hub.ts";

const study = (hub: Hub): string => `/studies/${hub.studies[0]}`;
const inside = (hub: Hub): string => `${study(hub)}/final-report`;
const outside = (hub: Hub): string => `/reports/${hub.studies[0]}`;

async function press(page: Page, name: string): Promise<void> {
  await page.locator("main").getByRole("button", { name, exact: true }).first().click();
}

async function write(page: Page, hub: Hub, part: string, text: string): Promise<void> {
  await page.goto(`${hub.base}${inside(hub)}/parts/${part}`);
  await page.locator("textarea#text").fill(text);
  await press(page, "Lagre");
}

/** Lets everything stand that the checks find; the first by hand, the rest as the same form would. */
async function letStand(page: Page, hub: Hub, kind = "final-report"): Promise<void> {
  const checks = `${hub.base}${study(hub)}/${kind}/checks`;
  await page.goto(checks);
  const first = page.locator(".report-issue details").first();
  if ((await first.count()) > 0) {
    await first.locator("summary").click();
    const mark = await first.locator('input[name="mark"]').inputValue();
    await first.locator(`#reason-${mark}`).fill("Vi har sett på det sammen.");
    await first.locator(`#tick-${mark}`).check();
    await first.getByRole("button").click();
    assert.ok(page.url().endsWith(`#issue-${mark}`), "back at what was decided");
    assert.equal(await page.locator(`#issue-${mark} details`).count(), 0, "and it is decided");
  }
  for (const input of await page.locator('.report-issue details input[name="mark"]').all()) {
    const mark = await input.inputValue();
    const form = { mark, [`reason-${mark}`]: "Vi har sett på det sammen.", [`tick-${mark}`]: "on" };
    await page.request.post(checks, { form });
  }
}

/** Takes references to what is no longer there out of the own texts, the way the checks lead. */
async function mend(page: Page, hub: Hub, kind = "final-report"): Promise<void> {
  for (;;) {
    await page.goto(`${hub.base}${study(hub)}/${kind}/checks`);
    const broken = page.locator(".report-issue").filter({ hasText: "Referansen finnes ikke" }).first();
    if ((await broken.count()) === 0) return;
    const [reference] = /\[\[[^\]]+\]\]/.exec(await broken.innerText()) ?? [];
    assert.ok(reference !== undefined, "the check names the reference");
    await broken.getByRole("link", { name: "Gå dit" }).click();
    const text = page.locator("textarea#text");
    await text.fill((await text.inputValue()).replaceAll(reference, ""));
    await press(page, "Lagre");
  }
}

async function fixAndPublish(page: Page, hub: Hub, number: number): Promise<void> {
  await mend(page, hub);
  await letStand(page, hub);
  await page.goto(`${hub.base}${inside(hub)}/checks`);
  // A program that is not optimised sets the PDF for some seconds.
  await page.getByRole("button", { name: `Fastsett versjon ${number}`, exact: true }).click({ timeout: 60_000 });
  await page.goto(`${hub.base}${inside(hub)}/versions/${number}/publish`);
  await press(page, "Publiser for alle");
  assert.match(await page.locator("main").innerText(), new RegExp(`Versjon ${number} er publisert`));
}

walk(
  "a final report goes from the process report to everybody, and on without a quote",
  async ({ hub, asPerson, asVisitor, axe, fits, shot }) => {
    const manager = await asPerson("process_manager");
    await manager.goto(`${hub.base}${study(hub)}/edit`);
    await manager.locator("select#publisher").selectOption("hub");
    await manager.locator('main button[type="submit"]').last().click();

    // Begun from the process report: its own texts are there, what only it has is not.
    await manager.goto(hub.base + inside(hub));
    await axe(manager);
    await press(manager, "Begynn med tekstene fra prosessrapporten");
    const parts = await manager.locator("main table").first().innerText();
    assert.match(parts, /Kort fortalt[\s\S]*Bakgrunn[\s\S]*Anbefalinger/);
    assert.doesNotMatch(parts, /Om prosessrapporten/);
    await axe(manager);
    await write(manager, hub, "easy_read", "Teamet kommer hjem til folk. Det hjelper når de har tid.");
    assert.match(await manager.locator("body").innerText(), /Lagret/);
    await write(manager, hub, "recommendations", "Teamet bør si fra før det kommer ([[funn:1]]). Det gjelder lederen for teamet.");
    await manager.goto(`${hub.base}${inside(hub)}/checks`);
    await axe(manager);
    await fixAndPublish(manager, hub, 1);
    await shot(manager, "final-report-overview");
    await axe(manager);

    // Read by somebody without account and without script.
    const reader = await asVisitor({ script: false });
    // Axe needs script; the pages are the same.
    const beside = await asVisitor();
    const look = async () => {
      await beside.goto(reader.url());
      await axe(beside);
      await fits(beside);
    };
    for (const lang of ["nn", "en", "nb"]) {
      await reader.goto(`${hub.base}/reports?lang=${lang}`);
      assert.equal(await reader.locator("html").getAttribute("lang"), lang);
      await look();
    }
    const asked: string[] = [];
    reader.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await reader.locator(`a[href="${outside(hub)}"]`).click();
    assert.equal(await reader.locator("html").getAttribute("lang"), "nb");
    assert.equal(await reader.locator("script").count(), 0);
    assert.equal(await reader.locator('link[rel="stylesheet"]').count(), 1);
    assert.deepEqual(asked.filter((path) => /\.(js|woff2?|ttf)$/.test(path)), [], "no script, no font");
    assert.match(await reader.locator("main").innerText(), /Kort fortalt[\s\S]*Det hjelper når de har tid/);
    assert.equal(await reader.locator('a[href^="/studies"]').count(), 0, "nothing leads inside");
    const led = await reader.locator('a[href="#finding-1"]').first().getAttribute("href");
    assert.equal(await reader.locator(led ?? "").count(), 1);
    await look();
    await shot(reader, "final-report-public");

    // A quote is taken out; the new version takes the place of the old one.
    await manager.goto(`${hub.base}${inside(hub)}/preview`);
    const finding = await manager.locator(".report-finding a.report-inside").first().getAttribute("href");
    await manager.goto(hub.base + finding);
    const quote = manager.locator("figure.quote").filter({ has: manager.getByRole("button", { name: "Fjern fra funnet" }) });
    const words = (await quote.first().locator("blockquote").innerText()).split("\n")[0] ?? "";
    assert.ok(words.length > 10 && (await reader.content()).includes(words));
    const nobody = Client.nobody(hub);
    const before = await nobody.get(outside(hub));
    await quote.first().getByRole("button", { name: "Fjern fra funnet" }).click();
    assert.equal(await nobody.get(outside(hub)), before, "what is published stays until it is replaced");
    await fixAndPublish(manager, hub, 2);
    await reader.reload();
    assert.ok(!(await reader.content()).includes(words), "the quote is gone");
    assert.match(await reader.locator(".public-when").innerText(), /^Publisert [^.]+\. [a-zæøå]+ \d{4}\.$/, "a date, and no word on why");
    for (const gone of ["/versions/1", "/versions/1/report.pdf", "?version=1"]) {
      const answer = await nobody.ask("GET", outside(hub) + gone);
      assert.ok(answer.status === 404 || !answer.text.includes(words), gone);
    }
    for (const file of ["report.pdf", "report.docx"]) {
      assert.equal((await nobody.ask("GET", `${outside(hub)}/${file}`)).status, 200, file);
    }

    // In its other languages.
    for (const [number, lang] of [[3, "nn"], [4, "en"]] as const) {
      await manager.goto(hub.base + inside(hub));
      await manager.locator("select#lang").selectOption(lang);
      await press(manager, "Lagre");
      await fixAndPublish(manager, hub, number);
      await reader.goto(hub.base + outside(hub));
      assert.equal(await reader.locator("html").getAttribute("lang"), lang);
      await look();
    }

    // Taken back as a whole.
    await manager.goto(hub.base + inside(hub));
    await manager.getByText("Trekk rapporten tilbake", { exact: true }).click();
    await press(manager, "Trekk hele rapporten tilbake");
    const over = await reader.goto(hub.base + outside(hub));
    assert.equal(over?.status(), 410);
    assert.match(await reader.locator("main").innerText(), /has been taken back/);
    await look();
  },
  { expected: [/410/] },
);

walk("words that are taken out leave what was given out, from that moment and without a word on why", async (ground) => {
  const { hub, asPerson, asVisitor, axe, fits, shot } = ground;
  const manager = await asPerson("process_manager");
  const report = `${hub.base}${study(hub)}/report`;
  await manager.goto(`${report}/versions/1/hand-over`);
  await manager.locator("#recipient").fill("leder for teamet");
  await press(manager, "Lag lenken");
  const link = await manager.locator("code.report-link").innerText();

  // Without script, as the service may read it.
  const service = await asVisitor({ script: false });
  await service.goto(link);
  // Not the first: the walk before took it out of its finding.
  const quote = service.locator("figure.report-quote blockquote").last();
  const words = (await quote.innerText()).split("\n")[0] ?? "";
  assert.ok(words.length > 10, "the report quotes somebody");

  // From the draft to the block that the quote stands in.
  await manager.goto(`${report}/preview`);
  const figure = manager.locator("figure.report-quote").filter({ hasText: words }).first();
  const inside = new URL((await figure.locator("a.report-inside").getAttribute("href")) ?? "", hub.base);
  const source = inside.searchParams.get("source");
  const leader = await Client.as(hub, "process_manager");
  const shown = await leader.json<{ blocks: { id: string; text: string }[] }>(`/api/v1/sources/${source}/window?from=1&limit=200`);
  const block = shown.blocks.find(({ text }) => text.includes(words.slice(0, 30)));
  assert.ok(block, "the quote is found in its source");
  const edit = `${hub.base}/sources/${source}/blocks/${block.id}/edit`;

  // A spelling mistake, and the report stands.
  await manager.goto(edit);
  assert.match(await manager.locator("#may-stand-help").innerText(), /sitert i .* fastsatt/);
  await axe(manager);
  await fits(manager);
  await shot(manager, "correct-quoted");
  await manager.locator("textarea#text").fill(block.text.replace(words.slice(0, 5), words.slice(0, 5).toUpperCase()));
  await manager.locator("#may-stand").check();
  await press(manager, "Lagre");
  await service.goto(link);
  assert.ok((await service.content()).includes(words), "what is only corrected stays");

  // Words are taken out.
  await manager.goto(edit);
  await manager.locator("textarea#text").fill("[tatt ut]");
  await press(manager, "Lagre");
  assert.equal((await service.goto(link))?.status(), 200);
  assert.match(await service.locator("main").innerText(), /En ny versjon av rapporten er på vei[\s\S]*samme lenken/);
  assert.doesNotMatch(await service.content(), /tatt ut|trukket/);
  const nobody = Client.nobody(hub);
  for (const file of ["report.pdf", "report.docx"]) {
    assert.equal((await nobody.ask("GET", `${new URL(link).pathname}/${file}`)).status, 404, file);
  }
  const beside = await asVisitor();
  for (const lang of ["en", "nn", "nb"]) {
    await beside.goto(`${link}?lang=${lang}`);
    await axe(beside);
  }
  await fits(beside);
  await shot(beside, "new-version-coming");
  const command = await ended(hub.command("report", "--study", hub.studies[0] ?? "", "--kind", "process", "-o", "out.pdf"));
  assert.equal(command.code, 1);
  assert.match(command.error, /taken out[\s\S]*Fix a new version/);

  // Who leads the study sees what to do, and the same link shows what is fixed then.
  await manager.goto(`${hub.base}/`);
  await manager.getByRole("link", { name: /Ord er tatt ut av en rapport/ }).first().click();
  await axe(manager);
  await shot(manager, "words-taken-out");
  await manager.locator("main").getByRole("link", { name: "Se over og fastsett en ny versjon" }).first().click();
  await mend(manager, hub, "report");
  await letStand(manager, hub, "report");
  await manager.goto(`${report}/checks`);
  assert.match(await manager.locator("main").innerText(), /venter på en ny versjon/);
  await manager.getByRole("button", { name: /^Fastsett versjon/ }).click({ timeout: 60_000 });
  await service.goto(link);
  assert.ok((await service.locator("figure.report-quote").count()) > 0, "the report is there again");
  assert.ok(!(await service.content()).includes(words), "without the words");
});

walk("who does not lead the study can't publish, and a process report never is", async ({ hub }) => {
  const publish = `${inside(hub)}/versions/1/publish`;
  for (const role of ["peer_researcher", "service", "volunteer", "hub_lead"]) {
    const client = await Client.as(hub, role);
    assert.equal((await client.ask("GET", publish)).status, 404, role);
    assert.equal((await client.ask("POST", publish, new URLSearchParams())).status, 404, role);
  }
  const manager = await Client.as(hub, "process_manager");
  assert.equal((await manager.ask("GET", `${study(hub)}/report/versions/1/publish`)).status, 404);
});
