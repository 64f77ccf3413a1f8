/**
 * Elementary operations by the names that formulas have, one native op each. Those of real numbers have gradients, and the
 * gradients have gradients, where nothing else is said.
 */
import { type Attribute, execute1, float32 } from './backend';
import { constant } from './constant';
import { differentiable } from './gradients';
import { type Tensor, tf } from './tf';

const elementwise = (op: string, ...inputs: Tensor[]): Tensor => execute1(op, inputs, float32);

/** x^2. */
export const square = (x: Tensor): Tensor =>
  differentiable(
    { x },
    (save) => {
      save(x);
      return elementwise('Square', x);
    },
    (dy, [x]) => ({ x: () => tf.mul(dy, tf.mul(x!, constant(2))) }),
  );

/** The square root of x. */
export const sqrt = (x: Tensor): Tensor =>
  differentiable(
    { x },
    (save) => {
      save(x);
      return elementwise('Sqrt', x);
    },
    (dy, [x]) => ({ x: () => tf.mul(dy, tf.mul(rsqrt(x!), constant(0.5))) }),
  );

/** 1 over the square root of x. */
export const rsqrt = (x: Tensor): Tensor =>
  differentiable(
    { x },
    (save) => {
      save(x);
      return elementwise('Rsqrt', x);
    },
    (dy, [x]) => ({ x: () => tf.mul(dy, tf.mul(tf.div(rsqrt(x!), x!), constant(-0.5))) }),
  );

/** |x|; its gradient at 0 is 0. */
export const abs = (x: Tensor): Tensor =>
  differentiable(
    { x },
    (save) => {
      save(x);
      return elementwise('Abs', x);
    },
    (dy, [x]) => ({ x: () => tf.mul(dy, sign(x!)) }),
  );

/** -1, 0 or 1; without a gradient. */
export const sign = (x: Tensor): Tensor => elementwise('Sign', x);

/** a / b, 0 where b is 0; without a gradient. */
export const divideOrZero = (a: Tensor, b: Tensor): Tensor => elementwise('DivNoNan', a, b);

/** Half the sum of all squares, []. */
export const halfSquare = (x: Tensor): Tensor =>
  differentiable(
    { x },
    (save) => {
      save(x);
      return elementwise('L2Loss', x);
    },
    (dy, [x]) => ({ x: () => tf.mul(dy, x!) }),
  );

export interface OverOptions {
  /** Keep the axes as ones (default), so that the result broadcasts against x. */
  keep?: boolean;
}

const over = (op: string, x: Tensor, axes: readonly number[], keep: boolean): Tensor =>
  execute1(op, [x, constant([...axes], 'int32')], {
    ...float32,
    Tidx: { type: 'int32' },
    keep_dims: { bool: keep },
  });

/** x's shape with ones in the place of `axes`. */
const keptShape = (x: Tensor, axes: readonly number[]): number[] =>
  x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));

/** How many values `axes` of x hold. */
export const countOver = (x: Tensor, axes: readonly number[]): number =>
  axes.reduce((count, axis) => count * x.shape[axis]!, 1);

/** The sum over some axes, numbered from 0. */
export const sumOver = (
  x: Tensor,
  axes: readonly number[],
  { keep = true }: OverOptions = {},
): Tensor =>
  differentiable(
    { x },
    () => over('Sum', x, axes, keep),
    (dy) => ({ x: () => broadcastTo(reshape(dy, keptShape(x, axes)), x.shape) }),
  );

/** The mean over some axes, numbered from 0. */
export const meanOver = (
  x: Tensor,
  axes: readonly number[],
  { keep = true }: OverOptions = {},
): Tensor =>
  differentiable(
    { x },
    () => over('Mean', x, axes, keep),
    (dy) => {
      const share = () => tf.mul(dy, constant(1 / countOver(x, axes)));
      return { x: () => broadcastTo(reshape(share(), keptShape(x, axes)), x.shape) };
    },
  );

/** The greatest value over some axes, numbered from 0; without a gradient. */
export const maxOver = (
  x: Tensor,
  axes: readonly number[],
  { keep = true }: OverOptions = {},
): Tensor => over('Max', x, axes, keep);

