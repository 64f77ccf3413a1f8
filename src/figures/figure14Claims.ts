/**
 * What the paper says of random directions, what its critics say of curvature, and ours, as far as Figure 14's runs can tell.
 * The rules were written before any of these runs was trained.
 */
import { type Claim, claimOver, inPercent } from '../claims/claim';
import { nearEdge } from '../claims/critics';
import { greatestDuring, lastThird, medianDuring, overSteps } from '../claims/landscape';
import { meanAccuracy } from '../measures/accuracies';
import { effectiveSmoothness, lossRange } from '../measures/landscapeCurves';
import { curvatureCurve, openNetworks, openRuns, randomRange } from '../measures/openNetworks';
import { type Curve, type RunGroup, seedGroups } from '../measures/select';
import { rankCorrelation } from '../measures/statistics';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** The runs of each seed, in the order of the networks. */
const groups = (runs: readonly Run[], networks: typeof openNetworks.all): RunGroup[] =>
  seedGroups(networks.map((network) => openRuns(runs, network)));

/** Of both measured networks, by seed; a seed without its tables is left out. */
const measured = <Result extends { value: number }>(
  runs: readonly Run[],
  of: (standard: Run, batchNorm: Run) => Result,
): (Result & { seed: number })[] =>
  groups(runs, openNetworks.measured)
    .map(({ seed, runs: [standard, batchNorm] }) => ({ seed, ...of(standard!, batchNorm!) }))
    .filter(({ value }) => !Number.isNaN(value));

const smallerRule =
  `median and maximum ${overSteps}; interval of log10 of Standard's median over BatchNorm's; true of a seed if median ` +
  "and maximum with BatchNorm are below Standard's";

/** That a quantity is smaller with BatchNorm, in the median and at its greatest. */
function smaller(
  runs: readonly Run[],
  curve: (run: Run) => Curve,
  statement: { id: string; statement: string; paper: string; what: string },
): Claim {
  const { what, ...rest } = statement;
  const results = measured(runs, (...pair) => {
    const medians = pair.map((run) => medianDuring(run, curve(run)));
    const maxima = pair.map((run) => greatestDuring(run, curve(run)));
    const [holdsMedian, holdsMaximum] = [medians, maxima].map(([none, batch]) => batch! < none!);
    const value = Math.log10(medians[0]! / medians[1]!);
    return { medians, maxima, value, holds: holdsMedian! && holdsMaximum! };
  });
  return claimOver(
    { ...rest, figure: 14, rule: `measured: ${what}, ${smallerRule}` },
    results,
    (over) => {
      const say = (i: number) =>
        `${short(over((r) => r.medians[i]!))} / ${short(over((r) => r.maxima[i]!))}`;
      return `median / maximum: ${say(0)} without, ${say(1)} with BatchNorm`;
    },
  );
}

/** A random direction is flat if the loss ranges over a tenth of what it does along the gradient, or less. */
const flat = 10;

function randomIsFlat(runs: readonly Run[]): Claim {
  const results = measured(runs, (...pair) => {
    const ratios = pair.map(
      (run) => medianDuring(run, lossRange(run)) / medianDuring(run, randomRange(run)),
    );
    const least = Math.min(...ratios);
    return { ratios, value: Math.log10(least), holds: least >= flat };
  });
  return claimOver(
    {
      id: 'fig14-random-flat',
      figure: 14,
      statement:
        'Along a random direction as long as the gradient the loss hardly changes: the gradient is special.',
      paper: 'not in the paper',
      rule:
        'measured: median range of the loss over the step lengths along the gradient over that along the random direction; interval of ' +
        `log10 of the lesser of both networks; true of a seed if that is at least ${flat}`,
    },
    results,
    (over) =>
      `${short(over((r) => r.ratios[0]!))} times as wide along the gradient without, ${short(over((r) => r.ratios[1]!))} times with BatchNorm`,
  );
}

