// Changing the borders of a mark: by a handle at each end, for mouse, finger and keyboard alike, by buttons for who cannot
// drag, or by choosing the words anew.

import type { Opened, Point, Range } from "./api.ts";
import { button, make } from "./draw.ts";
import type { Ground } from "./ground.ts";
import { hide, show } from "./shown.ts";
import { type Kind, blockOf, caretAt, codePoints, domRange, inOrder, pointOf, snapped, spans, stepped, wordsIn, wordsOf } from "./text.ts";

type End = "from" | "to";

/** How far from an edge of the window a drag scrolls, and how fast, in px. */
const EDGE = 56;
const SCROLL = 14;

export class Borders {
  private passage: string | null = null;
  private before: Range | null = null;
  private range: Range | null = null;
  private readonly handles: Record<End, HTMLButtonElement>;
  private readonly bar = make("div", "mark-bar border-bar");
  private readonly told = make("span", "border-told");

  constructor(private readonly ground: Ground) {
    this.handles = { from: this.handle("from"), to: this.handle("to") };
    const { text, host } = ground;
    const steps = (end: End) =>
      make("span", "border-steps", make("span", "", text(`handle-${end}`)), this.stepButton(end, -1), this.stepButton(end, 1));
    const save = button(text("save"), "primary", () => void this.save());
    const cancel = button(text("cancel"), "tertiary", () => this.giveUp());
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", text("borders"));
    this.bar.append(this.told, steps("from"), steps("to"), make("span", "border-ends", save, cancel));
    this.bar.hidden = true;
    host.append(this.bar);
    window.addEventListener("resize", () => this.put());
  }

  /** Are borders being changed? */
  get active(): boolean {
    return this.passage !== null;
  }

  start(passage: string, opened: Opened): void {
    const range = opened.passage.anchor;
    if (!range) return;
    this.passage = passage;
    this.before = range;
    this.range = range;
    document.getSelection()?.removeAllRanges();
    this.ground.host.append(this.handles.from, this.handles.to);
    this.bar.hidden = false;
    this.draw();
    blockOf(this.ground.list, range.to.block)?.scrollIntoView({ block: "nearest" });
    this.put();
    this.handles.to.focus({ preventScroll: true });
    this.ground.say(this.ground.text("borders-how"));
  }

  /** Words that were chosen anew take the place of the old ones. */
  take(range: Range): void {
    if (this.active) this.set(range, "to");
  }

  /** The keys of a handle; true when the key was one. */
  pressed(event: KeyboardEvent, end: End): boolean {
    const step = { ArrowRight: 1, ArrowUp: 1, PageUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: -1 }[event.key];
    if (step !== undefined) {
      const page = event.key.startsWith("Page");
      this.step(end, step, page ? "sentence" : event.shiftKey ? "letter" : "word");
      return true;
    }
    if (event.key === "Escape") this.giveUp();
    else if (event.key === "Enter") void this.save();
    else return false;
    return true;
  }

  private stepButton(end: End, step: 1 | -1): HTMLButtonElement {
    const made = button(step > 0 ? "›" : "‹", "secondary", () => this.step(end, step, "word"));
    made.setAttribute("aria-label", this.ground.text(`${end}-${step > 0 ? "later" : "earlier"}`));
    return made;
  }

  private step(end: End, step: number, kind: Kind): void {
    const range = this.range && stepped(this.ground.list, this.range, end, step, kind);
    if (range) this.set(range, end);
  }

  private set(range: Range, end: End): void {
    if (!inOrder(this.ground.list, range)) return;
    this.range = range;
    this.draw();
    const words = wordsIn(this.ground.list, range);
    const all = spans(words, "word");
    const letters = [...words];
    const [from, to] = (end === "from" ? all[0] : all[all.length - 1]) ?? [0, letters.length];
    const word = letters.slice(from, to).join("");
    this.handles[end].setAttribute("aria-valuetext", word);
    this.ground.say(this.ground.text(`told-${end}`, { word, n: all.length }));
  }

  private draw(): void {
    const range = this.range;
    if (!range) return;
    show(this.ground.list, range);
    const n = spans(wordsIn(this.ground.list, range), "word").length;
    this.told.textContent = this.ground.text("selected", { n });
    for (const end of ["from", "to"] as const) {
      const block = blockOf(this.ground.list, range[end].block);
      const length = codePoints((block && wordsOf(block)?.textContent) ?? "");
      this.handles[end].setAttribute("aria-valuenow", String(range[end].at));
      this.handles[end].setAttribute("aria-valuemax", String(length));
    }
    this.put();
  }

