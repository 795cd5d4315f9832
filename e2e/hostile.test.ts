// Hostile and broken files are refused soon with words that tell what to do, leave nothing behind, and nobody
// else waits for them.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { addressIn, Client } from "./client.ts";
import { docx } from "./docx.ts";
import { type Hostile, hostileFiles, leadsOut, namesOut, WHAT_TO_DO } from "./hostile.ts";
import { endAll, ended, Hub } from "./hub.ts";

const FILE = basename(process.argv[1] ?? "hostile", ".test.mjs");
const SHOTS = process.env["KNUTEPUNKT_E2E_SHOTS"] ?? join("target", "e2e-shots");
/** The promise is two seconds. Walks are taken on a program that is not optimised, beside others: it gets longer. */
const REFUSED_WITHIN_MS = /[\\/]release[\\/]/.test(process.env["KNUTEPUNKT_BIN"] ?? "") ? 2000 : 30_000;
/** A page that takes so long meanwhile was held up; what is usual is written out. */
const PAGE_WITHIN_MS = 2000;

let hub: Hub;
let hostile: Hostile[] = [];
before(async () => {
  hostile = hostileFiles();
  hub = await Hub.start(FILE, SHOTS);
});
after(() => hub.stop());
after(endAll);

/** What came of sending a file. */
interface Came {
  ms: number;
  page: string;
  /** Why each file was refused; empty for one that came in. */
  refused: string[];
}

/** Sends files by the form and waits until the import is over. */
async function send(who: Client, files: { name: string; bytes: Buffer }[]): Promise<Came> {
  const form = new FormData();
  form.set("basis", "fictional");
  for (const { name, bytes } of files) form.append("files", new Blob([new Uint8Array(bytes)]), name);
  const begun = performance.now();
  const sent = await who.ask("POST", `/studies/${hub.studies[0]}/import`, form);
  if (sent.status === 422) {
    const why = /id="files-wrong">([^<]*)/.exec(sent.text)?.[1] ?? "";
    return { ms: performance.now() - begun, page: sent.text, refused: files.map(() => why) };
  }
  assert.equal(sent.status, 303, sent.text);
  const address = sent.location!;
  for (;;) {
    const { over } = await who.json<{ over: boolean }>(`/api/v1/imports/${address.split("/").at(-1)}`);
    if (over) break;
    assert.ok(performance.now() - begun < 60_000, `${files[0]?.name} is not over`);
    await pause(10);
  }
  const ms = performance.now() - begun;
  const page = await who.get(address);
  return { ms, page, refused: refusals(page) };
}

/** Why each file was refused, as the page tells it; empty for one that came in. */
function refusals(page: string): string[] {
  return page
    .split('<li class="ds-card">')
    .slice(1)
    .map((card) => /<div[^>]*ds-alert[^>]*>(.*?)<\/div>/s.exec(card)?.[1]?.replace(/<[^>]*>/g, "").trim() ?? "");
}

/** Names and texts of the study's sources. */
async function sources(): Promise<{ name: string; text: string | null }[]> {
  const path = await hub.file("study.json", "");
  const said = await ended(hub.command("export", "--study", hub.studies[0]!, "--to", "json", "-o", path));
  assert.equal(said.code, 0, said.error);
  const told = JSON.parse(await readFile(path, "utf8")) as { sources: { name: string; text: string | null }[] };
  return told.sources.map(({ name, text }) => ({ name, text }));
}

async function allIsWell(): Promise<void> {
  const said = await ended(hub.command("check"));
  assert.equal(said.code, 0, said.out + said.error);
}

/** Somebody who opens pages, one after the other, and takes the time. */
class Reader {
  private times: number[] = [];
  private going = true;
  private readonly done: Promise<void>;

  constructor(who: Client, paths: readonly string[]) {
    this.done = (async () => {
      for (let n = 0; this.going; n++) {
        const begun = performance.now();
        await who.get(paths[n % paths.length]!);
        this.times.push(performance.now() - begun);
        await pause(5);
      }
    })();
  }

  /** The times so far, sorted; the next are counted anew. */
  take(): number[] {
    return inOrder(this.times.splice(0));
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.done;
  }
}

/** While somebody reads pages of the study. */
async function whileSomebodyReads(act: (reader: Reader) => Promise<void>): Promise<void> {
  const who = await Client.as(hub, "peer_researcher");
  const study = `/studies/${hub.studies[0]}`;
  const reader = new Reader(who, [addressIn(await who.get(study), "/sources/*"), `${study}/coding`, study]);
  try {
    await act(reader);
  } finally {
    await reader.stop();
  }
}

function inOrder(times: number[]): number[] {
  return times.sort((a, b) => a - b);
}

function figures(times: number[]): string {
  const at = (share: number) => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(0);
  return `${times.length} pages, median ${at(0.5)} ms, 95 of 100 within ${at(0.95)} ms, longest ${at(1)} ms`;
}

