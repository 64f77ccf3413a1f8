/**
 * Figure 11: how much the gradient changes along itself, against the step length, over the course of training. (a) VGG,
 * (b) the deep linear network, each without and with BatchNorm. Paper, page 16.
 */
import type { Data, LayoutAxis } from 'plotly.js';

import type { Series } from '../drawing/bands';
import type { Drawing, DrawOptions, Figure, PlottedPoint } from '../drawing/figure';
import { logTicks, powers } from '../drawing/logAxis';
import { runNotes } from '../drawing/runNotes';
import {
  axesOf,
  type Panel,
  plotOf,
  presetLabel,
  spans,
  timeColour,
  timeScale,
} from '../drawing/style';
import { normalisations } from '../layers/normalisation';
import { landscapeSteps } from '../measures/landscapeCurves';
import {
  conditionsOf,
  deepLinearLandscape,
  type LandscapeNetwork,
  runsOfKinds,
  vggLandscape,
} from '../measures/networks';
import { runsOf } from '../measures/select';
import { median, sixDigits } from '../measures/statistics';
import type { Run } from '../runs/run';
import { grouped } from '../system/numberText';
import { claims } from './figure11Claims';

const title = 'Figure 11: change of the gradient against step length';
const networks = [
  { letter: 'a', name: 'VGG', network: vggLandscape },
  { letter: 'b', name: 'Deep linear network', network: deepLinearLandscape },
];
const columns = ['none', 'batch'] as const;

/** Lines in a panel, about: the paper has as many. */
const lineCount = 50;

/** One line: the median over seeds at one training step. */
interface Line {
  step: number;
  etas: number[];
  change: number[];
}

/**
 * The lines of some runs of one network, evenly spaced in time from step 0 on. A step that half of the runs lack is
 * left out.
 */
function linesOf(runs: readonly Run[]): Line[] {
  const measured = runs.map(landscapeSteps);
  const steps = [...new Set(measured.flat().map(({ step }) => step))].sort((a, b) => a - b);
  const stride = Math.max(1, Math.round(steps.length / lineCount));
  return steps
    .filter((_, i) => i % stride === 0)
    .flatMap((step) => {
      const found = measured.flatMap((of) => of.find((at) => at.step === step) ?? []);
      if (found.length < runs.length / 2) return [];
      const { etas } = found[0]!;
      return [{ step, etas, change: etas.map((_, i) => median(found.map((at) => at.change[i]!))) }];
    });
}

type Axes = Record<'xaxis' | 'yaxis', Partial<LayoutAxis>>;

/** Axes that hold all lines of one network, so that its two panels can be compared; scaled as in the paper. */
function axesFor(lines: readonly Line[], { scale }: LandscapeNetwork): Axes {
  const changes = lines.flatMap(({ change }) => change).filter(Number.isFinite);
  if (scale === 'log') {
    const logs = changes.filter((change) => change > 0).map(Math.log10);
    const range = logs.length > 0 ? [Math.min(...logs) - 0.3, Math.max(...logs) + 0.3] : [0, 1];
    return {
      xaxis: { ...powers, dtick: 1 },
      yaxis: { ...powers, ...logTicks(changes), range: range.map(sixDigits) },
    };
  }
  const etas = [...new Set(lines.flatMap((line) => line.etas.map(sixDigits)))];
  return {
    xaxis: { range: [0, sixDigits(1.05 * Math.max(...etas, 0))], tickvals: etas },
    yaxis: { range: [0, sixDigits(1.05 * Math.max(...changes, 0))] },
  };
}

interface LineOptions {
  /** Subplot, and `panel` of the points. */
  index: number;
  panel: string;
  seed: PlottedPoint['seed'];
  /** The step where the colours end. */
  end: number;
}

