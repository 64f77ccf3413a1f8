/** The two small files of a run folder: what was asked for (config.json) and how it went (manifest.json). */
import { createHash } from 'node:crypto';

import { canonicalJson, runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { readIfThere, writeAtomic } from '../system/files';
import { prettyJson } from '../system/prettyJson';
import { damaged, isTableName, ofOtherVersion, runFiles } from './folders';
import type { Manifest, RunStatus } from './run';

/** What is written here; format 1, without a checksum of the manifest itself, is read too. */
export const currentFormat = 2;

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
  writeAtomic(runFiles(folder).config, prettyJson(config));
}

/** Reads config.json; undefined where there is none. Throws UserError where it is not the config of this id. */
export function readConfig(folder: string, id: string): RunConfig | undefined {
  const file = runFiles(folder).config;
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const config = parseJson(text, file) as unknown as RunConfig;
  if (runId(config) !== id) throw damaged(file, 'not the config that this run is named after');
  // Spelled as it was written, so that no byte of it can change unseen.
  if (prettyJson(config) !== text) throw damaged(file, 'not as it was written');
  return config;
}

/** Whether two configs are the same. */
export const sameConfig = (a: RunConfig, b: RunConfig): boolean =>
  canonicalJson(a) === canonicalJson(b);

/** Whether a run has its end: only such a run is a result. */
export const isFinished = ({ status }: Manifest): boolean =>
  status === 'done' || status === 'diverged';

/**
 * Whether an earlier version computed a run otherwise than this one would: the deep linear network in float32. Its numbers
 * must not stand for those of the same id, so it counts as not there and is trained anew.
 */
export const isOutdated = (config: RunConfig, { device }: Manifest): boolean =>
  config.model === 'deepLinear' && device.arithmetic !== 'float64';

/** JSON as text, with its own checksum as the last key. */
function seal(manifest: object): string {
  const sha256 = createHash('sha256').update(prettyJson(manifest)).digest('hex');
  return prettyJson({ ...manifest, sha256 });
}

/** Writes manifest.json. */
export function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>): void {
  writeAtomic(runFiles(folder).manifest, seal({ ...manifest, format: currentFormat }));
}

const isHash = (value: unknown): boolean =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** Checksums as format 2 has them; undefined where they cannot be right. */
function readChecksums(value: unknown): Manifest['checksums'] {
  if (!isRecord(value)) return undefined;
  // Format 1 had the hash alone.
  const entries = Object.entries(value).map(
    ([name, item]) => [name, typeof item === 'string' ? { sha256: item } : item] as const,
  );
  const right = entries.every(
    ([name, item]) =>
      isTableName(name) &&
      isRecord(item) &&
      isHash(item.sha256) &&
      (item.bytes === undefined || Number.isSafeInteger(item.bytes)),
  );
  return right ? (Object.fromEntries(entries) as Manifest['checksums']) : undefined;
}

function checkFormat(found: Record<string, unknown>, file: string): void {
  if (!Number.isSafeInteger(found.format)) throw damaged(file, 'no format');
  if (found.format !== 1 && found.format !== currentFormat)
    throw ofOtherVersion(file, found.format, currentFormat);
}

/**
 * Checks what a manifest's file or an entry of recorded runs holds, but for its own checksum; `file` is for the error.
 * Throws UserError where a value is missing or impossible, or the format is not known here.
 */
export function checkManifest(found: Record<string, unknown>, file: string, id: string): Manifest {
  checkFormat(found, file);
  if (found.id !== id) throw damaged(file, `of another run, ${JSON.stringify(found.id)}`);
  const manifest = found as unknown as Manifest;
  const right =
    statuses.includes(manifest.status) &&
    Number.isSafeInteger(manifest.step) &&
    Number.isFinite(manifest.seconds) &&
    typeof manifest.started === 'string' &&
    isRecord(manifest.versions) &&
    isRecord(manifest.device);
  if (!right) throw damaged(file, 'a value is missing or impossible');
  if (!isFinished(manifest)) return manifest;
  const checksums = readChecksums(found.checksums);
  if (!checksums) throw damaged(file, 'no checksums of the tables, or impossible ones');
  return { ...manifest, checksums };
}

/**
 * Reads manifest.json; undefined where there is none.
 * Throws UserError where it is not as it was written, or was written by a version that is not known here.
 */
export function readManifest(folder: string, id: string): Manifest | undefined {
  const file = runFiles(folder).manifest;
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const { sha256, ...found } = parseJson(text, file);
  // Before the format is believed: a flipped byte in it is damage, no other version.
  if (sha256 !== undefined && seal(found) !== text) throw damaged(file, 'wrong checksum');
  checkFormat(found, file);
  if ((sha256 === undefined) !== (found.format === 1)) throw damaged(file, 'wrong checksum');
  return checkManifest(found, file, id);
}
