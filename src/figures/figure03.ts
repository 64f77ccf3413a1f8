/**
 * Figure 3: internal covariate shift as the change of a layer's gradient by the update of the layers below it
 * (Definition 2.1), (a) in VGG and (b) in the deep linear network, at two learning rates. Paper, page 4.
 */
import type { Data } from 'plotly.js';

import { deepLinearRun, isPaperSize, type PresetName, vggRun } from '../config/presets';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { powers, withLogTicks } from '../drawing/logAxis';
import { drawNetworks, networkStyle, stepAxis } from '../drawing/networkCurves';
import { runNotes } from '../drawing/runNotes';
import {
  axesOf,
  type Panel,
  plotOf,
  presetLabel,
  rateLabel,
  type Span,
  spans,
} from '../drawing/style';
import { deepLinearTraining, vggTraining } from '../drawing/trainingPanels';
import { stepsPerPoint } from '../measures/accuracies';
import { modelOf } from '../measures/networks';
import { curvesInPaper } from '../measures/paperCurves';
import { type Curve, type NamedLayer } from '../measures/select';
import { rates, type Setting, settings, shiftCurve } from '../measures/shiftSettings';
import type { Run } from '../runs/run';
import { claims } from './figure03Claims';

const title = 'Figure 3: internal covariate shift';

const trainingPanels = { a: vggTraining, b: deepLinearTraining };

/** Training on the left, a layer in each of the other columns. */
const columns: readonly [Span, Span, Span] = [
  [0, 0.26],
  [0.36, 0.65],
  [0.72, 1],
];
const rows = spans(4, 0.07).reverse();

/** A panel and what it shows. */
interface Source extends Panel {
  /** The `panel` of the plotted points. */
  name: string;
  curve: (run: Run, preset: PresetName) => Curve;
  /** The paper's figure as `paperCurve` knows it. */
  paper: string;
  /** Where the dashed line of no shift is. */
  ideal?: number;
}

function trainingSource(setting: Setting, row: Span, name: string, paper: string): Source {
  const { steps } = setting;
  const training = trainingPanels[setting.part];
  const what = training.yaxis.type === 'log' ? 'Training loss' : 'Training accuracy (%)';
  return {
    name: `${name}, training`,
    title: name,
    x: columns[0],
    y: row,
    xaxis: stepAxis(steps, 4),
    yaxis: { ...training.yaxis, title: { text: what } },
    curve: (run, preset) => training.curve(run, preset),
    paper,
  };
}

/** The two strips of a layer: the l2 difference above the cosine. */
function layerSources(
  { steps }: Setting,
  [lowest, highest]: Span,
  { layer, name }: NamedLayer,
  { column, prefix, paper }: { column: 1 | 2; prefix: string; paper: (what: string) => string },
): Source[] {
  const [lower, upper] = spans(2, 0.012, [lowest, highest]) as [Span, Span];
  const axis = stepAxis(steps, 4);
  const titled = (text: string) => (column === 1 ? { title: { text } } : {});
  return [
    {
      name: `${prefix}, ${name}, l2 difference`,
      title: name,
      x: columns[column],
      y: upper,
      xaxis: { range: axis.range, nticks: axis.nticks, showticklabels: false },
      yaxis: { ...powers, nticks: 4, ...titled('‖G − G′‖₂') },
      curve: (run) => shiftCurve(run, layer, 'l2'),
      paper: paper('l2'),
    },
    {
      name: `${prefix}, ${name}, cosine`,
      title: '',
      x: columns[column],
      y: lower,
      xaxis: axis,
      yaxis: { range: [-1.1, 1.2], tickvals: [-1, 0, 1], ...titled('cos(G, G′)') },
      curve: (run) => shiftCurve(run, layer, 'cosine'),
      paper: paper('cos'),
      ideal: 1,
    },
  ];
}

/** The panels of one row. */
function sourcesOf(setting: Setting, row: Span): Source[] {
  const { part, model, learningRate, layers } = setting;
  const training = trainingPanels[part];
  const rate = rateLabel(learningRate);
  const prefix = `(${part}) ${model}, lr ${rate}`;
  const paper = (what: string, layer = ''): string => `fig3${part}_${what}_lr${rate}${layer}`;
  const trained = training.yaxis.type === 'log' ? 'loss' : 'acc';
  return [
    trainingSource(setting, row, prefix, paper(trained)),
    ...layers.flatMap((layer, i) =>
      layerSources(setting, row, layer, {
        column: i === 0 ? 1 : 2,
        prefix,
        paper: (what) => paper(what, `_L${layer.inPaper}`),
      }),
    ),
  ];
}

const idealLine = (index: number, steps: number, ideal: number): Data => ({
  ...axesOf(index),
  type: 'scatter',
  mode: 'lines',
  x: [0, steps],
  y: [ideal, ideal],
  line: { color: '#777777', dash: 'dash', width: 1 },
  hoverinfo: 'skip',
  showlegend: false,
});

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const shown = settings(runs, preset);
  const sources = shown.flatMap((setting, row) =>
    sourcesOf(setting, rows[row]!).map((source) => ({ ...source, setting })),
  );
  const drawn = sources.map(({ setting, name, curve, paper, yaxis, ideal }, index) => {
    const series = drawNetworks(runs, setting.networks, {
      panel: name,
      axes: axesOf(index),
      legend: index === 0,
      hover: ':.3~g}',
      log: yaxis.type === 'log',
      curve: (run) => curve(run, preset),
      paper: curvesInPaper(paper, preset),
      style: networkStyle,
    });
    const data = series.flatMap((each) => each.data);
    const line = data.length > 0 && ideal !== undefined;
    return {
      data: [...(line ? [idealLine(index, setting.steps, ideal)] : []), ...data],
      points: series.flatMap(({ points }) => points),
    };
  });
  const averaged = stepsPerPoint(modelOf(runs, vggRun, preset).runs[0], preset);
  return {
    plot: plotOf(
      sources.map((source, i) => ({ ...source, yaxis: withLogTicks(source.yaxis, [drawn[i]!]) })),
      drawn.flatMap(({ data }) => data),
      { title, label: presetLabel(preset, runs), height: 1400 },
    ),
    points: drawn.flatMap(({ points }) => points),
    notes: [
      'G: gradient of the layer’s weights at a training step; G′: the same, with the layers below already at their ' +
        'next values, normalisation parameters too; both of the same minibatch. Dashed: no shift, a cosine of 1.',
      ...(averaged > 1
        ? [`Training accuracy: mean of the logged minibatches in windows of ${averaged} steps.`]
        : []),
      ...(isPaperSize(preset)
        ? [
            "Dotted: the paper's own curves, digitised; the l2 differences of the right column were not.",
          ]
        : []),
      ...shown.flatMap(({ networks }) => runNotes(runs, networks)),
    ],
  };
}

/** Figure 3 of the paper (page 4), from eight runs a seed. */
export const figure03: Figure = {
  number: 3,
  title,
  claim: 'BatchNorm does not reduce internal covariate shift.',
  notebook: 'fig03-covariate-shift',
  runs: (preset, seeds) =>
    [vggRun, deepLinearRun].flatMap((config) =>
      seeds.flatMap((seed) =>
        rates(config(preset).learningRate).flatMap((learningRate) =>
          (['none', 'batch'] as const).map((normalisation) =>
            config(preset, { normalisation, learningRate, seed }),
          ),
        ),
      ),
    ),
  draw,
  claims,
};
