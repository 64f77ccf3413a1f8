/** The statements of the paper and ours about Figure 3. The rules were written before any run was looked at. */
import { type Claim, claimOver, type Statement } from '../claims/claim';
import { rateLabel } from '../drawing/style';
import { type Curve, groupsOf, layerRows } from '../measures/select';
import { type Setting, settings, shiftCurve, typicalShift } from '../measures/shiftSettings';
import { median } from '../measures/statistics';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { short } from '../system/numberText';

/** A shift is similar if it is at least this share of the other, a cosine if it is at most so much greater. */
const similarShare = 0.5;
const similarCosine = 0.1;
/** How many times as much is far more: an order of magnitude. */
const farMore = 10;
/** A cosine of almost no shift; and how often it must be that high for "the entirety of training". */
const almostOne = 0.95;
const almostAlways = 0.9;
/** A cosine of gradients that are almost uncorrelated lies within this of 0. */
const uncorrelated = 0.3;

const overTraining = 'over the measured steps (of a run that diverged, those before)';

/** The two networks of a setting at one layer, by some measure. */
interface AtLayer {
  name: string;
  standard: number;
  batchNorm: number;
}

/** One measure at each layer of a setting, for every seed that has it. */
function atLayers(
  runs: readonly Run[],
  { networks, layers }: Setting,
  measure: (run: Run, layer: number) => number,
): { seed: number; layers: AtLayer[] }[] {
  return groupsOf(runs, networks)
    .map(({ seed, runs: group }) => ({
      seed,
      layers: layers.map(({ layer, name }): AtLayer => {
        const [standard, batchNorm] = group.map((run) => measure(run, layer));
        return { name, standard: standard!, batchNorm: batchNorm! };
      }),
    }))
    .filter((each) => !each.layers.some((at) => Number.isNaN(at.standard + at.batchNorm)));
}

/** Two measures of the same seeds side by side. */
function withCosines(
  runs: readonly Run[],
  setting: Setting,
  measure: (quantity: 'l2' | 'cosine') => (run: Run, layer: number) => number,
) {
  const cosines = atLayers(runs, setting, measure('cosine'));
  return atLayers(runs, setting, measure('l2')).flatMap(({ seed, layers }) => {
    const cosine = cosines.find((other) => other.seed === seed)?.layers;
    if (cosine === undefined) return [];
    const value = Math.min(
      ...layers.map(({ standard, batchNorm }) => Math.log10(batchNorm / standard)),
    );
    return [{ seed, l2: layers, cosine, value }];
  });
}

type WithCosines = ReturnType<typeof withCosines>[number];

/** 'layer 5: l2 0.73 without, 0.86 with BatchNorm, cosine 0.56 and 0.51; ...' */
const sayBoth =
  (setting: Setting) =>
  (over: (of: (result: WithCosines) => number) => number): string =>
    setting.layers
      .map(({ name }, i) => {
        const say = (quantity: 'l2' | 'cosine', network: 'standard' | 'batchNorm'): string =>
          short(over((r) => r[quantity][i]![network]));
        return (
          `${name}: l2 ${say('l2', 'standard')} without, ${say('l2', 'batchNorm')} with BatchNorm, cosine ` +
          `${say('cosine', 'standard')} and ${say('cosine', 'batchNorm')}`
        );
      })
      .join('; ');

function similarOrWorse(runs: readonly Run[], setting: Setting, id: string, paper: string): Claim {
  const { model, learningRate } = setting;
  const results = withCosines(
    runs,
    setting,
    (quantity) => (run, layer) => typicalShift(run, layer, quantity),
  ).map((result) => ({
    ...result,
    holds:
      result.value >= Math.log10(similarShare) &&
      result.cosine.every((at) => at.batchNorm - at.standard <= similarCosine),
  }));
  return claimOver(
    {
      id,
      figure: 3,
      statement: `With BatchNorm internal covariate shift is similar or worse, not smaller: ${model}, lr ${rateLabel(learningRate)}.`,
      paper: `caption of Figure 3: "similar, or even worse"; digitised medians: ${paper}`,
      rule:
        `measured: medians ${overTraining} of the l2 difference and of the cosine of G and G′ at both layers; interval ` +
        `of log10 of BatchNorm’s l2 difference over Standard’s, where that is least; true of a seed if at both layers it ` +
        `is at least ${similarShare} times as great and the cosine at most ${similarCosine} above`,
    },
    results,
    sayBoth(setting),
  );
}

