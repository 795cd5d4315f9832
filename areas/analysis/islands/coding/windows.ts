// Windows that load while reading: blocks come before they are reached, and those far away go.

import { type Block, ask } from "./api.ts";
import { blockOf } from "./text.ts";

const WINDOW = 50;
/** Blocks kept in the page. */
const KEPT = 240;

/** What the desk does with blocks. */
export interface Keeper {
  draw(block: Block): HTMLElement;
  /** A block that must stay: somebody is at it. */
  busy(): Element | null;
  /** None may go: something is chosen that may lie in any. */
  held(): boolean;
  changed(): void;
}

export class Windows {
  private loading = false;

  constructor(
    private readonly desk: HTMLElement,
    private readonly list: HTMLOListElement,
    private readonly keeper: Keeper,
  ) {
    const before = desk.querySelector<HTMLElement>(".steps-before");
    const after = desk.querySelector<HTMLElement>(".steps-after");
    if (!before || !after) return;
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting) void this.load(entry.target === after);
        }
      },
      { rootMargin: "600px" },
    );
    seen.observe(after);
    // What lies above is loaded when it is scrolled to, not at once: the page would jump.
    window.addEventListener("scroll", () => {
      if (window.scrollY > 0 && before.getBoundingClientRect().bottom > -200) void this.load(false);
    });
  }

  private place(block: Element | null): number {
    return Number((block as HTMLElement | null)?.dataset["place"] ?? 0);
  }

  private async load(after: boolean): Promise<void> {
    const first = this.place(this.list.firstElementChild);
    const last = this.place(this.list.lastElementChild);
    const total = Number(this.desk.dataset["total"] ?? 0);
    if (this.loading || first === 0 || (after ? last >= total : first <= 1)) return;
    this.loading = true;
    const from = after ? last + 1 : Math.max(1, first - WINDOW);
    const limit = after ? WINDOW : first - from;
    const path = `/sources/${this.desk.dataset["source"]}/window?from=${from}&limit=${limit}`;
    const told = await ask<{ blocks: Block[] }>(path).catch(() => null);
    if (told) this.put(told.blocks, after);
    this.loading = false;
    this.steps();
  }

  private put(blocks: Block[], after: boolean): void {
    const made = blocks.filter((block) => blockOf(this.list, block.id) === null).map((block) => this.keeper.draw(block));
    const height = document.documentElement.scrollHeight;
    const top = window.scrollY;
    if (after) this.list.append(...made);
    else {
      this.list.prepend(...made);
      const grown = document.documentElement.scrollHeight - height;
      // Browsers that keep the place by themselves have moved already.
      if (window.scrollY === top) window.scrollTo(window.scrollX, top + grown);
    }
    const busy = this.keeper.busy();
    for (let over = this.list.children.length - KEPT; over > 0; over -= 1) {
      const far = after ? this.list.firstElementChild : this.list.lastElementChild;
      if (!far || far === busy || this.keeper.held()) break;
      const shrunk = (far as HTMLElement).offsetHeight;
      const here = window.scrollY;
      far.remove();
      if (after && window.scrollY === here) window.scrollTo(window.scrollX, here - shrunk);
    }
    this.keeper.changed();
  }

  /** The links to the next window are needed no more where there is none. */
  private steps(): void {
    const hide = (which: string, gone: boolean) => {
      const link = this.desk.querySelector<HTMLElement>(`.steps-${which} a`);
      if (link) link.hidden = gone;
    };
    hide("before", this.place(this.list.firstElementChild) <= 1);
    hide("after", this.place(this.list.lastElementChild) >= Number(this.desk.dataset["total"] ?? 0));
  }
}
