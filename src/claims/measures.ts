/** Which runs statements compare, and the few forms that their effects have. */
import { vggRun } from '../config/presets';
import { type NormalisationName, normalisations } from '../layers/normalisation';
import { meanAccuracy } from '../measures/accuracies';
import { groupsOf, type RunGroup } from '../measures/select';
import { mean } from '../measures/statistics';
import type { Run } from '../runs/run';
import type { Measured, Part } from './statement';

/** The runs of VGG of one seed, of each network at each learning rate. */
export const vggAtRates =
  (learningRates: readonly number[], ...names: NormalisationName[]) =>
  (runs: readonly Run[]): RunGroup[] =>
    groupsOf(
      runs,
      names.flatMap((normalisation) =>
        learningRates.map((learningRate) => ({ normalisation, learningRate })),
      ),
    );

/** The same at one learning rate. */
export const vggAt = (learningRate: number, ...names: NormalisationName[]) =>
  vggAtRates([learningRate], ...names);

/** At the paper's rate. */
export const vgg = (...names: NormalisationName[]) => vggAt(0.1, ...names);

/** The same, each with augmentation. */
export const vggAugmented =
  (...names: NormalisationName[]) =>
  (runs: readonly Run[]): RunGroup[] =>
    groupsOf(
      runs,
      names.map((normalisation) => ({ normalisation, learningRate: 0.1, augmentation: true })),
    );

const linearRuns = (runs: readonly Run[]): Run[] =>
  runs.filter(({ config }) => config.model === 'deepLinear');

/** The runs of the deep linear network of one seed, at the higher of its two learning rates or at a tenth of it. */
export const linear =
  (names: readonly NormalisationName[], rate: 'higher' | 'lower' = 'higher') =>
  (runs: readonly Run[]): RunGroup[] => {
    const own = linearRuns(runs);
    const highest = Math.max(...own.map(({ config }) => config.learningRate));
    const learningRate = rate === 'higher' ? highest : Number((highest / 10).toPrecision(6));
    return groupsOf(
      own,
      names.map((normalisation) => ({ normalisation, learningRate })),
    );
  };

/** A run's network as sentences call it: "BatchNorm". */
export const nameOf = ({ config }: Run): string =>
  normalisations[config.normalisation].label.replace('Standard + ', '');

/** A measure of each run, as parts of an effect. */
export const partsOf = (
  runs: readonly Run[],
  values: readonly number[],
  as: Pick<Part, 'percent'> = {},
): Part[] => runs.map((run, i) => ({ label: nameOf(run), value: values[i]!, ...as }));

type Measure = (run: Run) => number;

/** log10 of a measure of the first run over that of the second. */
export const ordersOver =
  (measure: Measure) =>
  (runs: Run[]): Measured => {
    const values = runs.map(measure);
    return { value: Math.log10(values[0]! / values[1]!), parts: partsOf(runs, values) };
  };

/** A share of the second run minus that of the first, in points. */
export const pointsMore =
  (share: Measure) =>
  (runs: Run[]): Measured => {
    const values = runs.map(share);
    return {
      value: 100 * (values[1]! - values[0]!),
      parts: partsOf(runs, values, { percent: true }),
    };
  };

/** How much of the gap from Standard to BatchNorm must be covered by what trains "as well" as BatchNorm. */
const most = 0.7;

/**
 * How far the third run lies beyond `most` of the way from the first to the second, by a measure that is greater where
 * training went better. Above 0 is the same as a share of the gap above `most`, and is there without a gap too.
 */
export const beyondMostOfGap =
  (measure: Measure, show: (value: number) => Omit<Part, 'label'>) =>
  (runs: Run[]): Measured => {
    const values = runs.map(measure) as [number, number, number];
    const [standard, batchNorm, other] = values;
    const gap = batchNorm - standard;
    return {
      value: other - standard - most * gap,
      parts: [
        ...runs.map((run, i) => ({ label: nameOf(run), ...show(values[i]!) })),
        { label: 'share of the gap', value: (other - standard) / gap },
      ],
    };
  };

/** The same by minibatch accuracy averaged over training, in points. */
export const accuracyBeyondMostOfGap = beyondMostOfGap(
  (run) => 100 * meanAccuracy(run),
  (points) => ({ value: points / 100, percent: true }),
);

/** The mean of log10 of one measure over another at some layers: the geometric mean of their ratios. */
export const ordersAtLayers =
  (layers: (run: Run) => readonly number[], measure: (run: Run, layer: number) => number) =>
  (runs: Run[]): Measured => {
    const [first, second] = runs.map((run) => layers(run).map((layer) => measure(run, layer))) as [
      number[],
      number[],
    ];
    const ratios = first.map((value, i) => Math.log10(value / second[i]!));
    const known = [...ratios.keys()].filter((i) => !Number.isNaN(ratios[i]));
    const parts = known.flatMap((i) =>
      [first, second].map((values, k) => ({
        label: `layer ${layers(runs[0]!)[i]!}, ${nameOf(runs[k]!)}`,
        value: values[i]!,
      })),
    );
    return { value: mean(known.map((i) => ratios[i]!)), parts };
  };

/** Whether a run is of the paper's own VGG, at its own length. */
export function isPaperVgg({ config }: Run): boolean {
  const paper = vggRun('paper');
  if (config.model !== 'vgg') return false;
  const same = ['architecture', 'width', 'head', 'batchSize', 'steps', 'data'] as const;
  return same.every((key) => config[key] === paper[key]);
}
