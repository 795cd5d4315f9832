// A finger that stays on a word chooses it. Telephones do so themselves; where the browser does not, this does.

import type { Range } from "./api.ts";
import { blockOf, caretAt, inOrder, pointOf, select, selectedRange, spans, wordsOf } from "./text.ts";

/** Longer than the browser's own long press, which comes first where there is one. */
const STAYS_MS = 650;
/** A finger that moves this far, in px, scrolls. */
const MOVES = 10;

export class Press {
  private begun: { x: number; y: number } | null = null;
  private waiting: number | undefined;
  /** What was chosen this way; staying on another word takes along what lies between. */
  private own: Range | null = null;
  private held = false;

  constructor(private readonly list: HTMLElement) {
    list.addEventListener("pointerdown", (event) => this.begin(event));
    list.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (this.begun && Math.hypot(clientX - this.begun.x, clientY - this.begun.y) > MOVES) this.end();
    });
    for (const over of ["pointerup", "pointercancel"]) list.addEventListener(over, () => this.end());
    // Else the browser takes it for a tap, which ends the selection.
    list.addEventListener("touchend", (event) => {
      if (this.held) event.preventDefault();
      this.held = false;
    });
  }

  private begin(event: PointerEvent): void {
    this.end();
    this.held = false;
    const onWords = event.target instanceof Element && event.target.closest(".block-words") !== null;
    if (event.pointerType !== "touch" || !event.isPrimary || !onWords) return;
    this.begun = { x: event.clientX, y: event.clientY };
    this.waiting = window.setTimeout(() => this.stayed(), STAYS_MS);
  }

  private end(): void {
    window.clearTimeout(this.waiting);
    this.begun = null;
  }

  private stayed(): void {
    const at = this.begun;
    this.end();
    if (!at) return;
    const selected = selectedRange(this.list);
    const before = selected && this.own && same(selected, this.own) ? this.own : null;
    // The browser has chosen something by itself.
    if (selected && !before) return;
    const word = this.wordAt(at.x, at.y);
    if (!word) return;
    this.own = before ? this.both(before, word) : word;
    this.held = true;
    select(this.list, this.own);
  }

  private wordAt(x: number, y: number): Range | null {
    const place = caretAt(x, y);
    const point = place && pointOf(place[0], place[1]);
    const block = point && blockOf(this.list, point.block);
    const text = (block && wordsOf(block)?.textContent) ?? "";
    const word = spans(text, "word").find(([from, to]) => point && from <= point.at && point.at <= to);
    return point && word ? { from: { ...point, at: word[0] }, to: { ...point, at: word[1] } } : null;
  }

  /** From the first of two ranges to the last. */
  private both(one: Range, other: Range): Range {
    return inOrder(this.list, { from: one.from, to: other.to }) ? { from: one.from, to: other.to } : { from: other.from, to: one.to };
  }
}

function same(one: Range, other: Range): boolean {
  const ends = ({ from, to }: Range) => `${from.block} ${from.at} ${to.block} ${to.at}`;
  return ends(one) === ends(other);
}
