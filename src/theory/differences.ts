/** Derivatives by differences, to check formulas with: nothing here knows the theorems. */
import { combine, type Operator, squaredNorm, type Vector } from './vectors';

/** Relative to the size of the vector; with the five-point rule the error is some 1e-11 of the result's size. */
const relativeStep = 1e-3;

/**
 * The Jacobian of f: R^n -> R^m at y, transposed, [n][m], by the five-point rule. `size` is the length over which f
 * changes, e.g. the standard deviation of y.
 */
export function numericJacobian(
  f: (y: Float64Array) => Vector,
  y: Vector,
  size: number,
): Float64Array[] {
  const h = relativeStep * size;
  return Array.from(y, (_, k) => {
    const at = (steps: number): Vector => {
      const moved = Float64Array.from(y);
      moved[k]! += steps * h;
      return f(moved);
    };
    const [back2, back, ahead, ahead2] = [at(-2), at(-1), at(1), at(2)];
    return Float64Array.from(
      ahead,
      (value, i) => (8 * (value - back[i]!) - (ahead2[i]! - back2[i]!)) / (12 * h),
    );
  });
}

/** The gradient of f: R^n -> R at y, [n], in the same way. */
export const numericGradient = (
  f: (y: Float64Array) => number,
  y: Vector,
  size: number,
): Float64Array =>
  Float64Array.from(
    numericJacobian((at) => [f(at)], y, size),
    (row) => row[0]!,
  );

/**
 * The second derivative at z as a map, from gradients alone: v -> ( g(z + h v) - g(z - h v) ) / 2h. For networks, whose
 * second derivative by a layer's outputs is too large to write down. `step` is the length of h v: small against what
 * bends g, large against its rounding (in float32 about a hundredth of the length of z).
 */
export function hessianByDifferences(
  gradientAt: (z: Float64Array) => Vector,
  z: Vector,
  step: number,
): Operator {
  return (v) => {
    const length = Math.sqrt(squaredNorm(v));
    if (length === 0) return new Float64Array(z.length);
    const h = step / length;
    const [ahead, back] = [gradientAt(combine(1, z, h, v)), gradientAt(combine(1, z, -h, v))];
    return combine(1 / (2 * h), ahead, -1 / (2 * h), back);
  };
}
