/**
 * All tables of a recorded run in one file: a run would be eight small ones, each of which takes a block of a disk and a
 * line of a listing. A table begins with a line `# name`; what follows is the text of its own file.
 */
import path from 'node:path';

import { readIfThere } from '../system/files';
import { tableFile } from './folders';

/** Where all tables of a recorded run in this folder are. */
export const packedFile = (folder: string): string => path.join(folder, 'tables.txt');

const heading = (name: string): string => `# ${name}\n`;

/** The text of the file from that of each table, which ends with a line. */
export const packTables = (tables: readonly (readonly [name: string, text: string])[]): string =>
  tables.map(([name, text]) => heading(name) + text).join('');

/** The text of one table among those of a file; undefined where it is not among them. */
function unpacked(all: string, name: string): string | undefined {
  const begins = all.startsWith(heading(name)) ? 0 : all.indexOf(`\n${heading(name)}`) + 1;
  if (!all.startsWith(heading(name), begins)) return undefined;
  const from = begins + heading(name).length;
  const next = all.indexOf('\n# ', from - 1);
  return next < 0 ? all.slice(from) : all.slice(from, next + 1);
}

/** The file in which a table of a run lies, and its text there; no text where there is no such file or table. */
export function tableText(folder: string, name: string): { file: string; text?: string } {
  const packed = packedFile(folder);
  const all = readIfThere(packed);
  if (all !== undefined) return { file: packed, text: unpacked(all, name) };
  const file = tableFile(folder, name);
  return { file, text: readIfThere(file) };
}
