/** Compiled steps: the same results as op by op, their inputs, variants and lifetimes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { backend, execute1 } from '../../src/engine/backend';
import { compile, type Compiled } from '../../src/engine/compile';
import { constant } from '../../src/engine/constant';
import { relu } from '../../src/engine/ops';
import { type Tensor, tf } from '../../src/engine/tf';
import { uint8Tensor } from '../../src/engine/transfer';
import { disposeTree, type Tree } from '../../src/engine/tree';
import { UserError } from '../../src/system/errors';
import { hasFunctions, tensorCounts } from './counts';

let before: ReturnType<typeof tensorCounts>;
/** Disposed after the test. */
let used: Compiled<never, Tree>[];

/** A compiled step that the test need not dispose of. */
function make<I extends Tree, O extends Tree>(step: (input: I) => O, name = 'step') {
  const compiled = compile(step, { name });
  used.push(compiled);
  return compiled;
}

/** Uploaded, so that it counts from the start. */
function vector(...values: number[]): Tensor {
  const tensor = tf.tensor1d(values);
  backend().getInputTensorIds([tensor]);
  return tensor;
}

beforeEach(() => {
  vi.stubEnv('BN_ENGINE_STEP', 'function');
  used = [];
  before = tensorCounts();
});
afterEach(() => {
  for (const compiled of used) compiled.dispose();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  expect(tensorCounts()).toEqual(before);
});

