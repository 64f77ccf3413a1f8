import { expect, it } from 'vitest';

import { column } from '../../src/runs/table';
import { factC1, normalise } from '../../src/theory/facts';
import { logCoshLoss } from '../../src/theory/losses';
import { columnOf, unitsOf } from '../../src/theory/measured';
import { curvatureTable, hessianOf, type LiveLayer } from '../../src/theory/measuredCurvature';
import { randomMatrix, randomSource } from '../../src/theory/random';
import { theorem42 } from '../../src/theory/theorem42';
import { operatorOf, type Vector } from '../../src/theory/vectors';

const [m, units] = [6, 3];
const gamma = [0.8, -1.5, 3];
const source = randomSource(5, 0);
const loss = logCoshLoss(randomMatrix(source, 12, m * units), source.normals(12));
const y = source.normals(m * units);

/** All units normalised, z = gamma yhat. */
function outputOf(all: Vector): Float64Array {
  const result = new Float64Array(m * units);
  gamma.forEach((factor, j) =>
    normalise(columnOf(all, j, units)).yhat.forEach(
      (value, b) => (result[b * units + j] = factor * value),
    ),
  );
  return result;
}

function backpropagatedAt(all: Vector): Float64Array {
  const gradient = loss.gradient(outputOf(all));
  const result = new Float64Array(m * units);
  gamma.forEach((factor, j) =>
    factC1({
      y: columnOf(all, j, units),
      gradient: columnOf(gradient, j, units),
      gamma: factor,
    }).forEach((value, b) => (result[b * units + j] = value)),
  );
  return result;
}

const z = outputOf(y);
const layer: LiveLayer = {
  y,
  z,
  gradient: loss.gradient(z),
  gamma,
  epsilon: 0,
  gradientAt: (at) => loss.gradient(at),
  backpropagatedAt,
};

it("has the sides of Theorem 4.2 with the unit's own block of the second derivative", () => {
  const table = curvatureTable(layer);
  const hessian = loss.hessian(z);
  const all = unitsOf(layer);
  expect(column(table, 'unit')).toEqual([0, 1, 2]);
  all.forEach((unit, j) => {
    const own = (v: Vector): Float64Array => columnOf(v, j, units);
    const numbersOfRows = own(Float64Array.from(hessian.keys()));
    const rows = Array.from(numbersOfRows, (row) => own(hessian[row]!));
    const exact = theorem42({ ...unit, hessian: operatorOf(rows) });
    const at = (name: string): number => column(table, name)[j]!;
    for (const [name, value] of [
      ['left', exact.left],
      ['right', exact.right],
      ['second', exact.second.right],
      ['standard', exact.standard],
      ['measured', exact.left], // from dL/dy alone
    ] as const) {
      expect(Math.abs(at(name) - value) / exact.scale, name).toBeLessThan(1e-3);
    }
    expect(at('inner')).toBeCloseTo(exact.inner, 10);
    expect(at('convex')).toBe(1); // log cosh
  });
});

it('looks at the units that are asked for, and says which there are', () => {
  expect(column(curvatureTable(layer, { units: [2] }), 'unit')).toEqual([2]);
  expect(() => curvatureTable(layer, { units: [3] })).toThrow(
    'no unit 3: the layer has units 0 to 2',
  );
  expect(() => curvatureTable({ ...layer, z: [1] })).toThrow('z has length 1, y 18');
});

it("writes a unit's second derivative down", () => {
  const exact = loss.hessian(z);
  const { hessian, convex } = hessianOf(layer, 1);
  const rows = [...exact.keys()].filter((row) => row % units === 1);
  const largest = Math.max(...rows.map((row) => Math.abs(exact[row]![row]!)));
  hessian.forEach((row, i) =>
    Array.from(row).forEach((value, j) => {
      expect(Math.abs(value - exact[rows[i]!]![rows[j]!]!)).toBeLessThan(1e-3 * largest);
      expect(value).toBe(hessian[j]![i]);
    }),
  );
  expect(convex).toBe(true); // log cosh
  const concave = { ...layer, gradientAt: (at: Float32Array) => loss.gradient(at).map((g) => -g) };
  expect(hessianOf(concave, 1).convex).toBe(false);
  expect(() => hessianOf(layer, 1.5)).toThrow('no unit 1.5: the layer has units 0 to 2');
});
