// One mark: its codes and notes, and what can be done with it.

import { type Done, type Opened, Refused, ask } from "./api.ts";
import { button, make } from "./draw.ts";
import type { Ground } from "./ground.ts";
import { hide, reveal, settle, show } from "./shown.ts";

type Again = (done: Done | null) => Promise<void>;

export class Card {
  private readonly dialog = make("dialog", "ds-dialog mark-card");

  constructor(
    private readonly ground: Ground,
    private readonly startBorders: (passage: string, opened: Opened) => void,
  ) {
    this.dialog.setAttribute("aria-label", ground.text("passage"));
    this.dialog.addEventListener("close", () => {
      hide();
      settle(ground.host);
    });
    ground.host.append(this.dialog);
  }

  async open(passage: string): Promise<void> {
    let opened: Opened;
    try {
      opened = await ask<Opened>(`/passages/${passage}`);
    } catch (problem) {
      const { text, say } = this.ground;
      say(problem instanceof Refused ? problem.message : text("offline-not-kept"), true);
      return;
    }
    this.show(opened);
  }

  private show(opened: Opened): void {
    const { host, line, list, text } = this.ground;
    const id = opened.passage.id;
    const again: Again = async (done) => {
      this.dialog.close();
      if (done && done.blocks.some((block) => block.marks.some((mark) => mark.passage === id))) await this.open(id);
    };
    const whole = make("a", "ds-link", text("open"));
    whole.href = `/passages/${id}`;
    const title = make("h2", "ds-heading", text("passage"));
    title.dataset["size"] = "xs";
    title.tabIndex = -1;
    title.autofocus = true;
    const add = button(text("add-code"), "primary", () => void this.addCode(opened, again));
    const borders = button(text("borders"), "secondary", () => {
      this.dialog.close();
      this.startBorders(id, opened);
    });
    const remove = button(text("delete"), "secondary", () => {
      void line.act(`/passages/${id}/delete`, {}, () => text("removed")).then(() => this.dialog.close());
    });
    remove.dataset["color"] = "danger";
    const notes = opened.notes.map((note) => make("li", "", make("strong", "", `${note.author}: `), note.text));
    const [label, field] = this.noteField();
    const save = button(text("save"), "secondary", () => {
      if (field.value.trim() === "") return;
      void line.act(`/passages/${id}/notes`, { text: field.value }, () => text("saved")).then(again);
    });
    this.dialog.replaceChildren(
      title,
      make("ul", "card-codes", ...this.codes(opened, again)),
      make("div", "card-acts", add, borders, remove),
      make("ul", "card-notes", ...notes),
      label,
      field,
      make("div", "card-acts", save, whole, button(text("close"), "tertiary", () => this.dialog.close())),
    );
    if (!this.dialog.open) this.dialog.showModal();
    if (opened.passage.anchor) {
      show(list, opened.passage.anchor);
      reveal(host, list, opened.passage.anchor, this.dialog);
    }
  }

  private noteField(): [HTMLElement, HTMLTextAreaElement] {
    const field = make("textarea", "ds-input");
    field.id = "card-note";
    field.rows = 2;
    const label = make("label", "ds-label", this.ground.text("new-note"));
    label.htmlFor = field.id;
    return [label, field];
  }

  private codes(opened: Opened, again: Again): HTMLElement[] {
    const { codes, draw, line, text } = this.ground;
    return opened.codings.flatMap((coding) => {
      const code = codes.get(coding.code);
      if (!code) return [];
      const off = button(text("remove-code"), "tertiary", () => {
        void line.act(`/passages/${opened.passage.id}/codes`, { remove: [coding.code] }, () => text("saved")).then(again);
      });
      off.setAttribute("aria-label", `${text("remove-code")}: ${code.name}`);
      return [make("li", "", draw.tag(code), make("span", "coder", text("by", { who: coding.coder })), off)];
    });
  }

  private async addCode(opened: Opened, again: Again): Promise<void> {
    const { line, picker, text } = this.ground;
    this.dialog.close();
    const choice = await picker.ask("", opened.passage.anchor);
    if (!choice) return;
    const passage = opened.passage.id;
    let done: Done | null = null;
    if (choice.codes.length + choice.new_codes.length > 0) {
      const body = { add: choice.codes, new_codes: choice.new_codes };
      done = await line.act(`/passages/${passage}/codes`, body, () => text("saved"));
      picker.used(choice.codes);
    }
    if (choice.note !== "") {
      done = await line.act(`/passages/${passage}/notes`, { text: choice.note }, () => text("saved"));
    }
    await again(done);
  }
}
