/** Exercises of lesson 3: reading a landscape. */
import { type HintOf, listHint, numberHint } from '../exercise';

/** Not a quadratic, so that the order of the step lengths matters. */
const f = ([x, y]: number[]): number => x! ** 4 / 4 + y! ** 2;
const gradient = ([x, y]: number[]): number[] => [x! ** 3, 2 * y!];
const point = [1.5, -1];
const etas = [0.3, 0.05, 0.6];

const moved = (eta: number): number[] => point.map((v, i) => v - eta * gradient(point)[i]!);
const change = (eta: number): number =>
  Math.hypot(...gradient(moved(eta)).map((v, i) => v - gradient(point)[i]!));
const distance = (eta: number): number => eta * Math.hypot(...gradient(point));
const greatest = (of: (eta: number) => number): number => Math.max(...etas.map(of));
const losses = etas.map((eta) => f(moved(eta)));

const kappa = 10;
const quotient = ([x, y]: number[]): number =>
  Math.hypot(x!, kappa ** 2 * y!) / Math.hypot(x!, kappa * y!);

export const lesson03 = {
  'lesson03-1': (
    answer: (
      f: (x: number[]) => number,
      x: number[],
      g: number[],
      etas: number[],
    ) => [number, number],
  ) =>
    listHint(
      answer(f, [...point], gradient(point), [...etas]),
      [Math.min(...losses), Math.max(...losses)],
      {
        mistakes: [
          [[Math.max(...losses), Math.min(...losses)], 'the least comes first'],
          [
            [losses[0]!, losses.at(-1)!],
            'these are the losses of the first and the last step length, not the least and the greatest',
          ],
          [
            [-1, 1].map((sign) => f(point.map((v, i) => v + sign * gradient(point)[i]!))),
            'the step is eta times the gradient',
          ],
        ],
      },
    ),
  'lesson03-2': (
    answer: (gradient: (x: number[]) => number[], x: number[], etas: number[]) => number,
  ) =>
    numberHint(
      answer(gradient, [...point], [...etas]),
      greatest((eta) => change(eta) / distance(eta)),
      {
        mistakes: [
          [greatest(change), 'this is the change of the gradient; divide by the distance walked'],
          [
            greatest((eta) => change(eta) / eta),
            'the distance walked is eta times the length of the gradient',
          ],
          [
            greatest(change) / greatest(distance),
            'the quotient for each step length first, then the greatest of them',
          ],
          [
            Math.min(...etas.map((eta) => change(eta) / distance(eta))),
            'the greatest over all step lengths, not the least',
          ],
        ],
      },
    ),
  'lesson03-3': (answer: () => number[]) => {
    const x = answer();
    if (!Array.isArray(x) || x.length !== 2 || !x.every(Number.isFinite)) {
      return 'a point is a list of two numbers';
    }
    if (x.every((v) => v === 0)) return 'at 0 the gradient is 0, and there is nowhere to go';
    const hint = numberHint(quotient(x), 5.5, { relative: 0.01 / 5.5 });
    return hint && `beta at your point is ${quotient(x).toFixed(3)}: ${hint}`;
  },
  'lesson03-4': (answer: (etas: number[]) => number) =>
    numberHint(answer([0.2, 0.05, 0.4]), 20, {
      mistakes: [
        [5, 'the list is in any order'],
        [2.5, 'which step length gives the greatest quotient?'],
        [1, 'the change is as long as g; the distance is eta times as long'],
        [0.05, 'divide the change by the distance, not the other way round'],
      ],
    }),
} satisfies Record<string, HintOf<never>>;
