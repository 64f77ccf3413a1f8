/**
 * The paper's statements about Figure 1. The rules were written before any run of a preset was looked at. That on
 * distributions was changed once, from the ratio of two drifts to their difference, after a trial of 600 steps that
 * fails by either: two drifts that nobody can see may have any ratio.
 */
import { type Claim, claimOver, inPercent, type Statement } from '../claims/claim';
import { earlyLateLayers } from '../config/presets';
import {
  chance,
  diverged,
  finalAccuracy,
  meanAccuracy,
  trained,
  untrained,
} from '../measures/accuracies';
import { drift } from '../measures/moments';
import { curveOf, pairsOf, windowMeans } from '../measures/select';
import type { Run } from '../runs/run';
import { grouped } from '../system/numberText';

/** A difference between two distributions, in standard deviations, that counts as marginal: Cohen's small effect. */
const marginal = 0.2;

/** What a run of each network with the same seed and learning rate gave. */
interface Comparison {
  seed: number;
  standard: number;
  batchNorm: number;
}

/** One comparison a seed; a run whose table is missing measures NaN, and its seed is left out. */
function compare(
  runs: readonly Run[],
  learningRate: number,
  measure: (run: Run) => number,
): Comparison[] {
  return pairsOf(
    runs,
    { normalisation: 'none', learningRate },
    { normalisation: 'batch', learningRate },
  )
    .map(({ seed, first, second }) => ({
      seed,
      standard: measure(first),
      batchNorm: measure(second),
    }))
    .filter(({ standard, batchNorm }) => !Number.isNaN(standard + batchNorm));
}

/** The middle of the first window that counts as trained; infinite if none does, NaN without a table. */
function stepsToTrain(run: Run): number {
  const { x, y } = windowMeans(run, 'accuracy');
  if (y.length === 0) return NaN;
  return x[y.findIndex((accuracy) => accuracy >= trained)] ?? Infinity;
}

/** Test accuracy of the last evaluation; chance if the run diverged. */
const finalTestAccuracy = (run: Run): number =>
  diverged(run) ? chance : (curveOf(run.tables.evals, 'accuracy').y.at(-1) ?? NaN);

