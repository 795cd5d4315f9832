// The code tree beside the text: what is in it, finding in it, and the counts.

import { type Code, ask } from "./api.ts";
import { type Draw, make } from "./draw.ts";

export class Panel {
  readonly codes = new Map<string, Code>();
  private counting: number | undefined;

  constructor(private readonly desk: HTMLElement) {
    for (const row of desk.querySelectorAll<HTMLElement>("[data-code]")) {
      const { code, name, sign, colour, codable } = row.dataset;
      if (codable !== "true") continue;
      this.codes.set(code ?? "", { id: code ?? "", name: name ?? "", sign: sign ?? "", colour: colour ?? "" });
    }
    this.setUpSearch();
    // On a narrow screen the tree begins closed.
    const drawer = desk.querySelector<HTMLDetailsElement>(".code-drawer");
    if (drawer && window.matchMedia("(max-width: 60rem)").matches) drawer.open = false;
  }

  /** A code that was made while marking joins the tree. */
  learn(code: Code, draw: Draw): void {
    const known = this.codes.has(code.id);
    this.codes.set(code.id, code);
    if (known) return;
    const link = make("a", "", draw.tag(code));
    link.href = `/codes/${code.id}`;
    const count = make("span", "code-count", "0");
    count.dataset["count"] = code.id;
    const row = make("li", "code-row level-0", link, count);
    row.dataset["code"] = code.id;
    row.dataset["name"] = code.name;
    this.desk.querySelector(".code-tree")?.append(row);
  }

  /** Counts anew, a little later: several acts in a row are counted once. */
  recount(): void {
    window.clearTimeout(this.counting);
    this.counting = window.setTimeout(() => void this.count(), 400);
  }

  private async count(): Promise<void> {
    const path = `/studies/${this.desk.dataset["slug"]}/codes?source=${this.desk.dataset["source"]}`;
    const told = await ask<{ codes: (Code & { n: number })[] }>(path).catch(() => null);
    for (const code of told?.codes ?? []) {
      const place = this.desk.querySelector(`[data-count="${CSS.escape(code.id)}"]`);
      if (place) place.textContent = String(code.n);
    }
  }

  private setUpSearch(): void {
    const box = this.desk.querySelector<HTMLElement>(".code-search");
    const field = box?.querySelector("input");
    if (!box || !field) return;
    box.hidden = false;
    field.addEventListener("input", () => {
      const needle = field.value.trim().toLocaleLowerCase();
      for (const row of this.desk.querySelectorAll<HTMLElement>(".code-row")) {
        row.hidden = !(row.dataset["name"] ?? "").toLocaleLowerCase().includes(needle);
      }
    });
  }
}
