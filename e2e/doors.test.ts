// What was said in confidence is behind doors: nobody, the service, a volunteer, and a hub lead who is not in the study
// come to none of it, by page, form or API; and no route that wants somebody answers nobody.

import assert from "node:assert/strict";
import { addressIn, Client } from "./client.ts";
import { walk } from "./harness.ts";
import type { Hub } from "./hub.ts";
import { routes } from "./routes.ts";

/** Asked of a study by those who are not let in to its raw material. */
const OUTSIDERS = ["service", "volunteer", "hub_lead"];
/** Pages of a study that show, to those who may see that it exists, no more than that. */
const CARD = "/studies/{slug}";
/** Who is in a study is the hub lead's to say, also of studies they are not in themselves. */
const MEMBERS = /^\/studies\/\{slug\}\/members/;
/** Doors behind which there are studies. */
const INSIDE = ["staff", "inside"];
/** A hub lead may start studies of their own, whoever's studies they are let in to. */
const OWN = ["/studies/new", "/studies/practice"];

/** What a study of the demo holds: what its doors guard, found as its process manager finds it. */
interface Behind {
  /** Addresses that exist, for what stands in braces in the paths of routes. */
  real: (path: string) => string;
  /** Words that somebody said. */
  words: string;
}

async function behindTheDoors(hub: Hub): Promise<Behind> {
  const slug = hub.studies[0] ?? "";
  const study = `/studies/${slug}`;
  const leader = await Client.as(hub, "process_manager");
  const lead = await Client.as(hub, "hub_lead");
  const source = addressIn(await leader.get(study), "/sources/*");
  const facts = await leader.get(`${source}/facts`);
  const { blocks } = await leader.json<{ blocks: { text: string }[] }>(`/api/v1${source}/window?from=1&limit=20`);
  const words = blocks.map(({ text }) => text).find((text) => text.length > 60 && /^[\p{L} .,]+$/u.test(text.slice(0, 60)));
  assert.ok(words, "somebody says something long");
  const example: Record<string, string> = {
    "/sources/{id}": source,
    "/sources/{id}/blocks/{block}": addressIn(await leader.get(source), `${source}/blocks/*/edit`).replace(/\/edit$/, ""),
    "/sources/{id}/speakers/{speaker}": addressIn(facts, `${source}/speakers/*`),
    "/passages/{id}": addressIn(await leader.get(`${study}/coding?source=${source.split("/").at(-1)}`), "/passages/*"),
    "/codes/{id}": addressIn(await leader.get(`${study}/codes`), "/codes/*"),
    "/studies/{slug}/themes/{id}": addressIn(await leader.get(`${study}/themes`), `${study}/themes/*`),
    "/studies/{slug}/findings/{id}": addressIn(await leader.get(`${study}/findings`), `${study}/findings/*`),
    "/studies/{slug}/imports/{id}": addressIn(await leader.get(`${study}/import`), `${study}/imports/*`),
    "/studies/{slug}/report/parts/{part}": `${study}/report/parts/background`,
    "/studies/{slug}/report/versions/{number}": `${study}/report/versions/1`,
    "/studies/{slug}/report/versions/{number}/{file}": `${study}/report/versions/1/report.pdf`,
    "/studies/{slug}/final-report/parts/{part}": `${study}/final-report/parts/background`,
    "/studies/{slug}/final-report/versions/{number}": `${study}/final-report/versions/1`,
    "/studies/{slug}/final-report/versions/{number}/{file}": `${study}/final-report/versions/1/report.pdf`,
    "/people/{id}": addressIn(await lead.get("/people"), "/people/*"),
    "/studies/{slug}": study,
    "/link/{token}": "/link/AAAA",
    "/demo/{token}": "/demo/AAAA",
    "/handed-over/{token}": "/handed-over/AAAA",
  };
  example["/imports/{id}"] = (example["/studies/{slug}/imports/{id}"] ?? "").slice(study.length);
  const patterns = Object.keys(example).sort((a, b) => b.length - a.length);
  const real = (path: string): string => {
    const [, api = "", rest = path] = /^(\/api\/v1)?(\/.*)$/.exec(path) ?? [];
    const pattern = patterns.find((pattern) => rest === pattern || rest.startsWith(`${pattern}/`));
    const address = api + (pattern === undefined ? rest : example[pattern] + rest.slice(pattern.length));
    assert.ok(!address.includes("{"), `the walk knows no example for ${path}`);
    return address;
  };
  return { real, words: words.slice(0, 60) };
}

