/** The statements of the paper and ours about Figure 3: internal covariate shift by Definition 2.1. */
import { atLeastHalf, tenfold } from '../claims/margins';
import { linear, nameOf, ordersAtLayers, vggAt } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import { type Curve, layerRows, namedLayer, type RunGroup } from '../measures/select';
import { shiftCurve, type ShiftQuantity, typicalShift } from '../measures/shiftSettings';
import { mean, median, quantile } from '../measures/statistics';
import type { Run } from '../runs/run';
import { column } from '../runs/table';

/** The paper's layers of (a) and of (b), as layers of a run. */
const layersOf = ({ config }: Run): number[] =>
  (config.model === 'vgg' ? [5, 10] : [9, 17]).map((layer) => namedLayer(config, layer).layer);

/** One setting of the figure, a row of it. */
interface Setting {
  id: string;
  name: string;
  groups: (runs: readonly Run[]) => RunGroup[];
  paper: string;
}

const caption = 'caption of Figure 3: "similar, or even worse"; digitised medians:';
const pair = ['none', 'batch'] as const;
const lower = 'a tenth of its learning rate (the paper: 1e-7)';

const settings: Setting[] = [
  {
    id: 'fig03-vgg',
    name: 'VGG, lr 0.1',
    groups: vggAt(0.1, ...pair),
    paper: `${caption} layer 5, l2 0.73 without, 0.86 with BatchNorm, cosine 0.56 and 0.51; layer 10, cosine 0.06 and 0.05`,
  },
  {
    id: 'fig03-vgg-low',
    name: 'VGG, lr 0.01',
    groups: vggAt(0.01, ...pair),
    paper: `${caption} layer 5, l2 0.81 without, 0.014 with BatchNorm, cosine 0.87 and 0.99 ("an artifact of parameter convergence"); layer 10, cosine 0.48 and 0.94`,
  },
  {
    id: 'fig03-linear',
    name: 'deep linear network',
    groups: linear(pair),
    paper: `${caption} layer 9, l2 1003 without, 991 with BatchNorm, cosine 0.90 and 0.90; layer 17, cosine −0.92 and −0.87`,
  },
  {
    id: 'fig03-linear-low',
    name: `deep linear network, ${lower}`,
    groups: linear(pair, 'lower'),
    paper: `${caption} layer 9, l2 2.6 without, 4236 with BatchNorm; layer 17, cosine 1.00 and 0.03`,
  },
];

/** A measure of each run at each of its two layers; layers that not all runs have are left out. */
function atLayers(
  runs: readonly Run[],
  measure: (run: Run, layer: number) => number,
): { layers: number[]; values: number[][] } {
  const all = runs.map((run) => layersOf(run).map((layer) => measure(run, layer)));
  const known = layersOf(runs[0]!).flatMap((layer, i) =>
    all.some((values) => Number.isNaN(values[i])) ? [] : [{ layer, i }],
  );
  return {
    layers: known.map(({ layer }) => layer),
    values: all.map((values) => known.map(({ i }) => values[i]!)),
  };
}

const inParts = (runs: readonly Run[], { layers, values }: ReturnType<typeof atLayers>) =>
  layers.flatMap((layer, i) =>
    runs.map((run, k) => ({ label: `layer ${layer}, ${nameOf(run)}`, value: values[k]![i]! })),
  );

/** How much closer to 1 Standard's cosine is than BatchNorm's, mean over the layers of medians over training. */
function cosineLost(runs: Run[]): Measured {
  const found = atLayers(runs, (run, layer) => typicalShift(run, layer, 'cosine'));
  const [standard, batchNorm] = found.values.map(mean) as [number, number];
  return { value: standard - batchNorm, parts: inParts(runs, found) };
}

const similarOrWorse = ({ id, name, groups, paper }: Setting): Statement[] => {
  const common = { kind: 'paper', figure: 3, paper, direction: 'above', groups } as const;
  const not = 'With BatchNorm internal covariate shift is similar or worse, not smaller';
  return [
    {
      ...common,
      id: `${id}-l2`,
      statement: `${not}, by the l2 difference: ${name}.`,
      effect:
        'median over training of the l2 difference of G and G′, BatchNorm over Standard, mean of the two layers',
      unit: 'log10',
      ...atLeastHalf,
      measure: (runs) =>
        ordersAtLayers(layersOf, (run, layer) => typicalShift(run, layer, 'l2'))(
          [...runs].reverse(),
        ),
    },
    {
      ...common,
      id: `${id}-cosine`,
      statement: `${not}, by the cosine: ${name}.`,
      effect:
        'median over training of the cosine of G and G′, Standard minus BatchNorm, mean of the two layers',
      unit: 'cosine',
      margin: -0.1,
      marginReason: 'a cosine that BatchNorm raises by more than .1 is not similar',
      measure: cosineLost,
    },
  ];
};

const atStart = (quantity: ShiftQuantity) => (run: Run, layer: number) => {
  const { x, y } = shiftCurve(run, layer, quantity);
  return y[x.indexOf(0)] ?? NaN;
};

/** How much of a quantity is left in the last third of training, of its median in the first. */
function leftOver(run: Run, { x, y }: Curve): number {
  const during = (from: number, to: number): number =>
    median(y.filter((_, i) => x[i]! >= from * run.config.steps && x[i]! < to * run.config.steps));
  return during(2 / 3, Infinity) / during(0, 1 / 3);
}

