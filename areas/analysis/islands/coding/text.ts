// Places in text. The hub counts code points, the browser UTF-16 units: an emoji is one there and two here.

import type { Point, Range } from "./api.ts";

/** A text of the page by its name, with its holes filled. */
export type TextOf = (name: string, holes?: Record<string, string | number>) => string;

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

/** The place in the page of a place in a block. Between two pieces it is the end of the first, or for what begins there the second. */
export function domOf(words: Element, at: number, begins = false): [Node, number] {
  let left = at;
  const nodes = textNodes(words);
  for (const [n, node] of nodes.entries()) {
    const length = codePoints(node.data);
    if (left < length || (left === length && (!begins || n === nodes.length - 1))) return [node, unitsAt(node.data, left)];
    left -= length;
  }
  return [words, words.childNodes.length];
}

/** The place in the page under a point of the window. */
export function caretAt(x: number, y: number): [Node, number] | null {
  const page = document as Document & {
    caretPositionFromPoint?: (x: number, y: number) => { offsetNode: Node; offset: number } | null;
    caretRangeFromPoint?: (x: number, y: number) => globalThis.Range | null;
  };
  const position = page.caretPositionFromPoint?.(x, y);
  if (position) return [position.offsetNode, position.offset];
  const range = page.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : null;
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

/** A range as the page knows ranges; null when its blocks are not in the page. */
export function domRange(list: Element, range: Range): globalThis.Range | null {
  const from = blockOf(list, range.from.block);
  const to = blockOf(list, range.to.block);
  const [first, last] = [from && wordsOf(from), to && wordsOf(to)];
  if (!first || !last) return null;
  const made = document.createRange();
  made.setStart(...domOf(first, range.from.at, true));
  made.setEnd(...domOf(last, range.to.at));
  return made;
}

/** Shows a range as the page's selection. */
export function select(list: Element, range: Range): void {
  const made = domRange(list, range);
  if (made) document.getSelection()?.setBaseAndExtent(made.startContainer, made.startOffset, made.endContainer, made.endOffset);
}

/** The words of a range, a line end between blocks. */
export function wordsIn(list: Element, range: Range): string {
  const text = (block: Element) => [...(wordsOf(block)?.textContent ?? "")];
  const first = blockOf(list, range.from.block);
  if (!first) return "";
  if (range.from.block === range.to.block) return text(first).slice(range.from.at, range.to.at).join("");
  const parts = [text(first).slice(range.from.at).join("")];
  for (let block = first.nextElementSibling; block; block = block.nextElementSibling) {
    const last = (block as HTMLElement).dataset["block"] === range.to.block;
    parts.push(text(block).slice(0, last ? range.to.at : undefined).join(""));
    if (last) break;
  }
  return parts.join("\n");
}

/** Does the range end after it begins? */
export function inOrder(list: Element, range: Range): boolean {
  if (range.from.block === range.to.block) return range.from.at < range.to.at;
  const place = (id: string) => Number(blockOf(list, id)?.dataset["place"] ?? 0);
  return place(range.from.block) < place(range.to.block);
}

type End = "from" | "to";

/** Where an end of a range can stand in a block. */
function stops(block: Element | null, end: End, kind: Kind): number[] {
  const text = (block && wordsOf(block)?.textContent) ?? "";
  return spans(text, kind).map(([from, to]) => (end === "from" ? from : to));
}

/** A range with one end moved on or back by a word, a sentence or a letter, also into the next block; null at the end of the text. */
export function stepped(list: Element, range: Range, end: End, step: number, kind: Kind): Range | null {
  const point = range[end];
  const block = blockOf(list, point.block);
  const here = stops(block, end, kind);
  let at = step > 0 ? here.find((stop) => stop > point.at) : here.filter((stop) => stop < point.at).pop();
  let of: Element | null = block;
  while (at === undefined && of) {
    of = step > 0 ? of.nextElementSibling : of.previousElementSibling;
    const there = stops(of, end, kind);
    at = step > 0 ? there[0] : there[there.length - 1];
  }
  if (at === undefined || !of) return null;
  const wanted = { ...range, [end]: { block: (of as HTMLElement).dataset["block"] ?? "", at } };
  return inOrder(list, wanted) ? wanted : null;
}

/** The border of a word that is nearest to a point. */
export function snapped(list: Element, point: Point, end: End): Point {
  const all = stops(blockOf(list, point.block), end, "word");
  const nearest = all.reduce((best, stop) => (Math.abs(stop - point.at) < Math.abs(best - point.at) ? stop : best), all[0] ?? point.at);
  return { ...point, at: nearest };
}

type Span = [from: number, to: number];
export type Kind = "word" | "sentence" | "letter";

/** Words, sentences or letters of a text as code point spans. A letter is what a reader takes for one, such as an emoji of several signs. */
export function spans(text: string, kind: Kind): Span[] {
  const found: Span[] = [];
  if (typeof Intl.Segmenter === "function") {
    let at = 0;
    const granularity = kind === "letter" ? "grapheme" : kind;
    for (const piece of new Intl.Segmenter(document.documentElement.lang, { granularity }).segment(text)) {
      const length = codePoints(piece.segment);
      const kept = codePoints(piece.segment.trimEnd());
      if (kept > 0 && (kind !== "word" || piece.isWordLike)) found.push([at, at + kept]);
      at += length;
    }
    return found;
  }
  const pattern = { word: /[\p{L}\p{N}]+/gu, sentence: /[^.!?…]+[.!?…]*/gu, letter: /\S/gu }[kind];
  for (const match of text.matchAll(pattern)) {
    const from = codePoints(text.slice(0, match.index));
    found.push([from, from + codePoints(match[0].trimEnd())]);
  }
  return found;
}
