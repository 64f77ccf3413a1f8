/** What a compiled step may do, and how it is told what it may not. */
import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { backend, execute1 } from '../../src/engine/backend';
import { compile } from '../../src/engine/compile';
import { constant } from '../../src/engine/constant';
import { reshape } from '../../src/engine/elementary';
import { valueAndGradients } from '../../src/engine/gradients';
import { matMul, meanOfVector, relu } from '../../src/engine/ops';
import { type Tensor, tf, type Variable } from '../../src/engine/tf';
import { uint8Tensor } from '../../src/engine/transfer';
import { disposeTree, type Tree } from '../../src/engine/tree';
import { UserError } from '../../src/system/errors';
import { toBeAllClose, type Tolerance } from '../support/allclose';
import { hasFunctions, tensorCounts } from './counts';

type Input = { x: Tensor; n: Tensor };

let input: Input;
let outside: Tensor;
let state: Variable;
let before: ReturnType<typeof tensorCounts>;

beforeEach(() => {
  vi.stubEnv('BN_ENGINE_STEP', 'function');
  input = { x: tf.tensor2d([0.5, 2, -3, 4], [2, 2]), n: tf.tensor1d([1, 0], 'int32') };
  outside = tf.scalar(7);
  state = tf.variable(constant(1));
  // Uploads them.
  backend().getInputTensorIds([input.x, input.n, outside, state]);
  before = tensorCounts();
});
afterEach(() => {
  vi.unstubAllEnvs();
  expect(tensorCounts()).toEqual(before);
  disposeTree(input);
  tf.dispose([outside, state]);
});

const source = readFileSync(__filename, 'utf8').split('\n');
/** Where a step below does what its name says. */
const lineOf = (mark: string) =>
  `record.test.ts:${source.findIndex((line) => line.endsWith(`// @${mark}`)) + 1}`;

/** What a step gives recorded and run again, and whether both equal the eager values bit for bit. */
function expectSameAsEager(step: (given: Input) => Tensor, tolerance?: Tolerance): void {
  const eager = tf.tidy(() => step(input).dataSync());
  const compiled = compile((given: Input) => ({ y: step(given) }), { name: 'same' });
  for (let call = 0; call < 3; call++) {
    const { y } = compiled(input);
    if (tolerance) toBeAllClose(y.dataSync<'float32'>(), eager, tolerance);
    else expect(y.dataSync()).toEqual(eager);
    y.dispose();
  }
  compiled.dispose();
}

const meanOf = (x: Tensor) => meanOfVector(reshape(x, [x.size]));

const frozen = 'would freeze a value';
const reads = 'reads a tensor back';

