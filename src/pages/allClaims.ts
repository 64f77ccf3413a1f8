/** All statements that are checked, together: those of the figures, of the theory and of the paper's critics. */
import { acrossClaims } from '../claims/across';
import { type Claim, inOrder } from '../claims/claim';
import { criticsClaims } from '../claims/critics';
import type { PresetName } from '../config/presets';
import { figures } from '../figures/index';
import type { StoreOptions } from '../runs/folders';
import { recordedAmong } from '../runs/record';
import type { Run } from '../runs/run';
import { UserError } from '../system/errors';
import { theoryClaims } from '../theory/theoryClaims';

/** The statements that belong to the whole paper and not to one figure. */
export const claimsOfAll = (runs: readonly Run[], seeds: readonly number[]): Claim[] => [
  ...acrossClaims(runs),
  ...theoryClaims(seeds),
  ...criticsClaims(runs),
];

/**
 * The verdicts on everything that is recorded at a preset, without training: each statement over the seeds of which it has all
 * runs, the theory over the random batches of seed 0. Of what is not recorded there are no rows; throws UserError where nothing is.
 */
export function recordedClaims(preset: PresetName, options: StoreOptions = {}): Claim[] {
  const all = figures.map((figure) => ({
    figure,
    runs: recordedAmong((seed) => figure.runs(preset, [seed]), options),
  }));
  // Figure 14 measures other things, and trains from another initialisation: its runs are not the paper's.
  const ofPaper = all.filter(({ figure }) => !figure.ours).flatMap(({ runs }) => runs);
  if (all.every(({ runs }) => runs.length === 0)) {
    throw new UserError(
      `Nothing is recorded at preset ${preset}. Take quick or laptop, or record runs of your own: npx bn-lab runs record.`,
    );
  }
  const ofFigures = all.flatMap(({ figure, runs }) => figure.claims(runs));
  return inOrder([...ofFigures, ...claimsOfAll(ofPaper, [0])]).filter(
    ({ seeds }) => seeds.length > 0,
  );
}
