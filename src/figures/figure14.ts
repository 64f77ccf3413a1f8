/**
 * Figure 14, ours: what the paper leaves open. The Hessian's greatest eigenvalue and the curvature along the gradient, in
 * whose place the paper has its effective smoothness; the loss along random directions, of which it says without a figure
 * that they behave alike (App. A.2.2); and another initialisation than Glorot's.
 */
import type { LayoutAxis } from 'plotly.js';

import { vggRun } from '../config/presets';
import type { VggConfig } from '../config/schema';
import { drawSeries, type Series, type SeriesOptions } from '../drawing/bands';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { powers, withLogTicks } from '../drawing/logAxis';
import { stepAxis } from '../drawing/networkCurves';
import { runNotes } from '../drawing/runNotes';
import {
  axesOf,
  normalisationColours,
  plotOf,
  presetLabel,
  type SeriesStyle,
  spans,
} from '../drawing/style';
import { vggTraining } from '../drawing/trainingPanels';
import { normalisations } from '../layers/normalisation';
import { origin, trainingCurve } from '../measures/accuracies';
import { lossRange } from '../measures/landscapeCurves';
import {
  curvatureCurve,
  type OpenNetwork,
  openNetworks,
  openRuns,
  randomRange,
} from '../measures/openNetworks';
import { type Curve } from '../measures/select';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';
import { claims } from './figure14Claims';

const title = 'Figure 14 (ours): curvature, random directions, initialisation';

/** A probe of the same run needs as many steps as the landscape; the eigenvalue takes many gradients. */
const eigenvalueEvery = 3;
const mostProducts = 40;

/** The runs of one seed: those that are measured, and those that begin otherwise and are only trained. */
function configsOf(preset: Parameters<Figure['runs']>[0], seed: number): VggConfig[] {
  return (['none', 'batch'] as const).flatMap((normalisation) => {
    const usual = vggRun(preset, { normalisation, seed });
    const { activations, landscape, covariateShift } = usual.probes;
    const once = { every: usual.steps };
    const bare = {
      activations: { ...activations, ...once },
      covariateShift: { ...covariateShift, ...once },
    };
    const { every } = landscape;
    const measured = {
      ...{ ...bare, landscape, randomDirections: { every } },
      curvature: {
        every: Math.min(eigenvalueEvery * every, usual.steps),
        iterations: mostProducts,
      },
    };
    const trained = { ...bare, landscape: { ...landscape, ...once } };
    return [
      { ...usual, probes: measured },
      vggRun(preset, { normalisation, seed, initialisation: 'heNormal', probes: trained }),
    ];
  });
}

const styleOf = ({ normalisation, initialisation }: OpenNetwork): SeriesStyle => ({
  name: `${normalisations[normalisation].label}${initialisation === 'heNormal' ? ', He' : ''}`,
  colour: normalisationColours[normalisation],
  dash: initialisation === 'heNormal' ? 'dashdot' : 'solid',
});

interface Source {
  title: string;
  yaxis: Partial<LayoutAxis>;
  networks: readonly OpenNetwork[];
  draw: (runs: readonly Run[], options: SeriesOptions) => Series;
}

