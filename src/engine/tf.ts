/**
 * The one place that loads TensorFlow. `tf` is TensorFlow.js on the native library of the engine folder;
 * it is loaded at the first use, so that reading tables and drawing figures need no engine.
 */
import { existsSync, mkdirSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import util from 'node:util';

import type * as TensorFlow from '@tensorflow/tfjs-node';

import { messageOf, UserError } from '../system/errors';
import { engineDir } from '../system/paths';
import { packageDir } from './build';
import { engineEnvironment, xlaCache } from './environment';
import { readEngineInfo } from './info';

export type Tensor = TensorFlow.Tensor;
export type Variable = TensorFlow.Variable;

let loaded: typeof TensorFlow | undefined;

function unusable(what: string): UserError {
  return new UserError(`${what}: run \`npx bn-lab doctor --fix\``);
}

function readInfo(): NonNullable<ReturnType<typeof readEngineInfo>> {
  try {
    const info = readEngineInfo();
    if (info) return info;
  } catch (error) {
    throw unusable(`the TensorFlow engine in ${engineDir()} is broken (${messageOf(error)})`);
  }
  throw unusable(`no TensorFlow engine in ${engineDir()}`);
}

/** Node 23 dropped two functions that tfjs-node 4.22 calls. */
export function restoreUtil(target: object = util): void {
  const old = { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray };
  for (const [name, value] of Object.entries(old)) {
    if (!(name in target)) Object.assign(target, { [name]: value });
  }
}

/** XLA does not make the folder itself. Where a shared engine may not be written to, what its owner has kept is read. */
function prepareCache(): void {
  try {
    mkdirSync(xlaCache(engineDir()), { recursive: true });
  } catch {
    // Without it each process chooses its kernels anew.
  }
}

function load(): typeof TensorFlow {
  const info = readInfo();
  const binding = path.resolve(engineDir(), info.binding);
  if (!existsSync(binding)) throw unusable(`the TensorFlow engine lacks ${binding}`);
  if (info.cuda) prepareCache();
  Object.assign(process.env, engineEnvironment(info));
  restoreUtil();
  // tfjs-node asks node-pre-gyp where its binding lies; ours is in the engine folder.
  const finder = require.resolve('@mapbox/node-pre-gyp', {
    paths: [packageDir('@tensorflow/tfjs-node')],
  });
  const stub = new Module(finder);
  stub.exports = { find: () => binding };
  const original = require.cache[finder];
  require.cache[finder] = stub;
  try {
    return require('@tensorflow/tfjs-node') as typeof TensorFlow;
  } catch (error) {
    const reason = messageOf(error).split('\n')[0];
    throw unusable(`the TensorFlow engine in ${engineDir()} does not load (${reason})`);
  } finally {
    if (original) require.cache[finder] = original;
    else delete require.cache[finder];
  }
}

type Library = typeof TensorFlow;
/**
 * The library by a name of ours: a notebook's `const { tf } = bn` declares a variable of its type, and outside the
 * checkout a cell cannot name a package that is installed only in here.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- of a type alias only what it stands for is left
export interface TensorFlowLibrary extends Library {}

/** TensorFlow.js, loaded at first use. Throws UserError where no engine is installed. */
export const tf: TensorFlowLibrary = new Proxy({} as TensorFlowLibrary, {
  get: (_, key) => (loaded ??= load())[key as keyof Library],
});
