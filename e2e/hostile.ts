// Files made to break what reads them, or broken on their way. Each is made here, none is kept.

import { archive } from "./archive.ts";
import { docx, parts } from "./docx.ts";

const MEGABYTE = 1 << 20;
const DOCUMENT = "word/document.xml";

/** A file that must be refused. */
export interface Hostile {
  /** Its name, as it is sent. */
  name: string;
  bytes: Buffer;
  /** What the refusal speaks of. */
  told: RegExp;
}

/** Things that tell a person what to do next. */
export const WHAT_TO_DO = /Åpne|Lagre|lagre|Ta ut|Kopier|Del den|Kjør|Sjekk|hent den|velg/;

const TOO_MUCH = /for stor|ikke har/;
const BROKEN = /skadet|Slutten|slutter|mangler|ikke har/;
const LOCKED = /passord/;
const OTHER = /noe annet/;

/** Nine levels of ten each: a thousand million words from less than a kilobyte. */
function entityBomb(root: string, inside: (word: string) => string): string {
  const levels = Array.from({ length: 9 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`);
  return `<?xml version="1.0"?><!DOCTYPE ${root} [<!ENTITY e0 "ord ">${levels.join("")}]>${inside("&e9;")}`;
}

/** A Word document whose text is this XML. */
function word(xml: string | Buffer): Buffer {
  return archive({ ...parts([]), [DOCUMENT]: xml }, { packed: true });
}

function around(body: string): string {
  return parts([])[DOCUMENT]!.replace("<w:body>", `<w:body>${body}`);
}

function openDocument(content: string | Buffer): Buffer {
  return archive({ mimetype: "application/vnd.oasis.opendocument.text", "content.xml": content }, { packed: true });
}

/** One paragraph of so many megabytes of one letter. */
function endless(megabytes: number): Buffer {
  const [before, after] = around("<w:p><w:r><w:t>|</w:t></w:r></w:p>").split("|") as [string, string];
  return Buffer.concat([Buffer.from(before), Buffer.alloc(megabytes * MEGABYTE, "a"), Buffer.from(after)]);
}

/** As long as sixty megabytes of XML, from paragraphs that are alike. */
function longXml(): string {
  const paragraph = "<w:p><w:r><w:t>Det var en gang noen spurte hvordan dagen var, og så gikk vi ut i gangen.</w:t></w:r></w:p>";
  return around(paragraph.repeat(Math.ceil((60 * MEGABYTE) / paragraph.length)));
}

/** The smallest PDF with a word on its page (ISO 32000-1); with more objects, and what its trailer says besides. */
function pdf(more: string[] = [], trailer = ""): Buffer {
  const content = "BT /F 12 Tf 72 700 Td (Hei, dette er en side med ord.) Tj ET";
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ...more,
  ];
  let text = "%PDF-1.7\n";
  const places = objects.map((object, n) => {
    const at = text.length;
    text += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  text += `trailer\n<</Size ${objects.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

/** A lock of revision 3 with a password that nobody has. */
function lockedPdf(): Buffer {
  const key = "5c".repeat(32);
  const lock = `<</Filter/Standard/V 2/R 3/Length 128/P -44/O<${key}>/U<${key}>>>`;
  return pdf([lock], `/ID[<${"00".repeat(16)}><${"00".repeat(16)}>]/Encrypt 6 0 R`);
}

/** How Word keeps a document that is locked: a compound file with one stream ([MS-OFFCRYPTO]). */
function lockedDocx(): Buffer {
  const head = Buffer.from("d0cf11e0a1b11ae1", "hex");
  return Buffer.concat([head, Buffer.alloc(1528), Buffer.from("EncryptedPackage", "utf16le"), Buffer.alloc(96)]);
}

function project(qde: string, more: Record<string, string> = {}): Buffer {
  return archive({ "project.qde": qde, ...more }, { packed: true });
}

const QDE = `<?xml version="1.0" encoding="utf-8"?><Project name="p" xmlns="urn:QDA-XML:project:1.0">`;

/** All of them. */
export function hostileFiles(): Hostile[] {
  const good = docx(Array.from({ length: 400 }, (_, n) => `Dette er avsnitt ${n}, og det sier noe om dagen.`));
  const half = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6));
  const picture = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(4000, 7)]);
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`word/media/${n}.bin`, ""]));
  const bomb = entityBomb("w:document", (ord) => around(`<w:p><w:r><w:t>${ord}</w:t></w:r></w:p>`).replace(/^<\?xml.*?\?>/, ""));
  return [
    { name: "bombe.docx", bytes: word(endless(220)), told: TOO_MUCH },
    { name: "lang.docx", bytes: word(longXml()), told: TOO_MUCH },
    { name: "bombe.odt", bytes: openDocument(Buffer.alloc(220 * MEGABYTE, " ")), told: TOO_MUCH },
    { name: "mange.docx", bytes: archive({ ...parts(["Hei"]), ...many }), told: TOO_MUCH },
    { name: "ord.docx", bytes: word(bomb), told: BROKEN },
    { name: "ord.odt", bytes: openDocument(entityBomb("office:document-content", (ord) => `<office:document-content>${ord}</office:document-content>`)), told: BROKEN },
    { name: "ord.qdpx", bytes: project(entityBomb("Project", (ord) => `<Project xmlns="urn:QDA-XML:project:1.0" name="${ord}"/>`)), told: BROKEN },
    { name: "dyp.html", bytes: Buffer.from(`<html><body>${"<div>".repeat(5000)}ord${"</div>".repeat(5000)}</body></html>`), told: TOO_MUCH },
    { name: "dyp.docx", bytes: word(around(`<w:p>${"<w:sdt>".repeat(5000)}${"</w:sdt>".repeat(5000)}</w:p>`)), told: TOO_MUCH },
    { name: "dyp.rtf", bytes: Buffer.from(`{\\rtf1 ${"{".repeat(100_000)}ord${"}".repeat(100_000)}}`), told: TOO_MUCH },
    { name: "halv.docx", bytes: half(good), told: BROKEN },
    { name: "halv.pdf", bytes: half(pdf()), told: BROKEN },
    { name: "halv.qdpx", bytes: half(project(`${QDE}</Project>`, { "sources/a.txt": "Hei. ".repeat(4000) })), told: BROKEN },
    { name: "kutt.docx", bytes: word(around("<w:p><w:r><w:t>Hei").slice(0, -30)), told: BROKEN },
    { name: "surrogat.docx", bytes: word(around("<w:p><w:r><w:t>&#xD83D;</w:t></w:r></w:p>")), told: BROKEN },
    { name: "nul.docx", bytes: word(around("<w:p><w:r><w:t>&#0;</w:t></w:r></w:p>")), told: BROKEN },
    { name: "låst.docx", bytes: lockedDocx(), told: LOCKED },
    { name: "låst-arkiv.docx", bytes: archive(parts(["Hei"]), { locked: true }), told: LOCKED },
    { name: "låst.pdf", bytes: lockedPdf(), told: LOCKED },
    { name: "bilde.docx", bytes: picture, told: OTHER },
    { name: "tekst.pdf", bytes: Buffer.from("Dette er ren tekst, og ingen PDF.\n".repeat(50)), told: OTHER },
    { name: "dokument.txt", bytes: good, told: OTHER },
    { name: "bilde.html", bytes: picture, told: /noe annet|Bokstavene|ikke har|tom/ },
    { name: "tom.txt", bytes: Buffer.alloc(0), told: /tom/ },
  ];
}

