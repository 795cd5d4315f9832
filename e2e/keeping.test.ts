// A hub is kept: backed up while it runs, restored on a machine that has only the files and two recovery sheets, and
// looked over there.

import assert from "node:assert/strict";
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { endAll, ended, Hub, type Said } from "./hub.ts";

const FILE = basename(process.argv[1] ?? "keeping", ".test.mjs");
const SHOTS = process.env["KNUTEPUNKT_E2E_SHOTS"] ?? join("target", "e2e-shots");

let hub: Hub;
/** The three sheets, as they were shown. */
let sheets: string[] = [];
before(async () => {
  hub = await Hub.start(FILE, SHOTS);
});
after(() => hub.stop());
after(endAll);

async function done(command: ReturnType<Hub["command"]>): Promise<Said> {
  const said = await ended(command);
  assert.equal(said.code, 0, said.out + said.error);
  return said;
}

interface Told {
  sources: { name: string; text: string }[];
  codings: { quote: string }[];
}

/** All that is in the first study, by a hub in some place. */
async function study(where: string[]): Promise<Told> {
  const path = hub.beside("study.json");
  await done(hub.elsewhere(["export", "--study", hub.studies[0]!, "--to", "json", "-o", path, ...where]));
  return JSON.parse(await readFile(path, "utf8")) as Told;
}

/** Bytes of every file in a folder. */
async function bytes(folder: string): Promise<Buffer> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name)));
  return Buffer.concat(await Promise.all(files));
}

test("a backup is restored elsewhere with two sheets, and nothing in the files can be read without keys", async (t) => {
  const shown = (await done(hub.command("recovery", "sheets"))).out.split("\n");
  sheets = shown.filter((line) => /^([A-Z2-7]{4}-){16}[A-Z2-7]{4}$/.test(line));
  assert.equal(sheets.length, 3, "three sheets are shown");

  const file = hub.beside("hub.age");
  const keys = `${file}.keys`;
  await done(hub.command("backup", file));
  const own = hub.beside("own.json");
  await done(hub.command("export", "--study", hub.studies[0]!, "--to", "json", "-o", own));
  const before = JSON.parse(await readFile(own, "utf8")) as Told;

  const elsewhere = hub.beside("elsewhere");
  const where = ["--data", elsewhere];
  const locked = await ended(hub.elsewhere(["restore", file, ...where]));
  assert.equal(locked.code, 1);
  assert.match(locked.error, /key file .* two recovery sheets/s);
  const mistyped = sheets[0]!.replace(/^..../, (four) => (four === "AAAA" ? "BBBB" : "AAAA"));
  const wrong = await ended(hub.elsewhere(["restore", file, "--sheets", ...where], `${mistyped}\n${sheets[1]}\n`));
  assert.equal(wrong.code, 1);
  assert.match(wrong.error, /a letter is wrong/);
  const said = await done(hub.elsewhere(["restore", file, "--sheets", ...where], `${sheets[0]}\n${sheets[2]}\n`));
  assert.match(said.out, /All is well\./);
  assert.deepEqual(await study(where), before);

  const quotes = before.codings.map((coding) => coding.quote).filter((quote) => quote.length > 25);
  assert.ok(quotes.length > 50, `${quotes.length} quotes`);
  const raw = Buffer.concat([await bytes(elsewhere), await readFile(file), await readFile(keys)]);
  const readable = quotes.filter((quote) => raw.includes(quote));
  t.diagnostic(`${quotes.length} quotes looked for in ${raw.length} bytes`);
  assert.deepEqual(readable, [], "no quote can be read without keys");

  const again = await ended(hub.elsewhere(["restore", file, "--sheets", ...where], `${sheets[0]}\n${sheets[1]}\n`));
  assert.equal(again.code, 1);
  assert.match(again.error, /empty folder/, "nothing is written over a hub");
});

test("a lost key file is told, and two sheets make another", async () => {
  const where = ["--data", hub.beside("elsewhere")];
  await rm(join(hub.beside("elsewhere"), "unlock.key"));
  const locked = await ended(hub.elsewhere(["check", ...where]));
  assert.equal(locked.code, 1);
  assert.match(locked.error, /recovery open/);
  const same = await ended(hub.elsewhere(["recovery", "open", ...where], `${sheets[1]}\n${sheets[1]}\n`));
  assert.equal(same.code, 1);
  assert.match(same.error, /the same sheet twice/);
  await done(hub.elsewhere(["recovery", "open", ...where], `${sheets[1]}\n${sheets[2]}\n`));
  assert.equal((await done(hub.elsewhere(["check", ...where]))).out, "All is well.\n");
});

test("a damaged backup is refused and leaves no hub behind", async () => {
  const file = hub.beside("hub.age");
  const whole = await readFile(file);
  const damaged = Buffer.from(whole);
  damaged[whole.length >> 1]! ^= 1;
  const copy = await hub.file("damaged.age", damaged);
  const where = ["--data", hub.beside("third")];
  const keys = ["--keys", `${file}.keys`, "--unlock-key", join(hub.beside("data"), "unlock.key")];
  const refused = await ended(hub.elsewhere(["restore", copy, ...keys, ...where]));
  assert.equal(refused.code, 1);
  const check = await ended(hub.elsewhere(["check", ...where]));
  assert.equal(check.code, 1);
  await done(hub.elsewhere(["restore", file, ...keys, ...where]));
  const made = await stat(join(hub.beside("third"), "unlock.key")).catch(() => undefined);
  assert.equal(made, undefined, "the key file that was named is the only one");
});
