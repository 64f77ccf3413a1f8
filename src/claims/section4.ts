/**
 * What section 4 assumes of a network in training. Its theorems are checked in src/theory; whether they say "smaller" hangs
 * on conditions that the paper calls mild. From a table `unitConditions`: for each measured step and layer the number of
 * units, how many meet a condition, and the median share of the gradient that BatchNorm takes away.
 */
import { type PresetName, vggRun } from '../config/presets';
import type { RunConfig } from '../config/schema';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { nineTenths, threeQuarters } from './margins';
import { vgg } from './measures';
import type { Measured, Statement } from './statement';

type ConditionColumn = 'factorBelowOne' | 'innerPositive' | 'smallerGradient' | 'subtracted';

/** A column summed over layers and steps, over the number of units there. */
const shareOfUnits =
  (label: string, name: ConditionColumn) =>
  ([run]: Run[]): Measured => {
    const { unitConditions } = (run as Run).tables;
    const units = column(unitConditions, 'units');
    const counts = column(unitConditions, name);
    const total = (values: readonly number[]): number =>
      values.reduce((sum, each) => sum + each, 0);
    // Of the medians of layers, the mean weighted by their units.
    const met = name === 'subtracted' ? counts.map((each, i) => each * units[i]!) : counts;
    const share = total(met) / total(units);
    return { value: 100 * share, parts: [{ label, value: share, percent: true }] };
  };

/** In how many parts the training is divided by the measurements. */
const parts = 6;

/** The runs that measure it, one a seed: VGG with BatchNorm, without what else is probed but at step 0. */
export const conditionRuns = (preset: PresetName, seeds: readonly number[]): RunConfig[] =>
  seeds.map((seed): RunConfig => {
    const usual = vggRun(preset, { normalisation: 'batch', seed });
    const { activations, landscape, covariateShift } = usual.probes;
    const once = { every: usual.steps };
    return {
      ...usual,
      probes: {
        activations: { ...activations, ...once },
        landscape: { ...landscape, ...once },
        covariateShift: { ...covariateShift, ...once },
        unitConditions: { every: Math.ceil(usual.steps / parts) },
      },
    };
  });

const isMeasured = ({ config }: Run): boolean => 'unitConditions' in config.probes;

const common = {
  kind: 'paper',
  figure: 'Section 4',
  unit: '% of the units',
  direction: 'above',
  groups: (runs: readonly Run[]) => vgg('batch')(runs.filter(isMeasured)),
  noCurve: 'the paper measures none of its conditions',
} as const;

const where =
  'over all units of all normalised layers of VGG with BatchNorm and all measured steps';

export const statements: Statement[] = [
  {
    ...common,
    id: 'section4-factor',
    statement:
      'The factor γ/σ in front of the theorems’ bounds is below 1, as σ tends to be large.',
    paper: 'section 4.2: "σ tends to be large", so the gradient is scaled down',
    effect: `share of units with |γ|/σ < 1, ${where}`,
    ...threeQuarters,
    measure: shareOfUnits('|γ|/σ below 1', 'factorBelowOne'),
  },
  {
    ...common,
    id: 'section4-inner',
    statement: 'The condition ⟨ŷ, ĝ⟩ > 0 of Theorem 4.2 is mild: it is met nearly always.',
    paper: 'section 4.2: "mild assumptions"',
    effect: `share of units with ⟨ŷ, ĝ⟩ > 0, ${where}`,
    ...nineTenths,
    measure: shareOfUnits('⟨ŷ, ĝ⟩ above 0', 'innerPositive'),
  },
  {
    ...common,
    id: 'section4-smaller',
    statement: 'Where the layer’s output is the same, BatchNorm makes the gradient smaller.',
    paper: 'section 4.2 on Theorem 4.1: BatchNorm improves the Lipschitz constant of the loss',
    effect: `share of units with ‖∂ℒ̂/∂y‖ < ‖ĝ‖, ${where}`,
    ...threeQuarters,
    measure: shareOfUnits('smaller gradient', 'smallerGradient'),
  },
  {
    ...common,
    id: 'section4-subtracted',
    statement: 'The two terms that Theorem 4.1 subtracts are a part of the gradient that matters.',
    paper:
      'section 4.2 on Theorem 4.1: the reduction is additive, and "has effect even when the scaling is identity"',
    effect: `(⟨1, ĝ⟩² + ⟨ŷ, ĝ⟩²) / (m ‖ĝ‖²), median over the units of a layer, mean ${where}`,
    unit: '% of the squared gradient',
    margin: 10,
    marginReason: 'a tenth of the squared gradient: less than that nobody would call smaller',
    measure: shareOfUnits('subtracted', 'subtracted'),
  },
];
