/** How much more the moments of one network's activations move than those of another, from which claims are made. */
import type { Run } from '../runs/run';
import { type Moment, typicalChange } from './moments';
import { noisyLayers } from './noisyNetworks';

/** One layer's moment in two networks. */
export interface Movement {
  layer: string;
  moment: Moment;
  /** The median |change| between successive measurements. */
  first: number;
  second: number;
  /** log10 of the second over the first. */
  gain: number;
}

/** The movements of mean and variance in the three layers of Figures 2 and 8. */
export const movements = (first: Run, second: Run): Movement[] =>
  noisyLayers(first.config).flatMap(({ layer, name }) =>
    (['mean', 'variance'] as const).map((moment): Movement => {
      const [one, other] = [first, second].map((run) => typicalChange(run, layer, moment));
      const gain = Math.log10(other! / one!);
      return { layer: name, moment, first: one!, second: other!, gain };
    }),
  );

/** Said in every rule that uses them. */
export const movementRule =
  'median |change| between successive measurements of the mean and of the variance of the activations at the three ' +
  'layers of Figure 8';
