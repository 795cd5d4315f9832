// A demo hub for one file of walks: the real program on an empty folder, and on PostgreSQL a database of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A person of the demo hub, as `demo.json` tells of them. */
export interface Person {
  name: string;
  /** GET signs in and answers 303; it can be used again while the demo runs. */
  sign_in: string;
}

/** What the program writes when it is ready. */
interface Told {
  base: string;
  people: Record<string, Person>;
  studies: string[];
}

/** Where a hub lies, and how commands find it. */
interface Place {
  folder: string;
  where: string[];
  log: string;
}

/** What a finished command said. */
export interface Said {
  code: number | null;
  out: string;
  error: string;
}

/** Waits for a command to end. */
export async function ended(command: ChildProcess): Promise<Said> {
  let [out, error] = ["", ""];
  command.stdout?.on("data", (part: Buffer) => (out += part.toString()));
  command.stderr?.on("data", (part: Buffer) => (error += part.toString()));
  const code = await new Promise<number | null>((resolve) => command.once("close", resolve));
  return { code, out, error };
}

function binary(): string {
  const path = process.env["KNUTEPUNKT_BIN"];
  if (!path) throw new Error("KNUTEPUNKT_BIN is not set; run the walks with `cargo xtask test --only walks`");
  return path;
}

/** A person's own settings must not reach the program under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("KNUTEPUNKT_")));
}

/** The demo with its PDF is built by a program that is not optimised. */
const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 15_000;

export class Hub {
  private constructor(
    readonly base: string,
    readonly people: Record<string, Person>,
    readonly studies: string[],
    private readonly program: ChildProcess,
    private readonly place: Place,
  ) {}

  /** Starts the program and waits until it says that it is ready. */
  static async start(name: string, shots: string): Promise<Hub> {
    await mkdir(shots, { recursive: true });
    // Beside the pictures, which the next run removes: what an interrupted run leaves does not pile up.
    const folder = await mkdtemp(join(resolve(shots), "hub-"));
    const where = ["--data", join(folder, "data")];
    const server = process.env["KNUTEPUNKT_E2E_DATABASE"];
    if (server) where.push("--database", server + databaseName(name));
    return Hub.open({ folder, where, log: join(shots, `${name}.log`) });
  }

  private static async open(place: Place): Promise<Hub> {
    const { folder, log } = place;
    const data = join(folder, "data");
    const before = await readFile(join(data, "demo.json"), "utf8").catch(() => undefined);
    const program = spawn(binary(), ["demo", "--listen", "127.0.0.1:0", ...place.where], {
      cwd: folder,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const messages = createWriteStream(log, { flags: "a" });
    program.stdout.pipe(messages, { end: false });
    program.stderr.pipe(messages, { end: false });
    let fault: string | undefined;
    program.once("error", (error) => (fault = error.message));
    program.once("exit", (code, signal) => (fault ??= `it ended with ${signal ?? code}`));

    const told = join(data, "demo.json");
    for (const started = performance.now(); ; await pause(50)) {
      const ready = await readFile(told, "utf8").catch(() => undefined);
      // A demo that is opened again writes the file anew, with a new address.
      if (ready !== undefined && ready !== before) {
        const { base, people, studies } = JSON.parse(ready) as Told;
        return new Hub(base, people, studies, program, place);
      }
      if (performance.now() - started > READY_WITHIN_MS) fault ??= "it wrote no demo.json in time";
      if (fault !== undefined) {
        program.kill("SIGKILL");
        throw new Error(`the demo hub did not start: ${fault}\n${await end(log)}`);
      }
    }
  }

  /** Ends the program as a power cut would, and opens the same hub again. */
  async crashAndReopen(): Promise<Hub> {
    const ended = new Promise((resolve) => this.program.once("exit", resolve));
    this.program.kill("SIGKILL");
    await ended;
    return Hub.open(this.place);
  }

  /** Starts a command of the program beside this hub. */
  command(...args: string[]): ChildProcess {
    return spawn(binary(), [...args, ...this.place.where], {
      cwd: this.place.folder,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Writes a file that commands can read; gives its path. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.place.folder, name);
    await writeFile(path, content);
    return path;
  }

  /** Stops the program as a person would, and fails when it does not end well. */
  async stop(): Promise<void> {
    const program = this.program;
    if (program.exitCode === null && program.signalCode === null) {
      const ended = new Promise((resolve) => program.once("exit", resolve));
      program.kill("SIGTERM");
      const timer = setTimeout(() => program.kill("SIGKILL"), STOPPED_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    }
    await rm(this.place.folder, { recursive: true, force: true });
    if (program.exitCode !== 0) {
      throw new Error(`the hub ended with ${program.signalCode ?? program.exitCode}\n${await end(this.place.log)}`);
    }
  }
}

/** The database that the test runner has made for a file of walks. */
export function databaseName(name: string): string {
  return `walk_${name.toLowerCase().replace(/[^a-z0-9]/g, "_")}`;
}

async function end(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.split("\n").slice(-40).join("\n");
}
