/** Writes recorded operations as a TensorFlow GraphDef, with the protocol buffer classes that tfjs-node ships. */
import type { BindingAttribute, Values } from './backend';

/** An output of a node: `node:index`. */
export interface Output {
  node: string;
  index: number;
}

/** A node of the graph: an op, its inputs in order, and its attributes in the binding's form. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: Output[];
  attributes: BindingAttribute[];
  /** The values of a Const node. */
  value?: { dtype: number; shape: number[]; values: Values };
}

interface AttrValue {
  setS(value: string | Uint8Array): void;
  setI(value: number): void;
  setF(value: number): void;
  setB(value: boolean): void;
  setType(value: number): void;
  setShape(value: unknown): void;
  setTensor(value: unknown): void;
  setList(value: unknown): void;
}
interface NodeDef {
  setName(value: string): void;
  setOp(value: string): void;
  setInputList(value: string[]): void;
  getAttrMap(): { set(key: string, value: AttrValue): void };
}
interface Messages {
  GraphDef: new () => {
    addNode(node: NodeDef): void;
    setVersions(v: unknown): void;
    serializeBinary(): Uint8Array;
  };
  NodeDef: new () => NodeDef;
  AttrValue: (new () => AttrValue) & {
    ListValue: new () => {
      setIList(v: number[]): void;
      setFList(v: number[]): void;
      setBList(v: boolean[]): void;
    };
  };
  TensorShape: (new () => { addDim(dim: unknown): void }) & {
    Dim: new () => { setSize(size: number): void };
  };
  Tensor: new () => {
    setDtype(v: number): void;
    setTensorShape(v: unknown): void;
    setTensorContent(v: Uint8Array): void;
  };
  VersionDef: new () => { setProducer(v: number): void };
}

/** Numbers of the attribute types, see the TF_ATTR_ constants of the binding. */
const kinds = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;
/** Version of the GraphDef format, from a TensorFlow 2 release; later releases read it with the same meaning. */
const producer = 1205;

function tensorShape(messages: Messages, shape: number[]): unknown {
  const result = new messages.TensorShape();
  for (const size of shape) {
    const dim = new messages.TensorShape.Dim();
    dim.setSize(size);
    result.addDim(dim);
  }
  return result;
}

/** An attribute as TensorFlow's eager ops would read it: floats rounded to even, which the encoder does not do. */
function attrValue(messages: Messages, { name, type, value }: BindingAttribute): AttrValue {
  const result = new messages.AttrValue();
  if (Array.isArray(value) && type !== kinds.shape) {
    const list = new messages.AttrValue.ListValue();
    if (type === kinds.int) list.setIList(value as number[]);
    else if (type === kinds.float) list.setFList((value as number[]).map(Math.fround));
    else if (type === kinds.bool) list.setBList(value as boolean[]);
    else throw new Error(`attribute ${name}: lists of type ${type} are not supported`);
    result.setList(list);
  } else if (type === kinds.string) result.setS(Buffer.from(value as string));
  else if (type === kinds.int) result.setI(value as number);
  else if (type === kinds.float) result.setF(Math.fround(value as number));
  else if (type === kinds.bool) result.setB(value as boolean);
  else if (type === kinds.type) result.setType(value as number);
  else if (type === kinds.shape) result.setShape(tensorShape(messages, value as number[]));
  else throw new Error(`attribute ${name}: unknown type ${type}`);
  return result;
}

function constAttributes(
  messages: Messages,
  node: NodeDef,
  { dtype, shape, values }: NonNullable<GraphNode['value']>,
): void {
  const tensor = new messages.Tensor();
  tensor.setDtype(dtype);
  tensor.setTensorShape(tensorShape(messages, shape));
  tensor.setTensorContent(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const attr = new messages.AttrValue();
  attr.setTensor(tensor);
  node.getAttrMap().set('value', attr);
  node
    .getAttrMap()
    .set('dtype', attrValue(messages, { name: 'dtype', type: kinds.type, value: dtype }));
}

/** The serialized GraphDef of the nodes, which must come in topological order. */
export function serializeGraph(nodes: readonly GraphNode[]): Uint8Array {
  const messages = require('@tensorflow/tfjs-node/dist/proto/api_pb') as Messages;
  const graph = new messages.GraphDef();
  const versions = new messages.VersionDef();
  versions.setProducer(producer);
  graph.setVersions(versions);
  for (const { name, op, inputs, attributes, value } of nodes) {
    const node = new messages.NodeDef();
    node.setName(name);
    node.setOp(op);
    node.setInputList(inputs.map((input) => `${input.node}:${input.index}`));
    for (const attribute of attributes)
      node.getAttrMap().set(attribute.name, attrValue(messages, attribute));
    if (value) constAttributes(messages, node, value);
    graph.addNode(node);
  }
  return graph.serializeBinary();
}
