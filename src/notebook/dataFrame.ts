/** Tables as danfojs DataFrames. danfojs is loaded at first use: it takes over a second and wants TensorFlow.js. */
import Module, { createRequire } from 'node:module';

import type * as Danfo from 'danfojs-node';

import { tf } from '../engine/tf';
import type { Rows } from './table';

/**
 * danfojs's DataFrame by a name of ours: a notebook's `const frame = …` declares a variable of its type, and outside the
 * checkout a cell cannot name a package that is installed only in here.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- of a type alias only what it stands for is left
export interface DataFrame extends Danfo.DataFrame {}

let loaded: typeof Danfo | undefined;

/**
 * danfojs-node on the project's engine. Where none is installed it gets TensorFlow.js in plain JavaScript: frames
 * work all the same, only slower.
 */
export function loadDanfo(): typeof Danfo {
  return (loaded ??= hasEngine() ? importDanfo() : importOnPlainTensorFlow());
}

const importDanfo = (): typeof Danfo => require('danfojs-node') as typeof Danfo;

function hasEngine(): boolean {
  try {
    return Boolean(tf.version);
  } catch {
    return false;
  }
}

/** danfojs asks for tfjs-node by name while it loads: for that time the name stands for another module. */
function importOnPlainTensorFlow(): typeof Danfo {
  const name = require.resolve('@tensorflow/tfjs-node');
  const plain = createRequire(name)('@tensorflow/tfjs') as { enableProdMode(): void };
  // Otherwise it prints advice to install tfjs-node.
  plain.enableProdMode();
  const before = require.cache[name];
  require.cache[name] = Object.assign(new Module(name), { exports: plain, loaded: true });
  try {
    return importDanfo();
  } finally {
    if (before) require.cache[name] = before;
    else delete require.cache[name];
  }
}

/** A table, of a run or any other, as a DataFrame, to look at and to compute with. */
export function toDataFrame({ columns, rows }: Rows): DataFrame {
  const { DataFrame } = loadDanfo();
  return new DataFrame([...rows], { columns: [...columns] });
}
