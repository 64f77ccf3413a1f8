/** Typed access to tfjs-node's backend and binding, and to any TensorFlow op by name. */
import { type Tensor, tf } from './tf';

/** An op attribute in the binding's own form; `type` is one of the binding's TF_ATTR_ numbers. */
export interface BindingAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** What an executed op returns for each output. */
export interface BindingTensor {
  id: number;
  shape: number[];
  dtype: number;
}

export type Values = Float32Array | Int32Array | Uint8Array;

/** The native functions; the last three exist only in this project's build (src/engine/native/binding.cc). */
export interface Binding {
  createTensor(shape: number[], dtype: number, values: Values): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Values;
  executeOp(op: string, attrs: BindingAttribute[], ids: number[], outputs: number): BindingTensor[];
  isUsingGpuDevice(): boolean;
  TF_ATTR_STRING: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_SHAPE: number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_INT64: number;
  TF_UINT8: number;
  TF_BOOL: number;
  defineFunction?(name: string, graph: Uint8Array, inputs: string[], outputs: string[]): void;
  removeFunction?(name: string): void;
  executeFunction?(name: string, ids: number[], outputs: number, xla: boolean): BindingTensor[];
}

/** The parts of tfjs-node's NodeJSKernelBackend that this project uses. */
export interface NodeBackend {
  binding: Binding;
  tensorMap: {
    get(dataId: object): { id: number; shape: number[]; dtype: number; values: Values | null };
  };
  getInputTensorIds(tensors: Tensor[]): number[];
  createOutputTensor(output: BindingTensor): Tensor;
  write(values: unknown, shape: number[], dtype: string): object;
  readSync(dataId: object): Values;
  read(dataId: object): Promise<Values>;
}

/** The native backend, loaded at the first call. */
export const backend = (): NodeBackend => tf.backend() as unknown as NodeBackend;

/** An attribute of an op: how TensorFlow's op definition calls it, and its value. */
export type Attribute =
  | { bool: boolean }
  | { int: number | number[] }
  | { float: number }
  | { string: string }
  | { type: 'float32' | 'int32' | 'uint8' | 'bool' };

const typeNames = {
  float32: 'TF_FLOAT',
  int32: 'TF_INT32',
  uint8: 'TF_UINT8',
  bool: 'TF_BOOL',
} as const;

function bindingAttributes(
  attributes: Record<string, Attribute>,
  binding: Binding,
): BindingAttribute[] {
  return Object.entries(attributes).map(([name, attribute]) => {
    if ('bool' in attribute) return { name, type: binding.TF_ATTR_BOOL, value: attribute.bool };
    if ('int' in attribute) return { name, type: binding.TF_ATTR_INT, value: attribute.int };
    if ('float' in attribute) return { name, type: binding.TF_ATTR_FLOAT, value: attribute.float };
    if ('string' in attribute)
      return { name, type: binding.TF_ATTR_STRING, value: attribute.string };
    return { name, type: binding.TF_ATTR_TYPE, value: binding[typeNames[attribute.type]] };
  });
}

/**
 * Runs the TensorFlow op `name` and returns its first `count` outputs. The caller (or the enclosing tidy) disposes.
 * Not recorded for differentiation: src/engine/ops.ts adds gradients.
 */
export function execute(
  name: string,
  inputs: Tensor[],
  attributes: Record<string, Attribute>,
  count: number,
): Tensor[] {
  const node = backend();
  return node.binding
    .executeOp(
      name,
      bindingAttributes(attributes, node.binding),
      node.getInputTensorIds(inputs),
      count,
    )
    .map((output) => node.createOutputTensor(output));
}

/** The attribute that says that an op computes with float32. */
export const float32: Record<string, Attribute> = { T: { type: 'float32' } };

/** Runs an op with one output. */
export const execute1 = (
  name: string,
  inputs: Tensor[],
  attributes: Record<string, Attribute> = {},
): Tensor => execute(name, inputs, attributes, 1)[0]!;
