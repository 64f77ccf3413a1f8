/** Lemma 4.5 (section 4.2): a normalised net has an optimum at least as near to its initial weights. */
import { UserError } from '../system/errors';
import { compare, type Sides } from './sides';
import { checkFinite, checkLength, combine, dot, squaredNorm, type Vector } from './vectors';

export interface WeightPair {
  /** The initial weights, flat. */
  initial: Vector;
  /** An optimum of the standard net, flat. */
  optimum: Vector;
  /** How many successive weights belong to each normalised unit; default: all are scaled as one. */
  units?: readonly number[];
}

export interface Lemma45 extends Sides {
  /** <W0, W*>: the premise is that it is positive. */
  inner: number;
  /** k of the nearest optimum k W* on the ray, What*; 0 where the ray's nearest point is its open end. */
  factor: number;
  /** The squared distance when every unit is scaled by its own factor; never above `left`. */
  perUnit: number;
  /** ||W0 - W*||^2. */
  standard: number;
}

/** The factor k >= 0 that brings k `optimum` nearest to `initial`, and that squared distance. */
function nearest(initial: Vector, optimum: Vector): { factor: number; distance: number } {
  const size = squaredNorm(optimum);
  const factor = size === 0 ? 0 : Math.max(0, dot(initial, optimum) / size);
  return { factor, distance: squaredNorm(combine(1, initial, -factor, optimum)) };
}

/**
 * Lemma 4.5: with W* the optimum of the standard net and What* that of the normalised net nearest to W0, if
 * <W0, W*> > 0,
 *   ||W0 - What*||^2 <= ||W0 - W*||^2 - ( ||W*||^2 - <W*, W0> )^2 / ||W*||^2.
 * A normalised unit is unchanged by k W for k > 0 (Observation 4.3 makes W* itself an optimum), so all of the ray k W*
 * is optimal; its nearest point gives an equality. Without the premise the nearest point would need k <= 0: k = 0 is
 * no weight, k < 0 turns yhat round, and the statement is false.
 * The paper scales W as one vector, which leaves out weights that are not normalised (biases, a last layer). Where all
 * are, each unit has a ray of its own, and the optimum is nearer still: `perUnit`.
 * Throws UserError for vectors of different length, an optimum of 0 and units that do not add up.
 */
export function lemma45({ initial, optimum, units = [initial.length] }: WeightPair): Lemma45 {
  checkFinite(initial, 'initial');
  checkLength(optimum, 'optimum', initial.length, 'initial');
  const size = squaredNorm(optimum);
  if (size === 0) throw new UserError('optimum is 0: it has no direction; give other weights');
  const total = units.reduce((sum, count) => sum + count, 0);
  if (total !== initial.length) {
    throw new UserError(`units add up to ${total}, initial has ${initial.length} weights`);
  }
  const { factor, distance: left } = nearest(initial, optimum);
  const inner = dot(initial, optimum);
  const standard = squaredNorm(combine(1, initial, -1, optimum));
  const right = standard - (size - inner) ** 2 / size;
  const [w0, wStar] = [Array.from(initial), Array.from(optimum)];
  let from = 0;
  const perUnit = units.reduce((sum, count) => {
    const part = [from, (from += count)] as const;
    return sum + nearest(w0.slice(...part), wStar.slice(...part)).distance;
  }, 0);
  const sides = compare(left, right, squaredNorm(initial) + size);
  return { ...sides, inner, factor, perUnit, standard };
}
