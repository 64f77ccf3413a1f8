/** Exercises of notebook fig04: the landscape of VGG. */
import { type HintOf, numberHint } from '../exercise';

/** A step along the gradient: the gradient at the point, and at the one displaced by `eta`. */
const gradient = [3, -4, 12];
const displaced = [1, -2, 11];
const distances = [0.65, 1.3, 2.6];
const changes = [3, 4, 10];

export const figure04 = {
  /** Of g, g' and eta: the quotient of panel (c) for one step length. */
  'fig04-1': (answer: (g: number[], there: number[], eta: number) => number) =>
    numberHint(answer(gradient, displaced, 0.1), 3 / 1.3, {
      mistakes: [
        [3 / 13, 'the distance that was walked is eta times the norm of g'],
        [9 / 1.69, 'norms, not their squares'],
        [3, 'this is the change of the gradient; divide by the distance that was walked'],
      ],
    }),
  /** Of the distances and changes at all step lengths: the effective smoothness. */
  'fig04-2': (answer: (distances: number[], changes: number[]) => number) =>
    numberHint(answer(distances, changes), 3 / 0.65, {
      mistakes: [
        [10 / 2.6, 'the step with the greatest change need not have the greatest quotient'],
        [10 / 0.65, 'each change belongs to its own distance'],
      ],
    }),
} satisfies Record<string, HintOf<never>>;
