/** engine.json: what the engine folder holds, and whether that is still true. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { messageOf } from '../system/errors';
import { engineDir } from '../system/paths';
import { bindingSource } from './build';
import { engineChoice } from './plan';

export const ENGINE_FORMAT = 1;

export interface EngineInfo {
  /** Version of the engine folder's layout. */
  format: number;
  /** `wheel`: TensorFlow's Python wheel and our own binding; `prebuilt`: tfjs-node's own download. */
  source: 'wheel' | 'prebuilt';
  /** TensorFlow's version. */
  tensorflow: string;
  cuda: boolean;
  platform: string;
  arch: string;
  /** The Node addon, relative to the engine folder. */
  binding: string;
  /** Hash of what the binding was compiled from; empty for a prebuilt one. */
  bindingSource: string;
  /** Everything needed to run, by path relative to the engine folder. */
  files: Record<string, { size: number; sha256: string }>;
  /** How it was got, in words. */
  how: string;
  /** Time the installation took. */
  seconds: number;
  /** First line of the compiler's --version; empty for a prebuilt binding. */
  compiler: string;
}

export interface EngineStatus {
  ready: boolean;
  info?: EngineInfo;
  /** What is there, or what is wrong, in one line. */
  detail: string;
  /** What the user can do about it; empty when ready. */
  remedy: string;
  /** What installEngine would do. */
  needs: 'nothing' | 'compile' | 'install';
}

const REMEDY = 'npx bn-lab doctor --fix';

const infoFile = (): string => path.join(engineDir(), 'engine.json');

/** engine.json, or undefined where there is none. Throws where it is not what this version writes. */
export function readEngineInfo(): EngineInfo | undefined {
  let text: string;
  try {
    text = readFileSync(infoFile(), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const info = JSON.parse(text) as EngineInfo;
  if (info.format !== ENGINE_FORMAT) throw new Error(`format ${info.format} is not known`);
  return info;
}

/** The first file that is missing or has a wrong size, in words. */
function firstBrokenFile(info: EngineInfo): string | undefined {
  for (const [name, { size }] of Object.entries(info.files)) {
    const found = statSync(path.join(engineDir(), name), { throwIfNoEntry: false })?.size;
    if (found === undefined) return `${name} is missing`;
    if (found !== size) return `${name} has ${found} bytes instead of ${size}`;
  }
  return undefined;
}

/** Why an engine that is there cannot serve, or undefined. */
function unfitness(info: EngineInfo): string | undefined {
  const choice = engineChoice();
  if (info.platform !== process.platform || info.arch !== process.arch) {
    return `it was made for ${info.platform}-${info.arch}`;
  }
  if (choice === 'cuda' && !info.cuda) return 'it has no CUDA, which BN_ENGINE=cuda asks for';
  if (choice === 'prebuilt' && info.source !== 'prebuilt') {
    return 'it is not the prebuilt one, which BN_ENGINE=prebuilt asks for';
  }
  return firstBrokenFile(info);
}

const describe = (info: EngineInfo): string =>
  `TensorFlow ${info.tensorflow}${info.cuda ? ' with CUDA' : ''} (${info.how})`;

/** Whether the engine can be used, from sizes and dates only (milliseconds). Never throws. */
export function engineStatus(): EngineStatus {
  const broken = (detail: string, needs: EngineStatus['needs'] = 'install'): EngineStatus => ({
    ready: false,
    detail,
    remedy: REMEDY,
    needs,
  });
  let info: EngineInfo | undefined;
  try {
    info = readEngineInfo();
    if (!info) return broken(`no TensorFlow engine in ${engineDir()}`);
    const why = unfitness(info);
    if (why) return { ...broken(`the engine in ${engineDir()} cannot be used: ${why}`), info };
    if (info.source === 'wheel' && info.bindingSource !== bindingSource()) {
      return { ...broken('the binding is older than its C++ source', 'compile'), info };
    }
    return { ready: true, info, detail: describe(info), remedy: '', needs: 'nothing' };
  } catch (error) {
    return { ...broken(`the engine in ${engineDir()} cannot be used: ${messageOf(error)}`), info };
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Size and SHA-256 of files, by name relative to `folder`. */
export async function fingerprint(folder: string, names: string[]): Promise<EngineInfo['files']> {
  const files: EngineInfo['files'] = {};
  for (const name of names) {
    const file = path.join(folder, name);
    files[name] = { size: statSync(file).size, sha256: await sha256(file) };
  }
  return files;
}

/** Reads every file of the engine; the names of those whose content is not what was installed. */
export async function changedFiles(info: EngineInfo): Promise<string[]> {
  const changed: string[] = [];
  for (const [name, { sha256: expected }] of Object.entries(info.files)) {
    const actual = await sha256(path.join(engineDir(), name)).catch(() => 'unreadable');
    if (actual !== expected) changed.push(name);
  }
  return changed;
}
