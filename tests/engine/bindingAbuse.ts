/**
 * Calls every native function wrongly. A program of its own, run by binding.test.ts in another process, which an abort
 * would end: it prints a line before each call and one with the error that was thrown after it, then what leaked.
 *
 * Arguments: the binding's file and that of tfjs-node's protocol buffers.
 */
import { writeSync } from 'node:fs';

import type { serializeGraph } from '../../src/engine/graph';

type Loose = (...args: unknown[]) => never;
/** The binding without its types, which the calls below violate. */
interface Native {
  createTensor: (...args: unknown[]) => number;
  deleteTensor: Loose;
  tensorDataSync: Loose;
  executeOp: (...args: unknown[]) => { id: number }[];
  executeFunction: (...args: unknown[]) => { id: number }[];
  defineFunction: Loose;
  removeFunction: Loose;
  getNumOfTensors(): number;
  TF_ATTR_TYPE: number;
  TF_ATTR_INT: number;
  TF_ATTR_SHAPE: number;
  TF_ATTR_STRING: number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_STRING: number;
}
const [bindingFile, graphFile] = process.argv.slice(-2) as [string, string];
const native = require(bindingFile) as Native;
const graphs = require(graphFile) as { serializeGraph: typeof serializeGraph };

const float = (values: number[], shape: unknown = [values.length]) =>
  native.createTensor(shape, native.TF_FLOAT, Float32Array.from(values));
const type = (name: string, value: unknown) => ({ name, type: native.TF_ATTR_TYPE, value });
const shape = (value: unknown) => ({ name: 'shape', type: native.TF_ATTR_SHAPE, value });
const T = type('T', native.TF_FLOAT);

const x = float([1, 2, 3]);
const one = float([1], []);
const huge = native.createTensor([3], native.TF_INT32, new Int32Array(3).fill(2 ** 30));
const half = native.executeOp(
  'Cast',
  [type('SrcT', native.TF_FLOAT), type('DstT', 19)],
  [x],
  1,
)[0]!;
const resource = native.executeOp(
  'VarHandleOp',
  [type('dtype', native.TF_FLOAT), shape([3])],
  [],
  1,
)[0]!;

const graph = graphs.serializeGraph([
  { name: 'x', op: 'Placeholder', inputs: [], attributes: [type('dtype', 1), shape([3])] },
  { name: 'y', op: 'Relu', inputs: [{ node: 'x', index: 0 }], attributes: [T] },
]);
const twice = graphs.serializeGraph([
  { name: 'x', op: 'Placeholder', inputs: [], attributes: [type('dtype', 1), shape([3])] },
  { name: 'x', op: 'Relu', inputs: [{ node: 'x', index: 0 }], attributes: [T] },
]);
const circle = graphs.serializeGraph([
  { name: 'a', op: 'Relu', inputs: [{ node: 'b', index: 0 }], attributes: [T] },
  { name: 'b', op: 'Relu', inputs: [{ node: 'a', index: 0 }], attributes: [T] },
]);
native.defineFunction('relu', graph, ['x:0'], ['y:0']);

/** A Float32Array whose memory is gone. */
const detached = () => {
  const values = new Float32Array(3);
  structuredClone(values.buffer, { transfer: [values.buffer] });
  return values;
};
/** A shape that takes the memory away while it is read. */
const detaching = (values: Float32Array) =>
  Object.defineProperty([3], 0, {
    get: () => (structuredClone(values.buffer, { transfer: [values.buffer] }), 3),
  });
const throwing = Object.defineProperty([x], 0, {
  get: () => {
    throw new Error('from a getter');
  },
});

const op =
  (...args: unknown[]) =>
  () =>
    native.executeOp(...args);
const run =
  (...args: unknown[]) =>
  () =>
    native.executeFunction(...args);
const create =
  (...args: unknown[]) =>
  () =>
    native.createTensor(...args);
const define =
  (...args: unknown[]) =>
  () =>
    native.defineFunction(...args);

