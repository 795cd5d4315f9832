// Choosing words and giving them codes: by mouse, by finger, by keyboard.

import type { Range } from "./api.ts";
import { button, make } from "./draw.ts";
import type { Ground } from "./ground.ts";
import type { Choice } from "./picker.ts";
import { Press } from "./press.ts";
import { asSheet } from "./shown.ts";
import { type Kind, blockOf, codePoints, select, selectedRange, spans, stepped, wordsIn, wordsOf } from "./text.ts";

/** A finger that selects moves for a while; a mouse says when it is done. */
const SETTLED_MS = 350;

export class Marking {
  private readonly bar = make("div", "mark-bar");
  /** The words that are chosen. */
  private range: Range | null = null;
  /** They are being chosen with the keyboard. */
  private byKeys = false;
  private pressed = false;
  private settling: number | undefined;

  constructor(
    private readonly ground: Ground,
    /** Who takes what is selected instead, while borders are changed. */
    private readonly borders: { readonly active: boolean; take(range: Range): void },
  ) {
    this.bar.hidden = true;
    // Pressing a button must not take the selection away.
    this.bar.addEventListener("pointerdown", (event) => event.preventDefault());
    ground.host.append(this.bar);
    new Press(ground.list);
    document.addEventListener("selectionchange", () => this.onSelection());
    document.addEventListener("pointerdown", (event) => (this.pressed = event.pointerType === "mouse"));
    document.addEventListener("pointerup", () => {
      this.pressed = false;
      window.setTimeout(() => this.settle(), 10);
    });
  }

  get active(): boolean {
    return this.byKeys;
  }

  private onSelection(): void {
    if (this.byKeys) return;
    window.clearTimeout(this.settling);
    if (!this.pressed) this.settling = window.setTimeout(() => this.settle(), SETTLED_MS);
  }

  /** What is selected now is what was meant. */
  private settle(): void {
    if (this.byKeys || document.querySelector("dialog[open]")) return;
    const selected = selectedRange(this.ground.list);
    // A double click beside the text selects a line's end: no words.
    const chosen = selected && wordsIn(this.ground.list, selected).trim() !== "" ? selected : null;
    if (this.borders.active) {
      if (chosen) this.borders.take(chosen);
      return;
    }
    this.range = chosen;
    if (chosen) this.showBar(chosen);
    else this.bar.hidden = true;
  }

  /** A small bar at what is selected; on a telephone at the foot of the page, where its own menu does not come. */
  private showBar(range: Range): void {
    const { list, text } = this.ground;
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0) return;
    const rects = selection.getRangeAt(0).getClientRects();
    const last = rects[rects.length - 1];
    if (!last) return;
    const told = text("selected", { n: spans(wordsIn(list, range), "word").length });
    this.bar.replaceChildren(
      make("span", "", told),
      button(text("mark-with"), "primary", () => void this.mark(range)),
      button(text("cancel"), "tertiary", () => this.stop()),
    );
    this.bar.hidden = false;
    if (asSheet()) return;
    const width = this.bar.offsetWidth;
    const left = Math.max(8, Math.min(last.right - width / 2, document.documentElement.clientWidth - width - 8));
    this.bar.style.setProperty("left", `${left + window.scrollX}px`);
    this.bar.style.setProperty("top", `${last.bottom + window.scrollY + 8}px`);
  }

  private async mark(range: Range): Promise<void> {
    const { list, picker, say, text, go } = this.ground;
    this.bar.hidden = true;
    const quote = wordsIn(list, range);
    const back = blockOf(list, range.from.block);
    const choice = await picker.ask(quote, range);
    if (!choice) {
      this.stop();
      select(list, range);
      say(text("cancelled"));
      go(back);
      return;
    }
    this.stop();
    await this.send(range, choice, quote);
    go(back);
  }

  private async send(range: Range, choice: Choice, quote: string): Promise<void> {
    const { codes, host, line, picker, text } = this.ground;
    const names = [...choice.codes.map((id) => codes.get(id)?.name ?? ""), ...choice.new_codes];
    const n = spans(quote, "word").length;
    const told = () => text("marked", { codes: names.join(", ") || text("note"), n });
    const done = await line.act(`/sources/${host.dataset["source"]}/marks`, { ...range, ...choice }, told);
    picker.used([...choice.codes, ...(done?.codes ?? []).map((code) => code.id)]);
  }

  stop(): void {
    this.byKeys = false;
    this.range = null;
    this.bar.hidden = true;
    document.getSelection()?.removeAllRanges();
  }

  // Keyboard ---------------------------------------------------------------------------------------------------------

  /** Keys on the text of a block; true when the key was one. */
  key(event: KeyboardEvent, block: HTMLElement): boolean {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (step !== undefined) {
      if (event.shiftKey) return this.extend(block, step, sideways ? "word" : "sentence");
      if (sideways) return this.byKeys && this.stepWord(block, step);
      this.stop();
      this.ground.go(step > 0 ? block.nextElementSibling : block.previousElementSibling);
      return true;
    }
    switch (event.key) {
      case "m":
      case "M":
        return this.begin(block, "word");
      case "b":
      case "B":
        return this.begin(block, "block");
      case "Escape":
        this.stop();
        this.ground.say(this.ground.text("cancelled"));
        return true;
      case "Enter":
        if (!this.range) return false;
        void this.mark(this.range);
        return true;
      default:
        return false;
    }
  }

  private choose(range: Range): void {
    const { list, say, text } = this.ground;
    this.range = range;
    this.byKeys = true;
    select(list, range);
    const words = wordsIn(list, range);
    say(`${text("selected", { n: spans(words, "word").length })}: ${words}`);
  }

  private begin(block: HTMLElement, what: "word" | "block"): boolean {
    const id = block.dataset["block"] ?? "";
    const text = wordsOf(block)?.textContent ?? "";
    const first = what === "word" ? spans(text, "word")[0] : ([0, codePoints(text.trimEnd())] as const);
    if (!first || first[0] === first[1]) return true;
    this.choose({ from: { block: id, at: first[0] }, to: { block: id, at: first[1] } });
    if (what === "word") this.ground.say(this.ground.text("marking"));
    return true;
  }

  private stepWord(block: HTMLElement, step: number): boolean {
    const range = this.range;
    if (!range || range.from.block !== block.dataset["block"]) return true;
    const words = spans(wordsOf(block)?.textContent ?? "", "word");
    const at = words.findIndex(([from]) => from >= range.from.at);
    const next = words[Math.max(0, Math.min(words.length - 1, at + step))];
    if (!next) return true;
    this.choose({ from: { ...range.from, at: next[0] }, to: { block: range.from.block, at: next[1] } });
    return true;
  }

  /** The end of what is chosen goes on by a word or a sentence, also into the next block. */
  private extend(block: HTMLElement, step: number, kind: Kind): boolean {
    if (!this.range) return this.begin(block, "word");
    const wanted = stepped(this.ground.list, this.range, "to", step, kind);
    if (wanted) this.choose(wanted);
    return true;
  }
}
