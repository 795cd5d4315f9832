// A person without a browser: asks the hub as one of the demo's people, or as nobody, and sees the bare answer.

import assert from "node:assert/strict";
import type { Hub } from "./hub.ts";

/** What the hub said. */
export interface Answer {
  status: number;
  /** Where a redirect leads. */
  location: string | null;
  /** `text/html`, `application/json` … */
  kind: string;
  text: string;
}

export class Client {
  private constructor(
    private readonly base: string,
    private readonly cookie: string | undefined,
  ) {}

  static nobody(hub: Hub): Client {
    return new Client(hub.base, undefined);
  }

  /** The demo's person with this role, signed in. */
  static async as(hub: Hub, role: string): Promise<Client> {
    const person = hub.people[role];
    if (!person) throw new Error(`demo.json has no ${role}; it has ${Object.keys(hub.people).join(", ")}`);
    const answer = await fetch(person.sign_in, { redirect: "manual" });
    assert.equal(answer.status, 303, `${role} signs in`);
    return new Client(hub.base, answer.headers.getSetCookie()[0]?.split(";")[0]);
  }

  /** Asks for a path, without following redirects. A body that is no form goes as JSON. */
  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = new Headers();
    if (this.cookie !== undefined) headers.set("cookie", this.cookie);
    const request: RequestInit = { method, headers, redirect: "manual" };
    if (body instanceof URLSearchParams || body instanceof FormData) request.body = body;
    else if (body !== undefined) {
      headers.set("content-type", "application/json");
      request.body = JSON.stringify(body);
    }
    const answer = await fetch(this.base + path, request);
    const kind = answer.headers.get("content-type")?.split(";")[0] ?? "";
    return { status: answer.status, location: answer.headers.get("location"), kind, text: await answer.text() };
  }

  /** The text behind a path; fails when it is not given. */
  async get(path: string): Promise<string> {
    const { status, text } = await this.ask("GET", path);
    assert.equal(status, 200, path);
    return text;
  }

  async json<T>(path: string): Promise<T> {
    return JSON.parse(await this.get(path)) as T;
  }

  /** Does something through the API; fails when it is refused. */
  async post<T>(path: string, body: unknown): Promise<T> {
    const { status, text } = await this.ask("POST", path, body);
    assert.ok(status >= 200 && status < 300, `${path} answered ${status}`);
    return JSON.parse(text) as T;
  }
}

/** The one address in a page that looks like this, with `*` for an id. */
export function addressIn(html: string, shape: string): string {
  const pattern = shape.replaceAll("*", "[0-9a-f]{8}-[0-9a-f-]{27}");
  const [, address] = new RegExp(`(?:href|action)="(${pattern})"`).exec(html) ?? [];
  assert.ok(address !== undefined, `the page has an address like ${shape}`);
  return address;
}
