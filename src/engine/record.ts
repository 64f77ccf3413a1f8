/**
 * Records one eager run of a step as a graph. While it runs, every op that reaches the native binding is noted with
 * its inputs; what the step made in JavaScript would be frozen in the graph, so it is refused unless it is declared
 * (src/engine/constant.ts) or a shape or axis that one of tfjs-node's kernels passes to its op.
 */
import { UserError } from '../system/errors';
import { backend, type Binding, type BindingAttribute } from './backend';
import { callSite } from './callSite';
import { isConstant } from './constant';
import { dropTape } from './gradients';
import type { GraphNode, Output } from './graph';
import { gradientUnderWay, registerPlainGradients } from './plainGradients';
import { type Tensor, tf } from './tf';
import { leaves, mapTree, type Tree } from './tree';

/** A recorded step. Inputs and outputs are in the order of the leaves of the step's input and output. */
export interface Recording<O> {
  nodes: GraphNode[];
  /** Where in the user's code each node was made, by node name. */
  sites: Map<string, string>;
  inputs: Output[];
  outputs: Output[];
  /** What the recorded run itself returned: a real result. */
  result: O;
}

/** Ops that draw from hidden state: eager, compiled and repeated runs would differ. */
const drawsNumbers = /^(Random|TruncatedNormal|ParameterizedTruncatedNormal|Multinomial)/;

const isVariable = (tensor: Tensor): boolean => tensor instanceof tf.Variable;

let recording = false;
/** True while a step is being recorded: a compiled step called inside another is then simply run. */
export const isRecording = (): boolean => recording;

