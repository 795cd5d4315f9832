// A hub for one file of walks: the real program on an empty folder, and on PostgreSQL a database of its own. Most walks
// are taken in the demo; a fresh hub is what a person has who starts the program for the first time.

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

/** How the program is started: with the demo in it, or as it is with nothing in it. */
export type Beginning = "demo" | "serve";

/** Where a hub lies, how it is started, and how commands find it. */
interface Place {
  beginning: Beginning;
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

/** Programs that run. A walk that fails half way must leave none behind: Node waits for them. */
const running = new Set<ChildProcess>();

/** Ends every hub that a file of walks has left running. */
export function endAll(): void {
  for (const program of running) program.kill("SIGKILL");
}

export class Hub {
  private constructor(
    readonly base: string,
    readonly people: Record<string, Person>,
    readonly studies: string[],
    /** The link that a hub nobody has taken into use prints. */
    readonly firstStart: string | undefined,
    private readonly program: ChildProcess,
    private readonly place: Place,
  ) {}

  /** Starts the program and waits until it says that it is ready. */
  static async start(name: string, shots: string, beginning: Beginning = "demo"): Promise<Hub> {
    await mkdir(shots, { recursive: true });
    // Beside the pictures, which the next run removes: what an interrupted run leaves does not pile up.
    const folder = await mkdtemp(join(resolve(shots), "hub-"));
    const where = ["--data", join(folder, "data")];
    const server = process.env["KNUTEPUNKT_E2E_DATABASE"];
    if (server) where.push("--database", server + databaseName(name));
    return Hub.open({ beginning, folder, where, log: join(shots, `${name}.log`) });
  }

  private static async open(place: Place): Promise<Hub> {
    const { beginning, folder, log } = place;
    const told = join(folder, "data", "demo.json");
    const before = await readFile(told, "utf8").catch(() => undefined);
    const program = spawn(binary(), [beginning, "--listen", "127.0.0.1:0", ...place.where], {
      cwd: folder,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(program);
    const messages = createWriteStream(log, { flags: "a" });
    let printed = "";
    program.stdout.on("data", (part: Buffer) => (printed += part.toString()));
    program.stdout.pipe(messages, { end: false });
    program.stderr.pipe(messages, { end: false });
    let fault: string | undefined;
    program.once("error", (error) => (fault = error.message));
    program.once("exit", (code, signal) => {
      running.delete(program);
      fault ??= `it ended with ${signal ?? code}`;
    });

    for (const started = performance.now(); ; await pause(50)) {
      if (beginning === "serve") {
        const [, base] = /^listening on (\S+)$/m.exec(printed) ?? [];
        const [, link] = /^first start: open (\S+) /m.exec(printed) ?? [];
        if (base !== undefined && link !== undefined) return new Hub(base, {}, [], link, program, place);
      } else {
        const ready = await readFile(told, "utf8").catch(() => undefined);
        // A demo that is opened again writes the file anew, with a new address.
        if (ready !== undefined && ready !== before) {
          const { base, people, studies } = JSON.parse(ready) as Told;
          return new Hub(base, people, studies, undefined, program, place);
        }
      }
      if (performance.now() - started > READY_WITHIN_MS) fault ??= "it did not say in time that it is ready";
      if (fault !== undefined) {
        program.kill("SIGKILL");
        throw new Error(`the hub did not start: ${fault}\n${await end(log)}`);
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

  /** Starts a command in the folder of this hub for another place: all its arguments are given. What it reads stands in `typed`. */
  elsewhere(args: string[], typed = ""): ChildProcess {
    const command = spawn(binary(), args, { cwd: this.place.folder, env: cleanEnvironment(), stdio: ["pipe", "pipe", "pipe"] });
    command.stdin?.end(typed);
    return command;
  }

  /** A path in the folder of this hub, beside its data. */
  beside(name: string): string {
    return join(this.place.folder, name);
  }

  /** Writes a file that commands can read; gives its path. */
  async file(name: string, content: string | Uint8Array): Promise<string> {
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
