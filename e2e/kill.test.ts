// What the program said is saved survives `kill -9`; what it did not say leaves nothing half.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { addressIn, Client } from "./client.ts";
import { endAll, ended, Hub } from "./hub.ts";

const FILE = basename(process.argv[1] ?? "kill", ".test.mjs");
const SHOTS = process.env["KNUTEPUNKT_E2E_SHOTS"] ?? join("target", "e2e-shots");
const ROUNDS = 5;

/** The first source of the study. */
async function firstSource(hub: Hub, someone: Client): Promise<string> {
  const page = await someone.get(`/studies/${hub.studies[0]}`);
  return addressIn(page, "/sources/*").slice("/sources/".length);
}

/** All blocks of a source, with the marks in them. */
async function allBlocks(someone: Client, source: string): Promise<Block[]> {
  const all: Block[] = [];
  for (;;) {
    const path = `/api/v1/sources/${source}/window?from=${all.length + 1}&limit=100`;
    const { blocks } = await someone.json<{ blocks: Block[] }>(path);
    if (blocks.length === 0) return all;
    all.push(...blocks);
  }
}

interface Block {
  id: string;
  text: string;
  marks: { passage: string; codes: { code: string }[] }[];
}

/** Texts of the study, by the names of their sources. */
async function texts(hub: Hub): Promise<{ name: string; text: string }[]> {
  const path = await hub.file("study.json", "");
  const said = await ended(hub.command("export", "--study", hub.studies[0]!, "--to", "json", "-o", path));
  assert.equal(said.code, 0, said.error);
  return (JSON.parse(await readFile(path, "utf8")) as { sources: { name: string; text: string }[] }).sources;
}

async function allIsWell(hub: Hub): Promise<void> {
  const said = await ended(hub.command("check"));
  assert.equal(said.code, 0, said.out + said.error);
}

/** One hub for both: on PostgreSQL this file has one database. */
let hub: Hub;
before(async () => {
  hub = await Hub.start(FILE, SHOTS);
});
after(() => hub.stop());
after(endAll);

test("marks that were answered for are there after kill -9", async () => {
  const first = await Client.as(hub, "peer_researcher");
  const source = await firstSource(hub, first);
  const { codes } = await first.json<{ codes: { id: string; codable: boolean }[] }>(`/api/v1/studies/${hub.studies[0]}/codes`);
  const code = codes.filter((code) => code.codable).at(-1)!.id;
  const long = (await allBlocks(first, source)).filter((block) => [...block.text].length > 40);
  const answered = new Set<string>();
  let at = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const someone = await Client.as(hub, "peer_researcher");
    let going = true;
    const hands = [0, 1, 2].map(async () => {
      while (going) {
        const n = at++;
        const block = long[n % long.length]!.id;
        const from = Math.floor(n / long.length) % 30;
        const mark = { from: { block, at: from }, to: { block, at: from + 5 }, codes: [code] };
        const done = await someone.post<{ passage: string }>(`/api/v1/sources/${source}/marks`, mark).catch(() => undefined);
        // Without an answer the program is gone, and the others find out as well.
        if (done === undefined) return;
        answered.add(done.passage);
      }
    });
    await pause(150 + round * 60);
    hub = await hub.crashAndReopen();
    going = false;
    await Promise.all(hands);
    await allIsWell(hub);
    const marks = (await allBlocks(await Client.as(hub, "peer_researcher"), source)).flatMap((block) => block.marks);
    const there = new Set(marks.filter(({ codes }) => codes.some((given) => given.code === code)).map(({ passage }) => passage));
    const lost = [...answered].filter((passage) => !there.has(passage));
    assert.deepEqual(lost, [], `round ${round}`);
  }
  assert.ok(answered.size > ROUNDS, `only ${answered.size} marks were answered for`);
});

test("an import that is killed has come in whole or not at all", async () => {
  const turns = 6000;
  const text = Array.from({ length: turns }, (_, n) => `${n % 2 ? "Kari" : "Ola"}: Dette er replikk ${n}.`).join("\n\n");
  const path = await hub.file("lang samtale.txt", text);
  const begin = () => hub.command("import", "--study", hub.studies[0]!, "--basis", "fictional", path);
  const started = performance.now();
  const whole = await ended(begin());
  const took = performance.now() - started;
  assert.equal(whole.code, 0, whole.error);
  let cut = 0;
  const sizes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const command = begin();
    const said = ended(command);
    // Spread over the time that the import takes on this machine.
    await pause((took * (round + 0.5)) / ROUNDS);
    command.kill("SIGKILL");
    if ((await said).code === null) cut++;
    hub = await hub.crashAndReopen();
    await allIsWell(hub);
    const came = (await texts(hub)).filter(({ name }) => name.startsWith("lang samtale"));
    sizes.push(...came.map(({ text }) => text.match(/Dette er replikk \d+\./g)?.length ?? 0));
  }
  assert.ok(cut > 0, "no import was still running when it was killed");
  assert.ok(sizes.length >= ROUNDS, "the import that was let be is there after each kill");
  assert.deepEqual([...new Set(sizes)], [turns]);
});