/** Documents with names in them that lead out. */
export function namesOut(): Hostile[] {
  const content = `<office:document-content><office:body><office:text><text:p>Hei</text:p></office:text></office:body></office:document-content>`;
  const document = { mimetype: "application/vnd.oasis.opendocument.text", "content.xml": content };
  return [
    { name: "opp.docx", bytes: archive({ ...parts(["Hei"]), "../../opp.txt": "ut" }), told: TOO_MUCH },
    { name: "opp-vindu.docx", bytes: archive({ ...parts(["Hei"]), "..\\..\\opp.txt": "ut", "/opp.txt": "ut" }), told: TOO_MUCH },
    { name: "opp.odt", bytes: archive({ ...document, "../opp.txt": "ut" }), told: TOO_MUCH },
  ];
}

/** Projects with names and paths that lead out of them, to a file beside the hub too. */
export function leadsOut(outside: string): { name: string; bytes: Buffer }[] {
  const paths = [`absolute://${outside}`, `relative://${outside}`, "relative:///../../utenfor.txt", "internal://../../utenfor.txt", "internal://../../opp.txt"];
  const source = (path: string, n: number) => `<TextSource guid="00000000-0000-4000-8000-00000000000${n}" name="kilde ${n}" plainTextPath="${path}"/>`;
  const qde = `${QDE}<Sources>${paths.map(source).join("")}</Sources></Project>`;
  return [
    { name: "opp.qdpx", bytes: project(qde, { "sources/../../opp.txt": "ut", "../opp.txt": "ut" }) },
  ];
}
