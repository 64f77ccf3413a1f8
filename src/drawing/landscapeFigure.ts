/**
 * Figures 4, 10, 12 and 13, which are one drawing: loss landscape, gradient predictiveness and effective
 * beta-smoothness of some normalisations of one network, in 12 and 13 with their training in front.
 */
import type { LayoutAxis } from 'plotly.js';

import { isPaperSize, type PresetName } from '../config/presets';
import { origin } from '../measures/accuracies';
import {
  changeBand,
  effectiveSmoothness,
  lossBand,
  overflows,
  tensorSumBand,
} from '../measures/landscapeCurves';
import { conditionsOf, type LandscapeNetwork, runsForSeeds } from '../measures/networks';
import { curvesInPaper } from '../measures/paperCurves';
import { type Condition, runsOf } from '../measures/select';
import { sixDigits } from '../measures/statistics';
import type { LinearNormalisationName } from '../models/deepLinear/divisors';
import type { Run } from '../runs/run';
import { grouped, short } from '../system/numberText';
import { drawEnvelopes, drawSeries, type Series, type SeriesOptions } from './bands';
import type { Drawing, DrawOptions, Figure } from './figure';
import { aroundOne, powers, withLogTicks } from './logAxis';
import { networkStyle, stepAxis } from './networkCurves';
import { drawPaperCurve } from './paperCurve';
import { runNotes } from './runNotes';
import { axesOf, type Panel, plotOf, presetLabel, rateLabel, seriesStyle, spans } from './style';
import type { TrainingPanel } from './trainingPanels';

/** One panel of such a figure, but for its place. */
interface Source {
  /** As the paper letters it. */
  letter: string;
  title: string;
  yaxis: Partial<LayoutAxis>;
  /** The paper's figure, as `paperCurve` knows it. */
  paper: string;
  draw: (runs: readonly Run[], options: SeriesOptions) => Series;
}

export interface LandscapeFigureOptions extends Pick<
  Figure,
  'number' | 'title' | 'claim' | 'notebook' | 'claims'
> {
  network: LandscapeNetwork;
  /** In the order of the paper's legend. */
  normalisations: readonly LinearNormalisationName[];
  training?: TrainingPanel;
  /** Notes of this figure alone, after the common ones. */
  notes?: (runs: readonly Run[], options: DrawOptions) => string[];
}

/** The letters of the three panels of the landscape, behind those of a training panel. */
type Letters = readonly [loss: string, change: string, smoothness: string];

function landscapeSources(
  { scale, paper }: LandscapeNetwork,
  [loss, change, smoothness]: Letters,
  withSums: boolean,
): Source[] {
  const scaled: Partial<LayoutAxis> = scale === 'log' ? powers : { rangemode: 'tozero' };
  return [
    {
      letter: loss,
      title: 'Loss landscape',
      yaxis: {
        ...(scale === 'log' ? powers : aroundOne),
        title: { text: 'Loss along the gradient' },
      },
      paper: paper.loss,
      draw: (runs, options) =>
        drawEnvelopes(
          runs.map((run) => ({ ...lossBand(run), ...origin(run) })),
          options,
        ),
    },
    {
      letter: change,
      title: 'Gradient predictiveness',
      yaxis: { ...scaled, title: { text: 'Change of the gradient (l2)' } },
      paper: paper.change,
      draw: (runs, options) =>
        drawEnvelopes(
          runs.map((run) => ({ ...changeBand(run), ...origin(run) })),
          options,
        ),
    },
    ...(withSums ? [tensorSums(paper.change, `${change}′`)] : []),
    {
      letter: smoothness,
      title: '“Effective” β-smoothness',
      yaxis: { ...scaled, title: { text: 'Largest change / distance' } },
      paper: paper.smoothness,
      draw: (runs, options) =>
        drawSeries(
          runs.map((run) => ({ ...effectiveSmoothness(run), ...origin(run) })),
          { ...options, style: { ...options.style, width: 1.4 } }, // it jumps from step to step
        ),
    },
  ];
}

/** Gradient predictiveness as the sum over tensors of parameters, which is what the paper's values are of. */
const tensorSums = (paper: string, letter: string): Source => ({
  ...{ letter, paper, title: 'The same, summed over tensors' },
  yaxis: { rangemode: 'tozero', title: { text: 'Sum of the tensors’ changes (l2)' } },
  draw: (runs, options) =>
    drawEnvelopes(
      runs.map((run) => ({ ...tensorSumBand(run), ...origin(run) })),
      options,
    ),
});

const trainingSource = (
  { title, yaxis, paper, curve }: TrainingPanel,
  runs: readonly Run[],
  preset: PresetName,
): Source => ({
  letter: 'a',
  title: title(runs, preset),
  yaxis,
  paper,
  draw: (chosen, options) =>
    drawSeries(
      chosen.map((run) => ({ ...curve(run, preset), ...origin(run) })),
      options,
    ),
});

