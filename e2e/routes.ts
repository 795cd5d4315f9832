// The routes of the program, as it tells of them itself.

import assert from "node:assert/strict";
import { ended, type Hub } from "./hub.ts";

/** A route, such as `/sources/{id}`, and who may come in. */
export interface Route {
  method: string;
  route: string;
  door: string;
}

/** All routes. */
export async function routes(hub: Hub): Promise<Route[]> {
  const said = await ended(hub.command("routes", "--json"));
  assert.equal(said.code, 0, said.error);
  const all = JSON.parse(said.out) as Route[];
  assert.ok(all.length > 50, `only ${all.length} routes`);
  return all;
}

/** The route that a path belongs to: where two fit, the one that names more of it. */
export function ofAddress(all: Route[], method: string, path: string): string | undefined {
  const steps = path.split("/");
  const fits = all.filter((one) => {
    const parts = one.route.split("/");
    return one.method === method && parts.length === steps.length && parts.every((part, at) => part.startsWith("{") || part === steps[at]);
  });
  const named = (route: string): number => route.split("/").filter((part) => !part.startsWith("{")).length;
  return fits.map(({ route }) => route).sort((a, b) => named(b) - named(a))[0];
}
