/** Which runs the authors of the rules had looked at before they wrote them: these can explore, and not confirm. */
import { deepLinearRun, vggRun } from '../config/presets';
import type { RunConfig } from '../config/schema';
import type { Run } from '../runs/run';

/** When the rules were committed; README.md of this folder says which data are older. */
export const rulesDated = '2026-11-27';

/** The last seed that had been drawn and judged by earlier rules, by how long the runs are; -1: none. */
function lastSeen({ model, steps }: RunConfig): number {
  if (model === 'deepLinear') return steps === deepLinearRun('paper').steps ? 3 : 4;
  if (steps === vggRun('paper').steps) return -1;
  return steps === vggRun('laptop').steps ? 0 : 4;
}

const wasSeen = (config: RunConfig): boolean => config.seed <= lastSeen(config);

/** Fewer unseen seeds than these give no interval that is worth one. */
export const enoughSeeds = 3;

export interface Chosen<Result> {
  results: Result[];
  /** Whether all of them are of unseen seeds. */
  confirmatory: boolean;
}

/**
 * The seeds that give the verdict: the unseen ones alone where there are enough of them, or no others; otherwise all there
 * are, and the row says that it only explores.
 */
export function verdictSeeds<Result extends { runs: readonly Run[] }>(
  results: readonly Result[],
): Chosen<Result> {
  const unseen = results.filter(({ runs }) => !runs.some(({ config }) => wasSeen(config)));
  const confirmatory = unseen.length >= enoughSeeds || unseen.length === results.length;
  return {
    results: confirmatory ? unseen : [...results],
    confirmatory: confirmatory && unseen.length > 0,
  };
}
