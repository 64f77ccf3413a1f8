/**
 * `compile` turns a pure function of tensors into one TensorFlow function: recorded at its first call, then run as
 * a single native call. The same function can run eagerly, op by op, or through XLA (BN_ENGINE_STEP).
 */
import { UserError } from '../system/errors';
import { backend } from './backend';
import { type Output, serializeGraph } from './graph';
import { isRecording, record } from './record';
import { type Tensor, tf } from './tf';
import { disposeTree, leaves, mapTree, type Tree } from './tree';

/** How a step runs: op by op, as one function, or as one function compiled by XLA. */
export type StepMode = 'eager' | 'function' | 'xla';

export interface CompileOptions {
  /** Appears in error messages and profiles. */
  name: string;
  /**
   * The step that a run takes thousands of times: on a GPU XLA's compilation, about 40 s for the paper's VGG, pays for
   * it and for nothing else.
   */
  trainingStep?: boolean;
}

/** A compiled step: call it like the function it was made from; the caller disposes of what it returns. */
export interface Compiled<I extends Tree, O extends Tree> {
  (input: I): O;
  /** The ops of the most recently recorded function, in order; empty in eager mode. */
  operations(): string[];
  /** Removes the recorded functions from TensorFlow. */
  dispose(): void;
}

interface Variant<O> {
  name: string;
  /** The name of the step, as the user knows it. */
  label: string;
  /** Whether XLA has compiled it. */
  xla: boolean;
  signature: Signature;
  outputs: number;
  structure: O;
  operations: string[];
  sites: Map<string, string>;
}

interface Signature {
  paths: string[];
  shapes: number[][];
  dtypes: string[];
}

/** More shapes than a run has: a step that is recorded again and again is slower than an eager one. */
const maxVariants = 16;
let counter = 0;
let warned = false;

/**
 * How a step runs in this process: as BN_ENGINE_STEP says, for all steps alike, or as the native build, the device and
 * the kind of step suggest; as a function where XLA is to leave it alone (`avoidXla`). Throws UserError for an unknown BN_ENGINE_STEP.
 */
export function stepMode({ name, trainingStep }: Partial<CompileOptions> = {}): StepMode {
  const asked = process.env.BN_ENGINE_STEP;
  if (asked && !['eager', 'function', 'xla'].includes(asked)) {
    throw new UserError(`BN_ENGINE_STEP=${asked}: use eager, function or xla`);
  }
  const { binding } = backend();
  if (!binding.executeFunction) {
    if (!warned && asked !== 'eager') {
      warned = true;
      console.log(
        'This TensorFlow build has no compiled steps: steps run op by op, about half as fast (bn-lab doctor says how to get it).',
      );
    }
    return 'eager';
  }
  // On a CPU XLA's convolutions are several times slower than TensorFlow's.
  const suggested = trainingStep && binding.isUsingGpuDevice() ? 'xla' : 'function';
  const mode = (asked as StepMode | undefined) || suggested;
  return mode === 'xla' && name !== undefined && asFunctions.has(name) ? 'function' : mode;
}

/** An XLA compilation: it blocks this thread from `begins` to `ends`. */
export interface XlaCompilation {
  /** The step's name. */
  name: string;
  state: 'begins' | 'ends';
}

let listener: ((compilation: XlaCompilation) => void) | undefined;
let asFunctions: ReadonlySet<string> = new Set();

/** Calls `listen` before and after each compilation by XLA in this process; the last caller's alone. */
export function onXlaCompilation(listen: (compilation: XlaCompilation) => void): void {
  listener = listen;
}

/**
 * Names of steps that XLA does not compile in this process from here on: they run as TensorFlow functions. For networks
 * whose compilation does not end.
 */
export function avoidXla(names: readonly string[]): void {
  asFunctions = new Set(names);
}

/**
 * Compiles `step`, a pure function from a tree of tensors to a tree of tensors: it must not read values back, draw
 * from hidden random state, assign to variables, or use tensors other than its inputs and declared constants. It is
 * recorded at the first call with each set of input shapes. That call too returns what the compiled step computes, which
 * may round otherwise than op by op: a process that goes on with a run must not see which step was its first. What
 * JavaScript decides while it is recorded (branches, loops, axes, the offsets of a slice) holds for all later calls.
 * Inside tf.grad and the like it runs op by op, so that it can be differentiated.
 *
 * Throws UserError where the input differs from the first call's in names or dtypes or is disposed, and where the
 * step is not such a function, with the line.
 */
export function compile<I extends Tree, O extends Tree>(
  step: (input: I) => O,
  options: CompileOptions,
): Compiled<I, O> {
  const variants: Variant<O>[] = [];

  const compiled = (input: I): O => {
    const mode = stepMode(options);
    const differentiated = tf.engine().state.gradientDepth > 0;
    if (mode === 'eager' || isRecording() || differentiated) return runEagerly(step, input);
    const { paths, tensors } = inOrder(leaves(input), variants[0]?.signature.paths);
    const signature = signatureOf(options.name, paths, tensors);
    if (variants[0]) checkSignature(options.name, variants[0].signature, signature);
    const variant = variants.find((candidate) => sameShapes(candidate.signature, signature));
    if (variant) return runFunction(variant, tensors, mode);
    if (variants.length === maxVariants) {
      throw new UserError(
        `${options.name} was called with ${maxVariants + 1} different input shapes: keep batch sizes constant`,
      );
    }
    const { result, ...made } = recordVariant(step, input, options.name);
    const fresh = { ...made, signature, structure: result };
    variants.push(fresh);
    disposeTree(result); // its structure alone is kept
    return runFunction(fresh, tensors, mode);
  };
  return Object.assign(compiled, {
    operations: () => variants.at(-1)?.operations ?? [],
    dispose() {
      for (const { name } of variants.splice(0)) backend().binding.removeFunction!(name);
    },
  });
}

