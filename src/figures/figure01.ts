/**
 * Figure 1: VGG on CIFAR-10 with and without BatchNorm. (a) training and (b) test accuracy at two learning rates,
 * (c) how the distribution of an early and a late layer's activations moves over training. Paper, page 2.
 */
import { earlyLateLayers, isPaperSize, type PresetName, vggRun } from '../config/presets';
import type { Series } from '../drawing/bands';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { drawNetworks, stepAxis } from '../drawing/networkCurves';
import { drawRidgeCells, type RidgeCell } from '../drawing/ridgeGrid';
import { runNotes } from '../drawing/runNotes';
import { axesOf, type Panel, plotOf, presetLabel, type Span, spans } from '../drawing/style';
import { normalisations } from '../layers/normalisation';
import { paperInterval, percent, stepsPerPoint, trainingCurve } from '../measures/accuracies';
import { runsForSeeds } from '../measures/networks';
import { paperCurve } from '../measures/paperCurves';
import { type Condition, curveOf, runsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { claims } from './figure01Claims';

const title = 'Figure 1: VGG on CIFAR-10 with and without BatchNorm';

/** In the order of the paper's legend, with the names of its digitised curves. */
const conditions = [
  { normalisation: 'none', learningRate: 0.1, paper: 'Standard_0.1' },
  { normalisation: 'batch', learningRate: 0.1, paper: 'BatchNorm_0.1' },
  { normalisation: 'none', learningRate: 0.5, paper: 'Standard_0.5' },
  { normalisation: 'batch', learningRate: 0.5, paper: 'BatchNorm_0.5' },
] as const;

/** The networks of (c), in the order of its columns. The paper does not give their learning rate. */
const ridgeConditions = [conditions[0], conditions[1]];

const accuracyPanels = [
  { panel: 'a: training accuracy', paper: 'fig1a_train_acc', curve: trainingCurve },
  {
    panel: 'b: test accuracy',
    paper: 'fig1b_test_acc',
    curve: (run: Run) => percent(curveOf(run.tables.evals, 'accuracy')),
  },
];

/** Panels (a) and (b), the paper's curves behind ours. */
function drawAccuracies(runs: readonly Run[], preset: PresetName): Series[] {
  return accuracyPanels.flatMap(({ panel, paper, curve }, index) =>
    drawNetworks(runs, conditions, {
      panel,
      axes: axesOf(index),
      legend: index === 0,
      hover: ':.1f} %',
      markers: index === 1,
      curve: (run) => curve(run, preset),
      paper: (condition) => (isPaperSize(preset) ? paperCurve(paper, condition.paper) : undefined),
    }),
  );
}

/** Where the panels lie: (a) and (b) side by side, (c) below them with its early layer above its late one. */
const columns = spans(2, 0.09);
const [left, right] = [columns[0]!, columns[1]!];
const accuracyRow: Span = [0.69, 1];
const ridgeRows = spans(2, 0.1, [0, 0.58]).reverse();

/** The four panels of (c): rows are layers, columns networks. */
function drawDistributions(
  runs: readonly Run[],
  preset: PresetName,
): (Series & { panel: Panel })[] {
  const layers = earlyLateLayers(runs[0]?.config ?? vggRun(preset));
  const cells = ridgeRows.flatMap((y, row) =>
    columns.map((x, column): RidgeCell => {
      const network = ridgeConditions[column]!;
      const layer = layers[row]!;
      const name = `layer ${layer}, ${normalisations[network.normalisation].label}`;
      const lowest = row === ridgeRows.length - 1;
      return {
        ...{ network, layer, x, y },
        name: `c: ${name}`,
        title: row === 0 && column === 0 ? `(c) Activations, ${name}` : name,
        ...(lowest ? { xTitle: 'Activation, before the ReLU' } : {}),
        ...(column === 0 ? { yTitle: 'Step' } : {}),
      };
    }),
  );
  return drawRidgeCells(runs, cells, { firstAxes: accuracyPanels.length });
}

function notes(runs: readonly Run[], preset: PresetName): string[] {
  const ridgeRuns = ridgeConditions.flatMap((condition) => runsOf(runs, condition)[0] ?? []);
  const ridgeSeeds = [...new Set(ridgeRuns.map((run) => run.config.seed))].join(' and ');
  const atPaper = [
    `(a) shows one minibatch every ${paperInterval} steps, as in the paper.`,
    "Dotted: the paper's own curves, digitised; its Standard, lr 0.5 in (b), near 10%, could not be.",
  ];
  const elsewhere = [
    `(a) shows the mean of the logged minibatches in each 1/60 of training; the paper joins single minibatches, one every ${paperInterval} steps.`,
  ];
  return [
    'Colour: normalisation; dash: learning rate (the paper: colour for learning rate, dash for BatchNorm). ' +
      'Several seeds: their median, in a band from the least to the greatest.',
    ...(isPaperSize(preset) ? atPaper : elsewhere),
    '(c) shows one channel of each layer before the ReLU, over the minibatch and its pixels, at lr 0.1' +
      (ridgeSeeds ? `, seed ${ridgeSeeds}` : '') +
      '. Ridges have equal area and, within a panel, one scale; the highest peaks are cut.',
    ...runNotes(runs, conditions),
  ];
}

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const accuracies = drawAccuracies(runs, preset);
  const distributions = drawDistributions(runs, preset);
  const percentages = { range: [0, 103], dtick: 20 };
  const end = runs[0]?.config.steps ?? 1;
  const xaxis = stepAxis(end, 7);
  const averaged = stepsPerPoint(runs[0], preset);
  const panels: Panel[] = [
    {
      title: `(a) Training accuracy${averaged > 1 ? `, windows of ${averaged} steps` : ''}`,
      x: left,
      y: accuracyRow,
      xaxis,
      yaxis: { ...percentages, title: { text: 'Minibatch accuracy (%)' } },
    },
    {
      title: '(b) Test accuracy',
      x: right,
      y: accuracyRow,
      xaxis,
      yaxis: { ...percentages, title: { text: 'Test accuracy (%)' } },
    },
    ...distributions.map(({ panel }) => panel),
  ];
  return {
    plot: plotOf(
      panels,
      [...accuracies, ...distributions].flatMap(({ data }) => data),
      { title, label: presetLabel(preset, runs) },
    ),
    points: [...accuracies, ...distributions].flatMap(({ points }) => points),
    notes: notes(runs, preset),
  };
}

/** At the paper's preset also those of which Appendix A.1 has the test accuracy with augmentation. */
const conditionsAt = (preset: PresetName): readonly Condition[] =>
  preset === 'paper'
    ? [
        ...conditions,
        { normalisation: 'none', learningRate: 0.1, augmentation: true },
        { normalisation: 'batch', learningRate: 0.1, augmentation: true },
      ]
    : conditions;

/** Figure 1 of the paper (page 2), from four runs a seed, and two that are not drawn at the paper's preset. */
export const figure01: Figure = {
  number: 1,
  title,
  claim:
    'BatchNorm trains faster, and at learning rates at which the standard network does not train.',
  notebook: 'fig01-training-speed',
  runs: (preset, seeds) =>
    runsForSeeds(
      seeds,
      conditionsAt(preset),
      ({ normalisation, learningRate, augmentation, seed }) =>
        vggRun(preset, {
          ...{ normalisation, learningRate, seed },
          ...(augmentation && { augmentation }),
        }),
    ),
  draw,
  claims,
};
