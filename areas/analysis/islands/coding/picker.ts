// Choosing codes: a field to type in, with the list that fits below it (the combobox pattern of ARIA).

import type { Code, Range } from "./api.ts";
import { type Draw, button, make } from "./draw.ts";
import { byFinger, hide, reveal, settle, show } from "./shown.ts";
import type { TextOf } from "./text.ts";

export interface Choice {
  codes: string[];
  new_codes: string[];
  note: string;
}

type Option = { code: Code } | { name: string };

const key = (option: Option) => ("code" in option ? option.code.id : `+${option.name}`);
const label = (option: Option) => ("code" in option ? option.code.name : option.name);

export class Picker {
  private readonly dialog = make("dialog", "ds-dialog code-picker");
  private readonly field = make("input", "ds-input");
  private readonly list = make("ul", "picker-list");
  private readonly chosenList = make("ul", "picker-chosen");
  private readonly note = make("textarea", "ds-input");
  private readonly problem = make("p", "picker-problem");
  private chosen: Option[] = [];
  private options: Option[] = [];
  private active = 0;
  private settle: ((choice: Choice | null) => void) | undefined;
  private recent: string[] = [];

  constructor(
    private readonly host: HTMLElement,
    private readonly blocks: Element,
    private readonly codes: ReadonlyMap<string, Code>,
    private readonly draw: Draw,
    private readonly text: TextOf,
    private readonly say: (told: string) => void,
  ) {
    this.build();
    host.append(this.dialog);
  }

  /** Asks for codes and a note for some words, which stay in sight; null when the person goes back. */
  ask(quote: string, range: Range | null): Promise<Choice | null> {
    this.chosen = [];
    this.field.value = "";
    this.note.value = "";
    this.dialog.querySelector(".picker-quote")!.textContent = quote;
    this.filter();
    this.showChosen();
    this.dialog.showModal();
    if (!byFinger()) this.field.focus();
    if (range) {
      show(this.blocks, range);
      reveal(this.host, this.blocks, range, this.dialog);
    }
    return new Promise((settle) => (this.settle = settle));
  }

  /** The codes used last come first. */
  used(ids: string[]): void {
    this.recent = [...new Set([...ids, ...this.recent])].slice(0, 6);
  }

  private build(): void {
    const title = make("h2", "ds-heading", this.text("mark-with"));
    title.id = "picker-title";
    title.dataset["size"] = "xs";
    title.tabIndex = -1;
    title.autofocus = byFinger();
    this.dialog.setAttribute("aria-labelledby", title.id);
    const fieldLabel = make("label", "ds-label", this.text("search"));
    this.field.id = "picker-field";
    fieldLabel.htmlFor = this.field.id;
    this.field.autocomplete = "off";
    this.field.setAttribute("role", "combobox");
    this.field.setAttribute("aria-expanded", "true");
    this.field.setAttribute("aria-controls", "picker-list");
    this.field.setAttribute("aria-autocomplete", "list");
    this.list.id = "picker-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-multiselectable", "true");
    this.list.setAttribute("aria-label", this.text("mark-with"));
    const hint = make("p", "picker-hint", this.text("picker-hint"));
    hint.id = "picker-hint";
    this.field.setAttribute("aria-describedby", hint.id);
    const noteLabel = make("label", "ds-label", this.text("note"));
    this.note.id = "picker-note";
    noteLabel.htmlFor = this.note.id;
    this.note.rows = 2;
    this.problem.setAttribute("role", "alert");
    const save = button(this.text("mark"), "primary", () => this.finish());
    const cancel = button(this.text("cancel"), "tertiary", () => this.dialog.close());
    this.dialog.append(
      title,
      make("p", "picker-quote"),
      fieldLabel,
      hint,
      this.field,
      this.chosenList,
      this.list,
      noteLabel,
      this.note,
      this.problem,
      make("div", "picker-ends", save, cancel),
    );
    this.field.addEventListener("input", () => this.filter());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.dialog.addEventListener("close", () => {
      hide();
      settle(this.host);
      this.settle?.(null);
      this.settle = undefined;
    });
  }

  private filter(): void {
    const typed = this.field.value.trim();
    const needle = typed.toLocaleLowerCase();
    const order = (code: Code) => {
      const at = this.recent.indexOf(code.id);
      return at < 0 ? this.recent.length : at;
    };
    const fits = [...this.codes.values()].filter((code) => code.name.toLocaleLowerCase().includes(needle));
    if (typed === "") fits.sort((a, b) => order(a) - order(b));
    else {
      const begins = (code: Code) => (code.name.toLocaleLowerCase().startsWith(needle) ? 0 : 1);
      fits.sort((a, b) => begins(a) - begins(b));
    }
    this.options = fits.map((code) => ({ code }));
    const known = fits.some((code) => code.name.toLocaleLowerCase() === needle);
    if (typed !== "" && !known) this.options.push({ name: typed });
    this.active = 0;
    this.problem.textContent = "";
    this.showOptions();
  }

  private showOptions(): void {
    this.list.replaceChildren(
      ...this.options.map((option, n) => {
        const shown = "code" in option ? this.draw.tag(option.code) : this.text("new-code", { name: option.name });
        const item = make("li", n === this.active ? "active" : "", shown);
        item.id = `picker-option-${n}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(this.isChosen(option)));
        item.addEventListener("click", () => this.toggle(option));
        return item;
      }),
    );
    if (this.options.length > 0) this.field.setAttribute("aria-activedescendant", `picker-option-${this.active}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  private showChosen(): void {
    this.chosenList.replaceChildren(
      ...this.chosen.map((option) => {
        const off = button(label(option), "secondary", () => this.toggle(option));
        off.append(" ×");
        off.setAttribute("aria-label", `${this.text("remove-code")}: ${label(option)}`);
        return make("li", "", off);
      }),
    );
  }

  private isChosen(option: Option): boolean {
    return this.chosen.some((one) => key(one) === key(option));
  }

  private toggle(option: Option): void {
    const was = this.isChosen(option);
    this.chosen = was ? this.chosen.filter((one) => key(one) !== key(option)) : [...this.chosen, option];
    this.say(this.text(was ? "unchosen" : "chosen", { name: label(option) }));
    this.field.value = "";
    this.showChosen();
    this.filter();
    if (!byFinger()) this.field.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const count = this.options.length;
      if (count > 0) this.active = (this.active + step + count) % count;
      this.showOptions();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = this.options[this.active];
      // Enter on an empty field with something chosen saves; so one code is: type, Enter, Enter.
      if (this.field.value.trim() === "" && this.chosen.length > 0) this.finish();
      else if (option) this.toggle(option);
    }
  }

  private finish(): void {
    const note = this.note.value.trim();
    if (this.chosen.length === 0 && note === "") {
      const option = this.options[this.active];
      if (this.field.value.trim() === "" || !option) {
        this.problem.textContent = this.text("no-hit");
        this.field.focus();
        return;
      }
      this.chosen = [option];
    }
    const choice: Choice = { codes: [], new_codes: [], note };
    for (const option of this.chosen) {
      if ("code" in option) choice.codes.push(option.code.id);
      else choice.new_codes.push(option.name);
    }
    const settle = this.settle;
    this.settle = undefined;
    this.dialog.close();
    settle?.(choice);
  }
}
