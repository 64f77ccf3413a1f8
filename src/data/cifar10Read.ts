/** Reads the files of a CIFAR-10 source, a folder or a tar archive, into memory. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import * as tar from 'tar';

import { messageOf } from '../system/errors';

export interface SourceFiles {
  /** By name, whole files only. */
  files: Map<string, Buffer>;
  /** What was wrong with the source itself; the files that could be read are there all the same. */
  trouble: string[];
}

const tooLarge = (name: string, bytes: number, most: number): string =>
  `${name} has ${bytes} bytes, more than the ${most} it can have`;

/** The true archives unpack to less than twice their size; what unpacks to this many times its size is a trap. */
const mostUnpacking = 100;

/** A folder's files, looked for in it and in the subfolders that the two archives unpack to. */
function readFolder(folder: string, wanted: Map<string, number>): SourceFiles {
  const files = new Map<string, Buffer>();
  const trouble: string[] = [];
  for (const [name, most] of wanted) {
    const file = ['', 'cifar-10-batches-bin', 'package']
      .map((inside) => path.join(folder, inside, name))
      .find((candidate) => existsSync(candidate));
    if (!file) continue;
    const { size } = statSync(file);
    if (size > most) trouble.push(tooLarge(name, size, most));
    else files.set(name, readFileSync(file));
  }
  return { files, trouble };
}

/** An archive's files by their last name. Nothing is unpacked to the disk, so no path in it can lead anywhere. */
async function readArchive(archive: string, wanted: Map<string, number>): Promise<SourceFiles> {
  const files = new Map<string, Buffer>();
  const trouble: string[] = [];
  try {
    await tar.list({
      file: archive,
      strict: true,
      maxDecompressionRatio: mostUnpacking,
      filter: (entryPath, entry) => {
        const name = path.posix.basename(entryPath);
        const most = wanted.get(name);
        if (most === undefined || !('type' in entry) || entry.type !== 'File') return false;
        if (entry.size > most) trouble.push(tooLarge(name, entry.size, most));
        return entry.size <= most;
      },
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk) => chunks.push(chunk));
        entry.on('end', () => {
          const bytes = Buffer.concat(chunks);
          // In a truncated archive the last entry ends early.
          if (bytes.length === entry.size) files.set(path.posix.basename(entry.path), bytes);
        });
      },
    });
  } catch (error) {
    trouble.push(`not a whole tar archive (${messageOf(error)})`);
  }
  return { files, trouble };
}

/**
 * The wanted files of a source, as far as they are there.
 *
 * @param source Folder or tar archive, compressed or not.
 * @param wanted File name to the most bytes it can rightly have; a larger file is not read.
 * @throws Error where there is no such source.
 */
export async function readSource(
  source: string,
  wanted: Map<string, number>,
): Promise<SourceFiles> {
  if (!existsSync(source)) throw new Error('no such file or folder');
  return statSync(source).isDirectory() ? readFolder(source, wanted) : readArchive(source, wanted);
}