/** The length of G. */
function gradientLength(run: Run, layer: number): Curve {
  const rows = layerRows(run.tables.covariateShift, layer);
  return { x: column(rows, 'step'), y: column(rows, 'norm') };
}

/** Which part of the fall of the shift, on a logarithmic scale, is the gradient's own shortening. */
function artifact([run]: Run[]): Measured {
  const layers = layersOf(run!);
  const shifts = layers.map((layer) => leftOver(run!, shiftCurve(run!, layer, 'l2')));
  const lengths = layers.map((layer) => leftOver(run!, gradientLength(run!, layer)));
  if ([...shifts, ...lengths].some(Number.isNaN)) return { lacks: 'the table is missing' };
  if (shifts.some((left) => left > 1 / 2)) {
    // The statement is about networks in which it does.
    return { lacks: 'the shift does not fall by half: nothing stabilises' };
  }
  return {
    value: mean(layers.map((_, i) => Math.log(lengths[i]!) / Math.log(shifts[i]!))),
    parts: layers.flatMap((layer, i) => [
      { label: `left at layer ${layer}: of the l2 difference`, value: shifts[i]! },
      { label: 'of ‖G‖', value: lengths[i]! },
    ]),
  };
}

/** The cosine that nine tenths of the measured steps exceed, at the layer where it is lower. */
function usualCosine(runs: Run[]): Measured {
  const found = atLayers(runs, (run, layer) => quantile(shiftCurve(run, layer, 'cosine').y, 0.1));
  const parts = inParts(runs, found);
  return { value: parts.length > 0 ? Math.min(...found.values[0]!) : NaN, parts };
}

/** The size of the median cosine, mean over the layers. */
function correlation(runs: Run[]): Measured {
  const found = atLayers(runs, (run, layer) => typicalShift(run, layer, 'cosine'));
  return { value: mean(found.values[0]!.map(Math.abs)), parts: inParts(runs, found) };
}

const linearRates = [
  { id: '', name: '', rate: 'higher' },
  { id: '-low', name: `, at ${lower}`, rate: 'lower' },
] as const;

const linearStatements: Statement[] = linearRates.flatMap(({ id, name, rate }): Statement[] => [
  {
    id: `fig03-linear-standard${id}`,
    kind: 'paper',
    figure: 3,
    statement: `The standard deep linear network has almost no internal covariate shift for the entirety of training${name}.`,
    paper:
      'text of section 2.2; but digitised median cosines: 0.90 at layer 9 and −0.92 at layer 17 at lr 1e-6, above 0.99 at both at 1e-7',
    effect:
      'the cosine of G and G′ that nine tenths of the measured steps exceed, at the layer where it is lower',
    unit: 'cosine',
    direction: 'above',
    margin: 0.95,
    marginReason: '“almost no shift”: a cosine of .95; “the entirety”: nine steps in ten',
    groups: linear(['none'], rate),
    measure: usualCosine,
  },
  {
    id: `fig03-linear-batchnorm${id}`,
    kind: 'paper',
    figure: 3,
    statement: `In the deep linear network with BatchNorm the gradients before and after the update of the layers below are almost uncorrelated${name}.`,
    paper:
      'text of section 2.2; but digitised median cosines: 0.90 and −0.87 at layers 9 and 17 at lr 1e-6, 0.55 and 0.03 at 1e-7',
    effect: 'size of the median cosine of G and G′ over training, mean of the two layers',
    unit: 'cosine',
    direction: 'below',
    margin: 0.3,
    marginReason: '“almost uncorrelated”: less than a tenth of the squared length in common',
    groups: linear(['batch'], rate),
    measure: correlation,
  },
]);

export const statements: Statement[] = [
  ...settings.flatMap(similarOrWorse),
  {
    id: 'fig03-start',
    kind: 'ours',
    figure: 3,
    statement:
      'At step 0 the network with BatchNorm has far more internal covariate shift than the standard one.',
    paper:
      'not in its text; Figure 3(a), digitised, lr 0.1, layer 5, step 0: l2 0.040 without, 14.5 with BatchNorm; cosine 0.92 and 0.01',
    effect:
      'l2 difference of G and G′ at step 0 of VGG at lr 0.1, BatchNorm over Standard, mean of the two layers',
    unit: 'log10',
    direction: 'above',
    ...tenfold,
    groups: vggAt(0.1, 'batch', 'none'),
    measure: ordersAtLayers(layersOf, atStart('l2')),
  },
  {
    id: 'fig03-artifact',
    kind: 'paper',
    figure: 3,
    statement:
      'Where internal covariate shift with BatchNorm grows less during training, that is an artifact of convergence: the gradients get shorter, and the shift with them.',
    paper:
      'caption of Figure 3: "an artifact of parameter convergence"; digitised, VGG, lr 0.01, layer 5 with BatchNorm: l2 2.6 in the first and 0.003 in the last third of training',
    effect:
      'VGG with BatchNorm at lr 0.01: log of the fall of ‖G‖ from the first to the last third of training (medians) over log of the fall of the l2 difference, mean of the two layers',
    unit: 'share of the fall',
    direction: 'above',
    margin: 0.5,
    marginReason: 'an artifact if more than half of the fall is that of the gradient itself',
    groups: vggAt(0.01, 'batch'),
    measure: artifact,
    noCurve: 'the paper does not show ‖G‖',
  },
  ...linearStatements,
];

export const claims = claimsBy(statements);
