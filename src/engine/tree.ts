/** Nested records of tensors ("trees"): what steps take and return. Keys are visited in the order they were set. */
import { type Tensor, tf } from './tf';

/** A tensor, or a record of trees. Type parameters keep the exact shape of a step's input and output. */
export type Tree = Tensor | { readonly [key: string]: Tree };

/** A named set of tensors, such as parameters or statistics. */
export type Tensors = Record<string, Tensor>;

/** Calls `visit` for each tensor with its path, such as `parameters/conv1/kernel`. */
function walk(tree: Tree, visit: (tensor: Tensor, path: string) => void, path = ''): void {
  if (tree instanceof tf.Tensor) visit(tree, path);
  else for (const key in tree) walk(tree[key]!, visit, path === '' ? key : `${path}/${key}`);
}

/** The tensors of a tree with their paths, in order. */
export function leaves(tree: Tree): { paths: string[]; tensors: Tensor[] } {
  const paths: string[] = [];
  const tensors: Tensor[] = [];
  walk(tree, (tensor, path) => {
    tensors.push(tensor);
    paths.push(path);
  });
  return { paths, tensors };
}

/** A tree of the same structure with each tensor replaced by `change(tensor, index)`. */
export function mapTree<T extends Tree>(
  tree: T,
  change: (tensor: Tensor, index: number) => Tensor,
): T {
  let index = 0;
  const copy = (node: Tree): Tree => {
    if (node instanceof tf.Tensor) return change(node, index++);
    const result: Record<string, Tree> = {};
    for (const key in node) result[key] = copy(node[key]!);
    return result;
  };
  return copy(tree) as T;
}

/** Frees every tensor of a tree. */
export function disposeTree(tree: Tree): void {
  walk(tree, (tensor) => tensor.dispose());
}
