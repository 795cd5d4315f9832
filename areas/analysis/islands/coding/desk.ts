// The element around the workspace: it puts its parts together, and knows which block has the focus.

import type { Block, Code, Done } from "./api.ts";
import { Borders } from "./borders.ts";
import { Card } from "./card.ts";
import { Draw, button, make } from "./draw.ts";
import type { Ground } from "./ground.ts";
import { Line } from "./line.ts";
import { Marking } from "./marking.ts";
import { Panel } from "./panel.ts";
import { Picker } from "./picker.ts";
import { followKeyboard } from "./shown.ts";
import { type TextOf, blockOf, wordsOf } from "./text.ts";
import { Windows } from "./windows.ts";

/** How long something that was told can be read, in ms. */
const TOLD_MS = 10_000;

export class Desk extends HTMLElement {
  private readonly texts = new Map<string, string>();
  private readonly help = make("dialog", "ds-dialog mark-help");
  private list!: HTMLOListElement;
  private draw!: Draw;
  private line!: Line;
  private panel!: Panel;
  private card!: Card;
  private borders!: Borders;
  private marking!: Marking;
  private saying: number | undefined;

  connectedCallback(): void {
    const list = this.querySelector<HTMLOListElement>(".blocks");
    if (!list) return;
    this.list = list;
    for (const text of this.querySelector<HTMLTemplateElement>(".desk-texts")?.content.children ?? []) {
      this.texts.set((text as HTMLElement).dataset["text"] ?? "", text.textContent ?? "");
    }
    this.putTogether(list);
    this.setUpHelp();
    this.querySelector(".desk-undo")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.undo();
    });
    for (const block of list.children) this.ready(block as HTMLElement);
    this.rove(list.firstElementChild as HTMLElement | null);
    list.addEventListener("keydown", (event) => this.onKey(event));
    list.addEventListener("click", (event) => void this.onClick(event));
  }

  private putTogether(list: HTMLOListElement): void {
    const say = (told: string, bad = false) => this.say(told, bad);
    this.panel = new Panel(this);
    const { codes } = this.panel;
    this.draw = new Draw(codes, this.text, this.dataset["source"] ?? "");
    this.line = new Line(this.querySelector(".desk-pending"), this.text, {
      learn: (code: Code) => this.panel.learn(code, this.draw),
      update: (done) => this.update(done),
      say,
    });
    const picker = new Picker(this, list, codes, this.draw, this.text, say);
    const go = (block: Element | null | undefined) => this.go(block);
    const ground: Ground = { host: this, list, codes, draw: this.draw, line: this.line, picker, text: this.text, say, go };
    this.borders = new Borders(ground);
    this.marking = new Marking(ground, this.borders);
    this.card = new Card(ground, (passage, opened) => {
      this.marking.stop();
      this.borders.start(passage, opened);
    });
    new Windows(this, list, {
      draw: (block) => this.drawn(block),
      busy: () => this.current(),
      held: () => this.marking.active || this.borders.active,
      changed: () => {
        if (!list.querySelector(".block-words[tabindex='0']")) this.rove(list.firstElementChild as HTMLElement);
      },
    });
    followKeyboard();
  }

  private readonly text: TextOf = (name, holes = {}) => {
    let text = this.texts.get(name) ?? name;
    for (const [hole, value] of Object.entries(holes)) text = text.replace(`{${hole}}`, String(value));
    return text;
  };

  private say(told: string, bad: boolean): void {
    const status = this.querySelector<HTMLElement>(".desk-status");
    if (!status) return;
    window.clearTimeout(this.saying);
    status.textContent = told;
    status.classList.toggle("bad", bad);
    // It lies over the page, so that nothing moves when it comes; what went well need not stay.
    if (!bad) this.saying = window.setTimeout(() => (status.textContent = ""), TOLD_MS);
  }

  // Blocks -----------------------------------------------------------------------------------------------------------

  private drawn(block: Block): HTMLElement {
    const item = this.draw.block(block);
    this.ready(item);
    return item;
  }

  private ready(block: HTMLElement): void {
    const words = wordsOf(block);
    if (!words) return;
    words.tabIndex = -1;
    words.setAttribute("role", "group");
    words.setAttribute("aria-roledescription", this.text("text-hint"));
  }

  /** One block at a time can be reached with Tab. */
  private rove(block: HTMLElement | null): void {
    for (const words of this.list.querySelectorAll<HTMLElement>(".block-words[tabindex='0']")) words.tabIndex = -1;
    const words = block && wordsOf(block);
    if (words) words.tabIndex = 0;
  }

  private current(): HTMLElement | null {
    const words = document.activeElement?.closest?.(".block-words");
    return words?.closest<HTMLElement>("[data-block]") ?? null;
  }

  private go(block: Element | null | undefined): void {
    const words = block && wordsOf(block);
    if (!words) return;
    this.rove(block as HTMLElement);
    words.focus({ preventScroll: true });
    words.scrollIntoView({ block: "nearest" });
  }

  private update(done: Done): void {
    for (const block of done.blocks) {
      const item = blockOf(this.list, block.id);
      if (item) this.draw.marks(item, block);
    }
    this.panel.recount();
  }

  // What is pressed --------------------------------------------------------------------------------------------------

  private async undo(): Promise<void> {
    // Sent twice it would take back two acts: it is not kept.
    await this.line.act(`/studies/${this.dataset["slug"]}/undo`, {}, () => this.text("undone"), false);
  }

  private async onClick(event: MouseEvent): Promise<void> {
    const target = event.target as Element;
    const margin = target.closest<HTMLElement>(".margin-mark");
    if (margin) {
      event.preventDefault();
      await this.card.open(margin.dataset["passage"] ?? "");
      return;
    }
    const block = target.closest<HTMLElement>("[data-block]");
    if (block) this.rove(block);
    const segment = target.closest<HTMLElement>(".seg");
    const selection = document.getSelection();
    if (segment && selection?.isCollapsed !== false && !this.borders.active) {
      const passages = (segment.dataset["passages"] ?? "").split(" ");
      await this.card.open(passages[passages.length - 1] ?? "");
    }
  }

  private onKey(event: KeyboardEvent): void {
    const block = this.current();
    if (!block) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
      event.preventDefault();
      void this.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.pressed(event, block)) event.preventDefault();
  }

  private pressed(event: KeyboardEvent, block: HTMLElement): boolean {
    if (this.borders.active) return this.borders.pressed(event, "to");
    if (event.key === "?") {
      this.help.showModal();
      return true;
    }
    if (event.key === "e" || event.key === "E") {
      block.querySelector<HTMLElement>(".margin-mark a")?.focus();
      return true;
    }
    return this.marking.key(event, block);
  }

  private setUpHelp(): void {
    const keys = this.querySelector<HTMLTemplateElement>(".desk-keys");
    if (keys) this.help.append(keys.content.cloneNode(true));
    this.help.append(button(this.text("close"), "secondary", () => this.help.close()));
    this.help.setAttribute("aria-label", this.text("help"));
    this.append(this.help);
    const open = this.querySelector<HTMLButtonElement>(".desk-help-button");
    if (open) {
      open.hidden = false;
      open.addEventListener("click", () => this.help.showModal());
    }
  }
}