function rougherAtStart(runs: readonly Run[]): Claim {
  const results = measured(runs, (...pair) => {
    const [standard, batchNorm] = pair.map(
      (run) => curvatureCurve(run, 'eigenvalue').y[0] ?? NaN,
    ) as [number, number];
    const value = Math.log10(batchNorm / standard);
    return { standard, batchNorm, value, holds: value > 0 };
  });
  return claimOver(
    {
      id: 'fig14-eigenvalue-start',
      figure: 14,
      statement: "At initialisation the Hessian's greatest eigenvalue is larger with BatchNorm.",
      paper:
        'not in the paper; follows from Yang et al. (2019), whose gradients explode with BatchNorm at initialisation',
      rule: "measured: its size at step 0; interval of log10 of BatchNorm's over Standard's; true of a seed if above 0",
    },
    results,
    (over) =>
      `${short(over((r) => r.standard))} without, ${short(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

function atEdge(runs: readonly Run[]): Claim {
  const results = measured(runs, (...pair) => {
    const sharpness = pair.map(
      (run) =>
        medianDuring(run, curvatureCurve(run, 'eigenvalue'), lastThird) * run.config.learningRate,
    );
    const farthest = sharpness.reduce((a, b) =>
      Math.abs(Math.log(b / 2)) > Math.abs(Math.log(a / 2)) ? b : a,
    );
    const isNear = (value: number): boolean => value >= 2 / nearEdge && value <= 2 * nearEdge;
    return { sharpness, value: farthest, holds: sharpness.every(isNear) };
  });
  return claimOver(
    {
      id: 'fig14-edge',
      figure: 14,
      statement:
        "With minibatches, too, the Hessian's greatest eigenvalue settles near 2 / (learning rate), with and without BatchNorm.",
      paper:
        'Cohen et al. (2021), "Edge of Stability", for full batches; with minibatches, they say, that of the whole loss stays ' +
        "below, the more so the smaller they are; ours is that of the minibatch's loss",
      rule:
        'measured: its size times the learning rate, median over the last third of training; interval of the one of the two networks that is ' +
        'farther from 2; true of a seed if both are from 1 to 4',
    },
    results,
    (over) =>
      `eigenvalue times learning rate ${short(over((r) => r.sharpness[0]!))} without, ${short(over((r) => r.sharpness[1]!))} with BatchNorm`,
  );
}

/** A rank correlation that counts as following. */
const follows = 0.5;

function proxyFollows(runs: readonly Run[]): Claim {
  const correlation = (run: Run): number => {
    const beta = effectiveSmoothness(run);
    const { x, y } = curvatureCurve(run, 'eigenvalue');
    const both = x.flatMap((step, i) => {
      const at = beta.x.indexOf(step);
      return at < 0 ? [] : [[beta.y[at]!, y[i]!] as const];
    });
    return rankCorrelation(
      both.map(([b]) => b),
      both.map(([, e]) => e),
    );
  };
  const results = measured(runs, (...pair) => {
    const correlations = pair.map(correlation);
    const value = Math.min(...correlations);
    return { correlations, value, holds: value >= follows };
  });
  return claimOver(
    {
      id: 'fig14-proxy',
      figure: 14,
      statement:
        "The “effective” β-smoothness follows the Hessian's greatest eigenvalue over training.",
      paper: 'not in the paper, which takes the one for smoothness; section 3.2',
      rule:
        "measured: Spearman's rank correlation of the two over the steps at which both are measured; interval of the lesser of both " +
        `networks'; true of a seed if that is at least ${follows}`,
    },
    results,
    (over) =>
      `rank correlation ${over((r) => r.correlations[0]!).toFixed(2)} without, ${over((r) => r.correlations[1]!).toFixed(2)} with BatchNorm`,
  );
}

/** Points of accuracy that count as a difference: as in the claims of Figure 2. */
const alike = 3;

function initialisationMatters(runs: readonly Run[]): Claim {
  const results = groups(runs, openNetworks.all)
    .map(({ seed, runs: group }) => {
      const [standard, batchNorm, standardHe, batchNormHe] = group.map(
        (run) => 100 * meanAccuracy(run),
      ) as [number, number, number, number];
      const gains = [standardHe - standard, batchNormHe - batchNorm] as const;
      const value = Math.abs(gains[0]) - Math.abs(gains[1]);
      return {
        seed,
        gains,
        value,
        holds: Math.abs(gains[0]) > alike && Math.abs(gains[1]) <= alike,
      };
    })
    .filter(({ value }) => !Number.isNaN(value));
  return claimOver(
    {
      id: 'fig14-initialisation',
      figure: 14,
      statement:
        'How fast the standard network trains hangs on its initialisation; with BatchNorm it hardly does.',
      paper: 'not in the paper, which has Glorot’s alone (Appendix A.1)',
      rule:
        'measured: minibatch accuracy averaged over training (10% after a divergence), He’s initialisation minus Glorot’s, in points; interval of ' +
        `the size of that without minus that with BatchNorm; true of a seed if the one is above ${alike} and the other at most ${alike}`,
    },
    results,
    (over) =>
      `with He ${inPercent(over((r) => r.gains[0]) / 100)} more without, ${inPercent(over((r) => r.gains[1]) / 100)} more with BatchNorm`,
  );
}

/** The claims of Figure 14 from its runs; of runs that did not end nothing is claimed. */
export const claims = (runs: readonly Run[]): Claim[] => [
  smaller(runs, randomRange, {
    id: 'fig14-random-directions',
    statement:
      'The loss behaves alike along random directions: with BatchNorm its range is smaller there, too.',
    paper:
      'Appendix A.2.2: "in a similar way when we examine other (random) directions too"; no figure',
    what: 'range of the loss over the step lengths along a random direction as long as the gradient',
  }),
  randomIsFlat(runs),
  smaller(runs, (run) => curvatureCurve(run, 'eigenvalue'), {
    id: 'fig14-eigenvalue',
    statement: "The Hessian's greatest eigenvalue is smaller with BatchNorm than without.",
    paper:
      'Ghorbani et al. (2019): without BatchNorm large isolated eigenvalues appear, with it hardly any; but Yao et al. (2020): not ' +
      'necessarily, in shallow networks least',
    what: "size of the Hessian's greatest eigenvalue",
  }),
  rougherAtStart(runs),
  atEdge(runs),
  proxyFollows(runs),
  initialisationMatters(runs),
];
