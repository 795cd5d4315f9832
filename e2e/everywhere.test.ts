// Every page that somebody can reach by links: it answers in each language, and anyone can use it, on a telephone and on a
// desk. Pages are asked for bare, which is quick; of those that look alike on the same route, the browser looks at one.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Client } from "./client.ts";
import { type Ground, walk } from "./harness.ts";
import type { Hub } from "./hub.ts";
import { ofAddress, type Route, routes } from "./routes.ts";

/** Who leads comes first: most of what others see is then known. */
const PEOPLE = ["process_manager", "peer_researcher", "hub_lead", "service", "volunteer", "peer_researcher_two", "service_two"];
const LANGUAGES = ["nb", "nn", "en"];
/** Addresses that are asked for of each kind, such as two of all passages, by each person. */
const OF_A_KIND = 2;
/** Pages that are looked at in one walk; more are a sign that pages are told apart by what does not matter. */
const MOST = 100;
/** The key of a text stands where the text is missing. */
const KEY = /\b(voices|analysis|reports|people|ui|frame|app|role)-[a-z]+-?[a-z-]*\b/;

/** GET routes that nobody comes to by a link here, and why. */
const ELSEWHERE: Record<string, string> = {
  "/link/{token}": "used up when it is opened; first-start.test.ts goes there",
};

/** What is known of the pages of all people of this file. */
const visited = new Set<string>();
const shapes = new Map<string, Set<string>>();
const handedOver: string[] = [];

/** A page to look at. */
interface Leaf {
  address: URL;
  /** A published report is read in its own language. */
  own: boolean;
}

/** Pages that differ only in which one is shown are of a kind. */
function kind(address: URL): string {
  const path = address.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "*").replace(/\d+/g, "n");
  return `${path}?${[...new Set(address.searchParams.keys())].sort().join("&")}`;
}

function decoded(text: string): string {
  return text.replace(/&amp;/g, "&").replace(/&quot;/g, '"').replace(/&#39;/g, "'");
}

/** Addresses a page leads to, and the styles that the hub makes for it. */
function* ways(html: string, from: URL): Generator<URL> {
  for (const [, href] of html.matchAll(/<(?:a|link)\b[^>]*?\shref="([^"]*)"/g)) {
    if (/^\/(assets|icon)\b/.test(href ?? "")) continue;
    const address = new URL(decoded(href ?? ""), from);
    address.hash = "";
    address.searchParams.delete("lang");
    // The quick exit leads away from the hub.
    if (address.origin === from.origin && address.pathname !== "/exit") yield address;
  }
}

/** What pages are built of; what stands in a line or a row is the same wherever it stands. */
const BUILT_OF = "(?:alert|article|button|details|dialog|div|fieldset|figure|form|nav|ol|section|table|textarea|ul)";

/** The kinds of elements a page is built of: names, classes and types. */
function parts(html: string): Set<string> {
  const found = new Set<string>();
  const body = html.slice(html.indexOf("<body"));
  for (const [, name, rest] of body.matchAll(new RegExp(`<(${BUILT_OF})\\b([^>]*)>`, "g"))) {
    const marks = [...(rest ?? "").matchAll(/\s(?:class|type|role|data-color)="([^"]*)"/g)];
    found.add(`${name} ${marks.map(([, value]) => value).join(" ").replace(/\d+/g, "n")}`);
  }
  return found;
}

/** Is there something on this page that no page of the same route had? */
function isNew(route: string, html: string): boolean {
  const known = shapes.get(route) ?? new Set();
  const before = known.size;
  for (const part of parts(html)) known.add(part);
  shapes.set(route, known);
  return known.size > before;
}

