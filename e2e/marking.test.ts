// Marking by finger, by handle, by keyboard alone, several at once, and over a line that breaks.

import assert from "node:assert/strict";
import type { CDPSession, Page } from "playwright-core";
import { type Ground, SHOTS, walk } from "./harness.ts";

/** A finger needs this much (WCAG 2.5.5 and the makers of telephones), in px. */
const FINGER = 44;
/** Words that a block needs for these walks, and the number of the blocks they begin at. */
const WORDS = 9;

interface Place {
  x: number;
  y: number;
}

/** The workspace of the demo's first source. */
async function workspace({ hub, asPerson }: Ground, opening: Parameters<Ground["asPerson"]>[1] = {}): Promise<Page> {
  const page = await asPerson("peer_researcher", opening);
  await page.goto(`${hub.base}/studies/${hub.studies[0]}/coding`);
  return page;
}

/** The numbers of the first blocks that nobody has marked and that have words enough, in one line or more. */
async function roomy(page: Page, count: number): Promise<number[]> {
  const found = await page.evaluate((wanted) => {
    const blocks = [...document.querySelectorAll<HTMLElement>(".blocks > .block")];
    const fits = blocks.filter((block) => {
      const words = block.querySelector(".block-words")?.textContent ?? "";
      return block.querySelector(".margin-mark") === null && [...words.matchAll(/[\p{L}\p{N}]+/gu)].length >= wanted;
    });
    return fits.map((block) => Number(block.dataset["place"]));
  }, WORDS);
  assert.ok(found.length >= count, `the workspace has ${count} blocks to mark in`);
  return found.slice(0, count);
}

/** The middle of the nth word of a block, in the window; chosen on request. */
async function wordAt(page: Page, place: number, nth: number, chosen = false): Promise<Place & { text: string; right: number }> {
  return page.evaluate(
    ({ place, nth, chosen }) => {
      const words = document.querySelector(`#b-${place} .block-words`)!;
      words.scrollIntoView({ block: "center" });
      const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
      let left = nth;
      for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
        for (const match of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
          if (left-- > 0) continue;
          const range = document.createRange();
          range.setStart(node, match.index);
          range.setEnd(node, match.index + match[0].length);
          // As a long press does: the browser of the walks has none of its own.
          if (chosen) document.getSelection()!.setBaseAndExtent(node, range.startOffset, node, range.endOffset);
          const box = range.getBoundingClientRect();
          return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, right: box.right, text: match[0] };
        }
      }
      throw new Error(`block ${place} has no word ${nth}`);
    },
    { place, nth, chosen },
  );
}

/** Marks two words of a block through the API, for walks that begin with a mark; gives the passage. */
async function marked(page: Page, place: number, code: string): Promise<string> {
  const told = await page.evaluate(
    async ({ place, code }) => {
      const block = document.querySelector<HTMLElement>(`#b-${place}`)!;
      const text = [...block.querySelector(".block-words")!.textContent!].join("");
      const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)];
      const at = (units: number) => [...text.slice(0, units)].length;
      const [first, last] = [words[1]!, words[2]!];
      const body = {
        from: { block: block.dataset["block"], at: at(first.index) },
        to: { block: block.dataset["block"], at: at(last.index + last[0].length) },
        new_codes: [code],
      };
      const source = document.querySelector<HTMLElement>("coding-desk")!.dataset["source"];
      const answer = await fetch(`/api/v1/sources/${source}/marks`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { passage: string };
    },
    { place, code },
  );
  await page.reload();
  return told.passage;
}

/** The words of a passage as the hub has them. */
async function words(page: Page, passage: string): Promise<string> {
  return page.evaluate(async (passage) => {
    const answer = await fetch(`/api/v1/passages/${passage}`);
    return ((await answer.json()) as { quote: { text: string } }).quote.text;
  }, passage);
}

async function told(page: Page, what: RegExp): Promise<void> {
  await page.locator(".desk-status").filter({ hasText: what }).waitFor();
}

async function undo(page: Page): Promise<void> {
  await page.locator(".desk-undo button").click();
  await told(page, /^Angret$/);
}

/** The card of a passage, opened from the margin, and then its borders. */
async function startBorders(page: Page, passage: string): Promise<void> {
  await page.locator(`.margin-mark[data-passage="${passage}"] a`).first().click();
  await page.getByRole("button", { name: "Endre grensene" }).click();
  await page.locator(".border-handle.handle-to").waitFor();
}

async function middle(page: Page, selector: string): Promise<Place> {
  const box = await page.locator(selector).boundingBox();
  assert.ok(box, selector);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function touch(cdp: CDPSession, type: "touchStart" | "touchMove" | "touchEnd", at?: Place): Promise<void> {
  await cdp.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [at] : [] });
}

