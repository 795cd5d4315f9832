// Watches what no walk asks about: errors in the console, broken requests, what the content security policy stopped, and
// anything that was asked of another server.

import type { Page } from "playwright-core";

export class Watch {
  readonly complaints: string[] = [];

  constructor(private readonly base: string) {}

  follow(page: Page): void {
    // The policy's violations come as console errors too.
    page.on("console", (message) => {
      if (message.type() === "error") this.complain(page, `console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.complain(page, `script: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 400) this.complain(page, `${response.status()} from ${response.url()}`);
    });
    page.on("requestfailed", (request) => {
      // The browser itself breaks off what a new page or a download makes pointless.
      const why = request.failure()?.errorText ?? "no reason";
      if (why !== "net::ERR_ABORTED") this.complain(page, `${why} at ${request.url()}`);
    });
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      const inside = protocol === "data:" || protocol === "blob:" || origin === new URL(this.base).origin;
      if (!inside) this.complain(page, `asked another server: ${request.url()}`);
    });
  }

  private complain(page: Page, what: string): void {
    // The same thing on each page of a walk is one thing to mend.
    if (!this.complaints.some((complaint) => complaint.startsWith(what))) this.complaints.push(`${what} — on ${page.url()}`);
  }

  /** Fails with every complaint that was not expected, and for every expectation that nothing met. */
  settle(expected: readonly RegExp[]): void {
    const complaints = this.complaints.splice(0);
    const rest = complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
    const unmet = expected.filter((pattern) => !complaints.some((complaint) => pattern.test(complaint)));
    const lines = [...rest, ...unmet.map((pattern) => `expected, but did not happen: ${pattern}`)];
    if (lines.length > 0) throw new Error(`the browser complained:\n  ${lines.join("\n  ")}`);
  }
}
