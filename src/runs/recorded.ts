/**
 * Recorded runs as they lie in data/recorded/<preset>: one file of configs and manifests (`runs.json`), and one table for
 * each kind of row (`steps.csv.gz`, ...) with the column `run` before the others, so that pandas, DuckDB and R open them
 * as they are. A cell is empty where a run's own table has no such column.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { UserError } from '../system/errors';
import {
  listFolder,
  makeFolder,
  onFile,
  readIfThere,
  replaceFolder,
  writeAtomic,
} from '../system/files';
import { damaged, recordedList, recordedSuffix } from './folders';
import { checkManifest, currentFormat } from './manifest';
import type { Manifest } from './run';

const formatOfFile = 1;

/** A run among the recorded ones: what is known of it, and the text of each of its tables. */
export interface RecordedRun {
  config: RunConfig;
  manifest: Manifest;
  tables: Record<string, string>;
}

/** The recorded runs of a preset. */
export interface RecordedRuns {
  folder: string;
  /** In the order of the file. */
  ids: string[];
  /** Config and manifest of a run; undefined where it is not recorded here. */
  head(id: string): { config: RunConfig; manifest: Manifest } | undefined;
  /** A table of a run as text, and the file that it lies in; no text where there is none. */
  table(id: string, name: string): { file: string; text?: string };
}

/** The columns of a table that a run has, by their place in `columns` of the file. */
interface Entry {
  config: RunConfig;
  manifest: Manifest;
  columns: Record<string, number>;
}

interface File {
  format: number;
  /** Of each table the lists of columns that its runs have: most often one. */
  columns: Record<string, string[][]>;
  runs: Entry[];
}

const runsFile = (folder: string): string => path.join(folder, recordedList);
const tableFile = (folder: string, name: string): string =>
  path.join(folder, name + recordedSuffix);

/** JSON with a run on each line, and its own checksum behind it. */
function seal({ format, columns, runs }: File): string {
  const lines = [
    `"format": ${format}`,
    `"columns": ${JSON.stringify(columns)}`,
    `"runs": [\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n]`,
  ];
  const body = lines.join(',\n');
  const sha256 = createHash('sha256').update(body).digest('hex');
  return `{\n${body},\n"sha256": "${sha256}"\n}\n`;
}

function parse(text: string, file: string): File {
  let found: File;
  try {
    found = JSON.parse(text) as File;
  } catch {
    throw damaged(file, 'not JSON');
  }
  const isWhole = Array.isArray(found?.runs) && seal(found) === text;
  if (!isWhole) throw damaged(file, 'not as it was written');
  if (found.format !== formatOfFile)
    throw new UserError(
      `${file} is of format ${found.format}, this version reads ${formatOfFile}: update bn-lab`,
    );
  return found;
}

/** From each run's id to its lines of a table, without the id; `file` is for the error. */
function linesByRun(
  text: string,
  file: string,
): { columns: string[]; lines: Map<string, string[]> } {
  const all = text.split('\n');
  if (all.pop() !== '') throw damaged(file, 'cut short');
  const [run, ...columns] = all.shift()?.split(',') ?? [];
  if (run !== 'run') throw damaged(file, 'its first column is not the run');
  const lines = new Map<string, string[]>();
  for (const line of all) {
    const comma = line.indexOf(',');
    const id = line.slice(0, comma);
    const own = lines.get(id);
    if (own) own.push(line.slice(comma + 1));
    else lines.set(id, [line.slice(comma + 1)]);
  }
  return { columns, lines };
}

function unzipped(file: string): string {
  const bytes = onFile('read', file, () => fs.readFileSync(file));
  try {
    return gunzipSync(bytes).toString();
  } catch {
    throw damaged(file, 'not a gzip file, or cut short');
  }
}

function open(folder: string, text: string): RecordedRuns {
  const file = runsFile(folder);
  const { columns: columnsOf, runs } = parse(text, file);
  const byId = new Map(runs.map((entry) => [runId(entry.config), entry]));
  const tables = new Map<string, { stamp: string; lines: ReturnType<typeof linesByRun> }>();

  /** A table is unpacked once, and again where its file has changed. */
  function linesOf(name: string): ReturnType<typeof linesByRun> | undefined {
    const from = tableFile(folder, name);
    const stat = fs.statSync(from, { throwIfNoEntry: false });
    if (!stat) return undefined;
    const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    const before = tables.get(name);
    if (before?.stamp === stamp) return before.lines;
    const lines = linesByRun(unzipped(from), from);
    tables.set(name, { stamp, lines });
    return lines;
  }

  return {
    folder,
    ids: [...byId.keys()],
    head(id) {
      const entry = byId.get(id);
      if (!entry) return undefined;
      const { config, manifest } = entry;
      return { config, manifest: checkManifest({ ...manifest }, file, id) };
    },
    table(id, name) {
      const from = tableFile(folder, name);
      const entry = byId.get(id);
      const variant = entry?.columns[name];
      const all = linesOf(name);
      if (variant === undefined || all === undefined) return { file: from };
      const own = columnsOf[name]![variant]!;
      const places = own.map((column) => all.columns.indexOf(column));
      const rows = (all.lines.get(id) ?? []).map((line) => {
        const cells = line.split(',');
        return places.map((place) => cells[place]).join(',');
      });
      return { file: from, text: [own.join(','), ...rows].join('\n') + '\n' };
    },
  };
}