walk("words are marked by finger on a telephone, and stay in sight above what is asked", async (ground) => {
  const page = await workspace(ground, { touch: true });
  const cdp = await page.context().newCDPSession(page);
  const [place = 0] = await roomy(page, 1);
  await wordAt(page, place, 3, true);

  const bar = page.locator(".mark-bar:visible");
  await bar.waitFor();
  for (const button of await bar.getByRole("button").all()) {
    const box = await button.boundingBox();
    assert.ok(box && box.height >= FINGER && box.width >= FINGER, `a button of ${box?.width} × ${box?.height} px`);
  }
  await page.getByRole("button", { name: "Merk med kode" }).tap();
  const picker = page.locator(".code-picker[open]");
  await picker.waitFor();
  const sheet = await picker.boundingBox();
  const seen = await page.evaluate(() => {
    const [range] = [...(CSS as unknown as { highlights: Map<string, Iterable<globalThis.Range>> }).highlights.get("chosen")!];
    const { top, bottom } = range!.getBoundingClientRect();
    return { top, bottom };
  });
  assert.ok(seen.top >= 0 && sheet && seen.bottom <= sheet.y, "the words stand above the sheet");
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H2", "no keyboard comes up before it is asked for");
  await ground.axe(page);
  await page.screenshot({ path: `${SHOTS}/marking-sheet-360.png` });
  const option = picker.getByRole("option").first();
  const height = (await option.boundingBox())?.height ?? 0;
  assert.ok(height >= FINGER, `a code is ${height} px high`);
  const code = (await option.locator(".code-name").innerText()).trim();
  await option.tap();
  await picker.getByRole("button", { name: "Merk", exact: true }).tap();
  await told(page, /Merket med .*, 1 ord/);

  // A tap on the mark shows it.
  const again = await wordAt(page, place, 3);
  await page.touchscreen.tap(again.x, again.y);
  const card = page.locator(".mark-card[open]");
  await card.waitFor();
  assert.match(await card.locator(".card-codes").innerText(), new RegExp(code));
  await ground.axe(page);

  // And a handle can be dragged: the finger hides its place, so the border follows it at a distance.
  await card.getByRole("button", { name: "Endre grensene" }).tap();
  await page.locator(".border-handle.handle-to").waitFor();
  const box = await page.locator(".border-handle.handle-to").boundingBox();
  assert.ok(box && box.width >= FINGER && box.height >= FINGER, "a handle is as large as a finger");
  const from = await middle(page, ".border-handle.handle-to");
  const here = await wordAt(page, place, 3);
  const there = await wordAt(page, place, 5);
  const grip = await middle(page, ".border-handle.handle-to");
  const to = { x: grip.x + (there.right - here.right), y: grip.y + (there.y - here.y) };
  assert.ok(Math.abs(grip.x - from.x) < 2);
  await touch(cdp, "touchStart", grip);
  for (const part of [0.3, 0.6, 1]) {
    await touch(cdp, "touchMove", { x: grip.x + (to.x - grip.x) * part, y: grip.y + (to.y - grip.y) * part });
  }
  await touch(cdp, "touchEnd");
  await told(page, new RegExp(`Slutter med «${there.text}». 3 ord`));
  await ground.axe(page);
  await page.screenshot({ path: `${SHOTS}/marking-borders-360.png` });
  await page.locator(".border-bar").getByRole("button", { name: "Slutt ett ord tidligere" }).tap();
  await told(page, /2 ord/);
  await page.locator(".border-bar").getByRole("button", { name: "Lagre" }).tap();
  await told(page, /Grensene er flyttet/);
  await undo(page);
  await undo(page);
});

/** A finger stays where it is, as long as a long press takes. */
async function hold(page: Page, cdp: CDPSession, at: Place): Promise<void> {
  await touch(cdp, "touchStart", at);
  await page.waitForTimeout(900);
  await touch(cdp, "touchEnd");
}

