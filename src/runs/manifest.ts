/** The two small files of a run folder: what was asked for (config.json) and how it went (manifest.json). */
import type { RunConfig } from '../training/config';
import { canonicalJson, runId } from '../training/hash';
import { readIfThere, writeAtomic } from './files';
import { damaged, runFiles } from './folders';
import type { Manifest, RunStatus } from './run';

const statuses: readonly string[] = [
  'running',
  'done',
  'diverged',
  'interrupted',
] satisfies RunStatus[];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(file, 'not JSON');
  }
  if (!isRecord(value)) throw damaged(file, 'not an object');
  return value;
}

/** Writes config.json. */
export function writeConfig(folder: string, config: RunConfig): void {
  writeAtomic(runFiles(folder).config, JSON.stringify(config, null, 2) + '\n');
}

/** Reads config.json; undefined where there is none. Throws UserError where it is not the config of this id. */
export function readConfig(folder: string, id: string): RunConfig | undefined {
  const file = runFiles(folder).config;
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const config = parseJson(text, file) as unknown as RunConfig;
  if (runId(config) !== id) throw damaged(file, 'not the config that this run is named after');
  return config;
}

/** Whether two configs are the same. */
export const sameConfig = (a: RunConfig, b: RunConfig): boolean =>
  canonicalJson(a) === canonicalJson(b);

/** Whether a run has its end: only such a run is a result. */
export const isFinished = ({ status }: Manifest): boolean =>
  status === 'done' || status === 'diverged';

/** Writes manifest.json. */
export function writeManifest(folder: string, manifest: Manifest): void {
  writeAtomic(runFiles(folder).manifest, JSON.stringify(manifest, null, 2) + '\n');
}

/**
 * Reads manifest.json; undefined where there is none.
 * Throws UserError where it cannot be right, or was written by a version that is not known here.
 */
export function readManifest(folder: string, id: string): Manifest | undefined {
  const file = runFiles(folder).manifest;
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const found = parseJson(text, file);
  if (found.format !== 1) {
    throw damaged(file, `format ${JSON.stringify(found.format)}, this version knows 1`);
  }
  if (found.id !== id) throw damaged(file, `of another run, ${JSON.stringify(found.id)}`);
  const manifest = found as unknown as Manifest;
  const right =
    statuses.includes(manifest.status) &&
    Number.isSafeInteger(manifest.step) &&
    Number.isFinite(manifest.seconds) &&
    typeof manifest.started === 'string' &&
    isRecord(manifest.versions) &&
    isRecord(manifest.device) &&
    isRecord(manifest.checksums ?? {});
  if (!right) throw damaged(file, 'a value is missing or impossible');
  if (isFinished(manifest) && !manifest.checksums) throw damaged(file, 'no checksums');
  return manifest;
}
