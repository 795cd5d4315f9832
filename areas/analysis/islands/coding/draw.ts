// Blocks as the page shows them: the same as `pages/show.rs` writes. Everything people wrote goes in as text.

import type { Block, Code, Mark } from "./api.ts";

const MARGIN = 4;

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = "",
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

export function button(text: string, variant: "primary" | "secondary" | "tertiary", act: () => void): HTMLButtonElement {
  const made = make("button", "ds-button", text);
  made.type = "button";
  made.dataset["size"] = "sm";
  made.dataset["variant"] = variant;
  made.addEventListener("click", act);
  return made;
}

export class Draw {
  constructor(
    private readonly codes: ReadonlyMap<string, Code>,
    private readonly text: (name: string, holes?: Record<string, string | number>) => string,
    private readonly source: string,
  ) {}

  tag(code: Code): HTMLElement {
    const tag = make("span", "code-tag", make("span", "code-name", code.name));
    if (code.sign !== "") {
      const sign = make("span", "code-sign", code.sign);
      sign.setAttribute("aria-hidden", "true");
      tag.prepend(sign);
    }
    tag.style.setProperty("--code", code.colour);
    return tag;
  }

  block(block: Block): HTMLLIElement {
    const item = make("li", `block block-${block.kind} side-${block.side ?? "none"}`);
    item.id = `b-${block.place}`;
    item.dataset["block"] = block.id;
    item.dataset["place"] = String(block.place);
    const head = make("div", "block-head", make("span", "block-number", String(block.place)));
    if (block.speaker !== null) head.append(make("span", "block-speaker", block.speaker));
    const mark = make("a", "ds-link block-mark", this.text("mark"));
    mark.href = `/sources/${this.source}/mark?block=${block.id}`;
    mark.setAttribute("aria-label", this.text("mark-block", { n: block.place }));
    head.append(mark);
    const words = make("div", "block-words");
    words.dir = "auto";
    item.append(head, words, make("div", "margin"));
    this.marks(item, block);
    return item;
  }

  /** Writes the text and the names of the marks of a block anew. */
  marks(item: HTMLElement, block: Block): void {
    item.querySelector(".block-words")?.replaceChildren(...this.inline(block));
    item.querySelector(".margin")?.replaceWith(this.margin(block.marks));
  }

  private inline(block: Block): Node[] {
    const letters = [...block.text];
    const cuts = new Set([0, letters.length]);
    for (const mark of block.marks) if (mark.from < mark.to) cuts.add(mark.from).add(mark.to);
    const sorted = [...cuts].sort((a, b) => a - b);
    return sorted.slice(1).map((to, n) => {
      const from = sorted[n] ?? 0;
      const text = letters.slice(from, to).join("");
      const here = block.marks.filter((mark) => mark.from <= from && to <= mark.to && mark.from < mark.to);
      if (here.length === 0) return document.createTextNode(text);
      const span = make("span", `seg depth-${Math.min(here.length, 4)}`, text);
      span.dataset["passages"] = here.map((mark) => mark.passage).join(" ");
      const colours = here.flatMap((mark) => mark.codes).flatMap(({ code }) => this.codes.get(code)?.colour ?? []);
      const [first, second] = colours;
      if (first === undefined) span.classList.add("seg-note");
      else span.style.setProperty("--code", first);
      if (second !== undefined) {
        span.classList.add("two");
        span.style.setProperty("--code2", second);
      }
      return span;
    });
  }

  private margin(marks: Mark[]): HTMLElement {
    const margin = make("div", "margin");
    const list = (some: Mark[]) => make("ul", "margin-marks", ...some.map((mark) => this.marginMark(mark)));
    if (marks.length > 0) margin.append(list(marks.slice(0, MARGIN)));
    if (marks.length > MARGIN) {
      const rest = marks.slice(MARGIN);
      const summary = make("summary", "", this.text("more-marks", { n: rest.length }));
      margin.append(make("details", "margin-more", summary, list(rest)));
    }
    return margin;
  }

  private marginMark(mark: Mark): HTMLLIElement {
    const link = make("a");
    link.href = `/passages/${mark.passage}`;
    if (!mark.begins) link.append(make("span", "from-before", this.text("from-before")));
    for (const given of mark.codes) {
      const code = this.codes.get(given.code);
      if (code) link.append(this.tag(code));
    }
    if (mark.notes > 0) link.append(make("span", "has-note", this.text("notes-n", { n: mark.notes })));
    if (mark.quote !== null) link.append(make("span", "has-quote", this.text("quote-n", { n: mark.quote })));
    if (mark.empty) link.append(make("span", "is-empty", this.text("words-gone")));
    const item = make("li", mark.begins ? "margin-mark" : "margin-mark goes-on", link);
    item.dataset["passage"] = mark.passage;
    return item;
  }
}