/** What the message must say, and the call. */
const calls: [string, () => unknown][] = [
  ['more arguments', op()],
  ['more arguments', op('Relu', [T], [x])],
  ['a string', op(3, [], [], 0)],
  ['an array', op('Relu', {}, [x], 1)],
  ['an array', op('Relu', [T], x, 1)],
  ['a number', op('Relu', [T], ['x'], 1)],
  ['a number', op('Relu', [T], new Array(3), 1)],
  ['a whole number', op('Relu', [T], [NaN], 1)],
  ['a whole number', op('Relu', [T], [x + 0.5], 1)],
  ['is not there', op('Relu', [T], [-1], 1)],
  ['is not there', op('Relu', [T], [x + 2 ** 32], 1)],
  ['is not there', op('Relu', [T], [99999], 1)],
  ['from a getter', op('Relu', [T], throwing, 1)],
  ['a number of outputs', op('Relu', [T], [x], -1)],
  ['a number of outputs', op('Relu', [T], [x], 1e9)],
  ['a whole number', op('Relu', [T], [x], Infinity)],
  ['Expecting 1 outputs', op('Relu', [T], [x], 0)],
  ['expected 1 inputs, got 4', op('Relu', [T], [x, x, x, x], 1)],
  ['0 inputs', op('AddV2', [T], [], 1)],
  ['neither a type of a primitive operation', op('NoSuchOp', [], [], 0)],
  ['neither a type of a primitive operation', op('', [], [], 0)],
  ['invalid DataType', op('Relu', [type('T', 12345)], [x], 1)],
  ['invalid DataType', op('Relu', [type('T', -7)], [x], 1)],
  ['', op('Relu', [{ ...T, type: native.TF_ATTR_INT }], [x], 1)],
  ['A number was expected', op('Relu', [type('T', 'x')], [x], 1)],
  ['Unhandled TF_AttrType', op('Relu', [{ ...T, type: 77 }], [x], 1)],
  ['not a string', op('Relu', [{}], [x], 1)],
  ['', op('Relu', [null], [x], 1)],
  ["No attr named 'dtype'", op('Const', [], [], 1)],
  ['too large', op('Placeholder', [type('dtype', 1), shape([2 ** 40, 2 ** 40])], [], 1)],
  ['limit of 254', op('Placeholder', [type('dtype', 1), shape(new Array(300).fill(1))], [], 1)],
  ['values below -1', op('Placeholder', [type('dtype', 1), shape([-5])], [], 1)],
  ['more than 2**63', op('Fill', [T, type('index_type', 3)], [huge, one], 1)],
  ['too many elements', op('Reshape', [T], [x, huge], 1)],

  ['more arguments', () => native.tensorDataSync()],
  ['a number', () => native.tensorDataSync('x')],
  ['a whole number', () => native.tensorDataSync(x + 0.5)],
  ['is not there', () => native.tensorDataSync(2 ** 32 + x)],
  ['has no array', () => native.tensorDataSync(half.id)],
  ['has no array', () => native.tensorDataSync(resource.id)],
  ['more arguments', () => native.deleteTensor()],
  ['a number', () => native.deleteTensor('x')],
  ['a whole number', () => native.deleteTensor(x + 0.5)],
  ['a whole number', () => native.deleteTensor(NaN)],
  ['is not there', () => native.deleteTensor(99999)],

  ['more arguments', create([1], 1)],
  ['an array', create(3, 1, new Float32Array(3))],
  ['type and length', create([4], 1, new Float32Array(3))],
  ['a shape', create([-3], 1, new Float32Array(3))],
  ['a shape', create([-3, -1], 1, new Float32Array(3))],
  ['a shape', create([2 ** 53 - 1, 2 ** 53 - 1, 0], 1, new Float32Array(0))],
  ['a shape', create([0, 2 ** 53 - 1, 2 ** 53 - 1], 1, new Float32Array(0))],
  ['a shape', create([2 ** 32, 2 ** 32], 1, new Float32Array(0))],
  ['a shape', create(new Array(255).fill(1), 1, new Float32Array(1))],
  ['a whole number', create([1.5], 1, new Float32Array(1))],
  ['a whole number', create([NaN], 1, new Float32Array(0))],
  ['a dtype', create([1], 12345, new Float32Array(1))],
  ['a dtype', create([1], -1, new Float32Array(1))],
  ['a dtype', create([1], 2 ** 32 + 1, new Float32Array(1))],
  ['type and length', create([1], 200, new Float32Array(1))],
  ['type and length', create([1], native.TF_INT32, new Float32Array(1))],
  ['type and length', create([1], 1, new Float64Array(1))],
  ['type and length', create([1], 1, new BigInt64Array(1))],
  ['a typed array', create([1], 1, new DataView(new ArrayBuffer(4)))],
  ['a typed array', create([1], 1, [1])],
  ['a typed array', create([1], 1, null)],
  ['type and length', () => native.createTensor([3], 1, detached())],
  [
    'type and length',
    () => {
      const values = new Float32Array(3);
      native.createTensor(detaching(values), 1, values);
    },
  ],
  ['as many strings', create([5], native.TF_STRING, [new Uint8Array(2)])],
  ['a typed array', create([1], native.TF_STRING, ['a'])],
  ['a typed array', create([2], native.TF_STRING, new Array(2))],
  ['Uint8Array', create([1], native.TF_STRING, [new Float32Array(2)])],

  ['more arguments', define('f')],
  ['a string', define(3, graph, [], [])],
  ['a name', define('', graph, [], [])],
  ['a typed array', define('f', 'graph', [], [])],
  ['a serialized graph', define('f', new Float32Array(3), [], [])],
  ['an array', define('f', graph, 'x:0', [])],
  ['a string', define('f', graph, [0], [])],
  [
    'Invalid GraphDef',
    define(
      'f',
      Uint8Array.from(graph, (byte) => 255 - byte),
      [],
      [],
    ),
  ],
  ['Invalid GraphDef', define('f', graph.slice(0, -20), ['x:0'], ['y:0'])],
  ['no output x:0', define('f', new Uint8Array(0), ['x:0'], [])],
  ['no output x:1', define('f', graph, ['x:1'], ['y:0'])],
  ['no output y:-1', define('f', graph, ['x:0'], ['y:-1'])],
  ['no output y:99999999999999999999', define('f', graph, ['x:0'], ['y:99999999999999999999'])],
  ['no output y', define('f', graph, ['x:0'], ['y'])],
  ['no output :', define('f', graph, ['x:0'], [':'])],
  ['no output z:0', define('f', graph, ['x:0'], ['z:0'])],
  ['', define('f', graph, ['x:0', 'x:0'], ['y:0'])],
  ['', define('f', twice, ['x:0'], ['x:0'])],
  ['', define('f', circle, [], ['a:0'])],
  ['', define('relu', graph, ['x:0'], ['x:0'])],

  ['more arguments', run('relu', [x], 1)],
  ['neither a type of a primitive operation', run('nothing', [], 1, false)],
  ['a number of outputs', run('relu', [x], -1, false)],
  ['a number of outputs', run('relu', [x], 1e12, false)],
  ['num_retvals', run('relu', [x], 0, false)],
  ['a boolean', run('relu', [x], 1, 'yes')],
  ['a number', run('relu', ['x'], 1, false)],
  ['is not there', run('relu', [99999], 1, false)],
  ['number of arguments = 1', run('relu', [x, x, x], 1, false)],
  ['number of arguments = 1', run('relu', [], 1, false)],
  ['', run('relu', [huge], 1, false)],
  ['', run('Relu', [x], 1, true)],
  ['more arguments', () => native.removeFunction()],
  ['a string', () => native.removeFunction(3)],
  ['non-existent', () => native.removeFunction('nothing')],
  ['non-existent', () => native.removeFunction('Relu')],
];

