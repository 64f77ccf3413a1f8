/** The native functions: what they return, and that whatever is wrong ends in an exception. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import ts from 'typescript';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { backend } from '../../src/engine/backend';
import { type Output, serializeGraph } from '../../src/engine/graph';
import { readEngineInfo } from '../../src/engine/info';
import { tf } from '../../src/engine/tf';
import { engineDir, projectRoot } from '../../src/system/paths';
import { hasFunctions, tensorCounts } from './counts';

interface Line {
  calling?: string;
  expected?: string;
  message?: string | null;
  tensors?: number;
  megabytes?: number;
}

const output = (node: string): Output => ({ node, index: 0 });

const folder = mkdtempSync(path.join(os.tmpdir(), 'bn-lab-binding-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles a TypeScript file to one that plain Node can load. */
function transpiled(source: string): string {
  const file = path.join(folder, path.basename(source).replace('.ts', '.cjs'));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const text = readFileSync(path.join(projectRoot, source), 'utf8');
  writeFileSync(file, ts.transpileModule(text, { compilerOptions }).outputText);
  return file;
}

let before: ReturnType<typeof tensorCounts>;
beforeEach(() => {
  before = tensorCounts();
});
afterEach(() => expect(tensorCounts()).toEqual(before));

describe.skipIf(!hasFunctions())('the binding', () => {
  const { binding } = backend();
  const read = (id: number): unknown => {
    const values = binding.tensorDataSync(id);
    binding.deleteTensor(id);
    return values;
  };

  it('copies values in and out', () => {
    const values = Float32Array.of(1, 2, 3);
    const id = binding.createTensor([3], binding.TF_FLOAT, values);
    values.fill(0);
    binding.tensorDataSync(id).fill(0);
    expect(read(id)).toEqual(Float32Array.of(1, 2, 3));
  });

  it('reads the part of a buffer that an array shows', () => {
    const all = Int32Array.of(1, 2, 3, 4);
    expect(read(binding.createTensor([2], binding.TF_INT32, all.subarray(1, 3)))).toEqual(
      Int32Array.of(2, 3),
    );
  });

  it('knows every type that JavaScript has an array for', () => {
    const { TF_FLOAT, TF_INT32, TF_INT64, TF_UINT8, TF_BOOL } = binding;
    expect(read(binding.createTensor([], TF_FLOAT, Float32Array.of(NaN)))).toEqual(
      Float32Array.of(NaN),
    );
    expect(read(binding.createTensor([0, 3], TF_FLOAT, new Float32Array(0)))).toEqual(
      new Float32Array(0),
    );
    expect(read(binding.createTensor([1], TF_INT32, Int32Array.of(-7)))).toEqual(Int32Array.of(-7));
    // tfjs-node passes 64-bit integers as pairs of 32 bits.
    expect(read(binding.createTensor([1], TF_INT64, Int32Array.of(5, 1)))).toEqual(
      BigInt64Array.of(2n ** 32n + 5n),
    );
    const bytes = Uint8Array.of(0, 1);
    expect(read(binding.createTensor([2], TF_UINT8, bytes))).toEqual(bytes);
    expect(read(binding.createTensor([1, 2], TF_BOOL, bytes))).toEqual(bytes);
    const words = ['', 'a', 'a word that is too long to be kept in place'];
    const text = tf.tensor1d(words);
    expect(text.dataSync()).toEqual(words);
    expect(tf.tidy(() => tf.concat([text, text]).dataSync())).toEqual([...words, ...words]);
    text.dispose();
  });

  it.each([false, true])('defines, runs and removes a function; XLA: %s', (xla) => {
    const type = (name: string) => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: binding.TF_FLOAT,
    });
    const shape = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [2] };
    const x = { name: 'x', op: 'Placeholder', inputs: [], attributes: [type('dtype'), shape] };
    const y = { name: 'y', op: 'Mul', inputs: [output('x'), output('x')], attributes: [type('T')] };
    const z = { name: 'z', op: 'Neg', inputs: [output('y')], attributes: [type('T')] };
    binding.defineFunction!('squares', serializeGraph([x, y, z]), ['x:0'], ['z:0', 'y:0', 'z:0']);
    const id = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(3, -4));
    const results = binding.executeFunction!('squares', [id], 3, xla);
    expect(results.map(({ shape: size, dtype }) => ({ size, dtype }))).toEqual(
      new Array(3).fill({ size: [2], dtype: binding.TF_FLOAT }),
    );
    expect(results.map((result) => read(result.id))).toEqual([
      Float32Array.of(-9, -16),
      Float32Array.of(9, 16),
      Float32Array.of(-9, -16),
    ]);
    // More outputs may be asked for than there are.
    for (const result of binding.executeFunction!('squares', [id], 9, xla))
      binding.deleteTensor(result.id);
    binding.removeFunction!('squares');
    expect(() => binding.executeFunction!('squares', [id], 3, xla)).toThrow('squares');
    binding.deleteTensor(id);
  });

  it('throws at every wrong call, never aborts, and leaks nothing', () => {
    const binding = path.join(engineDir(), readEngineInfo()!.binding);
    const program = transpiled('tests/engine/bindingAbuse.ts');
    const args = [program, binding, transpiled('src/engine/graph.ts')];
    const env = { ...process.env, NODE_PATH: path.join(projectRoot, 'node_modules') };
    const { stdout, status, signal } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    // After an abort the last line says which call it was.
    expect({ status, signal, last: lines.at(-1) }).toMatchObject({ status: 0, signal: null });

    const calls = lines.filter(({ calling }) => calling !== undefined);
    const messages = lines.filter(({ message }) => message !== undefined);
    expect(calls.length).toBeGreaterThan(100);
    const wrong = calls
      .map(({ calling, expected }, i) => ({ calling, expected, message: messages[i]!.message }))
      .filter(({ expected, message }) => !message?.includes(expected!));
    expect(wrong).toEqual([]);
    expect(lines.at(-1)!.tensors).toBe(0);
    expect(lines.at(-1)!.megabytes).toBeLessThan(4);
  });
});
