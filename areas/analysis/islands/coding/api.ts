// What goes over the line.

export interface Point {
  block: string;
  at: number;
}
export interface Range {
  from: Point;
  to: Point;
}
export interface Code {
  id: string;
  name: string;
  sign: string;
  colour: string;
  class?: string;
}
export interface Mark {
  passage: string;
  from: number;
  to: number;
  begins: boolean;
  ends: boolean;
  empty: boolean;
  codes: { code: string; coders: string[] }[];
  notes: number;
  quote: number | null;
}
export interface Block {
  id: string;
  place: number;
  kind: string;
  speaker: string | null;
  side: string | null;
  text: string;
  marks: Mark[];
}
export interface Done {
  passage: string;
  seq: number | null;
  blocks: Block[];
  codes: Code[];
}
export interface Opened {
  passage: { id: string; anchor: Range | null };
  codings: { id: string; code: string; coder: string }[];
  notes: { id: string; text: string; author: string }[];
}

/** The hub understood and said no: the message is for the person. */
export class Refused extends Error {}
/** No answer: the line is down, or the hub. What was asked may be asked again. */
export class Offline extends Error {}

export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const init: RequestInit =
    body === undefined
      ? { headers: { accept: "application/json" } }
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, init);
  } catch {
    throw new Offline();
  }
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status >= 500) throw new Offline();
  const told = (await answer.json().catch(() => ({}))) as { message?: string };
  throw new Refused(told.message ?? String(answer.status));
}
