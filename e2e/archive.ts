// Archives as Word, LibreOffice and REFI-QDA use them (APPNOTE.TXT of PKWARE), and broken ones on purpose.

import { deflateRawSync } from "node:zlib";

/** What may be odd about an archive. */
export interface Making {
  /** Packed; otherwise the files stand in it as they are. */
  packed?: boolean;
  /** Marked as locked with a password. */
  locked?: boolean;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  // By number: the iterator of an array of a hundred megabytes takes ten times as long.
  for (let n = 0; n < bytes.length; n++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[n]!) & 0xff]!;
  return ~crc >>> 0;
}

/** Numbers of 2 or 4 bytes, the low byte first. */
function little(...fields: [size: 2 | 4, value: number][]): Buffer {
  return Buffer.concat(
    fields.map(([size, value]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntLE(value, 0, size);
      return bytes;
    }),
  );
}

/** An archive with these files, by their paths in it. */
export function archive(files: Record<string, string | Buffer>, { packed = false, locked = false }: Making = {}): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let [at, entries] = [0, 0];
  for (const [path, given] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(given)];
    const body = packed ? deflateRawSync(content) : content;
    // Version 2.0, names in UTF-8, made on 1 January 1980.
    const flags = 0x800 | (locked ? 1 : 0);
    const common = little([2, 20], [2, flags], [2, packed ? 8 : 0], [2, 0], [2, 0x21], [4, crc32(content)], [4, body.length], [4, content.length], [2, name.length], [2, 0]);
    bodies.push(little([4, 0x04034b50]), common, name, body);
    directory.push(little([4, 0x02014b50], [2, 20]), common, little([2, 0], [2, 0], [2, 0], [4, 0], [4, at]), name);
    at += 4 + common.length + name.length + body.length;
    entries += 1;
  }
  const listing = Buffer.concat(directory);
  const closing = little([4, 0x06054b50], [2, 0], [2, 0], [2, entries], [2, entries], [4, listing.length], [4, at], [2, 0]);
  return Buffer.concat([...bodies, listing, closing]);
}
