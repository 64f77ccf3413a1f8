/** What a figure must say about the runs behind it. */
import { type Condition, runsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { grouped } from '../system/numberText';
import { seriesStyle } from './style';

const list = (numbers: readonly number[]): string =>
  `seed${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}`;

/** What the reader must be told about the runs behind a figure: missing, unfinished or diverged ones. */
export function runNotes(runs: readonly Run[], conditions: readonly Condition[]): string[] {
  const chosen = conditions.map((condition) => ({
    name: seriesStyle(condition).name,
    found: runsOf(runs, condition),
  }));
  const seeds = [...new Set(chosen.flatMap(({ found }) => found.map((run) => run.config.seed)))];
  return chosen.flatMap(({ name, found }) => {
    if (found.length === 0) return [`No run of ${name}: its curves are missing.`];
    const missing = seeds.filter((seed) => !found.some((run) => run.config.seed === seed));
    const states = found.flatMap(({ config, manifest }) => {
      const which = `${name}, seed ${config.seed}`;
      if (manifest.divergedAt !== undefined) {
        return [
          `${which} diverged at step ${grouped(manifest.divergedAt)}: drawn up to there (×).`,
        ];
      }
      if (manifest.status === 'done') return [];
      return [
        `${which} is not finished: ${grouped(manifest.step)} of ${grouped(config.steps)} steps.`,
      ];
    });
    return [...(missing.length > 0 ? [`${name}: ${list(missing)} missing.`] : []), ...states];
  });
}