describe.skipIf(!hasFunctions())('a compiled step', () => {
  type Rates = { w: Tensor; rate: Tensor };

  it('takes what changes as an input: one recording, two rates', () => {
    const step = make(({ w, rate }: Rates) => ({ w: tf.sub(w, tf.mul(rate, w)) }));
    const define = vi.spyOn(backend().binding, 'defineFunction');
    const w = vector(1, 2);
    for (const value of [0.5, 0.25, 0]) {
      const rate = vector(value);
      const result = step({ w, rate });
      expect(result.w.dataSync()).toEqual(Float32Array.of(1 - value, 2 - 2 * value));
      tf.dispose([rate, result.w]);
    }
    expect(define).toHaveBeenCalledTimes(1);
    w.dispose();
  });

  it('returns the result of the first call like that of any other', () => {
    const step = make(({ x }: { x: Tensor }) => ({ y: tf.add(x, x), nested: { z: relu(x) } }));
    const x = vector(-1, 2);
    const results = [step({ x }), step({ x })];
    for (const { y, nested } of results) {
      expect(y.dataSync()).toEqual(Float32Array.of(-2, 4));
      expect(nested.z.dataSync()).toEqual(Float32Array.of(0, 2));
      disposeTree({ y, nested });
    }
    x.dispose();
  });

  it('keeps inputs apart that were one tensor at the first call', () => {
    const step = make(({ a, b }: { a: Tensor; b: Tensor }) => ({ y: tf.sub(a, b) }));
    const [p, q] = [vector(5), vector(3)];
    const clone = p.clone();
    const results = [step({ a: p, b: p }), step({ a: p, b: q }), step({ a: clone, b: q })];
    expect(results.map(({ y }) => y.dataSync()[0])).toEqual([0, 2, 2]);
    tf.dispose([p, q, clone, ...results.map(({ y }) => y)]);
  });

  it.each(['eager', 'function', 'xla'])(
    'returns tensors that are the caller’s own as %s',
    (mode) => {
      vi.stubEnv('BN_ENGINE_STEP', mode);
      const fixed = constant([7, 7]);
      backend().getInputTensorIds([fixed]);
      const step = make(({ x }: { x: Tensor }) => {
        const y = relu(x);
        return { x, again: x, y, alsoY: y, fixed };
      });
      for (let call = 0; call < 3; call++) {
        const x = vector(-1, 2);
        const result = step({ x });
        x.dispose();
        result.again.dispose();
        result.alsoY.dispose();
        expect(result.x.dataSync()).toEqual(Float32Array.of(-1, 2));
        expect(result.y.dataSync()).toEqual(Float32Array.of(0, 2));
        expect(result.fixed.dataSync()).toEqual(Float32Array.of(7, 7));
        disposeTree({ x: result.x, y: result.y, fixed: result.fixed });
      }
      fixed.dispose();
    },
  );

  it('takes and returns bytes, integers and booleans', () => {
    const step = make(({ bytes, n, flags }: { bytes: Tensor; n: Tensor; flags: Tensor }) => ({
      float: execute1('Cast', [bytes], { SrcT: { type: 'uint8' }, DstT: { type: 'float32' } }),
      bytes,
      n: tf.add(n, n),
      flags: tf.logicalNot(flags),
    }));
    for (let call = 0; call < 2; call++) {
      const input = {
        bytes: uint8Tensor(Uint8Array.of(3, 255), [2]),
        n: tf.tensor1d([4, -5], 'int32'),
        flags: tf.tensor1d([true, false], 'bool'),
      };
      const result = step(input);
      expect(result.float.dataSync()).toEqual(Float32Array.of(3, 255));
      expect(result.bytes.dataSync()).toEqual(Uint8Array.of(3, 255));
      expect(result.n.dataSync()).toEqual(Int32Array.of(8, -10));
      expect(result.flags.dataSync()).toEqual(Uint8Array.of(0, 1));
      disposeTree({ input, result });
    }
  });

  it('is recorded once for each set of shapes', () => {
    const step = make(({ x }: { x: Tensor }) => ({ y: tf.mul(x, constant(x.size)) }));
    const define = vi.spyOn(backend().binding, 'defineFunction');
    const shapes = [[2], [3], [1, 2], [2, 1], [], [0]];
    for (let call = 0; call < 3; call++) {
      for (const shape of shapes) {
        const x = tf.ones(shape);
        const { y } = step({ x });
        expect(y.shape).toEqual(shape);
        expect([...y.dataSync()]).toEqual(new Array(x.size).fill(x.size));
        tf.dispose([x, y]);
      }
    }
    expect(define).toHaveBeenCalledTimes(shapes.length);
  });

  it('refuses more shapes than a run can have', () => {
    const step = make(({ x }: { x: Tensor }) => ({ y: relu(x) }), 'many');
    const call = (n: number) => tf.tidy(() => step({ x: tf.ones([n]) }).y.size);
    for (let n = 1; n <= 16; n++) expect(call(n)).toBe(n);
    expect(() => call(17)).toThrow('many was called with 17 different input shapes');
    expect(call(16)).toBe(16);
  });

  it('runs inside another one as part of it', () => {
    const inner = make(({ x }: { x: Tensor }) => ({ y: tf.mul(x, x), x }));
    const outer = make(({ x }: { x: Tensor }) => {
      const { y, x: same } = inner({ x: tf.add(x, x) });
      return { z: tf.add(y, same) };
    });
    const x = vector(3);
    for (let call = 0; call < 3; call++) {
      const { z } = outer({ x });
      expect(z.dataSync()[0]).toBe(42);
      z.dispose();
    }
    expect(inner.operations()).toEqual([]);
    expect(outer.operations()).toEqual(['Placeholder', 'Add', 'Mul', 'Add']);
    x.dispose();
  });

  it('is differentiated as if it were not compiled', () => {
    const step = make(({ x }: { x: Tensor }) => ({ y: tf.mul(x, x) }));
    const x = vector(3);
    for (let call = 0; call < 3; call++) {
      const slope = tf.tidy(() => tf.grad((v: Tensor) => tf.sum(tf.add(step({ x: v }).y, v)))(x));
      expect(slope.dataSync()[0]).toBe(7);
      tf.dispose([slope, step({ x }).y]);
    }
    x.dispose();
  });

  it('returns nothing where the step does', () => {
    const step = make(({ x }: { x: Tensor }) => (relu(x), {}));
    const x = vector(1);
    for (let call = 0; call < 2; call++) expect(step({ x })).toEqual({});
    x.dispose();
  });
});

