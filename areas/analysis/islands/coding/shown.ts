// Words that are shown as chosen without being the page's selection, which a finger or a field would take away; and the
// sheet at the foot of a small screen that must not hide them.

import type { Range } from "./api.ts";
import { domRange, select } from "./text.ts";

const NAME = "chosen";
/** Space kept between the words and the edges. */
const SPACE = 24;

/** A small screen, or a finger: what is asked stands in a sheet at the foot of the page. The style sheet asks the same. */
export const asSheet = () => window.matchMedia("(max-width: 48rem), (pointer: coarse)").matches;
/** With a finger a field that is focused brings up the keyboard, which hides half of the page. */
export const byFinger = () => window.matchMedia("(pointer: coarse)").matches;

/** Shows a range as chosen. */
export function show(list: Element, range: Range): void {
  const chosen = domRange(list, range);
  if (!chosen) return;
  if (typeof Highlight === "function") CSS.highlights.set(NAME, new Highlight(chosen));
  else select(list, range);
}

export function hide(): void {
  if (typeof Highlight === "function") CSS.highlights.delete(NAME);
}

/** Makes room for a sheet below `host`, and scrolls so that the words of a range stand above it. */
export function reveal(host: HTMLElement, list: Element, range: Range, sheet: HTMLElement): void {
  if (!asSheet()) return;
  host.style.setProperty("padding-block-end", `${sheet.offsetHeight}px`);
  const rects = domRange(list, range)?.getClientRects();
  const first = rects?.[0];
  const last = rects?.[rects.length - 1];
  if (!first || !last) return;
  const free = window.innerHeight - sheet.offsetHeight;
  const fits = last.bottom - first.top <= free - 2 * SPACE;
  const inSight = first.top >= SPACE && (fits ? last.bottom : first.bottom) <= free - SPACE;
  if (inSight) return;
  const top = fits ? (free - (last.bottom - first.top)) / 2 : SPACE;
  window.scrollBy(0, first.top - top);
}

/** The room that [`reveal`] made is given back. */
export function settle(host: HTMLElement): void {
  host.style.removeProperty("padding-block-end");
}

/** Keeps what stands at the foot of the page above the keyboard of a telephone. */
export function followKeyboard(): void {
  const seen = window.visualViewport;
  seen?.addEventListener("resize", () => {
    const hidden = Math.max(0, window.innerHeight - seen.height - seen.offsetTop);
    document.documentElement.style.setProperty("--keyboard", `${Math.round(hidden)}px`);
  });
}
