/** Exercises of lesson 5: other norms. */
import { mean, tInterval } from '../../figures/statistics';
import { type HintOf, listHint, numberHint } from '../exercise';

const y = [3, -1, 5, -7, 2];
const mu = mean(y);
const sizes = (values: readonly number[]): number[] => values.map(Math.abs);
const squares = (values: readonly number[]): number => mean(values.map((v) => v * v));
const normOf = (values: readonly number[], p: number): number => {
  if (p === Infinity) return Math.max(...sizes(values));
  return p === 1 ? mean(sizes(values)) : Math.sqrt(squares(values));
};
const centred = y.map((v) => v - mu);
const divided = (values: readonly number[], by: number): number[] => values.map((v) => v / by);

/** The library's epsilon may be there or not. */
const relative = 1e-4;

function normHint(values: number[], p: number): string | undefined {
  const norm = normOf(y, p);
  const hint = listHint(values, divided(centred, norm), {
    relative,
    mistakes: [
      [divided(y, norm), 'the mean is subtracted, too'],
      [
        divided(centred, normOf(centred, p)),
        'the norm is that of the values before the mean is subtracted',
      ],
      [
        divided(centred, y.length * normOf(y, 1)),
        'the norm is an average over the values, not a sum',
      ],
      [
        divided(centred, Math.sqrt(y.length * squares(y))),
        'the norm is an average over the values, not a sum',
      ],
      [divided(centred, squares(y)), 'the root is missing'],
      [divided(centred, Math.max(...y)), 'the largest in size: a negative value counts as well'],
    ],
  });
  return hint && `for p = ${p}: ${hint}`;
}

const first = [0.5, 0.52, 0.49, 0.53, 0.51];
const second = [0.48, 0.52, 0.46, 0.5, 0.5];
const differences = first.map((value, i) => value - second[i]!);
const centre = mean(differences);
const [low, high] = tInterval(differences)!;
const half = (high - low) / 2;
const around = (middle: number, width: number): [number, number] => [
  middle - width,
  middle + width,
];

export const lesson05 = {
  'lesson05-1': (answer: (y: number[], p: number) => number[]) =>
    [1, 2, Infinity].map((p) => normHint(answer([...y], p), p)).find((hint) => hint !== undefined),
  'lesson05-2': (answer: () => number) =>
    numberHint(answer(), Math.sqrt(2 / Math.PI), {
      relative: 0.01,
      mistakes: [
        [1 / Math.sqrt(2 * Math.PI), 'negative values count as well: twice the half'],
        [Math.sqrt(Math.PI / 2), 'this is sigma / N1'],
        [1, 'this is N2 / sigma'],
        [0, 'the sizes are averaged, not the values'],
      ],
    }),
  'lesson05-3': (answer: (a: number[], b: number[]) => [number, number]) =>
    listHint(answer([...first], [...second]), [low, high], {
      relative: 5e-3, // of t three digits are given
      mistakes: [
        [[high, low], 'the lower end comes first'],
        [around(centre, half * Math.sqrt(4 / 5)), 'the standard deviation is the one with n - 1'],
        [around(centre, half * Math.sqrt(5)), 'the standard deviation is divided by the root of n'],
        [around(-centre, half), 'the differences are a - b'],
        [around(centre, (half * 1.96) / 2.776), 'for five values t is 2.776, not 1.96'],
        [around(centre, half / 2.776), 't is missing'],
      ],
    }),
} satisfies Record<string, HintOf<never>>;