interface Leaves {
  paths: string[];
  tensors: Tensor[];
}

/** The leaves in the order of the recording: records with their keys set in another order are the same input. */
function inOrder(given: Leaves, recorded: string[] | undefined): Leaves {
  if (!recorded || recorded.every((path, i) => path === given.paths[i])) return given;
  const byPath = new Map(given.paths.map((path, i) => [path, given.tensors[i]!]));
  const tensors = recorded.flatMap((path) => byPath.get(path) ?? []);
  const complete = tensors.length === recorded.length && tensors.length === given.tensors.length;
  return complete ? { paths: recorded, tensors } : given;
}

/** Runs the step op by op. Results are clones: the caller may dispose of each, also of an input returned unchanged. */
function runEagerly<I extends Tree, O extends Tree>(step: (input: I) => O, input: I): O {
  return tf.tidy(() => {
    const result: unknown = step(input);
    if (result instanceof Promise) {
      // What it does from here on comes too late; its failure must not end the process.
      result.catch(() => {});
      throw new UserError('a compiled step must not be asynchronous');
    }
    return mapTree(result as O, (tensor) => tensor.clone());
  });
}

function recordVariant<I extends Tree, O extends Tree>(
  step: (input: I) => O,
  input: I,
  label: string,
): Omit<Variant<O>, 'signature' | 'structure'> & { result: O } {
  const name = `${label.replace(/\W/g, '_')}_${counter++}`;
  const { nodes, sites, inputs, outputs, result } = record(
    (value: I) => runEagerly(step, value),
    input,
  );
  const text = ({ node, index }: Output) => `${node}:${index}`;
  try {
    backend().binding.defineFunction!(
      name,
      serializeGraph(nodes),
      inputs.map(text),
      outputs.map(text),
    );
  } catch (error) {
    disposeTree(result);
    throw located(error, sites);
  }
  return {
    name,
    label,
    xla: false,
    outputs: outputs.length,
    operations: nodes.map((node) => node.op),
    sites,
    result,
  };
}

function runFunction<O extends Tree>(variant: Variant<O>, tensors: Tensor[], mode: StepMode): O {
  const node = backend();
  const ids = node.getInputTensorIds(tensors);
  const compiles = mode === 'xla' && !variant.xla;
  if (compiles) listener?.({ name: variant.label, state: 'begins' });
  try {
    const results = node.binding.executeFunction!(
      variant.name,
      ids,
      variant.outputs,
      mode === 'xla',
    ).map((output) => node.createOutputTensor(output));
    return mapTree(variant.structure, (_, index) => results[index]!);
  } catch (error) {
    throw located(error, variant.sites);
  } finally {
    if (compiles) {
      variant.xla = true;
      listener?.({ name: variant.label, state: 'ends' });
    }
  }
}

function signatureOf(name: string, paths: string[], tensors: Tensor[]): Signature {
  const disposed = tensors.findIndex((tensor) => tensor.isDisposed);
  if (disposed >= 0) throw new UserError(`${name}: its input ${paths[disposed]} is disposed`);
  const { binding, tensorMap } = backend();
  // TensorFlow.js calls uint8 tensors int32.
  const isUint8 = (tensor: Tensor) => tensorMap.get(tensor.dataId).dtype === binding.TF_UINT8;
  return {
    paths,
    shapes: tensors.map((tensor) => tensor.shape),
    dtypes: tensors.map((tensor) => (isUint8(tensor) ? 'uint8' : tensor.dtype)),
  };
}

function checkSignature(name: string, recorded: Signature, given: Signature): void {
  const count = Math.max(recorded.paths.length, given.paths.length);
  for (let i = 0; i < count; i++) {
    const path = recorded.paths[i];
    if (path !== given.paths[i]) {
      throw new UserError(
        `${name}: its inputs have changed: expected ${path ?? 'no more'}, got ${given.paths[i] ?? 'no more'}`,
      );
    }
    if (recorded.dtypes[i] !== given.dtypes[i]) {
      throw new UserError(
        `${name}: its input ${path} has dtype ${given.dtypes[i]}, but was recorded with ${recorded.dtypes[i]}`,
      );
    }
  }
}

const sameShapes = (recorded: Signature, given: Signature): boolean =>
  recorded.shapes.every((shape, i) => {
    const other = given.shapes[i]!;
    return shape.length === other.length && shape.every((size, k) => size === other[k]);
  });

/** TensorFlow names the node that failed; the error also names the line that made it. */
function located(error: unknown, sites: Map<string, string>): Error {
  const message = error instanceof Error ? error.message : String(error);
  const named = [...message.matchAll(/\w+_\d+/g)].map(([name]) => sites.get(name)).find(Boolean);
  return new Error(named ? `${message} (made at ${named})` : message, { cause: error });
}