describe.skipIf(!hasFunctions())('wrong inputs are named in one line', () => {
  type Pair = { a: Tensor; group: { b: Tensor } };
  const step = () => make(({ a, group }: Pair) => ({ y: tf.add(a, group.b) }), 'pair');

  it('before and after the recording', () => {
    const [a, b, n] = [vector(1), vector(2), tf.tensor1d([1], 'int32')];
    const bytes = uint8Tensor(Uint8Array.of(1), [1]);
    const gone = vector(1);
    gone.dispose();
    const pair = step();
    const refused = (input: Tree, message: string) => {
      expect(() => pair(input as Pair)).toThrow(UserError);
      expect(() => pair(input as Pair)).toThrow(message);
    };
    refused({ a, group: { b: gone } }, 'pair: its input group/b is disposed');
    pair({ a, group: { b } }).y.dispose();
    refused({ a: gone, group: { b } }, 'pair: its input a is disposed');
    refused({ a, group: { c: b } }, 'its inputs have changed: expected group/b, got group/c');
    refused({ a }, 'its inputs have changed: expected group/b, got no more');
    refused({ a, group: { b, c: b } }, 'its inputs have changed: expected no more, got group/c');
    refused({ a: n, group: { b } }, 'its input a has dtype int32, but was recorded with float32');
    refused(
      { a: bytes, group: { b } },
      'its input a has dtype uint8, but was recorded with float32',
    );
    const { y } = pair({ a, group: { b } });
    expect(y.dataSync()[0]).toBe(3);
    tf.dispose([a, b, n, bytes, y]);
  });
});

describe.skipIf(!hasFunctions())('errors and ends', () => {
  it('names the line whose op failed in TensorFlow', () => {
    const take = make(({ from, at }: { from: Tensor; at: Tensor }) => {
      const both = tf.add(from, from);
      return { y: gather(both, at) };
    });
    const gather = (from: Tensor, at: Tensor) =>
      execute1('GatherV2', [from, at, constant(0, 'int32')], {
        Tparams: { type: 'float32' },
        Tindices: { type: 'int32' },
        Taxis: { type: 'int32' },
        batch_dims: { int: 0 },
      });
    const line = /indices\[0\] = 9 is not in \[0, 2\).*made at .*compile\.test\.ts:(\d+)/s;
    const [from, good, bad] = [vector(1, 2), tf.tensor1d([1], 'int32'), tf.tensor1d([9], 'int32')];
    backend().getInputTensorIds([good, bad]);
    take({ from, at: good }).y.dispose();
    for (let call = 0; call < 3; call++) expect(() => take({ from, at: bad })).toThrow(line);
    const { y } = take({ from, at: good });
    expect(y.dataSync()[0]).toBe(4);
    tf.dispose([from, good, bad, y]);
  });

  it('names the line of an op that no graph can hold, and frees the first result', () => {
    const x = vector(1);
    const step = make(({ x }: { x: Tensor }) => ({ y: execute1('Relu', [x]) }));
    expect(() => step({ x })).toThrow(/missing attr 'T'.*made at .*compile\.test\.ts:\d+/s);
    x.dispose();
  });

  it('is gone from TensorFlow once disposed of, and can be recorded anew', () => {
    const { binding } = backend();
    const define = vi.spyOn(binding, 'defineFunction');
    const step = compile(({ x }: { x: Tensor }) => ({ y: relu(x) }), { name: 'gone' });
    const x = vector(1);
    step({ x }).y.dispose();
    expect(step.operations()).toEqual(['Placeholder', 'Relu']);
    const [name] = define.mock.calls[0]!;
    const ids = backend().getInputTensorIds([x]);
    binding.deleteTensor(binding.executeFunction!(name, ids, 1, false)[0]!.id);
    step.dispose();
    expect(() => binding.executeFunction!(name, ids, 1, false)).toThrow(name);
    expect(step.operations()).toEqual([]);
    step.dispose();
    for (let call = 0; call < 2; call++) step({ x }).y.dispose();
    expect(define).toHaveBeenCalledTimes(2);
    step.dispose();
    x.dispose();
  });
});