for (const width of [360, 820]) {
  walk(`a finger that stays on a word chooses it, at ${width} px, and on another all between`, async (ground) => {
    const page = await workspace(ground, { touch: true });
    await page.setViewportSize({ width, height: width === 360 ? 740 : 1180 });
    await page.reload();
    const cdp = await page.context().newCDPSession(page);
    const [place = 0] = await roomy(page, 1);
    const chosen = () => page.evaluate(() => document.getSelection()?.toString() ?? "");
    const bar = page.locator(".mark-bar:visible");
    const first = await wordAt(page, place, 2);
    await hold(page, cdp, first);
    await bar.waitFor();
    assert.equal(await chosen(), first.text);
    const last = await wordAt(page, place, 4);
    await hold(page, cdp, last);
    await bar.filter({ hasText: "3 ord" }).waitFor();
    assert.ok((await chosen()).startsWith(first.text) && (await chosen()).endsWith(last.text));
    await ground.axe(page);
    await page.screenshot({ path: `${SHOTS}/marking-held-${width}.png` });
    await bar.getByRole("button", { name: "Merk med kode" }).tap();
    const picker = page.locator(".code-picker[open]");
    await picker.getByRole("option").first().tap();
    await picker.getByRole("button", { name: "Merk", exact: true }).tap();
    await told(page, /Merket med .*, 3 ord/);
    await undo(page);
    // A finger that moves scrolls, and one that only taps chooses nothing.
    const again = await wordAt(page, place, 2);
    await touch(cdp, "touchStart", again);
    await touch(cdp, "touchMove", { x: again.x, y: again.y - 60 });
    await page.waitForTimeout(900);
    await touch(cdp, "touchEnd");
    const still = await wordAt(page, place, 2);
    await page.touchscreen.tap(still.x, still.y);
    await page.waitForTimeout(900);
    assert.equal(await chosen(), "");
    assert.equal(await bar.count(), 0);

    // The other way by taps: the link beside the words, and a form.
    await page.locator(`#b-${place} .block-mark`).tap();
    await page.waitForURL(/\/mark\?/);
    await ground.fits(page);
    await page.screenshot({ path: `${SHOTS}/marking-form-${width}.png` });
  });
}

walk("what is ticked of several stays ticked on the way to other blocks", async (ground) => {
  const page = await workspace(ground, { script: false });
  await page.getByRole("link", { name: "Flere på én gang" }).click();
  const boxes = () => page.locator('.blocks input[type="checkbox"]');
  const name = (await boxes().first().getAttribute("value")) ?? "";
  await boxes().first().check();
  await page.locator('[name="new_code"]').fill("Over flere sider");
  const steps = page.locator(".window-steps");
  await steps.getByRole("button").last().click();
  assert.equal(await page.locator(`.blocks input[value="${name}"]`).count(), 0, "other blocks are shown");
  assert.match(await page.locator(".several-acts").innerText(), /1 /, "what is ticked elsewhere is told");
  await boxes().first().check();
  await steps.getByRole("button").first().click();
  assert.ok(await page.locator(`.blocks input[value="${name}"]`).isChecked(), "it is ticked as before");
  assert.equal(await page.locator('[name="new_code"]').inputValue(), "Over flere sider");
  await page.getByRole("button", { name: "Sett kodene på det valgte" }).click();
  await page.getByRole("button", { name: "Angre" }).click();
});

walk("borders are dragged with the mouse", async (ground) => {
  const page = await workspace(ground);
  const [place = 0] = await roomy(page, 1);
  const passage = await marked(page, place, "Håndtak");
  const before = await words(page, passage);
  await startBorders(page, passage);
  const [here, there] = [await wordAt(page, place, 2), await wordAt(page, place, 4)];
  const grip = await middle(page, ".border-handle.handle-to");
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  await page.mouse.move(grip.x + (there.right - here.right) / 2, grip.y + (there.y - here.y), { steps: 4 });
  await page.mouse.move(grip.x + (there.right - here.right) + 1, grip.y + (there.y - here.y), { steps: 4 });
  await page.mouse.up();
  await told(page, new RegExp(`Slutter med «${there.text}»`));
  await page.locator(".border-bar").getByRole("button", { name: "Lagre" }).click();
  await told(page, /Grensene er flyttet/);
  const after = await words(page, passage);
  assert.ok(after.startsWith(before) && after.endsWith(there.text), `${before} → ${after}`);
  await undo(page);
  assert.equal(await words(page, passage), before);
  await undo(page);
});

