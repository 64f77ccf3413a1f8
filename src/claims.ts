/** All statements that are checked, together: those of the figures and those of the theory. */
import type { Claim } from './figures/figure';
import { figures } from './figures/index';
import { recordedRuns, recordedSeeds } from './runs/record';
import { theoryClaims } from './theory/claims';
import type { PresetName } from './training/presets';

/**
 * The verdicts on everything that is recorded at a preset, without training: each figure over its recorded seeds, the
 * theory over those of all figures. Of a figure of which nothing is recorded there are no rows.
 */
export function recordedClaims(preset: PresetName): Claim[] {
  const measured = figures.filter((figure) => figure.runs(preset, [0]).length > 0);
  const ofFigures = measured.flatMap((figure) => {
    const runs = recordedRuns((seed) => figure.runs(preset, [seed]));
    return runs.length ? figure.claims(runs) : [];
  });
  const seeds = recordedSeeds((seed) => measured.flatMap((figure) => figure.runs(preset, [seed])));
  return [...ofFigures, ...(seeds.length ? theoryClaims(seeds) : [])];
}
