// What walks are written with. A file of walks has one hub, with the demo in it, and one browser; each walk gets fresh pages:
//
//   walk("a peer researcher marks a passage", async ({ asPerson, axe, shot }) => {
//     const page = await asPerson("peer_researcher");
//     …
//     await axe(page);
//     await shot(page, "marking");
//   });
//
// A walk also fails when the browser complains (see watch.ts), and then leaves a picture of each of its pages.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import type { AxeResults, RunOptions } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { type Beginning, Hub } from "./hub.ts";
import { Watch } from "./watch.ts";

const require = createRequire(import.meta.url);

const FILE = basename(process.argv[1] ?? "walk", ".test.mjs");
/** Where pictures are put. */
export const SHOTS = process.env["KNUTEPUNKT_E2E_SHOTS"] ?? join("target", "e2e-shots");
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };
/** The narrowest window that must do without sideways scrolling (WCAG 1.4.10). */
const NARROW = { width: 320, height: 640 };
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const WALK_WITHIN_MS = 180_000;
const STEP_WITHIN_MS = 15_000;

/** How a page is opened. */
export interface Opening {
  /** Without script, as on an old phone or with a strict browser. */
  script?: boolean;
  /** On a telephone: a small screen, and a finger. */
  touch?: boolean;
}

/** What a walk is given. */
export interface Ground {
  hub: Hub;
  /** A page in a context of its own, at the hub's start page, with nobody signed in. */
  asVisitor(opening?: Opening): Promise<Page>;
  /** A page in a context of its own, where the demo's person with this role is signed in. */
  asPerson(role: string, opening?: Opening): Promise<Page>;
  /** Fails with a readable list when the page breaks a rule of WCAG 2.2 A or AA that a machine can see. */
  axe(page: Page): Promise<void>;
  /** Saves the whole page at phone and desktop width. */
  shot(page: Page, name: string): Promise<void>;
  /** Fails when the page must be scrolled sideways at 320 px. */
  fits(page: Page): Promise<void>;
  /** All that a machine can see of whether anyone can use a page: axe at desk and at telephone width, and what fits. */
  forEveryone(page: Page): Promise<void>;
}

/** What is special about a walk. */
export interface Special {
  /** Complaints of the browser that belong to this walk; each must come. */
  expected?: readonly RegExp[];
  /** How long it may take on a busy machine, in ms. */
  within?: number;
}

/** A walk through the hub in a browser. */
export function walk(name: string, steps: (ground: Ground) => Promise<void>, special: Special = {}): void {
  test(name, { timeout: special.within ?? WALK_WITHIN_MS }, async () => {
    const [hub, browser] = await started();
    const watch = new Watch(hub.base);
    const contexts: BrowserContext[] = [];
    try {
      await steps({ hub, axe, shot, fits, forEveryone, ...doors(hub, browser, watch, contexts) });
      watch.settle(special.expected ?? []);
    } catch (error) {
      await pictures(name, contexts);
      // A step often fails because of what the browser complained about.
      if (error instanceof Error && watch.complaints.length > 0) {
        error.message += `\nthe browser complained:\n  ${watch.complaints.join("\n  ")}`;
      }
      throw error;
    } finally {
      await Promise.all(contexts.map((context) => context.close()));
    }
  });
}

/**
 * Said first in a file whose walks begin where a new hub does: `serve` on an empty folder, with nobody in it. The walks of
 * the file then build on each other.
 */
export function onEmptyHub(): void {
  beginning = "serve";
}

let axeSource: string | undefined;
let beginning: Beginning = "demo";
let starting: Promise<[Hub, Browser]> | undefined;

/** The file's hub and browser; started by its first walk. */
function started(): Promise<[Hub, Browser]> {
  starting ??= start();
  return starting;
}

async function start(): Promise<[Hub, Browser]> {
  const hub = await Hub.start(FILE, SHOTS, beginning);
  try {
    return [hub, await startBrowser()];
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

after(async () => {
  const running = await starting?.catch(() => undefined);
  if (!running) return;
  const [hub, browser] = running;
  await browser.close();
  await hub.stop();
});

function doors(hub: Hub, browser: Browser, watch: Watch, contexts: BrowserContext[]): Pick<Ground, "asVisitor" | "asPerson"> {
  const open = async (address: string, { script = true, touch = false }: Opening): Promise<Page> => {
    const device = touch ? { viewport: PHONE, hasTouch: true, isMobile: true } : { viewport: DESKTOP };
    const context = await browser.newContext({ ...device, javaScriptEnabled: script, locale: "nb-NO" });
    context.setDefaultTimeout(STEP_WITHIN_MS);
    contexts.push(context);
    context.on("page", (page) => watch.follow(page));
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
  return {
    asVisitor: (opening = {}) => open(hub.base, opening),
    asPerson: (role, opening = {}) => {
      const person = hub.people[role];
      if (!person) throw new Error(`demo.json has no ${role}; it has ${Object.keys(hub.people).join(", ")}`);
      return open(person.sign_in, opening);
    },
  };
}

async function axe(page: Page): Promise<void> {
  // Evaluated from outside, since the page's content security policy rightly lets in no script of ours.
  axeSource ??= await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  // Half faded in, a dialog has no contrast yet.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))));
  // Asking for style sheets and frames again is for rules that are not run, and for pages that are not ours.
  const quick = { resultTypes: ["violations" as const], preload: false, iframes: false };
  const options: RunOptions = { runOnly: { type: "tag", values: LEVELS }, ...quick };
  const run = (given: RunOptions) => (globalThis as unknown as { axe: { run(o: RunOptions): Promise<AxeResults> } }).axe.run(given);
  const { violations } = await page.evaluate(run, options);
  const lines = violations.flatMap(({ id, help, helpUrl, nodes }) => [
    `${id}: ${help} (${helpUrl})`,
    ...nodes.map(({ target, html, failureSummary }) => `  ${target.join(" ")}\n    ${html}\n    ${failureSummary?.replaceAll("\n", "\n    ")}`),
  ]);
  if (lines.length > 0) throw new Error(`axe on ${page.url()}:\n${lines.join("\n")}`);
}

async function shot(page: Page, name: string): Promise<void> {
  await mkdir(SHOTS, { recursive: true });
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    await page.screenshot({ path: join(SHOTS, `${name}-${size.width}.png`), fullPage: true });
  }
}

async function fits(page: Page): Promise<void> {
  const before = page.viewportSize() ?? DESKTOP;
  await fitsIn(page, NARROW);
  await page.setViewportSize(before);
}

async function fitsIn(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > size.width) throw new Error(`${page.url()} is ${width} px wide in a window of ${size.width} px`);
}

async function forEveryone(page: Page): Promise<void> {
  await page.setViewportSize(DESKTOP);
  await axe(page);
  await fitsIn(page, PHONE);
  await axe(page);
  await fitsIn(page, NARROW);
  await page.setViewportSize(DESKTOP);
}

/** What a walk that failed last saw. */
async function pictures(name: string, contexts: BrowserContext[]): Promise<void> {
  await mkdir(SHOTS, { recursive: true });
  const pages = contexts.flatMap((context) => context.pages());
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(SHOTS, `failed-${plain}-${index}.png`) }).catch(() => undefined);
  }
}
