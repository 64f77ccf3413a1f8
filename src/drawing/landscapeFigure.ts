/**
 * Figures 4, 10, 12 and 13, which are one drawing: loss landscape, gradient predictiveness and effective
 * beta-smoothness of some normalisations of one network, in 12 and 13 with their training in front.
 */
import type { LayoutAxis } from 'plotly.js';

import { isPaperSize, type PresetName } from '../config/presets';
import { origin } from '../measures/accuracies';
import {
  changeBand,
  changeSumBand,
  effectiveSmoothness,
  lossBand,
  overflows,
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
  /** At the paper's size a fourth panel: the change of the gradient summed over tensors of parameters. */
  summed?: true;
  /** Notes of this figure alone, after the common ones. */
  notes?: (runs: readonly Run[], options: DrawOptions) => string[];
}

function landscapeSources({ scale, paper }: LandscapeNetwork): Source[] {
  const scaled: Partial<LayoutAxis> = scale === 'log' ? powers : { rangemode: 'tozero' };
  return [
    {
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
      title: 'Gradient predictiveness',
      yaxis: { ...scaled, title: { text: 'Change of the gradient (l2)' } },
      paper: paper.change,
      draw: (runs, options) =>
        drawEnvelopes(
          runs.map((run) => ({ ...changeBand(run), ...origin(run) })),
          options,
        ),
    },
    {
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

/** Gradient predictiveness as the paper's curve seems to be computed. */
const summedSource = ({ scale, paper }: LandscapeNetwork): Source => ({
  title: 'As (b), summed over tensors',
  yaxis: {
    ...(scale === 'log' ? powers : { rangemode: 'tozero' }),
    title: { text: 'Sum of changes (l2 each)' },
  },
  paper: paper.change,
  draw: (runs, options) =>
    drawEnvelopes(
      runs.map((run) => ({ ...changeSumBand(run), ...origin(run) })),
      options,
    ),
});

const trainingSource = (
  { title, yaxis, paper, curve }: TrainingPanel,
  runs: readonly Run[],
  preset: PresetName,
): Source => ({
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
  { title, yaxis, paper, draw }: Source,
  index: number,
  {
    runs,
    conditions,
    preset,
  }: { runs: readonly Run[]; conditions: Condition[]; preset: PresetName },
): Series[] {
  const drawn = conditions.map((condition) => {
    const shared: SeriesOptions = {
      panel: `${'abcd'[index]}: ${title}`,
      axes: axesOf(index),
      style: networkStyle(condition),
      legend: index === 0,
      hover: ':.3~g}',
      log: yaxis.type === 'log',
      ...(conditions.length > 2 ? { shade: 0.15 } : {}),
    };
    const digitised = curvesInPaper(paper, preset)(condition);
    // More than two of the paper's bands, two lines each, would hide ours.
    const shown = digitised && (digitised.hi === undefined || conditions.length <= 2);
    const legend = index === 0 && condition === conditions[0];
    return {
      ours: draw(runsOf(runs, condition), shared),
      digitised: shown ? [drawPaperCurve(digitised, { ...shared, legend })] : [],
    };
  });
  return [...drawn.map(({ ours }) => ours), ...drawn.flatMap(({ digitised }) => digitised)];
}

const paperNote = (networks: number): string =>
  "Dotted: the paper's own curves, digitised" +
  (networks > 2 ? '; its bands are left out, they would hide ours.' : ', of its bands both edges.');

/** A figure of the landscape; see the top of this file. */
export function landscapeFigure(options: LandscapeFigureOptions): Figure {
  const { number, title, claim, notebook, network, normalisations, training, claims } = options;

  function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
    const conditions = conditionsOf(runs, network, normalisations);
    const isSummed = options.summed && isPaperSize(preset);
    const sources = [
      ...(training ? [trainingSource(training, runs, preset)] : []),
      ...landscapeSources(network),
      ...(isSummed ? [summedSource(network)] : []),
    ];
    const isSquare = sources.length === 4;
    const drawn = sources.map((source, index) =>
      drawSource(source, index, { runs, conditions, preset }),
    );
    const series = drawn.flat();
    const asked = network.config(preset);
    const { steps, learningRate, probes } = runs[0]?.config ?? asked;
    const etas = probes.landscape.lengths.map((length) => short(sixDigits(length * learningRate)));
    const [columns, rows] = isSquare
      ? [spans(2, 0.1), spans(2, 0.14).reverse()]
      : [spans(3, 0.09), spans(1, 0)];
    const panels = sources.map((source, index): Panel => ({
      title: `(${'abcd'[index]}) ${source.title}`,
      x: columns[index % columns.length]!,
      y: rows[Math.floor(index / columns.length)]!,
      xaxis: stepAxis(steps, isSquare ? 7 : 5),
      yaxis: withLogTicks(source.yaxis, drawn[index]!),
    }));
    return {
      plot: plotOf(
        panels,
        series.flatMap(({ data }) => data),
        {
          title,
          label: `${presetLabel(preset, runs, asked)}, lr ${rateLabel(learningRate)}`,
          height: isSquare ? 900 : 520,
        },
      ),
      points: series.flatMap(({ points }) => points),
      notes: [
        'Shaded: from the least to the greatest over the step lengths ' +
          `η = ${etas.join(', ')} along the gradient, on the same minibatch, all parameters moved; with several seeds, ` +
          'the medians of their lower and of their upper edges. Lines: of several seeds the median, in a band from the ' +
          'least to the greatest.',
        ...(isPaperSize(preset) ? [paperNote(conditions.length)] : []),
        ...(isSummed
          ? [
              '(d): the sum over tensors of parameters of the l2 norm of each one’s change, where (b) has the one norm ' +
                'of all, as the text defines it. The paper’s curve, the same in both, agrees with (d).',
            ]
          : []),
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
