// Acts over the line: what is asked of the hub, and what waits when it does not answer.

import { type Code, type Done, Offline, Refused, ask } from "./api.ts";
import { button, make } from "./draw.ts";
import type { TextOf } from "./text.ts";

interface Waiting {
  path: string;
  body: unknown;
  told: (done: Done) => string;
}

/** What the page does with an answer. */
export interface Heard {
  learn(code: Code): void;
  update(done: Done): void;
  say(told: string, bad?: boolean): void;
}

export class Line {
  private waiting: Waiting[] = [];
  private trying = false;

  constructor(
    private readonly place: HTMLElement | null,
    private readonly text: TextOf,
    private readonly heard: Heard,
  ) {
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting.length > 0) event.preventDefault();
    });
    window.addEventListener("online", () => void this.tryAgain());
  }

  /** Does something; without an answer it waits, unless doing it twice would do it twice. */
  async act(path: string, body: unknown, told: (done: Done) => string, repeatable = true): Promise<Done | null> {
    try {
      const done = await this.send({ path, body, told });
      // The line is back: what waited goes too.
      if (this.waiting.length > 0) void this.tryAgain();
      return done;
    } catch (problem) {
      if (problem instanceof Refused) this.heard.say(problem.message, true);
      else if (problem instanceof Offline) {
        if (repeatable) this.waiting.push({ path, body, told });
        this.heard.say(this.text(repeatable ? "offline" : "offline-not-kept"), true);
        this.show();
      } else throw problem;
      return null;
    }
  }

  private async send({ path, body, told }: Waiting): Promise<Done> {
    const done = await ask<Done>(path, body);
    for (const code of done.codes) this.heard.learn(code);
    this.heard.update(done);
    this.heard.say(told(done));
    return done;
  }

  private show(): void {
    const place = this.place;
    if (!place) return;
    place.hidden = this.waiting.length === 0;
    const again = button(this.text("retry"), "primary", () => void this.tryAgain());
    const drop = button(this.text("discard"), "tertiary", () => {
      this.waiting = [];
      this.show();
    });
    place.replaceChildren(make("p", "", this.text("pending", { n: this.waiting.length })), again, drop);
  }

  /** In the order in which they were done; what still gets no answer stays, with all after it. */
  private async tryAgain(): Promise<void> {
    if (this.trying) return;
    this.trying = true;
    try {
      for (let first = this.waiting[0]; first; first = this.waiting[0]) {
        try {
          await this.send(first);
        } catch (problem) {
          if (problem instanceof Offline) {
            this.heard.say(this.text("offline"), true);
            return;
          }
          if (!(problem instanceof Refused)) throw problem;
          this.heard.say(problem.message, true);
        }
        this.waiting.shift();
      }
    } finally {
      this.trying = false;
      this.show();
    }
  }
}
