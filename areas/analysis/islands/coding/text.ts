// Places in text. The hub counts code points, the browser UTF-16 units: an emoji is one there and two here.

import type { Point, Range } from "./api.ts";

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** UTF-16 position of a code point. */
export function unitsAt(text: string, at: number): number {
  let units = 0;
  let left = at;
  for (const letter of text) {
    if (left-- <= 0) break;
    units += letter.length;
  }
  return units;
}

export function wordsOf(block: Element): HTMLElement | null {
  return block.querySelector<HTMLElement>(".block-words");
}

function textNodes(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node as Text);
  return nodes;
}

/** The place in the hub's terms of a place in the page; null outside the text of a block. */
export function pointOf(node: Node, offset: number): Point | null {
  const element = node instanceof Element ? node : node.parentElement;
  const words = element?.closest<HTMLElement>(".block-words");
  const block = words?.closest<HTMLElement>("[data-block]")?.dataset["block"];
  if (!words || !block) return null;
  const before = document.createRange();
  before.selectNodeContents(words);
  before.setEnd(node, offset);
  return { block, at: codePoints(before.toString()) };
}

/** The place in the page of a place in a block. */
export function domOf(words: Element, at: number): [Node, number] {
  let left = at;
  const nodes = textNodes(words);
  for (const [n, node] of nodes.entries()) {
    const length = codePoints(node.data);
    if (left < length || (left === length && n === nodes.length - 1)) return [node, unitsAt(node.data, left)];
    left -= length;
  }
  return [words, words.childNodes.length];
}

/** What is selected, cut to the text of blocks; null when nothing of it is. */
export function selectedRange(list: Element): Range | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const all = [...list.querySelectorAll<HTMLElement>("[data-block]")].filter((block) => {
    const words = wordsOf(block);
    return words !== null && range.intersectsNode(words);
  });
  const first = all[0];
  const last = all[all.length - 1];
  if (!first || !last) return null;
  const whole = (block: HTMLElement, at: number): Point => ({ block: block.dataset["block"] ?? "", at });
  const from = pointOf(range.startContainer, range.startOffset) ?? whole(first, 0);
  const to = pointOf(range.endContainer, range.endOffset) ?? whole(last, codePoints(wordsOf(last)?.textContent ?? ""));
  return trimmed({ from, to }, list);
}

export function blockOf(list: Element, id: string): HTMLElement | null {
  return list.querySelector<HTMLElement>(`[data-block="${CSS.escape(id)}"]`);
}

/** Without white space at its ends; null when no word is left. */
function trimmed(range: Range, list: Element): Range | null {
  const text = (point: Point) => [...(wordsOf(blockOf(list, point.block) ?? list)?.textContent ?? "")];
  const first = text(range.from);
  const last = text(range.to);
  let from = range.from.at;
  let to = range.to.at;
  while (from < first.length && /\s/u.test(first[from] ?? "")) from += 1;
  while (to > 0 && /\s/u.test(last[to - 1] ?? "")) to -= 1;
  if (range.from.block === range.to.block && from >= to) return null;
  return { from: { ...range.from, at: from }, to: { ...range.to, at: to } };
}

/** Shows a range as the page's selection. */
export function select(list: Element, range: Range): void {
  const from = wordsOf(blockOf(list, range.from.block) ?? list);
  const to = wordsOf(blockOf(list, range.to.block) ?? list);
  if (!from || !to) return;
  const [a, start] = domOf(from, range.from.at);
  const [z, end] = domOf(to, range.to.at);
  document.getSelection()?.setBaseAndExtent(a, start, z, end);
}

type Span = [from: number, to: number];

/** Words or sentences of a text as code point spans. */
export function spans(text: string, kind: "word" | "sentence"): Span[] {
  const found: Span[] = [];
  if (typeof Intl.Segmenter === "function") {
    let at = 0;
    for (const piece of new Intl.Segmenter(document.documentElement.lang, { granularity: kind }).segment(text)) {
      const length = codePoints(piece.segment);
      const kept = codePoints(piece.segment.trimEnd());
      if (kept > 0 && (kind === "sentence" || piece.isWordLike)) found.push([at, at + kept]);
      at += length;
    }
    return found;
  }
  const pattern = kind === "word" ? /[\p{L}\p{N}]+/gu : /[^.!?…]+[.!?…]*/gu;
  for (const match of text.matchAll(pattern)) {
    const from = codePoints(text.slice(0, match.index));
    found.push([from, from + codePoints(match[0].trimEnd())]);
  }
  return found;
}
