/** All statements that are checked, together: those of the figures, of the theory and of the paper's critics. */
import type { Claim } from '../claims/claim';
import { statements as criticsStatements } from '../claims/critics';
import { conditionRuns } from '../claims/section4';
import { claimsBy } from '../claims/statement';
import type { PresetName } from '../config/presets';
import { correctedForAll, figures, ofNoFigure } from '../figures/index';
import type { StoreOptions } from '../runs/folders';
import { recordedAmong } from '../runs/record';
import type { Run } from '../runs/run';
import { UserError } from '../system/errors';
import { theoryClaims } from '../theory/theoryClaims';

/** The statements that belong to the whole paper and not to one figure. */
export const claimsOfAll = (runs: readonly Run[], seeds: readonly number[]): Claim[] => [
  ...ofNoFigure(runs),
  ...theoryClaims(seeds),
  ...claimsBy(criticsStatements)(runs),
];

/**
 * The verdicts on everything that is recorded at a preset, without training, corrected for their number: each statement over
 * the seeds of which it has all runs, the theory over the random batches of seed 0. What cannot be measured has a row too,
 * with the reason. Throws UserError where nothing is recorded.
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
  const conditions = recordedAmong((seed) => conditionRuns(preset, [seed]), options);
  const ofFigures = all.flatMap(({ figure, runs }) => figure.claims(runs));
  return correctedForAll([...ofFigures, ...claimsOfAll([...ofPaper, ...conditions], [0])]);
}
