// Every kind of file people have comes in by the page; what was highlighted and commented in it can be seen in the text.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { archive } from "./archive.ts";
import { docx, parts } from "./docx.ts";
import { walk } from "./harness.ts";

interface Given {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const given = (name: string, bytes: string | Buffer): Given => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(bytes),
});

/** The same short talk, in a document where words are highlighted and commented. */
function markedDocx(): Buffer {
  const run = (text: string, look = "") => `<w:r>${look ? `<w:rPr>${look}</w:rPr>` : ""}<w:t xml:space="preserve">${text}</w:t></w:r>`;
  const yellow = '<w:highlight w:val="yellow"/>';
  const body = [
    `<w:p>${run("Intervjuer: Hvordan var det?")}</w:p>`,
    `<w:p>${run("Kari: Det var ")}${run("fint å bli hørt 🙂", yellow)}${run(".")}</w:p>`,
    `<w:p>${run("Intervjuer: Og ")}<w:commentRangeStart w:id="0"/>${run("ventetida")}<w:commentRangeEnd w:id="0"/>${run("?")}</w:p>`,
    `<w:p>${run("Kari: ")}${run("Lang", '<w:highlight w:val="green"/>')}${run(", syntes jeg.")}</w:p>`,
  ].join("");
  const plain = parts([]);
  const main = plain["word/document.xml"]?.replace("<w:body></w:body>", `<w:body>${body}</w:body>`) ?? "";
  const comments =
    '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="0" w:author="Ola Prøve"><w:p><w:r><w:t>Spør mer om dette</w:t></w:r></w:p></w:comment></w:comments>';
  return archive({ ...plain, "word/document.xml": main, "word/comments.xml": comments });
}

function odt(): Buffer {
  const content =
    '<office:document-content xmlns:office="o" xmlns:text="t"><office:body><office:text><text:h>Samtale</text:h><text:p>Intervjuer: Ja?</text:p><text:p>Kari: Nei.</text:p><text:p>Intervjuer: Hm.</text:p><text:p>Kari: Jo.</text:p></office:text></office:body></office:document-content>';
  return archive({ mimetype: "application/vnd.oasis.opendocument.text", "content.xml": content });
}

const TALK = ["Intervjuer: Ja?", "Kari: Nei.", "Intervjuer: Hm.", "Kari: Jo."];

/** Brings files in and gives what the page of the import tells. */
async function bringIn(page: Page, base: string, study: string | undefined, files: Given[]): Promise<string> {
  await page.goto(`${base}/studies/${study}/import`);
  await page.getByLabel("Oppdiktet:").check();
  await page.locator("#files").setInputFiles(files);
  await page.locator("main").getByRole("button", { name: "Hent inn" }).click();
  await page.getByText("Ferdig. Se gjennom hva som kom inn").waitFor();
  // What is told in details that are closed counts too.
  const told = await page.locator("main details").allTextContents();
  return [await page.locator("main").innerText(), ...told].join("\n");
}

walk("every kind of file comes in, and a wrong one says what to do", async ({ hub, asPerson, axe, fits, shot }) => {
  const page = await asPerson("peer_researcher");
  const came = await bringIn(page, hub.base, hub.studies[0], [
    given("a.odt", odt()),
    given("b.rtf", `{\\rtf1\\ansi ${TALK.join("\\par ").replaceAll("Jo", "J\\u248?")}\\par}`),
    given("c.html", `<!DOCTYPE html><title>x</title><script>nei()</script><h1>Samtale</h1><p>${TALK.join("<p>")}<img src=x>`),
    given("d.md", `# Samtale\n\n**${TALK.join("\n\n").replaceAll(": ", ":** ").replaceAll("\n\n", "\n\n**")}\n`),
    given("e.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Intervjuer>Hvordan\n\n00:02.000 --> 00:03.000\n<v Intervjuer>var det?\n\n00:04.000 --> 00:05.000\n<v Kari>Fint.\n"),
    given("f.srt", `${TALK.map((line, at) => `${at + 1}\n00:00:0${at},000 --> 00:00:0${at},900\n${line}\n`).join("\n")}`),
    given("g.docx", docx(TALK)),
    given("h.odt", Buffer.from("{\\rtf1 Hei}")),
  ]);
  for (const name of ["a.odt", "b.rtf", "c.html", "d.md", "f.srt", "g.docx"]) {
    assert.match(came, new RegExp(`${name.replace(".", "\\.")}[^]{0,20}kB\\s+Kom inn: 4 replikker fra 2`), name);
  }
  assert.match(came, /c\.html[^]*1 bilder eller diagrammer er ikke med/);
  assert.match(came, /e\.vtt[^]*Kom inn: 2 replikker fra 2[^]*1 linjer med undertekst ble satt sammen/);
  assert.match(came, /h\.odt[^]*heter \.odt, men er noe annet/);
  await axe(page);
  await fits(page);
  await shot(page, "formats");
});

walk("highlights and comments of a document are marks and notes in its text", async ({ hub, asPerson, axe, shot }) => {
  const page = await asPerson("peer_researcher");
  const came = await bringIn(page, hub.base, hub.studies[0], [given("merket.docx", markedDocx())]);
  assert.match(came, /med én kode for hver farge: 2/);
  assert.match(came, /Kommentarer som ble notater: 1/);
  await page.locator("main").getByRole("link", { name: "Les teksten" }).click();
  const source = new URL(page.url()).pathname;
  await page.goto(`${hub.base}/studies/${hub.studies[0]}/coding?source=${source.split("/").pop()}`);
  await page.locator(".margin-mark").first().waitFor();
  const marks = (await page.locator(".margin-mark").allInnerTexts()).join("\n");
  assert.match(marks, /Gul utheving[^]*Grønn utheving/);
  await axe(page);
  await shot(page, "formats-marked");
});
