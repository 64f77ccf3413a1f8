/** Reverse-mode differentiation over TensorFlow.js's tape, with lazily computed gradients and auxiliary results. */
import { constant } from './constant';
import { type Tensor, tf } from './tf';
import { leaves, mapTree, type Tensors, type Tree } from './tree';

interface Engine {
  runKernelFunc<Result extends Tensor | Tensor[]>(call: {
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Result;
    backwardsFunc: (dy: Result, saved: Tensor[]) => Record<string, () => Tensor>;
    inputs: Tensors;
    attrs: object;
  }): Result;
}

/**
 * An operation with a gradient of its own: `forward` computes the value (inside it nothing is recorded) and saves
 * what the gradient needs; `backward` gives, per input name, a function that is called only where that gradient is
 * wanted. (tf.customGrad would compute all of them, also the unwanted gradient of the images.)
 */
export function differentiable<I extends Tensors>(
  inputs: I,
  forward: (save: (...tensors: Tensor[]) => void) => Tensor,
  backward: (dy: Tensor, saved: Tensor[]) => { [K in keyof I]: () => Tensor },
): Tensor {
  const engine = tf.engine() as unknown as Engine;
  return engine.runKernelFunc<Tensor>({
    forwardFunc: (_, save) => forward((...tensors) => save(tensors)),
    backwardsFunc: backward,
    inputs,
    attrs: {},
  });
}

/** As `differentiable`, with several results; `backward` is given the gradients by all of them. */
export function differentiableAll<I extends Tensors>(
  inputs: I,
  forward: (save: (...tensors: Tensor[]) => void) => Tensor[],
  backward: (dys: Tensor[], saved: Tensor[]) => { [K in keyof I]: () => Tensor },
): Tensor[] {
  const engine = tf.engine() as unknown as Engine;
  return engine.runKernelFunc<Tensor[]>({
    forwardFunc: (_, save) => forward((...tensors) => save(tensors)),
    backwardsFunc: backward,
    inputs,
    attrs: {},
  });
}

/** Turns a tensor that was kept through an inner tidy into one that the current tidy owns. */
export function adopt(kept: Tensor): Tensor {
  const owned = kept.clone();
  kept.dispose();
  return owned;
}

/** Frees what TensorFlow.js saved for a gradient that failed: it does so only where all goes well. */
export function dropTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0) return; // the tape of an enclosing gradient
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
  state.activeTape = [];
}

/**
 * Value, gradients and auxiliary results of a scalar function: `f` returns `{loss, aux}`, and the result holds
 * d loss / d parameters in a record like `parameters`. Nothing in `aux` is differentiated. Throws where the loss is
 * not a scalar or does not depend on one of the parameters.
 */
export function valueAndGradients<A extends Tree>(
  f: () => { loss: Tensor; aux: A },
  parameters: Tensors,
): { loss: Tensor; gradients: Tensors; aux: A } {
  const names = Object.keys(parameters);
  let kept: Tensor[] = [];
  return tf.tidy(() => {
    try {
      let aux: A | undefined;
      const { value, grads } = tf.engine().gradients(
        () => {
          const result = f();
          if (result.loss.rank !== 0) {
            throw new Error(
              `the loss must be a scalar, but has shape [${result.loss.shape.join(', ')}]`,
            );
          }
          // The tape's own tidy would free them at its end.
          aux = mapTree(result.aux, (tensor) => tf.keep(tensor.clone()));
          kept = leaves(aux).tensors;
          return result.loss;
        },
        Object.values(parameters),
        constant(1),
      );
      const unused = names.find((_, i) => !grads[i]);
      if (unused !== undefined) throw new Error(`the loss does not depend on ${unused}`);
      const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
      return { loss: value, gradients, aux: mapTree(aux!, adopt) };
    } catch (error) {
      tf.dispose(kept);
      dropTape();
      throw error;
    }
  });
}