walk("nobody is let in where somebody is wanted", async ({ hub }) => {
  const { real, words } = await behindTheDoors(hub);
  const nobody = Client.nobody(hub);
  for (const { method, route: path, door } of await routes(hub)) {
    if (door === "public" || door === "anyone") continue;
    const { status, location, text } = await nobody.ask(method, real(path));
    const what = `${method} ${path} (${door}) answered ${status}`;
    assert.ok([303, 401, 404].includes(status), what);
    if (status === 303) assert.match(location ?? "", /^\/sign-in/, what);
    assert.ok(!text.includes(words), `${what} with what somebody said`);
  }
});

for (const role of OUTSIDERS) {
  walk(`${role} comes to nothing of what was said`, async ({ hub }) => {
    const { real, words } = await behindTheDoors(hub);
    const outsider = await Client.as(hub, role);
    for (const { method, route: path, door } of await routes(hub)) {
      if (!INSIDE.includes(door) || (role === "hub_lead" && (OWN.includes(path) || MEMBERS.test(path)))) continue;
      // A form that nobody can read: whose it is comes first, and what it holds is no matter.
      const body = method === "POST" ? { "nothing of": "what is asked for" } : undefined;
      const { status, text } = await outsider.ask(method, real(path), body);
      assert.equal(status, 404, `${method} ${path} for ${role}`);
      assert.ok(!text.includes(words), `${method} ${path} tells ${role} what somebody said`);
    }
    const { text } = await outsider.ask("GET", real(CARD));
    assert.ok(!text.includes("/sources/") && !text.includes(words), `the study's page leads ${role} to no source`);
  });

  walk(`${role} marks nothing, and nothing is there afterwards`, async ({ hub }) => {
    const { real } = await behindTheDoors(hub);
    const insider = await Client.as(hub, "process_manager");
    const window = `${real("/api/v1/sources/{id}/window")}?from=${1 + OUTSIDERS.indexOf(role)}&limit=1`;
    const before = await insider.get(window);
    const [block] = (JSON.parse(before) as { blocks: { id: string }[] }).blocks;
    const codes = [real("/codes/{id}").split("/").at(-1)];
    const mark = { from: { block: block?.id, at: 0 }, to: { block: block?.id, at: 3 }, codes };
    const outsider = await Client.as(hub, role);
    assert.equal((await outsider.ask("POST", real("/api/v1/sources/{id}/marks"), mark)).status, 404);
    assert.equal(await insider.get(window), before);
    // The same from somebody who is let in works: it was the door that said no.
    await insider.post(real("/api/v1/sources/{id}/marks"), mark);
    assert.notEqual(await insider.get(window), before);
  });
}

walk("a volunteer does not learn that a study exists", async ({ hub }) => {
  const { real } = await behindTheDoors(hub);
  const volunteer = await Client.as(hub, "volunteer");
  assert.equal((await volunteer.ask("GET", real(CARD))).status, 404);
  assert.ok(!(await volunteer.get("/studies")).includes(hub.studies[0] ?? ""));
});

walk("a link that is made up opens nothing", async ({ hub }) => {
  const nobody = Client.nobody(hub);
  const made = "A".repeat(43);
  for (const path of [`/handed-over/${made}`, `/handed-over/${made}/report.pdf`]) {
    assert.equal((await nobody.ask("GET", path)).status, 404, path);
  }
  assert.equal((await nobody.ask("GET", `/demo/${made}`)).status, 404);
  assert.equal((await nobody.ask("GET", `/link/${made}`)).status, 410);
});

walk("a form from another site is turned away", async ({ hub }) => {
  const { real } = await behindTheDoors(hub);
  const headers = { origin: "https://elsewhere.example", "content-type": "application/x-www-form-urlencoded" };
  const answer = await fetch(hub.base + real("/studies/{slug}/undo"), { method: "POST", headers, redirect: "manual" });
  assert.equal(answer.status, 403);
});
