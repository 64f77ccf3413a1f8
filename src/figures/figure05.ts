/** Figure 5: training with BatchNorm and with lp normalisations, (a) VGG, (b) the deep linear network. Paper, page 7. */
import { deepLinearRun, isPaperSize, type PresetName, vggRun } from '../config/presets';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { withLogTicks } from '../drawing/logAxis';
import { drawNetworks, networkStyle, stepAxis } from '../drawing/networkCurves';
import { runNotes } from '../drawing/runNotes';
import { axesOf, plotOf, presetLabel, rateLabel, spans } from '../drawing/style';
import { deepLinearTraining, vggTraining } from '../drawing/trainingPanels';
import { lpNormalisations } from '../measures/lpNetworks';
import {
  conditionsOf,
  deepLinearLandscape,
  modelOf,
  runsOfKinds,
  vggLandscape,
} from '../measures/networks';
import { curvesInPaper } from '../measures/paperCurves';
import type { Run } from '../runs/run';
import { claims } from './figure05Claims';

const title = 'Figure 5: training with lp normalisations';

const halves = [
  { name: '(a) VGG', landscape: vggLandscape, training: vggTraining },
  { name: '(b) Deep linear network', landscape: deepLinearLandscape, training: deepLinearTraining },
];
const columns = spans(2, 0.11);

function drawHalf(runs: readonly Run[], preset: PresetName, index: number) {
  const { name, landscape, training } = halves[index]!;
  const networks = conditionsOf(runs, landscape, lpNormalisations);
  const own = modelOf(runs, landscape.config, preset);
  const series = drawNetworks(runs, networks, {
    panel: name,
    axes: axesOf(index),
    legend: index === 0,
    hover: ':.3~g}',
    log: training.yaxis.type === 'log',
    curve: (run) => training.curve(run, preset),
    paper: curvesInPaper(training.paper, preset),
    style: networkStyle,
  });
  const { learningRate, steps } = own.config;
  const panel = {
    title: `${name}, lr ${rateLabel(learningRate)}: ${training.title(own.runs, preset).toLowerCase()}`,
    x: columns[index]!,
    y: [0, 1] as [number, number],
    xaxis: stepAxis(steps, 6),
    yaxis: withLogTicks(training.yaxis, series),
  };
  return { series, panel, networks };
}

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const drawn = halves.map((_, index) => drawHalf(runs, preset, index));
  const series = drawn.flatMap((half) => half.series);
  return {
    plot: plotOf(
      drawn.map(({ panel }) => panel),
      series.flatMap(({ data }) => data),
      { title, label: presetLabel(preset, runs), height: 560 },
    ),
    points: series.flatMap(({ points }) => points),
    notes: [
      ...(isPaperSize(preset) ? ["Dotted: the paper's own curves, digitised."] : []),
      ...drawn.flatMap(({ networks }) => runNotes(runs, networks)),
    ],
  };
}

/** Figure 5 of the paper (page 7), from ten runs a seed. */
export const figure05: Figure = {
  number: 5,
  title,
  claim: 'l1, l2 and l-infinity normalisation train as well.',
  notebook: 'fig05-lp-norms',
  runs: (preset, seeds) =>
    runsOfKinds(
      [vggRun, deepLinearRun],
      preset,
      seeds,
      lpNormalisations.map((normalisation) => ({ normalisation })),
    ),
  draw,
  claims,
};