walk("borders are moved with the keyboard alone, word by word and letter by letter, or given up", async (ground) => {
  const page = await workspace(ground);
  const [place = 0] = await roomy(page, 1);
  const passage = await marked(page, place, "Tastatur");
  const before = await words(page, passage);
  // Tab to the text, down to the block, and to its mark.
  const inText = () => page.evaluate(() => document.activeElement?.classList.contains("block-words") ?? false);
  for (let stop = 0; stop < 200 && !(await inText()); stop++) await page.keyboard.press("Tab");
  for (let block = 1; block < place; block++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("e");
  const onMark = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>(".margin-mark")?.dataset["passage"]);
  assert.equal(await onMark(), passage, "E leads to the marks of the block");
  await page.keyboard.press("Enter");
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  for (let stop = 0; stop < 12 && (await focused()) !== "Endre grensene"; stop++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await told(page, /Dra i håndtakene/);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Slutten av merket");
  assert.equal(await page.locator(".desk-status").getAttribute("aria-live"), "polite");
  await ground.axe(page);

  const next = await wordAt(page, place, 3);
  await page.keyboard.press("ArrowRight");
  await told(page, new RegExp(`Slutter med «${next.text}». 3 ord`));
  await page.keyboard.press("Shift+ArrowLeft");
  if (next.text.length > 1) await told(page, new RegExp(`Slutter med «${next.text.slice(0, -1)}». 3 ord`));
  await page.keyboard.press("Escape");
  await told(page, /Avbrutt/);
  assert.equal(await words(page, passage), before, "Escape gives up");
  assert.ok(await inText(), "the focus is back in the text");

  await startBorders(page, passage);
  await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Begynnelsen av merket");
  await page.keyboard.press("ArrowLeft");
  await told(page, /Begynner med «.*». 3 ord/);
  await page.keyboard.press("Enter");
  await told(page, /Grensene er flyttet/);
  assert.ok((await words(page, passage)).endsWith(before));
  await page.keyboard.press("Control+z");
  await told(page, /^Angret$/);
  assert.equal(await words(page, passage), before);
  await page.keyboard.press("Control+z");
});

walk(
  "what is marked while the line is down waits, and is saved when it is back",
  async (ground) => {
    const page = await workspace(ground);
    const [place = 0] = await roomy(page, 1);
    const marks = () => page.locator(`#b-${place} .margin-mark`).count();
    const before = await marks();
    await page.context().setOffline(true);
    const word = await wordAt(page, place, 0);
    await page.mouse.dblclick(word.x, word.y);
    await page.getByRole("button", { name: "Merk med kode" }).click();
    const picker = page.locator(".code-picker[open]");
    await picker.getByRole("option").first().click();
    await picker.getByRole("button", { name: "Merk", exact: true }).click();
    const waiting = page.locator(".desk-pending");
    await waiting.getByText("Venter på å bli lagret: 1").waitFor();
    await waiting.getByRole("button", { name: "Prøv igjen" }).click();
    await told(page, /Får ikke kontakt/);
    assert.ok(await waiting.isVisible(), "it still waits");
    await ground.axe(page);

    await page.context().setOffline(false);
    await told(page, /Merket med/);
    await waiting.waitFor({ state: "hidden" });
    assert.equal(await marks(), before + 1);
    await undo(page);
    assert.equal(await marks(), before);
  },
  { expected: [/ERR_INTERNET_DISCONNECTED/] },
);

walk("several are chosen, get a code and lose it, without script, each in one step", async (ground) => {
  const { hub, fits, shot } = ground;
  const page = await workspace(ground, { script: false });
  const places = await roomy(page, 2);
  await page.getByRole("link", { name: "Flere på én gang" }).click();
  const address = page.url();
  await fits(page);
  for (const place of places) await page.locator(`#b-${place}`).getByRole("checkbox").first().check();
  await page.locator('[name="new_code"]').fill("Samlet");
  await shot(page, "several");
  await page.getByRole("button", { name: "Sett kodene på det valgte" }).click();
  const beside = async () => (await page.locator(".margin-mark").filter({ hasText: "Samlet" }).count());
  assert.equal(await beside(), 2);

  await page.goto(address);
  for (const place of places) {
    await page.locator(`#b-${place} .margin-mark`).filter({ hasText: "Samlet" }).getByRole("checkbox").check();
  }
  await page.getByRole("button", { name: "Fjern merkene" }).click();
  assert.equal(await beside(), 0);
  for (const expected of [2, 0]) {
    await page.getByRole("button", { name: "Angre" }).click();
    assert.equal(await beside(), expected, "one step takes all of it back");
  }
  assert.match(page.url(), new RegExp(`^${hub.base}`));
});

walk(
  "nothing chosen is told at the field",
  async (ground) => {
    const page = await workspace(ground);
    await page.getByRole("link", { name: "Flere på én gang" }).click();
    const address = page.url();
    for (const lang of ["en", "nn", "nb"]) {
      await page.goto(`${address}&lang=${lang}`);
      await ground.axe(page);
    }
    await page.getByRole("button", { name: "Fjern merkene" }).click();
    assert.match(await page.locator("main").innerText(), /Velg minst ett merke/);
    await ground.axe(page);
  },
  { expected: [/422/] },
);