/** x repeated along its axes of size 1 until it has `shape`, which is of the same rank. */
export const broadcastTo = (x: Tensor, shape: readonly number[]): Tensor =>
  differentiable(
    { x },
    () => rawBroadcast(x, shape),
    (dy) => {
      const repeated = x.shape.flatMap((size, axis) => (size === shape[axis] ? [] : [axis]));
      return { x: () => (repeated.length > 0 ? sumOver(dy, repeated) : dy.clone()) };
    },
  );

/** x repeated until it has `shape`, whose last axes are x's; without a gradient. */
export const rawBroadcast = (x: Tensor, shape: readonly number[]): Tensor =>
  execute1('BroadcastTo', [x, constant([...shape], 'int32')], {
    ...float32,
    Tidx: { type: 'int32' },
  });

type DType = Extract<Attribute, { type: unknown }>['type'];

/** x in another shape of the same size, without a gradient. */
export const rawReshape = (x: Tensor, shape: readonly number[], type: DType = 'float32'): Tensor =>
  execute1('Reshape', [x, constant([...shape], 'int32')], {
    T: { type },
    Tshape: { type: 'int32' },
  });

/** x in another shape of the same size. */
export const reshape = (x: Tensor, shape: readonly number[]): Tensor =>
  differentiable(
    { x },
    () => rawReshape(x, shape),
    (dy) => ({ x: () => reshape(dy, x.shape) }),
  );

/** x as another type of number; without a gradient. */
export const cast = (x: Tensor, from: DType, to: DType = 'float32'): Tensor =>
  execute1('Cast', [x], {
    SrcT: { type: from },
    DstT: { type: to },
    Truncate: { bool: false },
  });

export interface GatherOptions {
  /** The axis of `from` that `indices` count along; default 0. */
  axis?: number;
  /** The type of `from`; default float32. */
  type?: DType;
  /** How many leading axes `from` and `indices` share; default none. */
  shared?: number;
}

/** The slices of `from` along an axis that `indices` (int32) name; without a gradient. */
export const gather = (
  from: Tensor,
  indices: Tensor,
  { axis = 0, type = 'float32', shared = 0 }: GatherOptions = {},
): Tensor =>
  execute1('GatherV2', [from, indices, constant(axis, 'int32')], {
    Tparams: { type },
    Tindices: { type: 'int32' },
    Taxis: { type: 'int32' },
    batch_dims: { int: shared },
  });

/** Labels [n] (int32) as rows of zeros with a one: [n, classes]. */
export const oneHot = (labels: Tensor, classes: number): Tensor =>
  execute1('OneHot', [labels, constant(classes, 'int32'), constant(1), constant(0)], {
    ...float32,
    TI: { type: 'int32' },
    axis: { int: -1 },
  });

/** Where each row of x [n, k] is greatest: [n], int32. */
export const argMaxOfRows = (x: Tensor): Tensor =>
  execute1('ArgMax', [x, constant(1, 'int32')], {
    ...float32,
    Tidx: { type: 'int32' },
    output_type: { type: 'int32' },
  });

/** x with zeros around it: `margins` are [before, after] of each axis. Without a gradient. */
export const pad = (x: Tensor, margins: readonly (readonly [number, number])[]): Tensor =>
  execute1(
    'Pad',
    [x, rawReshape(constant(margins.flat(), 'int32'), [margins.length, 2], 'int32')],
    { ...float32, Tpaddings: { type: 'int32' } },
  );

/** A key (int32 [2]) whose last number is greater by `place`: another place in the same random stream. */
export const keyAt = (key: Tensor, place: number): Tensor =>
  execute1('Add', [key, constant([0, place], 'int32')], { T: { type: 'int32' } });

const draw = (op: string, shape: readonly number[], key: Tensor): Tensor =>
  execute1(op, [constant([...shape], 'int32'), key], {
    dtype: { type: 'float32' },
    T: { type: 'int32' },
    Tseed: { type: 'int32' },
  });

/** Numbers of the standard normal distribution: the same key (int32 [2]), the same numbers. */
export const randomNormal = (shape: readonly number[], key: Tensor): Tensor =>
  draw('StatelessRandomNormal', shape, key);

/** Numbers uniform in [0, 1): the same key (int32 [2]), the same numbers. */
export const randomUniform = (shape: readonly number[], key: Tensor): Tensor =>
  draw('StatelessRandomUniform', shape, key);
