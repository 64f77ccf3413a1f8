/** From runs to the numbers that a figure needs: which runs, which columns, means over windows of steps. */
import { equivalentLayer, type Layered } from '../config/presets';
import type { NormalisationName } from '../layers/normalisation';
import type { Run } from '../runs/run';
import { column, type Table } from '../runs/table';
import { mean } from './statistics';

/** What tells the runs of a figure apart, besides the seed. */
export interface Condition {
  normalisation: NormalisationName;
  learningRate: number;
  /** Trained on images that are cropped and mirrored at random. */
  augmentation?: true;
}

/** The runs of one condition by seed, ascending, one a seed. */
export function runsOf(runs: readonly Run[], condition: Condition): Run[] {
  const bySeed = new Map<number, Run>();
  for (const run of runs) {
    const { normalisation, learningRate, seed } = run.config;
    const augmentation = run.config.model === 'vgg' ? run.config.augmentation : undefined;
    const matches =
      normalisation === condition.normalisation &&
      learningRate === condition.learningRate &&
      augmentation === condition.augmentation;
    if (matches && !bySeed.has(seed)) bySeed.set(seed, run);
  }
  return [...bySeed.values()].sort((a, b) => a.config.seed - b.config.seed);
}

/** The runs of two conditions with the same seed, finished or diverged: what can be compared. */
export interface RunPair {
  seed: number;
  first: Run;
  second: Run;
}

const ended = ({ manifest }: Run): boolean =>
  manifest.status === 'done' || manifest.status === 'diverged';

/** The runs of several conditions with the same seed, in the order of the conditions. */
export interface RunGroup {
  seed: number;
  runs: Run[];
}

/** Every seed of which all these lists, each with one run a seed, have one that came to its end; in the first's order. */
export function seedGroups(lists: readonly (readonly Run[])[]): RunGroup[] {
  const [first = [], ...others] = lists.map((runs) => runs.filter(ended));
  return first.flatMap((run) => {
    const { seed } = run.config;
    const partners = others.flatMap((of) => of.find((other) => other.config.seed === seed) ?? []);
    return partners.length === others.length ? [{ seed, runs: [run, ...partners] }] : [];
  });
}

/** Every seed for which all conditions have a run that came to its end, ascending. */
export const groupsOf = (runs: readonly Run[], conditions: readonly Condition[]): RunGroup[] =>
  seedGroups(conditions.map((condition) => runsOf(runs, condition)));

/** Every seed for which both conditions have a run that came to its end, ascending. */
export const pairsOf = (runs: readonly Run[], first: Condition, second: Condition): RunPair[] =>
  groupsOf(runs, [first, second]).map(({ seed, runs: [one, other] }) => ({
    seed,
    first: one!,
    second: other!,
  }));

/** The rows of a table that belong to one layer. */
export function layerRows(table: Table | undefined, layer: number): Table | undefined {
  if (table === undefined) return undefined;
  const at = table.columns.indexOf('layer');
  return { columns: table.columns, rows: table.rows.filter((row) => row[at] === layer) };
}

/** A layer of ours that stands for one of the paper's. */
export interface NamedLayer {
  inPaper: number;
  layer: number;
  /** 'layer 7 (paper: 11)' */
  name: string;
}

/** The layer of `config`'s network that lies where `inPaper` lies in the paper's. */
export function namedLayer(config: Layered, inPaper: number): NamedLayer {
  const layer = equivalentLayer(config, inPaper);
  const paperLayer = layer === inPaper ? '' : ` (paper: ${inPaper})`;
  return { inPaper, layer, name: `layer ${layer}${paperLayer}` };
}

/** Two columns of equal length. */
export interface Curve {
  x: number[];
  y: number[];
}

/** A range of values at each x; not finite, or NaN, where there is none. */
export interface Envelope {
  x: number[];
  lo: number[];
  hi: number[];
}

/** A quantity of a run's `steps` or `evals` table against the step, without the rows where the loss is not finite. */
export function curveOf(table: Table | undefined, name: string): Curve {
  const steps = column(table, 'step');
  const values = column(table, name);
  const losses = column(table, 'loss');
  const kept = [...steps.keys()].filter((i) => Number.isFinite(losses[i]));
  return { x: kept.map((i) => steps[i]!), y: kept.map((i) => values[i]!) };
}

/** Into how many windows a training curve is divided where minibatches are averaged. */
const windowCount = 60;

/** How many windows a run has: never more than steps. */
export const windowsOf = ({ config }: Run): number => Math.min(windowCount, config.steps);

/**
 * A quantity of a run's `steps` table, averaged over each of `windowsOf(run)` equal parts of its training; x is the
 * middle of the part. Parts without a row are left out.
 */
export function windowMeans(run: Run, name: string): Curve {
  const { x, y } = curveOf(run.tables.steps, name);
  const count = windowsOf(run);
  const width = run.config.steps / count;
  const windows = Array.from({ length: count }, (): number[] => []);
  x.forEach((step, i) => windows[Math.min(Math.floor(step / width), count - 1)]!.push(y[i]!));
  const filled = [...windows.keys()].filter((i) => windows[i]!.length > 0);
  return {
    x: filled.map((i) => (i + 0.5) * width),
    y: filled.map((i) => mean(windows[i]!)),
  };
}
