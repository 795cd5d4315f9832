// Every page that the demo's people can reach by links: it answers, in each language, and anyone can use it.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { walk } from "./harness.ts";

const PEOPLE = ["hub_lead", "process_manager", "peer_researcher", "peer_researcher_two", "service", "service_two", "volunteer"];
/** Pages looked at for each person. */
const PAGES = 60;
/** Pages of the same kind, such as two of all passages. */
const OF_A_KIND = 2;
/** Of the pages in nynorsk and English, every so manieth is looked at as closely as those in bokmål. */
const SAMPLE = 9;
/** The key of a text stands where the text is missing. */
const KEY = /\b(voices|analysis|reports|people|ui|frame|app|role)-[a-z]+-?[a-z-]*\b/;

/** What can be seen or heard of a page without looking at it. */
interface Seen {
  lang: string;
  headings: number;
  text: string;
  links: string[];
  loose: string[];
}

function look(): Seen {
  const heard = ["aria-label", "title", "placeholder", "alt"].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name) ?? ""),
  );
  const hidden = [...document.querySelectorAll("template")].map((template) => template.content.textContent ?? "");
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[href]")];
  return {
    lang: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    text: [document.title, document.body.innerText, ...heard, ...hidden].join("\n"),
    links: links.map((link) => link.href),
    loose: links
      .map((link) => link.getAttribute("href") ?? "")
      .filter((href) => /^#./.test(href) && document.getElementById(decodeURIComponent(href.slice(1))) === null),
  };
}

/** Pages that differ only in which one is shown are of a kind. */
function kind(address: URL): string {
  const path = address.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "*").replace(/\d+/g, "n");
  return `${path}?${[...new Set(address.searchParams.keys())].sort().join("&")}`;
}

/** Addresses a page leads to. */
function* ways(links: string[], base: string): Generator<URL> {
  for (const link of links) {
    const address = new URL(link);
    address.hash = "";
    address.searchParams.delete("lang");
    // The quick exit leads away from the hub.
    if (address.origin === base && address.pathname !== "/exit") yield address;
  }
}

async function inLanguage(page: Page, address: URL, lang: string): Promise<Seen> {
  const there = new URL(address);
  there.searchParams.set("lang", lang);
  const answer = await page.goto(there.href);
  assert.equal(answer?.status(), 200, there.href);
  const seen = await page.evaluate(look);
  // A published report is read in its own language.
  if (!address.pathname.startsWith("/reports/")) assert.equal(seen.lang, lang, there.href);
  assert.equal(seen.headings, 1, `headings of the first level on ${there.href}`);
  assert.equal(KEY.exec(seen.text)?.[0], undefined, `a text is missing on ${there.href}`);
  assert.deepEqual(seen.loose, [], `links to places that are not on ${there.href}`);
  return seen;
}

for (const role of PEOPLE) {
  walk(`whatever ${role} can reach answers in three languages, and anyone can use it`, async ({ hub, asPerson, axe, fits }) => {
    const page = await asPerson(role);
    const waiting = [new URL("/", hub.base)];
    const known = new Set([waiting[0]?.href]);
    const kinds = new Map<string, number>();
    for (let looked = 0; looked < PAGES; ) {
      const address = waiting.shift();
      if (address === undefined) break;
      const seenBefore = kinds.get(kind(address)) ?? 0;
      if (seenBefore >= OF_A_KIND) continue;
      kinds.set(kind(address), seenBefore + 1);
      const head = await page.request.head(address.href);
      assert.equal(head.status(), 200, address.href);
      if (!head.headers()["content-type"]?.startsWith("text/html")) continue;
      looked++;
      const { links } = await inLanguage(page, address, "nb");
      if (seenBefore === 0) {
        await axe(page);
        await fits(page);
      }
      for (const way of ways(links, hub.base)) {
        if (!known.has(way.href)) waiting.push(way);
        known.add(way.href);
      }
      if (seenBefore > 0) continue;
      for (const lang of ["nn", "en"]) {
        await inLanguage(page, address, lang);
        if (looked % SAMPLE === 0) await axe(page);
      }
    }
  });
}

walk("the demo has nobody else", async ({ hub }) => {
  assert.deepEqual(Object.keys(hub.people).sort(), [...PEOPLE].sort());
});
