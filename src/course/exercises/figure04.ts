/** Exercises of notebook fig04: the landscape of VGG. */
import { exercise } from './exercise';

/** A step along the gradient: the gradient at the point, and at the one displaced by `eta`. */
const gradient = [3, -4, 12];
const displaced = [1, -2, 11];
const apart = (a: number[], b: number[]): number => Math.hypot(...a.map((v, i) => v - b[i]!));
const quotients = (distances: number[], changes: number[]): number[] =>
  changes.map((change, i) => change / distances[i]!);

export const figure04 = {
  /** Of the losses at all step lengths: how wide the band of panel (a) is. */
  'fig04-1': exercise<(losses: number[]) => number>(
    [
      [[[2.5, 2.4, 2.6, 2.9]], 0.5],
      [[[1.5, 0.75, 1]], 0.75],
    ],
    [
      [(losses) => losses.at(-1)! - losses[0]!, 'the band need not begin at the shortest length'],
      [(losses) => Math.max(...losses), 'this is the upper edge of the band'],
      [(losses) => Math.max(...losses) / Math.min(...losses), 'a width is a difference'],
    ],
  ),
  /** Of g, g' and eta: the quotient of panel (c) for one step length. */
  'fig04-2': exercise<(g: number[], there: number[], eta: number) => number>(
    [
      [[gradient, displaced, 0.1], 3 / 1.3],
      [[[0, 2], [0, -1], 0.5], 3],
    ],
    [
      [(g, there) => apart(g, there) / Math.hypot(...g), 'eta is missing in the distance walked'],
      [(g, there, eta) => apart(g, there) / eta, 'the distance walked is eta times the norm of g'],
      [
        (g, there, eta) => apart(g, there) ** 2 / (eta * Math.hypot(...g)) ** 2,
        'norms, not their squares',
      ],
      [apart, 'this is the change of the gradient; divide by the distance that was walked'],
    ],
  ),
  /** Of the distances and changes at all step lengths: the effective smoothness. */
  'fig04-3': exercise<(distances: number[], changes: number[]) => number>(
    [
      [
        [
          [0.65, 1.3, 2.6],
          [3, 4, 10],
        ],
        3 / 0.65,
      ],
      [
        [
          [1, 2, 4],
          [1, 5, 6],
        ],
        2.5,
      ],
    ],
    [
      [
        (distances, changes) => {
          const most = changes.indexOf(Math.max(...changes));
          return changes[most]! / distances[most]!;
        },
        'the step with the greatest change need not have the greatest quotient',
      ],
      [
        (distances, changes) => Math.max(...changes) / Math.min(...distances),
        'each change belongs to its own distance',
      ],
      [
        (distances, changes) => Math.min(...quotients(distances, changes)),
        'smoothness is about the worst step length',
      ],
    ],
  ),
};
