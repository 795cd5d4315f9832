// Follows an import without loading the page again: moves the bar, and says now and then how far
// it is. The page is complete without this; it then loads itself again every other second.

interface Progress {
  over: boolean;
  done: number;
  total: number;
  status: string;
}

/** How often the hub is asked, in milliseconds. */
const ASK_EVERY = 700;
/** How often a screen reader hears of it, in milliseconds. */
const SAY_EVERY = 5000;

class ImportProgress extends HTMLElement {
  private timer = 0;
  private said = 0;

  connectedCallback(): void {
    this.timer = window.setTimeout(() => void this.look(), ASK_EVERY);
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const href = this.dataset.href;
    if (!href) return;
    try {
      const answer = await fetch(href, { headers: { accept: "application/json" } });
      // Signed out meanwhile, or taken away: the page itself says so.
      if (answer.status === 401 || answer.status === 404) return window.location.reload();
      if (answer.ok) {
        const progress = (await answer.json()) as Progress;
        if (progress.over) return window.location.reload();
        this.show(progress);
      }
    } catch {
      // The hub does not answer just now: ask again.
    }
    this.timer = window.setTimeout(() => void this.look(), ASK_EVERY);
  }

  private show(progress: Progress): void {
    const label = this.querySelector("label");
    if (label) label.textContent = progress.status;
    const bar = this.querySelector("progress");
    if (bar && progress.total > 0) {
      bar.max = progress.total;
      bar.value = progress.done;
    }
    const voice = this.querySelector('[role="status"]');
    const now = performance.now();
    if (voice && now - this.said > SAY_EVERY) {
      this.said = now;
      voice.textContent = progress.status;
    }
  }
}

customElements.define("import-progress", ImportProgress);