/** The lines of one panel, late ones over early ones, step 0 over all. What overflowed is a gap. */
function drawLines(lines: readonly Line[], { index, panel, seed, end }: LineOptions): Series {
  const inOrder = [
    ...lines.filter(({ step }) => step > 0),
    ...lines.filter(({ step }) => step === 0),
  ];
  const drawn = inOrder.map(({ step, etas, change }) => ({
    step,
    x: etas.map(sixDigits),
    y: change.map((value) => (Number.isFinite(value) ? sixDigits(value) : null)),
  }));
  return {
    data: drawn.map(({ step, x, y }): Data => ({
      ...axesOf(index),
      type: 'scatter',
      mode: 'lines',
      name: step === 0 ? 'step 0, initialisation' : `step ${grouped(step)}`,
      x,
      y,
      line: {
        color: timeColour(step / end),
        ...(step === 0 ? { width: 2.5, dash: 'dash' } : { width: 1.2 }),
      },
      hovertemplate: `%{y:.3~g} at η = %{x}<extra>step ${grouped(step)}</extra>`,
      showlegend: index === 0 && step === 0,
    })),
    points: drawn.flatMap(({ step, x, y }) =>
      y.flatMap((value, i) => {
        const series = `step ${grouped(step)}`;
        return value === null ? [] : [{ panel, series, seed, x: x[i]!, y: value }];
      }),
    ),
  };
}

/** A bar that says which step a colour is: Plotly draws one for a trace, here one that shows nothing else. */
const colourBar = (index: number, [from, to]: Panel['y'], end: number): Data => ({
  ...axesOf(index),
  type: 'scatter',
  mode: 'markers',
  x: [null],
  y: [null],
  marker: {
    color: [0],
    cmin: 0,
    cmax: end,
    colorscale: timeScale,
    showscale: true,
    colorbar: {
      title: { text: 'Step', side: 'top', font: { size: 13 } },
      tickfont: { size: 12 },
      x: 0.93,
      xanchor: 'left',
      y: (from + to) / 2,
      yanchor: 'middle',
      len: to - from,
      thickness: 14,
      outlinewidth: 0,
      tickformat: ',d',
      nticks: 7,
    },
  },
  hoverinfo: 'skip',
  showlegend: false,
});

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const [lefts, bottoms] = [spans(2, 0.08, [0, 0.9]), spans(2, 0.16).reverse()];
  const rows = networks.map(({ letter, name, network }, row) => {
    const conditions = conditionsOf(runs, network, columns);
    const chosen = conditions.map((condition) => runsOf(runs, condition));
    const lines = chosen.map(linesOf);
    const end = chosen.flat()[0]?.config.steps ?? 1;
    const { xaxis, yaxis } = axesFor(lines.flat(), network);
    const series = columns.map((normalisation, column) => {
      const own = chosen[column]!;
      return drawLines(lines[column]!, {
        index: columns.length * row + column,
        panel: `${letter}: ${name}, ${normalisations[normalisation].label}`,
        seed: own.length === 1 ? own[0]!.config.seed : 'median',
        end,
      });
    });
    const panels = columns.map((normalisation, column): Panel => ({
      title: `(${letter}) ${name}, ${normalisations[normalisation].label}`,
      x: lefts[column]!,
      y: bottoms[row]!,
      xaxis: { ...xaxis, title: { text: 'Step length η along the gradient' } },
      yaxis: {
        ...yaxis,
        ...(column === 0 ? { title: { text: 'Change of the gradient (l2)' } } : {}),
      },
    }));
    const bar = lines.flat().length > 0 ? [colourBar(2 * row, bottoms[row]!, end)] : [];
    return { conditions, series, panels, bar };
  });
  const series = rows.flatMap((row) => row.series);
  return {
    plot: plotOf(
      rows.flatMap(({ panels }) => panels),
      [...series.flatMap(({ data }) => data), ...rows.flatMap(({ bar }) => bar)],
      { title, label: presetLabel(preset, runs) },
    ),
    points: series.flatMap(({ points }) => points),
    notes: [
      'One line for a training step, early ones dark, late ones light; the paper goes from blue (step 100) to red. ' +
        'Dashed: step 0, before any training, which the paper leaves out. Several seeds: their median at each step ' +
        'and step length. The two panels of a network have one scale.',
      ...runNotes(
        runs,
        rows.flatMap(({ conditions }) => conditions),
      ),
    ],
  };
}

/** Figure 11 of the paper (page 16), from four runs a seed. */
export const figure11: Figure = {
  number: 11,
  title,
  claim: 'With BatchNorm the gradient changes less, at every step length.',
  notebook: 'fig11-step-size',
  runs: (preset, seeds) =>
    runsOfKinds(
      networks.map(({ network }) => network.config),
      preset,
      seeds,
      columns.map((normalisation) => ({ normalisation })),
    ),
  draw,
  claims,
};
