// What opening pages asks for in a real browser, for measurements: `node loads.mjs SIGN_IN|- ADDRESS…` prints, for each
// address, every request with its kind, status and bytes over the wire (heads and packed bodies). Each address is opened
// with nothing kept from before, in a window of a desktop, until nothing more is asked for.

import type { Browser, CDPSession } from "playwright-core";
import { startBrowser } from "./browser.ts";

interface Load {
  method: string;
  url: string;
  /** `Document`, `Stylesheet`, `Font`, `Fetch` … */
  kind: string;
  status: number;
  bytes: number;
}

const WINDOW = { width: 1280, height: 900 };

async function open(browser: Browser, signIn: string | undefined, address: string): Promise<Load[]> {
  const context = await browser.newContext({ viewport: WINDOW, locale: "nb-NO" });
  try {
    if (signIn !== undefined) await context.request.get(signIn, { maxRedirects: 0 });
    const page = await context.newPage();
    const loads = await follow(await context.newCDPSession(page));
    await page.goto(address, { waitUntil: "networkidle" });
    return [...loads.values()];
  } finally {
    await context.close();
  }
}

async function follow(session: CDPSession): Promise<Map<string, Load>> {
  const loads = new Map<string, Load>();
  session.on("Network.requestWillBeSent", ({ requestId, request, type }) => {
    loads.set(requestId, { method: request.method, url: request.url, kind: type ?? "Other", status: 0, bytes: 0 });
  });
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const load = loads.get(requestId);
    if (load) load.status = response.status;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const load = loads.get(requestId);
    if (load) load.bytes = encodedDataLength;
  });
  await session.send("Network.enable");
  return loads;
}

const [signIn, ...addresses] = process.argv.slice(2);
const browser = await startBrowser();
try {
  const all: Load[][] = [];
  for (const address of addresses) all.push(await open(browser, signIn === "-" ? undefined : signIn, address));
  process.stdout.write(JSON.stringify(all));
} finally {
  await browser.close();
}
