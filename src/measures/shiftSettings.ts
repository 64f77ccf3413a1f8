/** What Figure 3 compares: two kinds of networks at two learning rates each, with and without BatchNorm. */
import { deepLinearRun, type PresetName, vggRun } from '../config/presets';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { modelOf } from './networks';
import { type Condition, type Curve, layerRows, type NamedLayer, namedLayer } from './select';
import { median, sixDigits } from './statistics';

/** The networks of one row of the figure. */
export interface Setting {
  part: 'a' | 'b';
  model: string;
  learningRate: number;
  steps: number;
  /** Standard and BatchNorm. */
  networks: Condition[];
  layers: NamedLayer[];
}

/** The second learning rate is a tenth of the first. */
export const rates = (higher: number): [number, number] => [higher, sixDigits(higher / 10)];

const models = [
  { part: 'a', model: 'VGG', asked: vggRun, layers: [5, 10] },
  {
    part: 'b',
    model: 'Deep linear network',
    asked: deepLinearRun,
    layers: [9, 17],
  },
] as const;

/** The rows of the figure, from top to bottom; rates, steps and layers are those of the runs. */
export const settings = (runs: readonly Run[], preset?: PresetName): Setting[] =>
  models.flatMap(({ part, model, asked, layers }) => {
    const own = modelOf(runs, asked, preset);
    const { steps, learningRate } = own.config;
    const highest = Math.max(...own.runs.map((run) => run.config.learningRate), 0);
    return rates(highest || learningRate).map((rate): Setting => ({
      ...{ part, model, steps, learningRate: rate },
      networks: (['none', 'batch'] as const).map((normalisation) => ({
        normalisation,
        learningRate: rate,
      })),
      layers: layers.map((inPaper) => namedLayer(own.config, inPaper)),
    }));
  });

export type ShiftQuantity = 'l2' | 'cosine';

/** A quantity of a layer against the step, where it is a number: a gradient of length 0 has no angle. */
export function shiftCurve(run: Run, layer: number, quantity: ShiftQuantity): Curve {
  const rows = layerRows(run.tables.covariateShift, layer);
  const [steps, values] = [column(rows, 'step'), column(rows, quantity)];
  const kept = [...steps.keys()].filter((i) => Number.isFinite(values[i]));
  return { x: kept.map((i) => steps[i]!), y: kept.map((i) => values[i]!) };
}

/** The median over training; NaN where nothing was measured. */
export const typicalShift = (run: Run, layer: number, quantity: ShiftQuantity): number =>
  median(shiftCurve(run, layer, quantity).y);