const sources = ({ preset }: DrawOptions): Source[] => [
  {
    title: '(a) Greatest eigenvalue of the Hessian',
    yaxis: { ...powers, title: { text: '|λ|' } },
    networks: openNetworks.measured,
    draw: (runs, options) =>
      drawSeries(
        runs.map((run) => ({ ...curvatureCurve(run, 'eigenvalue'), ...origin(run) })),
        options,
      ),
  },
  {
    title: '(b) Curvature along the gradient',
    yaxis: { ...powers, title: { text: 'gᵀHg / gᵀg' } },
    networks: openNetworks.measured,
    draw: (runs, options) =>
      drawSeries(
        runs.map((run) => ({ ...curvatureCurve(run, 'alongGradient'), ...origin(run) })),
        options,
      ),
  },
  {
    title: '(c) Loss range: random direction, gradient (dotted)',
    yaxis: { ...powers, title: { text: 'Greatest − least loss' } },
    networks: openNetworks.measured,
    draw: (runs, options) => {
      const { name } = options.style;
      const along = (what: string, range: (run: Run) => Curve, dash: SeriesStyle['dash']): Series =>
        drawSeries(
          runs.map((run) => ({ ...range(run), ...origin(run) })),
          { ...options, style: { ...options.style, name: `${name}, along ${what}`, dash } },
        );
      const both = [
        along('a random direction', randomRange, 'solid'),
        along('the gradient', lossRange, 'dot'),
      ];
      return {
        data: both.flatMap(({ data }) => data),
        points: both.flatMap(({ points }) => points),
      };
    },
  },
  {
    title: '(d) Training accuracy from Glorot and from He',
    yaxis: vggTraining.yaxis,
    networks: openNetworks.all,
    draw: (runs, options) =>
      drawSeries(
        runs.map((run) => ({ ...trainingCurve(run, preset), ...origin(run) })),
        options,
      ),
  },
];

function draw(runs: readonly Run[], options: DrawOptions): Drawing {
  const [columns, rows] = [spans(2, 0.1), spans(2, 0.14).reverse()];
  const asked = vggRun(options.preset);
  const { steps, learningRate } = runs[0]?.config ?? asked;
  const edge = 2 / learningRate;
  const panels = sources(options).map(({ title, yaxis, networks, draw }, index) => {
    const series = networks.map((network) =>
      draw(openRuns(runs, network), {
        ...{ panel: title, axes: axesOf(index), style: styleOf(network), hover: ':.3~g}' },
        // The last panel has all networks.
        legend: index === 3,
        log: yaxis.type === 'log',
      }),
    );
    const panel = {
      title,
      x: columns[index % 2]!,
      y: rows[Math.floor(index / 2)]!,
      xaxis: stepAxis(steps, 7),
      yaxis: withLogTicks(yaxis, series),
    };
    return { series, panel };
  });
  const series = panels.flatMap((each) => each.series);
  const plot = plotOf(
    panels.map(({ panel }) => panel),
    series.flatMap(({ data }) => data),
    { title, label: presetLabel(options.preset, runs, asked), height: 900 },
  );
  const line = (index: number) => ({
    ...{
      type: 'line' as const,
      xref: 'paper' as const,
      yref: `y${index === 0 ? '' : index + 1}` as 'y',
    },
    ...{ x0: columns[index]![0], x1: columns[index]![1], y0: edge, y1: edge },
    line: { color: '#555555', width: 1, dash: 'dash' as const },
  });
  return {
    plot: { ...plot, layout: { ...plot.layout, shapes: [line(0), line(1)] } },
    points: series.flatMap(({ points }) => points),
    notes: [
      `Dashed in (a) and (b): 2 / (learning rate) = ${short(edge)}, the edge of stability. All curvatures are of the minibatch's loss, with ` +
        'exact products with its Hessian H; (a) by power iteration. Below 0 the curvature along the gradient is a gap.',
      '(c): the range over the step lengths of Figure 4, along one random direction a step that is as long as the gradient, and along the ' +
        'gradient itself. Lines: of several seeds the median, in a band from the least to the greatest.',
      ...runNotes(
        runs.filter(({ config }) => config.initialisation !== 'heNormal'),
        openNetworks.measured.map(({ normalisation }) => ({ normalisation, learningRate })),
      ),
    ],
  };
}

/** Figure 14, from four runs a seed. */
export const figure14: Figure = {
  number: 14,
  title,
  claim: 'Ours: curvature, random directions and initialisation, which the paper leaves open.',
  notebook: 'fig14-open-questions',
  ours: true,
  runs: (preset, seeds) => seeds.flatMap((seed) => configsOf(preset, seed)),
  draw,
  claims,
};