/** What a recording replaces in tfjs-node's backend, and what it gathers. */
function recorder() {
  const node = backend();
  const { binding } = node;
  const nodes: GraphNode[] = [];
  const sites = new Map<string, string>();
  /** Which output of the graph a native tensor is. Ids are never used twice. */
  const outputOf = new Map<number, Output>();
  /** The lines where JavaScript made values during the recording, and in which gradient of TensorFlow.js's. */
  const madeAt = new WeakMap<
    object,
    { line: string; gradient?: { op: string; instead: string } }
  >();
  const kernelArguments = new WeakSet<object>();
  let refused: UserError | undefined;

  // Kept as well as thrown: the step may catch it, or be asynchronous.
  const refuse = (message: string): UserError => (refused ??= new UserError(message));
  const dtypeOf = (tensor: Tensor) => node.tensorMap.get(tensor.dataId).dtype;
  const type = (name: string, dtype: number): BindingAttribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: dtype,
  });
  const add = (op: string, rest: Omit<GraphNode, 'name' | 'op'>): Output => {
    const name = `${op}_${nodes.length}`;
    nodes.push({ name, op, ...rest });
    return { node: name, index: 0 };
  };
  const getIds = node.getInputTensorIds.bind(node);
  const write = node.write.bind(node);

  const addConstant = (id: number, tensor: Tensor): Output => {
    // A variable shares the data of its first value only until it is assigned to.
    const fixed = isConstant(tensor.dataId) && !isVariable(tensor);
    if (!fixed && !kernelArguments.has(tensor.dataId)) {
      const made = madeAt.get(tensor.dataId);
      const shape = `[${tensor.shape.join(', ')}]`;
      if (made?.gradient) {
        const { op, instead } = made.gradient;
        throw refuse(
          `a compiled step cannot take TensorFlow.js's gradient of ${op}, which makes a value of shape ${shape} in ` +
            `JavaScript, at ${made.line}: use ${instead}`,
        );
      }
      throw refuse(
        `a compiled step would freeze a value of shape ${shape} ` +
          (made
            ? `made in JavaScript at ${made.line}`
            : `from outside, used at ${callSite().line}`) +
          ': pass it as an input of the step, or declare it with constant()',
      );
    }
    const values = binding.tensorDataSync(id);
    const value = { dtype: dtypeOf(tensor), shape: tensor.shape, values };
    return add('Const', { inputs: [], attributes: [], value });
  };

  const getInputTensorIds = (tensors: Tensor[]): number[] => {
    const ids = getIds(tensors);
    ids.forEach((id, i) => {
      if (!outputOf.has(id)) outputOf.set(id, addConstant(id, tensors[i]!));
    });
    return ids;
  };

  const executeOp: Binding['executeOp'] = (op, given, ids, count) => {
    const { line } = callSite();
    if (drawsNumbers.test(op)) {
      throw refuse(
        `a compiled step draws random numbers from hidden state (${op}) at ${line}: ` +
          'use a Stateless op whose key is an input of the step',
      );
    }
    const inputs = ids.map((id) => {
      const output = outputOf.get(id);
      if (!output) throw refuse(`a compiled step uploads a value for ${op} at ${line}`);
      return output;
    });
    const results = binding.executeOp(op, given, ids, count);
    // Eager ops infer a type that tfjs-node leaves out; a graph needs it.
    const missing = op === 'ExpandDims' ? [type('T', results[0]!.dtype)] : [];
    const made = add(op, { inputs, attributes: [...given, ...missing] });
    sites.set(made.node, line);
    results.forEach(({ id }, index) => outputOf.set(id, { ...made, index }));
    return results;
  };

  const readSync = (): never => {
    throw refuse(
      `a compiled step reads a tensor back at ${callSite().line}: ` +
        'return the tensor and read it after the step',
    );
  };

  const assign = (): never => {
    throw refuse(
      `a compiled step assigns to a variable at ${callSite().line}: return the new value instead`,
    );
  };

  /**
   * An input of the graph and the tensor that stands for it in the step. It is a tensor of its own: one that is
   * given twice stays two inputs, and one that the step's closure also holds is seen to come from outside.
   */
  const newInput = (tensor: Tensor): { output: Output; own: Tensor } => {
    const dtype = dtypeOf(tensor);
    const ids = getIds([tensor]);
    const [copy] = binding.executeOp('Identity', [type('T', dtype)], ids, 1);
    const shape = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: tensor.shape };
    const output = add('Placeholder', { inputs: [], attributes: [type('dtype', dtype), shape] });
    outputOf.set(copy!.id, output);
    return { output, own: node.createOutputTensor(copy!) };
  };

  /** The output of the graph for a tensor that the step returned. */
  const outputFor = (tensor: Tensor): Output => outputOf.get(getInputTensorIds([tensor])[0]!)!;

  return {
    nodes,
    sites,
    refused: () => refused,
    newInput,
    outputFor,
    hooks: {
      binding: Object.assign(Object.create(binding) as Binding, { executeOp }),
      getInputTensorIds,
      readSync,
      /** Never settles: a rejection that nobody awaits would end the process. */
      read(): Promise<never> {
        try {
          return readSync();
        } catch {
          return new Promise(() => {});
        }
      },
      write(values: unknown, shape: number[], dtype: string): object {
        const dataId = write(values, shape, dtype);
        const { line, inKernel } = callSite();
        madeAt.set(dataId, { line, gradient: gradientUnderWay() });
        if (inKernel && dtype === 'int32') kernelArguments.add(dataId);
        return dataId;
      },
    },
    assign,
  };
}

/**
 * Runs `step(input)` eagerly inside a tidy and returns what it did and what it returned. Throws UserError where the
 * graph would not do the same when it is run again; what was made until then is freed.
 */
export function record<I extends Tree, O extends Tree>(
  step: (input: I) => O,
  input: I,
): Recording<O> {
  const node = backend();
  const { binding } = node;
  const { nodes, sites, hooks, assign, ...recorded } = recorder();
  const inputs: Output[] = [];
  let outputs: Output[] = [];
  const run = (): O => {
    const result = step(
      mapTree(input, (tensor) => {
        const { output, own } = recorded.newInput(tensor);
        inputs.push(output);
        return own;
      }),
    );
    const refused = recorded.refused();
    if (refused) throw refused;
    outputs = leaves(result).tensors.map(recorded.outputFor);
    return result;
  };

  const variables = tf.Variable.prototype as { assign: unknown };
  const { assign: originalAssign } = variables;
  registerPlainGradients();
  recording = true;
  Object.assign(node, hooks);
  variables.assign = assign;
  try {
    const result = tf.tidy(run);
    return { nodes, sites, inputs, outputs, result };
  } catch (error) {
    dropTape();
    throw recorded.refused() ?? error;
  } finally {
    recording = false;
    variables.assign = originalAssign;
    node.binding = binding;
    for (const key of ['getInputTensorIds', 'readSync', 'read', 'write'] as const)
      Reflect.deleteProperty(node, key);
  }
}
