// What the parts of the workspace share.

import type { Code } from "./api.ts";
import type { Draw } from "./draw.ts";
import type { Line } from "./line.ts";
import type { Picker } from "./picker.ts";
import type { TextOf } from "./text.ts";

export interface Ground {
  /** The element around the workspace. */
  readonly host: HTMLElement;
  /** The blocks in the page. */
  readonly list: HTMLOListElement;
  readonly codes: ReadonlyMap<string, Code>;
  readonly draw: Draw;
  readonly line: Line;
  readonly picker: Picker;
  readonly text: TextOf;
  /** Tells something without taking the focus; a screen reader reads it when it has time. */
  say(told: string, bad?: boolean): void;
  /** Puts the focus on the text of a block. */
  go(block: Element | null | undefined): void;
}