test("each hostile file is refused soon with what to do, and others read on", async (t) => {
  const sender = await Client.as(hub, "process_manager");
  const before = await sources();
  let quiet: number[] = [];
  const meanwhile: number[] = [];
  const faults: string[] = [];
  // The first import also starts what all of them need.
  await send(sender, [{ name: "tom.txt", bytes: Buffer.alloc(0) }]);
  await whileSomebodyReads(async (reader) => {
    await pause(2000);
    quiet = reader.take();
    for (const { name, bytes, told } of hostile) {
      const { ms, refused } = await send(sender, [{ name, bytes }]);
      meanwhile.push(...reader.take());
      const [why = ""] = refused;
      t.diagnostic(`${name} (${Math.ceil(bytes.length / 1024)} kB): ${ms.toFixed(0)} ms: ${why || "CAME IN"}`);
      if (why === "") faults.push(`${name} was not refused`);
      else if (!told.test(why) || !WHAT_TO_DO.test(why)) faults.push(`${name}: ${why}`);
      if (ms > REFUSED_WITHIN_MS) faults.push(`${name} took ${ms.toFixed(0)} ms`);
    }
  });
  inOrder(meanwhile);
  t.diagnostic(`somebody else, with nothing going on: ${figures(quiet)}`);
  t.diagnostic(`somebody else, meanwhile: ${figures(meanwhile)}`);
  assert.deepEqual(faults, []);
  assert.ok((meanwhile.at(-1) ?? 0) < PAGE_WITHIN_MS, figures(meanwhile));
  assert.deepEqual(await sources(), before);
  await allIsWell();
});

test("all at once they hold up neither the good file among them nor somebody who reads", async (t) => {
  const sender = await Client.as(hub, "process_manager");
  const before = await sources();
  const good = docx(["Intervjuer: Hvordan var det?", "Kari: Det var fint å bli hørt."]);
  const files = hostile.filter(({ name }) => !name.endsWith(".qdpx")).slice(0, 12);
  const all = [...files, { name: "god samtale.docx", bytes: good }];
  let meanwhile: number[] = [];
  let came: Came = { ms: 0, page: "", refused: [] };
  await whileSomebodyReads(async (reader) => {
    await pause(500);
    reader.take();
    came = await send(sender, all);
    meanwhile = reader.take();
  });
  t.diagnostic(`${all.length} files together: ${came.ms.toFixed(0)} ms; somebody else: ${figures(meanwhile)}`);
  assert.deepEqual(came.refused.map((why) => why !== ""), [...files.map(() => true), false]);
  assert.ok((meanwhile.at(-1) ?? 0) < PAGE_WITHIN_MS, figures(meanwhile));
  const names = (await sources()).map(({ name }) => name).filter((name) => !before.some((known) => known.name === name));
  assert.deepEqual(names.map((name) => name.replace(/\.docx$/, "")), ["god samtale"]);
  await allIsWell();
});

test("a name in an archive that leads out of it leads nowhere", async (t) => {
  const sender = await Client.as(hub, "process_manager");
  const beside = "Dette ligger utenfor arkivet.";
  const outside = await hub.file("utenfor.txt", beside);
  for (const { name, bytes, told } of namesOut()) {
    const [why = ""] = (await send(sender, [{ name, bytes }])).refused;
    t.diagnostic(`${name}: ${why || "CAME IN"}`);
    assert.match(why, told, name);
    assert.match(why, WHAT_TO_DO, name);
  }
  for (const file of leadsOut(outside)) {
    const { refused } = await send(sender, [file]);
    t.diagnostic(`${file.name}: ${refused[0] || "came in without it"}`);
  }
  const all = await readdir(dirname(outside), { recursive: true });
  assert.ok(all.includes("utenfor.txt"));
  assert.deepEqual(all.filter((path) => basename(path) === "opp.txt"), []);
  assert.deepEqual((await sources()).filter(({ text }) => text?.includes(beside)), []);
  await allIsWell();
});

test("what only looks bad comes in and is told: NUL in a text, a name that leads elsewhere", async () => {
  const sender = await Client.as(hub, "process_manager");
  const { page, refused } = await send(sender, [{ name: "../../../nul.txt", bytes: Buffer.from("Kari: Hei\0 du, dette er en tekst.\n\nOla: Hei, hei.\n") }]);
  assert.deepEqual(refused, [""]);
  assert.match(page, /<h2[^>]*>nul\.txt/);
  const came = (await sources()).find(({ name }) => name.startsWith("nul"));
  assert.ok(came?.text, "the text came in under its own name");
  assert.ok(!came.text.includes("\0") && came.text.includes("du, dette er en tekst."), came.text);
  await allIsWell();
});

test("a file of a kind that nobody knows is said no to at the form", async () => {
  const sender = await Client.as(hub, "process_manager");
  const form = new FormData();
  form.set("basis", "fictional");
  form.append("files", new Blob(["MZ"]), "program.exe");
  const { status, text } = await sender.ask("POST", `/studies/${hub.studies[0]}/import`, form);
  assert.equal(status, 422);
  assert.match(text, /id="files-wrong">[^<]*Lagre/);
});