/** Mark of the line, what the message says, and the step. */
const refusals: [string, string, (given: Input) => unknown][] = [
  [
    'scalar',
    `${frozen} of shape [] made in JavaScript`,
    ({ x }) => ({ y: tf.mul(x, tf.scalar(3)) }), // @scalar
  ],
  [
    'one element',
    `${frozen} of shape [1]`,
    ({ x }) => ({ y: tf.mul(x, [3]) }), // @one element
  ],
  [
    'a number',
    frozen,
    ({ x }) => ({ y: x.mul(3) }), // @a number
  ],
  [
    'from outside',
    `${frozen} of shape [] from outside`,
    ({ x }) => ({ y: tf.mul(x, outside) }), // @from outside
  ],
  [
    'an input by the back door',
    `${frozen} of shape [2, 2] from outside`,
    ({ x }) => ({ y: tf.mul(x, input.x) }), // @an input by the back door
  ],
  [
    'a variable',
    `${frozen} of shape [] from outside`,
    ({ x }) => ({ y: tf.mul(x, state) }), // @a variable
  ],
  [
    'random numbers',
    `${frozen} of shape [2, 2]`,
    ({ x }) => ({ y: tf.add(x, tf.randomNormal([2, 2])) }), // @random numbers
  ],
  [
    'dropout',
    frozen,
    ({ x }) => ({ y: tf.dropout(x, 0.5) }), // @dropout
  ],
  [
    'fill',
    frozen,
    ({ x }) => ({ y: tf.add(x, tf.fill([2, 2], 0.5)) }), // @fill
  ],
  [
    'clip',
    frozen,
    ({ x }) => ({ y: tf.clipByValue(x, -1, 1) }), // @clip
  ],
  [
    'a result of JavaScript',
    frozen,
    ({ x }) => ({ y: relu(x), z: tf.tensor1d([1, 2]) }), // @a result of JavaScript
  ],
  [
    'a stock gradient',
    "cannot take TensorFlow.js's gradient of Sigmoid",
    ({ x }) => valueAndGradients(() => ({ loss: tf.mean(tf.sigmoid(x)), aux: { x } }), { x }), // @a stock gradient
  ],
  [
    'a stock gradient by tf.grad',
    frozen,
    ({ x }) => ({ y: tf.grad((v: Tensor) => tf.mean(relu(v)))(x) }), // @a stock gradient by tf.grad
  ],
  [
    'an upload',
    `${frozen} of shape [1] from outside`,
    () => ({ y: tf.cast(uint8Tensor(Uint8Array.of(1), [1]), 'float32') }), // @an upload
  ],
  [
    'dataSync',
    reads,
    ({ x }) => ({ y: tf.fill([2], x.dataSync()[0]!) }), // @dataSync
  ],
  [
    'arraySync',
    reads,
    ({ x }) => ({ y: tf.tensor(x.arraySync()) }), // @arraySync
  ],
  [
    'data',
    reads,
    ({ x }) => (void x.data(), { y: relu(x) }), // @data
  ],
  [
    'a caught error',
    reads,
    ({ x }) => {
      try {
        x.dataSync(); // @a caught error
      } catch {
        return { y: relu(x) };
      }
      return { y: x };
    },
  ],
  [
    'print',
    reads,
    ({ x }) => (x.print(), { y: relu(x) }), // @print
  ],
  [
    'a random op',
    'draws random numbers from hidden state (Multinomial)',
    ({ x }) => ({ y: tf.multinomial(x as never, 3, 1) }), // @a random op
  ],
  [
    'assign',
    'assigns to a variable',
    ({ x }) => (state.assign(tf.sum(x)), { y: relu(x) }), // @assign
  ],
  [
    'assignAdd',
    frozen,
    ({ x }) => (state.assign(tf.add(state, tf.sum(x))), { y: relu(x) }), // @assignAdd
  ],
];

describe.skipIf(!hasFunctions())('a step is refused', () => {
  it.each(refusals)('for %s', (mark, message, step) => {
    const compiled = compile(step as (given: Input) => Tree, { name: 'refused' });
    for (let call = 0; call < 2; call++) {
      expect(() => compiled(input)).toThrow(UserError);
      expect(() => compiled(input)).toThrow(message);
      expect(() => compiled(input)).toThrow(lineOf(mark));
    }
    expect(compiled.operations()).toEqual([]);
    expect(tensorCounts()).toEqual(before);

    // The backend is what it was.
    const node = backend() as object;
    for (const name of ['getInputTensorIds', 'readSync', 'read', 'write'])
      expect(Object.hasOwn(node, name)).toBe(false);
    tf.tidy(() => {
      expect(tf.mul(input.x, 2).dataSync()).toEqual(Float32Array.of(1, 4, -6, 8));
      state.assign(tf.scalar(5));
      expect(state.dataSync()[0]).toBe(5);
    });
    expectSameAsEager(({ x }) => matMul(x, x));
  });

  it('if it is asynchronous, without an unhandled rejection', async () => {
    const compiled = compile(
      // eslint-disable-next-line @typescript-eslint/require-await -- the mistake that is tested
      (async ({ x }: Input) => ({ y: relu(x).dataSync() })) as never,
      { name: 'later' },
    );
    expect(() => compiled(input)).toThrow(reads);
    const late = compile(
      (async ({ x }: Input) => {
        await Promise.resolve();
        throw new Error(`too late for ${x.shape.join()}`);
      }) as never,
      { name: 'late' },
    );
    expect(() => late(input)).toThrow('must not be asynchronous');
    vi.stubEnv('BN_ENGINE_STEP', 'eager');
    expect(() => late(input)).toThrow('must not be asynchronous');
    await new Promise((resolve) => setTimeout(resolve));
  });

  it('with its own error where it throws one, and leaves nothing behind', () => {
    const compiled = compile(
      ({ x }: Input): Tree => {
        const y = relu(x);
        throw new Error(`my own ${y.rank}`);
      },
      { name: 'throws' },
    );
    expect(() => compiled(input)).toThrow('my own 2');
    expect(tf.engine().state.gradientDepth).toBe(0);
    expectSameAsEager(({ x }) => relu(x));
  });
});