function trainsFaster(runs: readonly Run[]): Claim {
  const steps = runs[0]?.config.steps ?? 0;
  const say = (step: number): string =>
    Number.isFinite(step) ? `at step ${grouped(step)}` : `not within ${grouped(steps)} steps`;
  const results = compare(runs, 0.1, stepsToTrain).map((pair) => {
    const gain = Math.min(pair.standard, steps) - Math.min(pair.batchNorm, steps);
    const either = Number.isFinite(Math.min(pair.standard, pair.batchNorm));
    return { ...pair, value: gain, holds: either ? gain > 0 : null };
  });
  return claimOver(
    {
      id: 'fig01-faster',
      figure: 1,
      statement: 'At learning rate 0.1 the network trains faster with BatchNorm.',
      paper:
        'Figure 1(a), digitised: 50% minibatch accuracy first at step 900 without, 200 with BatchNorm',
      rule:
        'measured: the step at which the mean minibatch accuracy of a window of 1/60 of training reaches 50%, ' +
        'Standard minus BatchNorm (the length of the run where it never does); true of a seed if above 0, ' +
        'unknown if neither gets there',
    },
    results,
    (over) =>
      `50% ${say(over((r) => r.standard))} without, ${say(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

/** A statement that an accuracy at learning rate 0.1 is higher with BatchNorm. */
function higherWithBatchNorm(
  runs: readonly Run[],
  measure: (run: Run) => number,
  statement: Statement,
): Claim {
  const results = compare(runs, 0.1, measure).map((pair) => {
    const gain = 100 * (pair.batchNorm - pair.standard);
    return { ...pair, value: gain, holds: gain > 0 };
  });
  return claimOver(
    statement,
    results,
    (over) =>
      `${inPercent(over((r) => r.standard))} without, ${inPercent(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

function onlyBatchNormTrains(runs: readonly Run[]): Claim {
  const results = compare(runs, 0.5, finalAccuracy).map((pair) => {
    const gain = 100 * (pair.batchNorm - pair.standard);
    return { ...pair, value: gain, holds: pair.standard < untrained && pair.batchNorm > trained };
  });
  const failed = runs.filter(
    (run) =>
      run.config.learningRate === 0.5 && run.config.normalisation === 'none' && diverged(run),
  ).length;
  return claimOver(
    {
      id: 'fig01-high-rate',
      figure: 1,
      statement: 'At learning rate 0.5 the network trains only with BatchNorm.',
      paper:
        'Figure 1(a), digitised: over the last tenth of training 9.6% without, 96.2% with BatchNorm',
      rule:
        'measured: mean minibatch accuracy over the last tenth of training, BatchNorm minus Standard in points; true ' +
        'of a seed if Standard is below 15% (chance + 5 points) or diverged, counted as 10%, and BatchNorm above 50%',
    },
    results,
    (over) =>
      `${inPercent(over((r) => r.standard))} without${failed > 0 ? ` (${failed} diverged)` : ''}, ` +
      `${inPercent(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

function distributionsEvolveAlike(runs: readonly Run[]): Claim {
  const config = runs[0]?.config;
  const [early, late] = config === undefined ? [0, 0] : earlyLateLayers(config);
  const atEarly = compare(runs, 0.1, (run) => drift(run, early));
  const atLate = compare(runs, 0.1, (run) => drift(run, late));
  const difference = ({ standard, batchNorm }: Comparison): number => standard - batchNorm;
  const results = atEarly.flatMap((pair) => {
    const later = atLate.find(({ seed }) => seed === pair.seed);
    if (later === undefined) return [];
    const both = [difference(pair), difference(later)];
    const value = both.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    return [{ ...pair, later, value, holds: Math.abs(value) <= marginal }];
  });
  return claimOver(
    {
      id: 'fig01-distributions',
      figure: 1,
      statement:
        "The layers' activation distributions evolve much alike with and without BatchNorm: the difference is marginal.",
      paper: 'text on Figure 1(c): the difference "seems to be marginal"; judged by eye',
      rule:
        'measured: drift of a layer = mean over training of |mean - final mean| / final sd + |ln(sd / final sd)|; ' +
        'Standard minus BatchNorm, at the layer of (c) where they differ more; true of a seed if within ' +
        `${marginal} of 0 (in standard deviations, a small effect)`,
    },
    results,
    (over) => {
      const say = (of: (r: (typeof results)[number]) => number): string => over(of).toFixed(2);
      return (
        `drift at layer ${early}: ${say((r) => r.standard)} without, ${say((r) => r.batchNorm)} with BatchNorm; ` +
        `at layer ${late}: ${say((r) => r.later.standard)} and ${say((r) => r.later.batchNorm)}`
      );
    },
  );
}

/** The claims of Figure 1 from its runs; of runs that did not end nothing is claimed. */
export function claims(runs: readonly Run[]): Claim[] {
  return [
    trainsFaster(runs),
    higherWithBatchNorm(runs, meanAccuracy, {
      id: 'fig01-training-accuracy',
      figure: 1,
      statement:
        'At learning rate 0.1 training accuracy, averaged over training, is higher with BatchNorm.',
      paper: 'Figure 1(a), digitised: mean over training 88.0% without, 94.2% with BatchNorm',
      rule:
        'measured: minibatch accuracy averaged over training, BatchNorm minus Standard in points (10% after a ' +
        'divergence); true of a seed if above 0',
    }),
    onlyBatchNormTrains(runs),
    higherWithBatchNorm(runs, finalTestAccuracy, {
      id: 'fig01-test-accuracy',
      figure: 1,
      statement: 'At learning rate 0.1 the final test accuracy is higher with BatchNorm.',
      paper: 'Appendix A.1: 80% without, 83% with BatchNorm',
      rule:
        'measured: test accuracy after the last step, BatchNorm minus Standard in points (10% if diverged); true of ' +
        'a seed if above 0',
    }),
    distributionsEvolveAlike(runs),
  ];
}