const print = (value: unknown) => writeSync(1, `${JSON.stringify(value)}\n`);
const messageOf = (call: () => unknown): string | null => {
  try {
    call();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

const before = native.getNumOfTensors();
calls.forEach(([expected, call], number) => {
  print({ calling: `call ${number}`, expected });
  print({ message: messageOf(call) });
});

// Graphs with a few wrong bytes: refused or, where the bytes mean something, defined.
let state = 1;
const random = (below: number) =>
  Math.floor(((state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31) * below);
let defined = 0;
for (let i = 0; i < 2000; i++) {
  const bytes = Uint8Array.from(graph);
  for (let k = 0; k < 1 + (i % 3); k++) bytes[random(bytes.length)] = random(256);
  if (i === 0) print({ calling: 'mutated graphs', expected: '' });
  if (messageOf(define(`mutated${i}`, bytes, ['x:0'], ['y:0'])) === null) {
    defined++;
    native.removeFunction(`mutated${i}`);
  }
}
print({ message: `${defined} of 2000 defined` });

// Each round of all calls that leaks 1 kB a call takes 100 kB more.
const rounds = (count: number) => {
  for (let i = 0; i < count; i++) for (const [, call] of calls) messageOf(call);
};
rounds(60);
const resident = process.memoryUsage().rss;
rounds(Math.ceil(10_000 / calls.length));
print({
  tensors: native.getNumOfTensors() - before,
  megabytes: (process.memoryUsage().rss - resident) / 1e6,
});