/** What can be seen of a page without a browser. */
function read(html: string, address: URL, lang: string, own: boolean): void {
  const where = `${address.href} in ${lang}`;
  if (!own) assert.equal(/<html[^>]* lang="([a-z]+)"/.exec(html)?.[1], lang, where);
  assert.equal(html.match(/<h1\b/g)?.length, 1, `headings of the first level on ${where}`);
  const seen = html.replace(/<(?!meta)[^>]*>/g, (tag) => [...tag.matchAll(/\s(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(([, value]) => value).join(" "));
  assert.equal(KEY.exec(seen)?.[0], undefined, `a text is missing on ${where}`);
  const ids = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
  const loose = [...html.matchAll(/<a\b[^>]*?\shref="#([^"]+)"/g)].map(([, id]) => decodeURIComponent(decoded(id ?? "")));
  assert.deepEqual(loose.filter((id) => !ids.has(id)), [], `links to places that are not on ${where}`);
}

/** Goes wherever links lead; gives the pages that nobody has looked at yet. */
async function reach(hub: Hub, client: Client, all: Route[], starts: string[]): Promise<Leaf[]> {
  const waiting = starts.map((start) => new URL(start, hub.base));
  const known = new Set(waiting.map(({ href }) => href));
  const kinds = new Map<string, number>();
  const leaves: Leaf[] = [];
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const count = kinds.get(kind(address)) ?? 0;
    if (count >= OF_A_KIND) continue;
    kinds.set(kind(address), count + 1);
    const path = address.pathname + address.search;
    const route = ofAddress(all, "GET", address.pathname);
    assert.ok(route !== undefined, `${path} belongs to a route`);
    // Setting a PDF takes seconds, and one is like another.
    if (/\.(pdf|docx)$/.test(path) && visited.has(route)) continue;
    visited.add(route);
    const { status, kind: media, text, location } = await client.ask("GET", path);
    if (status === 303 && location !== null) {
      const there = new URL(location, hub.base);
      if (!known.has(there.href)) waiting.push(there);
      known.add(there.href);
      continue;
    }
    assert.equal(status, 200, path);
    if (media !== "text/html") continue;
    const own = address.pathname.startsWith("/reports/");
    for (const lang of count === 0 ? LANGUAGES : ["nb"]) {
      const there = new URL(address);
      there.searchParams.set("lang", lang);
      read(await client.get(there.pathname + there.search), address, lang, own);
    }
    if (isNew(route, text)) leaves.push({ address, own });
    for (const way of ways(text, address)) {
      if (!known.has(way.href)) waiting.push(way);
      known.add(way.href);
    }
  }
  return leaves;
}

/** What scripts add is not in the bare page. */
function shown(): { headings: number; text: string } {
  const hidden = [...document.querySelectorAll("template")].map((template) => template.content.textContent ?? "");
  return { headings: document.querySelectorAll("h1").length, text: [document.title, document.body.innerText, ...hidden].join("\n") };
}

/** Looks at pages closely, in each language beside the others; tells all that is wrong at once. */
async function lookAt(leaves: Leaf[], ground: Ground, open: () => Promise<Page>): Promise<void> {
  assert.ok(leaves.length <= MOST, `${leaves.length} pages to look at: ${leaves.map(({ address }) => address.pathname).join(" ")}`);
  const wrong: string[] = [];
  const inLanguage = async (lang: string): Promise<void> => {
    const page = await open();
    for (const { address, own } of leaves) {
      const there = new URL(address);
      there.searchParams.set("lang", lang);
      if (own && lang !== LANGUAGES[0]) continue;
      await page.goto(there.href);
      const { headings, text } = await page.evaluate(shown);
      if (headings !== 1) wrong.push(`${headings} headings of the first level on ${there.href}`);
      const key = KEY.exec(text)?.[0];
      if (key !== undefined) wrong.push(`${key} stands on ${there.href}`);
      await ground.forEveryone(page).catch((error: unknown) => wrong.push(String(error)));
    }
  };
  await Promise.all(LANGUAGES.map(inLanguage));
  assert.equal(wrong.length, 0, wrong.join("\n\n"));
}

for (const role of PEOPLE) {
  walk(`whatever ${role} can reach answers in three languages, and anyone can use it`, async (ground) => {
    const { hub, asPerson } = ground;
    const client = await Client.as(hub, role);
    visited.add("/demo/{token}");
    if (role === PEOPLE[0]) {
      const form = new URLSearchParams({ recipient: "leder for teamet", days: "60" });
      const { text } = await client.ask("POST", `/studies/${hub.studies[0]}/report/versions/1/hand-over`, form);
      const [link] = /\/handed-over\/[\w-]+/.exec(text) ?? [];
      assert.ok(link !== undefined, "a link is made");
      handedOver.push(link);
    }
    const leaves = await reach(hub, client, await routes(hub), ["/"]);
    await lookAt(leaves, ground, () => asPerson(role));
  }, { within: 420_000 });
}

walk("whatever anybody can reach answers in three languages, and anyone can use it", async (ground) => {
  const { hub, asVisitor } = ground;
  const starts = ["/", "/sign-in", "/reports", "/gallery", ...handedOver];
  const leaves = await reach(hub, Client.nobody(hub), await routes(hub), starts);
  await lookAt(leaves, ground, () => asVisitor());
});

walk("a page that is not there says so to everyone", async ({ hub, asVisitor, asPerson, forEveryone }) => {
  for (const page of [await asVisitor(), await asPerson("peer_researcher")]) {
    for (const lang of LANGUAGES) {
      assert.equal((await page.goto(`${hub.base}/nowhere?lang=${lang}`))?.status(), 404);
      await forEveryone(page);
    }
  }
}, { expected: [/404/] });

walk("somebody was on each route", async ({ hub }) => {
  const pages = (await routes(hub)).filter(({ method }) => method === "GET").map(({ route }) => route);
  // What scripts ask for has walks of its own.
  const left = pages.filter((route) => !visited.has(route) && !route.startsWith("/api/"));
  assert.deepEqual(left.sort(), Object.keys(ELSEWHERE).sort());
  assert.deepEqual(Object.keys(hub.people).sort(), [...PEOPLE].sort(), "the demo has nobody else");
});