/** Where overflow left gaps, run by run. */
function gapNotes(runs: readonly Run[]): string[] {
  return runs.flatMap((run) => {
    const { overflowed, measured } = overflows(run);
    if (overflowed === 0) return [];
    const { name } = seriesStyle(run.config);
    return [
      `${name}, seed ${run.config.seed}: at ${grouped(overflowed)} of ${grouped(measured)} measured steps loss or ` +
        'gradient overflowed at some step length: infinite, and a gap where the median over seeds is.',
    ];
  });
}

/** One panel: our series, and on them the paper's lines, which bands would hide. */
function drawSource(
  { letter, title, yaxis, paper, draw }: Source,
  index: number,
  {
    runs,
    conditions,
    preset,
  }: { runs: readonly Run[]; conditions: Condition[]; preset: PresetName },
): Series[] {
  const drawn = conditions.map((condition) => {
    const shared: SeriesOptions = {
      panel: `${letter}: ${title}`,
      axes: axesOf(index),
      style: networkStyle(condition),
      legend: index === 0,
      hover: ':.3~g}',
      log: yaxis.type === 'log',
      ...(conditions.length > 2 ? { shade: 0.15 } : {}),
    };
    const theirs = curvesInPaper(paper, preset)(condition);
    // More than two of the paper's bands, two lines each, would hide ours.
    const shown = theirs && (theirs.hi === undefined || conditions.length <= 2);
    const legend = index === 0 && condition === conditions[0];
    return {
      ours: draw(runsOf(runs, condition), shared),
      theirs: shown ? [drawPaperCurve(theirs, { ...shared, legend })] : [],
    };
  });
  return [...drawn.map(({ ours }) => ours), ...drawn.flatMap(({ theirs }) => theirs)];
}

/** By the number of rows of panels. */
const heights = [520, 900, 1300];

const paperNote = (networks: number): string =>
  "Dotted: the paper's own curves, digitised" +
  (networks > 2 ? '; its bands are left out, they would hide ours.' : ', of its bands both edges.');

const sumsNote =
  'Gradient predictiveness is drawn twice: as the l2 norm of the whole gradient’s change, as the caption has it, and (′) as ' +
  'the sum over tensors of parameters of their l2 norms. The paper’s curves are those of the sum: Figure 12’s statements ' +
  'say how near both are.';

/** A figure of the landscape; see the top of this file. */
export function landscapeFigure(options: LandscapeFigureOptions): Figure {
  const { number, title, claim, notebook, network, normalisations, training, claims } = options;

  function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
    const conditions = conditionsOf(runs, network, normalisations);
    const withSums = network.model === 'vgg' && isPaperSize(preset);
    const sources = [
      ...(training ? [trainingSource(training, runs, preset)] : []),
      ...landscapeSources(network, training ? ['b', 'c', 'd'] : ['a', 'b', 'c'], withSums),
    ];
    const drawn = sources.map((source, index) =>
      drawSource(source, index, { runs, conditions, preset }),
    );
    const series = drawn.flat();
    const asked = network.config(preset);
    const { steps, learningRate, probes } = runs[0]?.config ?? asked;
    const etas = probes.landscape.lengths.map((length) => short(sixDigits(length * learningRate)));
    const rowCount = sources.length > 3 ? Math.ceil(sources.length / 2) : 1;
    const columns = rowCount > 1 ? spans(2, 0.1) : spans(3, 0.09);
    const rows = spans(rowCount, rowCount > 2 ? 0.09 : 0.14).reverse();
    const panels = sources.map((source, index): Panel => ({
      title: `(${source.letter}) ${source.title}`,
      x: columns[index % columns.length]!,
      y: rows[Math.floor(index / columns.length)]!,
      xaxis: stepAxis(steps, rowCount > 1 ? 7 : 5),
      yaxis: withLogTicks(source.yaxis, drawn[index]!),
    }));
    return {
      plot: plotOf(
        panels,
        series.flatMap(({ data }) => data),
        {
          title,
          label: `${presetLabel(preset, runs, asked)}, lr ${rateLabel(learningRate)}`,
          height: heights[rowCount - 1]!,
        },
      ),
      points: series.flatMap(({ points }) => points),
      notes: [
        'Shaded: from the least to the greatest over the step lengths ' +
          `η = ${etas.join(', ')} along the gradient, on the same minibatch, all parameters moved; with several seeds, ` +
          'the medians of their lower and of their upper edges. Lines: of several seeds the median, in a band from the ' +
          'least to the greatest.',
        ...(isPaperSize(preset) ? [paperNote(conditions.length)] : []),
        ...(withSums ? [sumsNote] : []),
        ...(options.notes?.(runs, { preset }) ?? []),
        ...gapNotes(runs),
        ...runNotes(runs, conditions),
      ],
    };
  }

  return {
    number,
    title,
    claim,
    notebook,
    runs: (preset, seeds) =>
      runsForSeeds(
        seeds,
        normalisations.map((normalisation) => ({ normalisation })),
        (choice) => network.config(preset, choice),
      ),
    draw,
    claims,
  };
}
