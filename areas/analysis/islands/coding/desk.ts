// The element around the workspace: marking, moving borders, undo, windows that load while reading.

import { type Block, type Code, type Done, Offline, type Opened, type Range, Refused, ask } from "./api.ts";
import { Draw, button, make } from "./draw.ts";
import { type Choice, Picker } from "./picker.ts";
import { blockOf, codePoints, pointOf, select, selectedRange, spans, wordsOf } from "./text.ts";

const WINDOW = 50;
/** Blocks kept in the page; those far from what is read go. */
const KEPT = 240;

interface Waiting {
  path: string;
  body: unknown;
  told: (done: Done) => string;
}

export class Desk extends HTMLElement {
  private texts = new Map<string, string>();
  private codes = new Map<string, Code>();
  private draw!: Draw;
  private picker!: Picker;
  private list!: HTMLOListElement;
  private bar = make("div", "mark-bar");
  private card = make("dialog", "ds-dialog mark-card");
  private help = make("dialog", "ds-dialog mark-help");
  /** Words being chosen with the keyboard, as word numbers in one block, or a range made otherwise. */
  private range: Range | null = null;
  private marking = false;
  /** The passage whose borders are being changed. */
  private bordersOf: string | null = null;
  private waiting: Waiting[] = [];
  private loading = false;
  private counting: number | undefined;

