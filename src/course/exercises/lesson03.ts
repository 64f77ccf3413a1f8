/** Exercises of lesson 3: reading a landscape. */
import { type Exercise, exercise, numberHint } from './exercise';

type F = (x: number[]) => number;
type Gradient = (x: number[]) => number[];

/** A valley with waves, so that neither the longest nor the shortest step has the greatest quotient. */
const waves: F = ([x, y]) => x! ** 2 / 2 - Math.cos(3 * x!) + y! ** 2;
const slope: Gradient = ([x, y]) => [x! + 3 * Math.sin(3 * x!), 2 * y!];
const points = [
  [0.7, 0.5],
  [1, -1],
];
const grid = [0.3, 0.05, 0.6];

const displaced = (x: number[], g: number[], eta: number): number[] =>
  x.map((v, i) => v - eta * g[i]!);
const norm = (v: number[]): number => Math.hypot(...v);

const losses = (f: F, x: number[], g: number[], etas: number[]): number[] =>
  etas.map((eta) => f(displaced(x, g, eta)));

/** How the gradient changes at each step length, and how far one walked. */
function walk(gradient: Gradient, x: number[], etas: number[]) {
  const g = gradient(x);
  return etas.map((eta) => {
    const there = gradient(displaced(x, g, eta));
    return { eta, change: norm(there.map((v, i) => v - g[i]!)), distance: eta * norm(g) };
  });
}
type Walk = ReturnType<typeof walk>[number];
const greatest = (steps: Walk[], of: (step: Walk) => number): number => Math.max(...steps.map(of));
const quotient = ({ change, distance }: Walk): number => change / distance;

/** Of the quadratic with condition number kappa, whatever the step length. */
const betaAt = ([x1, x2]: readonly number[], kappa: number): number =>
  Math.hypot(x1!, kappa ** 2 * x2!) / Math.hypot(x1!, kappa * x2!);

type PointOf = (kappa: number, beta: number) => number[];

function pointHint(answer: PointOf): string | undefined {
  for (const [kappa, beta] of [
    [10, 5.5],
    [4, 3],
  ] as const) {
    const point: unknown = answer(kappa, beta);
    const isPoint = Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
    if (!isPoint) return 'a point is a list of two numbers';
    const x = point as number[];
    if (x.every((v) => v === 0)) return 'there the gradient is 0, and there is nowhere to go';
    if (x[0] === 0) return 'there one walks straight across the valley: the steepest place';
    if (x[1] === 0) return 'there one walks along the valley: the flattest place';
    const hint = numberHint(betaAt(x, kappa), beta);
    if (hint) return `beta at your point: ${hint}`;
  }
  return undefined;
}

const between: Exercise = {
  hintOf: (answer) => pointHint(answer as PointOf),
  mistakes: [
    [() => [0, 0], 'there the gradient is 0, and there is nowhere to go'],
    [() => [0, 1], 'there one walks straight across the valley: the steepest place'],
    [() => [1, 0], 'there one walks along the valley: the flattest place'],
    [() => [1, 1], 'beta at your point: this is too large'],
  ],
};

export const lesson03 = {
  /** Of f, a point, its gradient and step lengths: the least and the greatest loss. */
  'lesson03-1': exercise<(f: F, x: number[], g: number[], etas: number[]) => number[]>(
    points.map((x) => {
      const all = losses(waves, x, slope(x), grid);
      return [
        [waves, x, slope(x), grid],
        [Math.min(...all), Math.max(...all)],
      ] as const;
    }),
    [
      [
        (...given) => [Math.max(...losses(...given)), Math.min(...losses(...given))],
        'the least comes first',
      ],
      [
        (...given) => [losses(...given)[0]!, losses(...given).at(-1)!],
        'these belong to the first and the last step length, not to the least and the greatest loss',
      ],
      [
        (f, x, g, etas) => {
          const up = losses(
            f,
            x,
            g.map((v) => -v),
            etas,
          );
          return [Math.min(...up), Math.max(...up)];
        },
        'the step goes against the gradient',
      ],
    ],
  ),
  /** Of the gradient's function, a point and step lengths: the effective smoothness. */
  'lesson03-2': exercise<(gradient: Gradient, x: number[], etas: number[]) => number>(
    points.map((x) => [[slope, x, grid], greatest(walk(slope, x, grid), quotient)] as const),
    [
      [
        (...given) => greatest(walk(...given), ({ change }) => change),
        'this is the change of the gradient; divide by the distance walked',
      ],
      [
        (...given) => greatest(walk(...given), ({ change, eta }) => change / eta),
        'the distance walked is eta times the length of the gradient',
      ],
      [
        (...given) => {
          const steps = walk(...given);
          return (
            greatest(steps, ({ change }) => change) / greatest(steps, ({ distance }) => distance)
          );
        },
        'the quotient for each step length first, then the greatest of them',
      ],
      [
        (...given) => Math.min(...walk(...given).map(quotient)),
        'the greatest over all step lengths, not the least',
      ],
    ],
  ),
  /** Of kappa and a beta between 1 and kappa: a point of the quadratic that has it. */
  'lesson03-3': between,
  /** Of the step lengths: beta where the gradient vanishes after any step. */
  'lesson03-4': exercise<(etas: number[]) => number>(
    [
      [[[0.2, 0.05, 0.4]], 20],
      [[[0.5, 0.25]], 4],
    ],
    [
      [(etas) => 1 / etas[0]!, 'the list is in any order'],
      [(etas) => 1 / Math.max(...etas), 'which step length gives the greatest quotient?'],
      [(etas) => Math.min(...etas), 'divide the change by the distance, not the other way round'],
    ],
  ),
};