function greatAtStart(runs: readonly Run[], setting: Setting): Claim {
  const results = withCosines(runs, setting, (quantity) => (run, layer) => {
    const { x, y } = shiftCurve(run, layer, quantity);
    return y[x.indexOf(0)] ?? NaN;
  }).map((result) => ({
    ...result,
    holds:
      result.value >= Math.log10(farMore) &&
      result.cosine.every((at) => at.batchNorm < at.standard),
  }));
  return claimOver(
    {
      id: 'fig03-start',
      figure: 3,
      statement:
        'At step 0 the network with BatchNorm has far more internal covariate shift than the standard one.',
      paper:
        'not in its text; Figure 3(a), digitised, lr 0.1, layer 5, step 0: l2 0.040 without, 14.5 with BatchNorm; cosine ' +
        '0.92 and 0.01',
      rule:
        'measured: l2 difference and cosine of G and G′ at step 0 of VGG at its higher learning rate, at both layers; ' +
        'interval of log10 of BatchNorm’s l2 difference over Standard’s, where that is least; true of a seed if at ' +
        `both layers it is at least ${farMore} times as great and the cosine smaller`,
    },
    results,
    sayBoth(setting),
  );
}

/** How much of a quantity is left in the last third of training, of its median in the first. */
function leftOver(run: Run, { x, y }: Curve): number {
  const during = (from: number, to: number): number =>
    median(y.filter((_, i) => x[i]! >= from * run.config.steps && x[i]! < to * run.config.steps));
  return during(2 / 3, Infinity) / during(0, 1 / 3);
}

/** The l2 difference of G and G′ over the length of G. */
function relativeShift(run: Run, layer: number): Curve {
  const { x, y } = shiftCurve(run, layer, 'l2');
  const rows = layerRows(run.tables.covariateShift, layer);
  const norms = new Map(column(rows, 'step').map((step, i) => [step, column(rows, 'norm')[i]!]));
  return { x, y: y.map((l2, i) => l2 / norms.get(x[i]!)!) };
}

function artifactOfConvergence(
  runs: readonly Run[],
  { networks, layers, learningRate }: Setting,
): Claim {
  const results = groupsOf(runs, networks.slice(1)).map(({ seed, runs: [run] }) => {
    const absolute = layers.map(({ layer }) => leftOver(run!, shiftCurve(run!, layer, 'l2')));
    const relative = layers.map(({ layer }) => leftOver(run!, relativeShift(run!, layer)));
    const stabilises = absolute.every((left) => left < similarShare);
    const least = Math.min(...relative);
    return {
      ...{ seed, absolute, relative, value: Math.log10(least) },
      holds: stabilises ? least >= similarShare : null,
    };
  });
  return claimOver(
    {
      id: 'fig03-artifact',
      figure: 3,
      statement:
        'Where internal covariate shift with BatchNorm grows less during training, that is an artifact of convergence: the gradients get shorter, and the shift with them.',
      paper:
        'caption of Figure 3: "an artifact of parameter convergence"; digitised, VGG, lr 0.01, layer 5 with BatchNorm: l2 2.6 in ' +
        'the first and 0.003 in the last third of training',
      rule:
        `measured: VGG with BatchNorm at lr ${rateLabel(learningRate)}, medians of the l2 difference of G and G′, and of it over ‖G‖, in the ` +
        'last third of training over those in the first, at both layers; interval of log10 of the second, where it is ' +
        `least; unknown if the first is not below ${similarShare} at both layers, for then nothing stabilises; true of a seed if the second ` +
        `is at least ${similarShare} at both`,
    },
    results.filter(({ value }) => !Number.isNaN(value)),
    (over) =>
      layers
        .map(
          ({ name }, i) =>
            `${name}: ${short(over((r) => r.absolute[i]!))} of the l2 difference is left, and ` +
            `${short(over((r) => r.relative[i]!))} of that over ‖G‖`,
        )
        .join('; '),
  );
}

/** The share of measured steps with a cosine of almost 1. */
function shareAlmostOne(run: Run, layer: number): number {
  const { y } = shiftCurve(run, layer, 'cosine');
  return y.filter((cosine) => cosine >= almostOne).length / y.length;
}

/** By how much of training the standard network has almost no shift, at the layer where that is less, by learning rate. */
function shares(runs: readonly Run[], [high, low]: [Setting, Setting]) {
  const least = ({ layers }: { layers: AtLayer[] }): number =>
    100 * Math.min(...layers.map(({ standard }) => standard));
  const atLow = atLayers(runs, low, shareAlmostOne);
  return atLayers(runs, high, shareAlmostOne).flatMap((result) => {
    const other = atLow.find(({ seed }) => seed === result.seed);
    return other ? [{ seed: result.seed, high: least(result), low: least(other) }] : [];
  });
}

const shareRule =
  `measured: share of the measured steps, in percent, at which the standard network’s cosine is at least ${almostOne}, ` +
  'at the layer where it is less often';
const paperLinear =
  'digitised median cosines of the standard network: 0.90 at layer 9 and −0.92 at layer 17 at lr 1e-6, above 0.99 at both at 1e-7';