  connectedCallback(): void {
    const list = this.querySelector<HTMLOListElement>(".blocks");
    if (!list) return;
    this.list = list;
    for (const text of this.querySelector<HTMLTemplateElement>(".desk-texts")?.content.children ?? []) {
      this.texts.set((text as HTMLElement).dataset["text"] ?? "", text.textContent ?? "");
    }
    for (const row of this.querySelectorAll<HTMLElement>("[data-code]")) {
      const { code, name, sign, colour, codable } = row.dataset;
      if (codable !== "true") continue;
      this.codes.set(code ?? "", { id: code ?? "", name: name ?? "", sign: sign ?? "", colour: colour ?? "" });
    }
    this.draw = new Draw(this.codes, this.text, this.dataset["source"] ?? "");
    this.picker = new Picker(this, this.codes, this.draw, this.text, (told) => this.say(told));
    this.bar.hidden = true;
    this.append(this.bar, this.card, this.help);
    this.setUpHelp();
    this.setUpSearch();
    this.setUpUndo();
    for (const block of list.children) this.ready(block as HTMLElement);
    this.rove(list.firstElementChild as HTMLElement | null);
    list.addEventListener("keydown", (event) => this.onKey(event));
    list.addEventListener("click", (event) => void this.onClick(event));
    document.addEventListener("selectionchange", () => this.onSelection());
    document.addEventListener("pointerup", () => window.setTimeout(() => this.showBar(), 10));
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting.length > 0) event.preventDefault();
    });
    this.setUpWindows();
    this.drawer();
  }

  private readonly text = (name: string, holes: Record<string, string | number> = {}): string => {
    let text = this.texts.get(name) ?? name;
    for (const [hole, value] of Object.entries(holes)) text = text.replace(`{${hole}}`, String(value));
    return text;
  };

  private say(told: string, bad = false): void {
    const status = this.querySelector<HTMLElement>(".desk-status");
    if (!status) return;
    status.textContent = told;
    status.classList.toggle("bad", bad);
  }

  /** On a narrow screen the tree begins closed. */
  private drawer(): void {
    const drawer = this.querySelector<HTMLDetailsElement>(".code-drawer");
    if (drawer && window.matchMedia("(max-width: 60rem)").matches) drawer.open = false;
  }

  // Blocks -----------------------------------------------------------------------------------------------------------

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
    words.focus();
    words.scrollIntoView({ block: "nearest" });
  }

  private update(blocks: Block[]): void {
    for (const block of blocks) {
      const item = blockOf(this.list, block.id);
      if (item) this.draw.marks(item, block);
    }
    window.clearTimeout(this.counting);
    this.counting = window.setTimeout(() => void this.count(), 400);
  }

  private async count(): Promise<void> {
    const path = `/studies/${this.dataset["slug"]}/codes?source=${this.dataset["source"]}`;
    const told = await ask<{ codes: (Code & { n: number })[] }>(path).catch(() => null);
    for (const code of told?.codes ?? []) {
      const place = this.querySelector(`[data-count="${CSS.escape(code.id)}"]`);
      if (place) place.textContent = String(code.n);
    }
  }

  // Acts -------------------------------------------------------------------------------------------------------------

  private async act(path: string, body: unknown, told: (done: Done) => string): Promise<Done | null> {
    try {
      const done = await ask<Done>(path, body);
      for (const code of done.codes) this.learn(code);
      this.update(done.blocks);
      this.say(told(done));
      return done;
    } catch (problem) {
      if (problem instanceof Refused) this.say(problem.message, true);
      else if (problem instanceof Offline) {
        this.waiting.push({ path, body, told });
        this.say(this.text("offline"), true);
        this.showWaiting();
      } else throw problem;
      return null;
    }
  }

  /** A code that was made while marking joins the tree. */
  private learn(code: Code): void {
    const known = this.codes.has(code.id);
    this.codes.set(code.id, code);
    if (known) return;
    const link = make("a", "", this.draw.tag(code));
    link.href = `/codes/${code.id}`;
    const count = make("span", "code-count", "0");
    count.dataset["count"] = code.id;
    const row = make("li", "code-row level-0", link, count);
    row.dataset["code"] = code.id;
    row.dataset["name"] = code.name;
    this.querySelector(".code-tree")?.append(row);
  }

  private showWaiting(): void {
    const place = this.querySelector<HTMLElement>(".desk-pending");
    if (!place) return;
    place.hidden = this.waiting.length === 0;
    const again = button(this.text("retry"), "primary", () => void this.tryAgain());
    const drop = button(this.text("discard"), "tertiary", () => {
      this.waiting = [];
      this.showWaiting();
    });
    place.replaceChildren(make("p", "", this.text("pending", { n: this.waiting.length })), again, drop);
  }

  private async tryAgain(): Promise<void> {
    const all = this.waiting;
    this.waiting = [];
    for (const one of all) await this.act(one.path, one.body, one.told);
    this.showWaiting();
  }

  private words(range: Range): string {
    const first = wordsOf(blockOf(this.list, range.from.block) ?? this.list)?.textContent ?? "";
    if (range.from.block === range.to.block) return [...first].slice(range.from.at, range.to.at).join("");
    const blocks = [...this.list.querySelectorAll<HTMLElement>(".block")];
    const at = (id: string) => blocks.findIndex((block) => block.dataset["block"] === id);
    const texts = blocks.slice(at(range.from.block), at(range.to.block) + 1).map((block) => [...(wordsOf(block)?.textContent ?? "")]);
    const last = texts.length - 1;
    return texts.map((text, n) => text.slice(n === 0 ? range.from.at : 0, n === last ? range.to.at : undefined).join("")).join("\n");
  }

  private async markRange(range: Range): Promise<void> {
    this.bar.hidden = true;
    const quote = this.words(range);
    const back = blockOf(this.list, range.from.block);
    const choice = await this.picker.ask(quote);
    if (!choice) {
      select(this.list, range);
      this.say(this.text("cancelled"));
      this.go(back);
      return;
    }
    await this.sendMark(range, choice, quote);
    this.stopMarking();
    this.go(back);
  }

  private async sendMark(range: Range, choice: Choice, quote: string): Promise<void> {
    const names = [...choice.codes.map((id) => this.codes.get(id)?.name ?? ""), ...choice.new_codes];
    const n = spans(quote, "word").length;
    const told = () => this.text("marked", { codes: names.join(", ") || this.text("note"), n });
    const done = await this.act(`/sources/${this.dataset["source"]}/marks`, { ...range, ...choice }, told);
    this.picker.used([...choice.codes, ...(done?.codes ?? []).map((code) => code.id)]);
    document.getSelection()?.removeAllRanges();
  }

  private async undo(): Promise<void> {
    await this.act(`/studies/${this.dataset["slug"]}/undo`, {}, () => this.text("undone"));
  }

  // Mouse and finger -------------------------------------------------------------------------------------------------

  private onSelection(): void {
    const selected = selectedRange(this.list);
    // A double click beside the text selects a line's end: no words.
    const chosen = selected && this.words(selected).trim() !== "" ? selected : null;
    if (this.bordersOf !== null) this.range = chosen ?? this.range;
    if (this.marking) return;
    this.range = chosen;
    if (!this.range) this.bar.hidden = this.bordersOf === null;
  }

  /** A small bar at what is selected. */
  private showBar(): void {
    const range = this.range;
    if (!range || this.picker === undefined || this.card.open) return;
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0) return;
    const rects = selection.getRangeAt(0).getClientRects();
    const last = rects[rects.length - 1];
    if (!last) return;
    const inside =
      this.bordersOf === null
        ? [button(this.text("mark-with"), "primary", () => void this.markRange(range))]
        : [button(this.text("save"), "primary", () => void this.saveBorders(range))];
    inside.push(button(this.text("cancel"), "tertiary", () => this.stopMarking()));
    this.bar.replaceChildren(make("span", "", this.text("selected", { n: spans(this.words(range), "word").length })), ...inside);
    this.bar.hidden = false;
    const width = this.bar.offsetWidth;
    const left = Math.max(8, Math.min(last.right - width / 2, document.documentElement.clientWidth - width - 8));
    this.bar.style.setProperty("left", `${left + window.scrollX}px`);
    this.bar.style.setProperty("top", `${last.bottom + window.scrollY + 8}px`);
  }

  private async onClick(event: MouseEvent): Promise<void> {
    const target = event.target as Element;
    const margin = target.closest<HTMLElement>(".margin-mark");
    if (margin) {
      event.preventDefault();
      await this.open(margin.dataset["passage"] ?? "");
      return;
    }
    const segment = target.closest<HTMLElement>(".seg");
    const selection = document.getSelection();
    if (segment && selection?.isCollapsed !== false) {
      const passages = (segment.dataset["passages"] ?? "").split(" ");
      await this.open(passages[passages.length - 1] ?? "");
    }
    const block = target.closest<HTMLElement>("[data-block]");
    if (block) this.rove(block);
  }

  // One mark ---------------------------------------------------------------------------------------------------------

  private async open(passage: string): Promise<void> {
    let opened: Opened;
    try {
      opened = await ask<Opened>(`/passages/${passage}`);
    } catch (problem) {
      this.say(problem instanceof Refused ? problem.message : this.text("offline"), true);
      return;
    }
    this.show(opened);
  }

  private show(opened: Opened): void {
    const id = opened.passage.id;
    const again = async (done: Done | null) => {
      this.card.close();
      if (done && done.blocks.some((block) => block.marks.some((mark) => mark.passage === id))) await this.open(id);
    };
    const codes = opened.codings.flatMap((coding) => {
      const code = this.codes.get(coding.code);
      if (!code) return [];
      const off = button(this.text("remove-code"), "tertiary", () => {
        void this.act(`/passages/${id}/codes`, { remove: [coding.code] }, () => this.text("saved")).then(again);
      });
      off.setAttribute("aria-label", `${this.text("remove-code")}: ${code.name}`);
      return [make("li", "", this.draw.tag(code), make("span", "coder", this.text("by", { who: coding.coder })), off)];
    });
    const notes = opened.notes.map((note) => make("li", "", make("strong", "", `${note.author}: `), note.text));
    const field = make("textarea", "ds-input");
    field.id = "card-note";
    field.rows = 2;
    const label = make("label", "ds-label", this.text("new-note"));
    label.htmlFor = field.id;
    const whole = make("a", "ds-link", this.text("open"));
    whole.href = `/passages/${id}`;
    const title = make("h2", "ds-heading", this.text("passage"));
    title.dataset["size"] = "xs";
    const save = button(this.text("save"), "secondary", () => {
      if (field.value.trim() === "") return;
      void this.act(`/passages/${id}/notes`, { text: field.value }, () => this.text("saved")).then(again);
    });
    const add = button(this.text("add-code"), "primary", () => void this.addCode(id, again));
    const borders = button(this.text("borders"), "secondary", () => this.startBorders(id, opened.passage.anchor));
    const remove = button(this.text("delete"), "secondary", () => {
      void this.act(`/passages/${id}/delete`, {}, () => this.text("removed")).then(() => this.card.close());
    });
    remove.dataset["color"] = "danger";
    this.card.replaceChildren(
      title,
      make("ul", "card-codes", ...codes),
      make("div", "card-acts", add, borders, remove),
      make("ul", "card-notes", ...notes),
      label,
      field,
      make("div", "card-acts", save, whole, button(this.text("close"), "tertiary", () => this.card.close())),
    );
    this.card.setAttribute("aria-label", this.text("passage"));
    if (!this.card.open) this.card.showModal();
    if (opened.passage.anchor) select(this.list, opened.passage.anchor);
  }

  private async addCode(passage: string, again: (done: Done | null) => Promise<void>): Promise<void> {
    this.card.close();
    const choice = await this.picker.ask("");
    if (!choice) return;
    let done: Done | null = null;
    if (choice.codes.length + choice.new_codes.length > 0) {
      const body = { add: choice.codes, new_codes: choice.new_codes };
      done = await this.act(`/passages/${passage}/codes`, body, () => this.text("saved"));
      this.picker.used(choice.codes);
    }
    if (choice.note !== "") {
      done = await this.act(`/passages/${passage}/notes`, { text: choice.note }, () => this.text("saved"));
    }
    await again(done);
  }

  // Borders ----------------------------------------------------------------------------------------------------------

  private startBorders(passage: string, anchor: Range | null): void {
    this.card.close();
    if (!anchor) return;
    this.bordersOf = passage;
    this.marking = true;
    this.range = anchor;
    this.go(blockOf(this.list, anchor.to.block));
    select(this.list, anchor);
    this.say(this.text("borders-how"));
    this.showHandles();
    this.marking = true;
    this.showBar();
  }

  /** A handle at each end that can be dragged. */
  private showHandles(): void {
    this.removeHandles();
    const range = this.range;
    if (!range || this.bordersOf === null) return;
    const rects = document.getSelection()?.getRangeAt(0).getClientRects();
    const first = rects?.[0];
    const last = rects?.[rects.length - 1];
    if (!first || !last) return;
    const handle = (end: "from" | "to", x: number, y: number) => {
      const made = make("button", `border-handle handle-${end}`);
      made.type = "button";
      made.tabIndex = -1;
      made.setAttribute("aria-label", this.text(`handle-${end}`));
      made.style.setProperty("left", `${x + window.scrollX}px`);
      made.style.setProperty("top", `${y + window.scrollY}px`);
      made.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        made.setPointerCapture(event.pointerId);
        const drag = (move: PointerEvent) => this.drag(end, move.clientX, move.clientY);
        made.addEventListener("pointermove", drag);
        made.addEventListener("pointerup", () => {
          made.removeEventListener("pointermove", drag);
          this.showHandles();
          this.showBar();
        });
      });
      this.append(made);
    };
    handle("from", first.left, first.top);
    handle("to", last.right, last.bottom);
  }

  private removeHandles(): void {
    for (const handle of this.querySelectorAll(".border-handle")) handle.remove();
  }

  private drag(end: "from" | "to", x: number, y: number): void {
    const range = this.range;
    const place = caretAt(x, y);
    const point = place && pointOf(place[0], place[1]);
    if (!range || !point) return;
    const wanted = { ...range, [end]: point };
    if (this.inOrder(wanted)) {
      this.range = wanted;
      select(this.list, wanted);
    }
  }

  private inOrder(range: Range): boolean {
    if (range.from.block === range.to.block) return range.from.at < range.to.at;
    const place = (id: string) => Number(blockOf(this.list, id)?.dataset["place"] ?? 0);
    return place(range.from.block) < place(range.to.block);
  }

  private async saveBorders(range: Range): Promise<void> {
    const passage = this.bordersOf;
    const back = blockOf(this.list, range.to.block);
    this.stopMarking();
    if (passage !== null) await this.act(`/passages/${passage}/move`, range, () => this.text("moved"));
    this.go(back);
  }

  private stopMarking(): void {
    this.marking = false;
    this.bordersOf = null;
    this.range = null;
    this.bar.hidden = true;
    this.removeHandles();
    document.getSelection()?.removeAllRanges();
  }

  // Keyboard ---------------------------------------------------------------------------------------------------------

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
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (step !== undefined) {
      if (event.shiftKey) return this.extend(block, step, sideways ? "word" : "sentence");
      if (sideways) return this.marking && this.bordersOf === null && this.stepWord(block, step);
      if (this.bordersOf !== null) return true;
      this.stopMarking();
      this.go(step > 0 ? block.nextElementSibling : block.previousElementSibling);
      return true;
    }
    switch (event.key) {
      case "m":
      case "M":
        return this.begin(block, "word");
      case "b":
      case "B":
        return this.begin(block, "block");
      case "e":
      case "E":
        return this.nextMark(block);
      case "?":
        this.help.showModal();
        return true;
      case "Escape":
        this.stopMarking();
        this.say(this.text("cancelled"));
        return true;
      case "Enter":
        if (!this.range) return false;
        void (this.bordersOf === null ? this.markRange(this.range) : this.saveBorders(this.range));
        return true;
      default:
        return false;
    }
  }

  private choose(range: Range): void {
    this.range = range;
    this.marking = true;
    select(this.list, range);
    const words = this.words(range);
    this.say(`${this.text("selected", { n: spans(words, "word").length })}: ${words}`);
  }

  private begin(block: HTMLElement, what: "word" | "block"): boolean {
    const id = block.dataset["block"] ?? "";
    const text = wordsOf(block)?.textContent ?? "";
    const first = what === "word" ? spans(text, "word")[0] : ([0, codePoints(text.trimEnd())] as const);
    if (!first || first[0] === first[1]) return true;
    this.choose({ from: { block: id, at: first[0] }, to: { block: id, at: first[1] } });
    if (what === "word") this.say(this.text("marking"));
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
  private extend(block: HTMLElement, step: number, kind: "word" | "sentence"): boolean {
    if (!this.range) return this.begin(block, "word");
    const range = this.range;
    const last = blockOf(this.list, range.to.block);
    if (!last) return true;
    const ends = spans(wordsOf(last)?.textContent ?? "", kind).map(([, to]) => to);
    let wanted: Range | null = null;
    const next = step > 0 ? ends.find((to) => to > range.to.at) : ends.filter((to) => to < range.to.at).pop();
    if (next !== undefined) wanted = { ...range, to: { ...range.to, at: next } };
    else {
      const other = (step > 0 ? last.nextElementSibling : last.previousElementSibling) as HTMLElement | null;
      const inOther = spans((other && wordsOf(other)?.textContent) ?? "", kind).map(([, to]) => to);
      const at = step > 0 ? inOther[0] : inOther[inOther.length - 1];
      if (other && at !== undefined) wanted = { ...range, to: { block: other.dataset["block"] ?? "", at } };
    }
    if (wanted && this.inOrder(wanted)) {
      this.choose(wanted);
      if (this.bordersOf !== null) this.showHandles();
    }
    return true;
  }

  private nextMark(block: HTMLElement): boolean {
    const marks = [...block.querySelectorAll<HTMLElement>(".margin-mark a")];
    marks[0]?.focus();
    return true;
  }

  // Panel, help, undo ------------------------------------------------------------------------------------------------

  private setUpHelp(): void {
    const keys = this.querySelector<HTMLTemplateElement>(".desk-keys");
    if (keys) this.help.append(keys.content.cloneNode(true));
    this.help.append(button(this.text("close"), "secondary", () => this.help.close()));
    this.help.setAttribute("aria-label", this.text("help"));
    const open = this.querySelector<HTMLButtonElement>(".desk-help-button");
    if (open) {
      open.hidden = false;
      open.addEventListener("click", () => this.help.showModal());
    }
  }

  private setUpSearch(): void {
    const box = this.querySelector<HTMLElement>(".code-search");
    const field = box?.querySelector("input");
    if (!box || !field) return;
    box.hidden = false;
    field.addEventListener("input", () => {
      const needle = field.value.trim().toLocaleLowerCase();
      for (const row of this.querySelectorAll<HTMLElement>(".code-row")) {
        row.hidden = !(row.dataset["name"] ?? "").toLocaleLowerCase().includes(needle);
      }
    });
  }

  private setUpUndo(): void {
    this.querySelector(".desk-undo")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.undo();
    });
  }

  // Windows ----------------------------------------------------------------------------------------------------------

  private setUpWindows(): void {
    const before = this.querySelector<HTMLElement>(".steps-before");
    const after = this.querySelector<HTMLElement>(".steps-after");
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
    const total = Number(this.dataset["total"] ?? 0);
    if (this.loading || first === 0 || (after ? last >= total : first <= 1)) return;
    this.loading = true;
    const from = after ? last + 1 : Math.max(1, first - WINDOW);
    const limit = after ? WINDOW : first - from;
    const path = `/sources/${this.dataset["source"]}/window?from=${from}&limit=${limit}`;
    const told = await ask<{ blocks: Block[] }>(path).catch(() => null);
    if (told) this.put(told.blocks, after);
    this.loading = false;
    this.steps();
  }

  private put(blocks: Block[], after: boolean): void {
    const made = blocks
      .filter((block) => blockOf(this.list, block.id) === null)
      .map((block) => {
        const item = this.draw.block(block);
        this.ready(item);
        return item;
      });
    const height = document.documentElement.scrollHeight;
    const top = window.scrollY;
    if (after) this.list.append(...made);
    else {
      this.list.prepend(...made);
      const grown = document.documentElement.scrollHeight - height;
      // Browsers that keep the place by themselves have moved already.
      if (window.scrollY === top) window.scrollTo(window.scrollX, top + grown);
    }
    const busy = this.current();
    for (let over = this.list.children.length - KEPT; over > 0; over -= 1) {
      const far = after ? this.list.firstElementChild : this.list.lastElementChild;
      if (!far || far === busy || this.marking) break;
      const shrunk = (far as HTMLElement).offsetHeight;
      const here = window.scrollY;
      far.remove();
      if (after && window.scrollY === here) window.scrollTo(window.scrollX, here - shrunk);
    }
    if (!this.list.querySelector(".block-words[tabindex='0']")) this.rove(this.list.firstElementChild as HTMLElement);
  }

  /** The links to the next window are needed no more where there is none. */
  private steps(): void {
    const hide = (which: string, gone: boolean) => {
      const link = this.querySelector<HTMLElement>(`.steps-${which} a`);
      if (link) link.hidden = gone;
    };
    hide("before", this.place(this.list.firstElementChild) <= 1);
    hide("after", this.place(this.list.lastElementChild) >= Number(this.dataset["total"] ?? 0));
  }
}

function caretAt(x: number, y: number): [Node, number] | null {
  const page = document as Document & {
    caretPositionFromPoint?: (x: number, y: number) => { offsetNode: Node; offset: number } | null;
    caretRangeFromPoint?: (x: number, y: number) => globalThis.Range | null;
  };
  const position = page.caretPositionFromPoint?.(x, y);
  if (position) return [position.offsetNode, position.offset];
  const range = page.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : null;
}
