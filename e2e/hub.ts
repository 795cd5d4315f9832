// A demo hub for one file of walks: the real program on an empty folder, and on PostgreSQL a database of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
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

/** The demo with its PDF is built by a program that is not optimised. */
const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 15_000;

export class Hub {
  private constructor(
    readonly base: string,
    readonly people: Record<string, Person>,
    readonly studies: string[],
    private readonly program: ChildProcess,
    private readonly folder: string,
    private readonly log: string,
  ) {}

  /** Starts the program and waits until it says that it is ready. */
  static async start(name: string, shots: string): Promise<Hub> {
    const path = process.env["KNUTEPUNKT_BIN"];
    if (!path) throw new Error("KNUTEPUNKT_BIN is not set; run the walks with `cargo xtask test --only walks`");
    await mkdir(shots, { recursive: true });
    // Beside the pictures, which the next run removes: what an interrupted run leaves does not pile up.
    const folder = await mkdtemp(join(resolve(shots), "hub-"));
    const log = join(shots, `${name}.log`);
    const data = join(folder, "data");

    const args = ["demo", "--data", data, "--listen", "127.0.0.1:0"];
    const server = process.env["KNUTEPUNKT_E2E_DATABASE"];
    if (server) args.push("--database", server + databaseName(name));
    // A person's own settings must not reach the program under test.
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("KNUTEPUNKT_")));
    const program = spawn(path, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const messages = createWriteStream(log);
    program.stdout.pipe(messages, { end: false });
    program.stderr.pipe(messages, { end: false });
    let fault: string | undefined;
    program.once("error", (error) => (fault = error.message));
    program.once("exit", (code, signal) => (fault ??= `it ended with ${signal ?? code}`));

    const told = join(data, "demo.json");
    for (const started = performance.now(); ; await pause(50)) {
      const ready = await readFile(told, "utf8").catch(() => undefined);
      if (ready !== undefined) {
        const { base, people, studies } = JSON.parse(ready) as Told;
        return new Hub(base, people, studies, program, folder, log);
      }
      if (performance.now() - started > READY_WITHIN_MS) fault ??= "it wrote no demo.json in time";
      if (fault !== undefined) {
        program.kill("SIGKILL");
        await rm(folder, { recursive: true, force: true });
        throw new Error(`the demo hub did not start: ${fault}\n${await end(log)}`);
      }
    }
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
    await rm(this.folder, { recursive: true, force: true });
    if (program.exitCode !== 0) {
      throw new Error(`the hub ended with ${program.signalCode ?? program.exitCode}\n${await end(this.log)}`);
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
