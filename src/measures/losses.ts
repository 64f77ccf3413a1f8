/** Training loss as claims weigh it. */
import type { Run } from '../runs/run';
import { diverged } from './accuracies';
import { curveOf } from './select';
import { mean } from './statistics';

/** Mean loss over the last tenth of training; infinite if the run diverged. */
export function finalLoss(run: Run): number {
  if (diverged(run)) return Infinity;
  const { x, y } = curveOf(run.tables.steps, 'loss');
  return mean(y.filter((_, i) => x[i]! >= 0.9 * run.config.steps));
}

/** The geometric mean of the loss over training; infinite if the run diverged. */
export const typicalLoss = (run: Run): number =>
  diverged(run) ? Infinity : Math.exp(mean(curveOf(run.tables.steps, 'loss').y.map(Math.log)));
