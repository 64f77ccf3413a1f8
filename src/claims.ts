/** All statements that are checked, together: those of the figures, of the theory and of the paper's critics. */
import { UserError } from './errors';
import { criticsClaims } from './figures/criticsClaims';
import type { Claim } from './figures/figure';
import { figures } from './figures/index';
import { recordedRuns, recordedSeeds } from './runs/record';
import { theoryClaims } from './theory/claims';
import type { PresetName } from './training/presets';

/**
 * The verdicts on everything that is recorded at a preset, without training: each figure over its recorded seeds, the
 * critics over those of all figures, the theory over the random batches of seed 0. Of what is not recorded there are no rows; throws
 * UserError where nothing is.
 */
export function recordedClaims(preset: PresetName): Claim[] {
  const measured = figures.filter((figure) => figure.runs(preset, [0]).length > 0);
  const ofFigures = measured.flatMap((figure) => {
    const runs = recordedRuns((seed) => figure.runs(preset, [seed]));
    return runs.length ? figure.claims(runs) : [];
  });
  if (ofFigures.length === 0) {
    throw new UserError(
      `Nothing is recorded at preset ${preset}. Take quick or laptop, or record runs of your own: npx bn-lab runs record.`,
    );
  }
  const all = (seed: number) => measured.flatMap((figure) => figure.runs(preset, [seed]));
  const seeds = recordedSeeds(all);
  return seeds.length
    ? [...ofFigures, ...theoryClaims(), ...criticsClaims(recordedRuns(all))]
    : ofFigures;
}