function linearClaims(runs: readonly Run[], linear: [Setting, Setting]): Claim[] {
  const all = shares(runs, linear);
  const [high, low] = linear.map(({ learningRate }) => rateLabel(learningRate));
  const enough = 100 * almostAlways;
  type Shares = (typeof all)[number];
  const say = (over: (of: (result: Shares) => number) => number): string =>
    `${over((r) => r.high).toFixed(0)}% of the steps at lr ${high}, ${over((r) => r.low).toFixed(0)}% at ${low}`;
  const claim = (
    statement: Omit<Statement, 'figure'>,
    results: (Shares & { value: number; holds: boolean })[],
  ): Claim => claimOver({ ...statement, figure: 3 }, results, say);
  return [
    claim(
      {
        id: 'fig03-linear-standard',
        statement:
          'The standard deep linear network has almost no internal covariate shift for the entirety of training.',
        paper: `text of section 2.2; but ${paperLinear}`,
        rule: `${shareRule} and at the learning rate where it is; true of a seed if at least ${enough}%`,
      },
      all.map((each) => {
        const value = Math.min(each.high, each.low);
        return { ...each, value, holds: value >= enough };
      }),
    ),
    claim(
      {
        id: 'fig03-linear-rates',
        statement:
          'The standard deep linear network has almost no internal covariate shift at the lower learning rate only.',
        paper: `not in its text; ${paperLinear}`,
        rule:
          `${shareRule}; interval of that at the lower rate minus that at the higher; true of a seed if at least ` +
          `${enough}% at the lower and less at the higher rate`,
      },
      all.map((each) => ({
        ...each,
        value: each.low - each.high,
        holds: each.low >= enough && each.high < enough,
      })),
    ),
  ];
}

function linearUncorrelated(runs: readonly Run[], [high, low]: [Setting, Setting]): Claim {
  const cosine = (run: Run, layer: number): number => typicalShift(run, layer, 'cosine');
  const atLow = atLayers(runs, low, cosine);
  const results = atLayers(runs, high, cosine).flatMap(({ seed, layers }) => {
    const other = atLow.find((each) => each.seed === seed);
    if (other === undefined) return [];
    const cosines = [...layers, ...other.layers].map(({ batchNorm }) => batchNorm);
    const value = Math.max(...cosines.map(Math.abs));
    return [{ seed, cosines, value, holds: value <= uncorrelated }];
  });
  return claimOver(
    {
      id: 'fig03-linear-batchnorm',
      figure: 3,
      statement:
        'In the deep linear network with BatchNorm the gradients before and after the update of the layers below are almost uncorrelated.',
      paper:
        'text of section 2.2; but digitised median cosines: 0.90 and −0.87 at layers 9 and 17 at lr 1e-6, 0.55 and 0.03 at 1e-7',
      rule:
        `measured: medians ${overTraining} of the cosine of G and G′, both layers and both learning rates; interval of ` +
        `the greatest without its sign; true of a seed if all are within ${uncorrelated} of 0`,
    },
    results,
    (over) => {
      const say = (i: number): string => over((r) => r.cosines[i]!).toFixed(2);
      return (
        `${high.layers.map(({ name }) => name).join(' and ')}: ${say(0)} and ${say(1)} at lr ` +
        `${rateLabel(high.learningRate)}, ${say(2)} and ${say(3)} at ${rateLabel(low.learningRate)}`
      );
    },
  );
}

/** The claims of Figure 3 from its runs; of runs that did not end nothing is claimed. */
export function claims(runs: readonly Run[]): Claim[] {
  const [vgg, slowVgg, linear, slowLinear] = settings(runs) as [Setting, Setting, Setting, Setting];
  return [
    similarOrWorse(
      runs,
      vgg,
      'fig03-vgg',
      'layer 5, l2 0.73 without, 0.86 with BatchNorm, cosine 0.56 and 0.51; layer 10, cosine 0.06 and 0.05',
    ),
    similarOrWorse(
      runs,
      slowVgg,
      'fig03-vgg-low',
      'layer 5, l2 0.81 without, 0.014 with BatchNorm, cosine 0.87 and 0.99 (the caption: "an artifact of parameter ' +
        'convergence"); layer 10, cosine 0.48 and 0.94',
    ),
    similarOrWorse(
      runs,
      linear,
      'fig03-linear',
      'layer 9, l2 1003 without, 991 with BatchNorm, cosine 0.90 and 0.90; layer 17, cosine −0.92 and −0.87',
    ),
    similarOrWorse(
      runs,
      slowLinear,
      'fig03-linear-low',
      'layer 9, l2 2.6 without, 4236 with BatchNorm; layer 17, cosine 1.00 and 0.03',
    ),
    greatAtStart(runs, vgg),
    artifactOfConvergence(runs, slowVgg),
    ...linearClaims(runs, [linear, slowLinear]),
    linearUncorrelated(runs, [linear, slowLinear]),
  ];
}