  /** The handles stand at the ends of the words: one above the first, one below the last. */
  private put(): void {
    const edges = this.edges();
    if (!edges) return;
    for (const end of ["from", "to"] as const) {
      this.handles[end].style.setProperty("left", `${edges[end].x + window.scrollX}px`);
      this.handles[end].style.setProperty("top", `${edges[end].y + window.scrollY}px`);
    }
  }

  /** Where the ends are in the window; `middle` is the height of the middle of the line. */
  private edges(): Record<End, { x: number; y: number; middle: number }> | null {
    const range = this.range;
    if (!range || !this.active) return null;
    const rects = domRange(this.ground.list, range)?.getClientRects();
    const first = rects?.[0];
    const last = rects?.[rects.length - 1];
    if (!first || !last) return null;
    return {
      from: { x: first.left, y: first.top, middle: (first.top + first.bottom) / 2 },
      to: { x: last.right, y: last.bottom, middle: (last.top + last.bottom) / 2 },
    };
  }

  private handle(end: End): HTMLButtonElement {
    const made = make("button", `border-handle handle-${end}`);
    made.type = "button";
    made.setAttribute("role", "slider");
    made.setAttribute("aria-label", this.ground.text(`handle-${end}`));
    made.setAttribute("aria-valuenow", "0");
    made.setAttribute("aria-valuemin", "0");
    made.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.pressed(event, end)) event.preventDefault();
    });
    made.addEventListener("pointerdown", (event) => this.grab(made, end, event));
    return made;
  }

  private grab(handle: HTMLButtonElement, end: End, grabbed: PointerEvent): void {
    const edge = this.edges()?.[end];
    if (!edge || grabbed.button !== 0) return;
    grabbed.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(grabbed.pointerId);
    // What lies under the handle must be found, and a finger hides the place it is on.
    handle.classList.add("dragged");
    const [dx, dy] = [grabbed.clientX - edge.x, grabbed.clientY - edge.middle];
    let at = { x: grabbed.clientX, y: grabbed.clientY };
    const finger = grabbed.pointerType === "touch";
    const go = () => this.drag(end, at.x - dx, at.y - dy, finger);
    const scroll = window.setInterval(() => {
      const over = at.y < EDGE ? -SCROLL : at.y > window.innerHeight - EDGE ? SCROLL : 0;
      if (over === 0) return;
      window.scrollBy(0, over);
      go();
    }, 30);
    const move = (event: PointerEvent) => {
      at = { x: event.clientX, y: event.clientY };
      go();
    };
    const done = () => {
      window.clearInterval(scroll);
      handle.classList.remove("dragged");
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", done);
      handle.removeEventListener("pointercancel", done);
      this.put();
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", done);
    handle.addEventListener("pointercancel", done);
  }

  private drag(end: End, x: number, y: number, finger: boolean): void {
    const place = caretAt(x, y);
    const point: Point | null = place && pointOf(place[0], place[1]);
    if (!this.range || !point) return;
    // A finger is too broad for letters.
    const to = finger ? snapped(this.ground.list, point, end) : point;
    const same = to.block === this.range[end].block && to.at === this.range[end].at;
    if (!same) this.set({ ...this.range, [end]: to }, end);
  }

  private async save(): Promise<void> {
    const { passage, range, before } = this;
    const back = range && blockOf(this.ground.list, range.to.block);
    this.stop();
    if (passage !== null && range && JSON.stringify(range) !== JSON.stringify(before)) {
      await this.ground.line.act(`/passages/${passage}/move`, range, () => this.ground.text("moved"));
    }
    this.ground.go(back);
  }

  giveUp(): void {
    const back = this.before && blockOf(this.ground.list, this.before.to.block);
    this.stop();
    this.ground.say(this.ground.text("cancelled"));
    this.ground.go(back);
  }

  private stop(): void {
    this.passage = null;
    this.range = null;
    this.bar.hidden = true;
    this.handles.from.remove();
    this.handles.to.remove();
    hide();
    document.getSelection()?.removeAllRanges();
  }
}