/** Operations of TensorFlow.js whose kernels do something special: lists, several outputs, types, arguments. */
const stock: Record<string, (given: Input) => Tensor> = {
  'declared constants': ({ x }) => tf.add(tf.mul(x, constant([1, -1])), constant(3)),
  'integer constants': ({ n }) => tf.add(n, constant(3, 'int32')),
  'an empty constant': ({ x }) => tf.concat([x.flatten(), constant([])]),
  'a clone of a constant': ({ x }) => tf.add(x, constant(3).clone()),
  concat: ({ x }) => tf.concat([x, relu(x), x], 1),
  stack: ({ x }) => tf.stack([x, relu(x)], 1),
  unstack: ({ x }) => tf.addN(tf.unstack(x, 1)),
  split: ({ x }) => tf.split(x, 2, 1)[1]!,
  booleans: ({ x }) => tf.where(tf.logicalNot(tf.greater(x, constant(1))), x, tf.neg(x)),
  'a boolean output': ({ x }) => tf.greaterEqual(x, tf.sum(x, 1, true)),
  casts: ({ x }) => tf.cast(tf.cast(x, 'int32'), 'float32'),
  'any and all': ({ x }) => tf.logicalOr(tf.any(tf.cast(x, 'bool'), 0), tf.all(tf.cast(x, 'bool'))),
  reductions: ({ x }) => tf.div(tf.prod(tf.mean(x, 0)), tf.max(x)),
  'expanded dimensions': ({ x }) => tf.squeeze(tf.expandDims(x, 1), [1]),
  slices: ({ x }) =>
    tf.add(tf.slice(x, [0, 1], [2, 1]), tf.stridedSlice(x, [0, 0], [2, 2], [1, 2])),
  'tiles and transposes': ({ x }) => tf.tile(tf.transpose(x), [2, 1]),
  'two outputs of which the second is used': ({ x }) => tf.cast(tf.topk(x, 1).indices, 'float32'),
  'argMax of integers': ({ n }) => tf.argMax(n),
  einsum: ({ x }) => tf.einsum('ij,kj->ik', x, x),
  powers: ({ x }) => tf.pow(tf.abs(x), constant(-0.5)),
  'a quotient by a constant': ({ x }) => tf.div(x, constant(3)),
  'an attribute that is a float': ({ x }) => tf.leakyRelu(x, 0.1),
  'stateless random numbers': ({ n }) =>
    execute1('StatelessRandomNormal', [constant([5], 'int32'), n], {
      dtype: { type: 'float32' },
      T: { type: 'int32' },
      Tseed: { type: 'int32' },
    }),
  'a gradient': ({ x }) =>
    valueAndGradients(() => ({ loss: meanOf(tf.mul(matMul(x, x), x)), aux: {} }), { x }).gradients
      .x!,
};

describe.skipIf(!hasFunctions())(
  'recorded and run again, a step gives the eager values with',
  () => {
    it.each(Object.entries(stock))('%s', (_, step) => expectSameAsEager(step));

    // oneDNN fuses them in a function: the last digit may differ. No training step has them.
    it('softmax and logarithms, to rounding', () =>
      expectSameAsEager(({ x }) => tf.logSoftmax(tf.softmax(x)), { rtol: 1e-6, atol: 0 }));
  },
);
