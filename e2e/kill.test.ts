// What the program said is saved survives `kill -9`; what it did not say leaves nothing half.

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ended, Hub } from "./hub.ts";

const FILE = basename(process.argv[1] ?? "kill", ".test.mjs");
const SHOTS = process.env["KNUTEPUNKT_E2E_SHOTS"] ?? join("target", "e2e-shots");
const ROUNDS = 5;

/** A peer researcher without a browser. */
class Researcher {
  private constructor(
    private readonly hub: Hub,
    private readonly cookie: string,
  ) {}

  static async at(hub: Hub): Promise<Researcher> {
    const answer = await fetch(hub.people["peer_researcher"]!.sign_in, { redirect: "manual" });
    assert.equal(answer.status, 303);
    return new Researcher(hub, answer.headers.getSetCookie()[0]!.split(";")[0]!);
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.hub.base + path, { headers: { cookie: this.cookie } });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const headers = { cookie: this.cookie, "content-type": "application/json" };
    const answer = await fetch(this.hub.base + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(answer.ok, true, `${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  }
}

interface Exported {
  sources: { id: string; name: string }[];
  codes: { id: string; name: string; codable: boolean }[];
  codings: { passage: string; code: string; source: string; quote: string }[];
}

async function exported(hub: Hub): Promise<Exported> {
  const path = await hub.file("study.json", "");
  const said = await ended(hub.command("export", "--study", hub.studies[0]!, "--to", "json", "-o", path));
  assert.equal(said.code, 0, said.error);
  const { readFile } = await import("node:fs/promises");
  return JSON.parse(await readFile(path, "utf8")) as Exported;
}

async function allIsWell(hub: Hub): Promise<void> {
  const said = await ended(hub.command("check"));
  assert.equal(said.code, 0, said.out + said.error);
}

test("marks that were answered for are there after kill -9", async () => {
  let hub = await Hub.start(FILE, SHOTS);
  const before = await exported(hub);
  const source = before.sources[0]!.id;
  const code = before.codes.findLast((code) => code.codable)!.id;
  const answered = new Set<string>();
  let at = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const someone = await Researcher.at(hub);
    const { blocks } = await someone.get<{ blocks: { id: string; text: string }[] }>(
      `/api/v1/sources/${source}/window?from=1&limit=40`,
    );
    const long = blocks.filter((block) => [...block.text].length > 40);
    let going = true;
    const hands = [0, 1, 2].map(async () => {
      while (going) {
        const n = at++;
        const block = long[n % long.length]!.id;
        const from = Math.floor(n / long.length) % 30;
        const mark = { from: { block, at: from }, to: { block, at: from + 5 }, codes: [code] };
        const done = await someone.post<{ passage: string }>(`/api/v1/sources/${source}/marks`, mark).catch(() => undefined);
        if (done !== undefined) answered.add(done.passage);
      }
    });
    await pause(150 + round * 60);
    hub = await hub.crashAndReopen();
    going = false;
    await Promise.all(hands);
    await allIsWell(hub);
    const there = new Set((await exported(hub)).codings.map((coding) => coding.passage));
    const lost = [...answered].filter((passage) => !there.has(passage));
    assert.deepEqual(lost, [], `round ${round}`);
  }
  assert.ok(answered.size > ROUNDS, `only ${answered.size} marks were answered for`);
  await hub.stop();
});

test("an import that is killed has come in whole or not at all", async () => {
  let hub = await Hub.start(FILE, SHOTS);
  const turns = 6000;
  const text = Array.from({ length: turns }, (_, n) => `${n % 2 ? "Kari" : "Ola"}: Dette er replikk ${n}.`).join("\n\n");
  const path = await hub.file("lang samtale.txt", text);
  const wholes = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const command = hub.command("import", "--study", hub.studies[0]!, "--basis", "fictional", path);
    const said = ended(command);
    await pause(60 + round * 130);
    command.kill("SIGKILL");
    await said;
    hub = await hub.crashAndReopen();
    await allIsWell(hub);
    const someone = await Researcher.at(hub);
    for (const source of (await exported(hub)).sources.filter((source) => source.name.startsWith("lang samtale"))) {
      const { total } = await someone.get<{ total: number }>(`/api/v1/sources/${source.id}/window?from=1&limit=1`);
      wholes.add(total);
    }
  }
  assert.deepEqual([...wholes].filter((blocks) => blocks !== turns), []);
  await hub.stop();
});