const opened = new Map<string, { text: string; runs: RecordedRuns }>();

/** The recorded runs in a folder; undefined where there are none. Throws UserError naming a file that is damaged. */
export function readRecorded(folder: string): RecordedRuns | undefined {
  const text = readIfThere(runsFile(folder));
  if (text === undefined) return undefined;
  const before = opened.get(folder);
  if (before?.text === text) return before.runs;
  const runs = open(folder, text);
  opened.set(folder, { text, runs });
  return runs;
}

/** By network, and seeds of one network in order. */
const inOrder = (a: RecordedRun, b: RecordedRun): number =>
  runId({ ...a.config, seed: 0 }).localeCompare(runId({ ...b.config, seed: 0 })) ||
  a.config.seed - b.config.seed;

/** One table of all runs. */
function joined(
  name: string,
  runs: readonly RecordedRun[],
): { text: string; variants: string[][]; variantOf: Map<RecordedRun, number> } {
  const variants: string[][] = [];
  const variantOf = new Map<RecordedRun, number>();
  const having = runs.filter((run) => run.tables[name] !== undefined);
  for (const run of having) {
    const columns = run.tables[name]!.slice(0, run.tables[name]!.indexOf('\n')).split(',');
    const known = variants.findIndex((variant) => variant.join() === columns.join());
    variantOf.set(run, known < 0 ? variants.push(columns) - 1 : known);
  }
  const columns = [...new Set(variants.flat())];
  const lines = having.flatMap((run) => {
    const own = variants[variantOf.get(run)!]!;
    const places = columns.map((column) => own.indexOf(column));
    const rows = run.tables[name]!.split('\n').slice(1, -1);
    return rows.map((row) => {
      const cells = row.split(',');
      return [runId(run.config), ...places.map((place) => cells[place] ?? '')].join(',');
    });
  });
  return { text: [['run', ...columns].join(','), ...lines].join('\n') + '\n', variants, variantOf };
}

/**
 * Writes the recorded runs of a preset, in the place of those that are there. The folder holds the ones or the others
 * under its name, but for a moment between two renames, after which the old ones lie beside it as `<preset>.old`.
 */
export function writeRecorded(folder: string, given: readonly RecordedRun[]): void {
  const runs = [...given].sort(inOrder);
  const names = [...new Set(runs.flatMap(({ tables }) => Object.keys(tables)))].sort();
  const tables = names.map((name) => ({ name, ...joined(name, runs) }));
  const beside = `${folder}.new`;
  onFile('write', folder, () => {
    fs.rmSync(beside, { recursive: true, force: true });
    makeFolder(beside);
    for (const { name, text } of tables)
      writeAtomic(tableFile(beside, name), gzipSync(text, { level: 9 }));
    const entries = runs.map((run): Entry => {
      const columns = tables.flatMap(({ name, variantOf }) => {
        const variant = variantOf.get(run);
        return variant === undefined ? [] : [[name, variant] as const];
      });
      const manifest = { ...run.manifest, format: currentFormat } as Manifest;
      return { config: run.config, manifest, columns: Object.fromEntries(columns) };
    });
    const columns = Object.fromEntries(tables.map(({ name, variants }) => [name, variants]));
    writeAtomic(runsFile(beside), seal({ format: formatOfFile, columns, runs: entries }));
    replaceFolder(beside, folder);
  });
}

/** A preset's recorded runs. */
export interface RecordedPreset {
  preset: string;
  folder: string;
}

/** The presets that have recorded runs below a folder; where a writing was killed in the middle, what was there before. */
export function recordedPresets(recorded: string): RecordedPreset[] {
  const names = listFolder(recorded);
  const presets = names.flatMap((name) => /^(\w+)(\.old)?$/.exec(name)?.[1] ?? []);
  return [...new Set(presets)].map((preset) => ({
    preset,
    folder: path.join(recorded, names.includes(preset) ? preset : `${preset}.old`),
  }));
}
