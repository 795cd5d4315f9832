// The browser that the walks are taken in: the real Chromium that the npm package @sparticuz/chromium carries, unpacked
// once into node_modules. It brings its own libraries and font, so that it starts, and looks the same, on any Linux.
//
// Where the package has no browser for the machine, Google Chrome is used when it is installed; KNUTEPUNKT_CHROMIUM names
// another one.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Browser, type LaunchOptions, chromium } from "playwright-core";

const require = createRequire(import.meta.url);

/** Starts the browser. It shows our own pages only, so it needs no sandbox of its own (which root cannot have). */
export async function startBrowser(): Promise<Browser> {
  // Without the first three it asks its makers' servers at each start.
  const args = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ ...(await which()), args: [...args, "--font-render-hinting=none"], chromiumSandbox: false });
}

async function which(): Promise<LaunchOptions> {
  const named = process.env["KNUTEPUNKT_CHROMIUM"];
  if (named) return { executablePath: named };
  if (process.platform !== "linux" || process.arch !== "x64") return { channel: "chrome" };
  const folder = await unpacked();
  const env = {
    ...(process.env as Record<string, string>),
    FONTCONFIG_FILE: join(folder, "fonts.conf"),
    LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
  };
  return { executablePath: join(folder, "chromium"), env };
}

/** Unpacks the package's archives beside it, once. Two walks may do so at the same time: the first to finish wins. */
async function unpacked(): Promise<string> {
  const home = dirname(dirname(dirname(require.resolve("@sparticuz/chromium"))));
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as { version: string };
  const cache = join(dirname(dirname(home)), ".cache", "knutepunkt");
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;

  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, "chromium-draft-"));
  // The package unpacks into the temporary folder, and takes its libraries along only on the platform it was made for.
  const before = Object.fromEntries(
    ["TMPDIR", "AWS_EXECUTION_ENV", "LD_LIBRARY_PATH", "FONTCONFIG_PATH"].map((name) => [name, process.env[name]]),
  );
  Object.assign(process.env, { TMPDIR: draft, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" });
  try {
    const { default: archive } = await import("@sparticuz/chromium");
    await archive.executablePath();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  await writeFile(join(draft, "fonts.conf"), fontSettings(folder));
  try {
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function fontSettings(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>
`;
}
