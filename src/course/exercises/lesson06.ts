/** Exercises of lesson 6: what the critics say. */
import { mean } from '../../figures/statistics';
import { type HintOf, listHint, numberHint } from '../exercise';

const lengths = [24, 10, 6, 3];
const quotients = lengths.slice(1).map((length, i) => lengths[i]! / length);

export const lesson06 = {
  'lesson06-1': (answer: (lengths: number[]) => number) =>
    numberHint(answer([...lengths]), 2, {
      mistakes: [
        [mean(quotients), 'this is the arithmetic mean of the quotients; factors multiply'],
        [0.5, 'towards the input: the lower layer over the upper one'],
        [8 ** (1 / 4), 'between four layers there are three factors'],
        [8, 'this is the factor over all layers together'],
      ],
    }),
  'lesson06-2': (answer: (eta: number) => number) =>
    numberHint(answer(0.1), 20, {
      mistakes: [
        [10, 'at this curvature one step goes right to the minimum; it can be larger'],
        [0.2, 'the larger the learning rate, the smaller the curvature that it bears'],
        [2, 'this is the curvature times the learning rate'],
      ],
    }),
  'lesson06-3': (answer: (p: number, n: number) => number[]) =>
    listHint(answer(0.8, 3), [0.512, 0.008, 0.48], {
      mistakes: [
        [[0.8, 0.2, 0], 'every one of the n seeds must say yes, for holds'],
        [[2.4, 0.6, -2], 'probabilities of independent seeds multiply'],
        [[0.512, 0.488, 0], 'fails is only where none of the seeds says yes'],
        [[0.512, 0.008, 0.52], 'the three probabilities add up to 1'],
      ],
    }),
} satisfies Record<string, HintOf<never>>;
