/**
 * Figure 2: BatchNorm followed by noise, whose distributions are unstable by construction, trains nearly as well.
 * Paper, page 3; the noise is its Algorithm 1. The network with noise alone is in its text only.
 */
import { isPaperSize, vggRun } from '../config/presets';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { drawNetworks, stepAxis } from '../drawing/networkCurves';
import { drawRidgeCells, ridgeGrid, ridgeNote } from '../drawing/ridgeGrid';
import { runNotes } from '../drawing/runNotes';
import { axesOf, type Panel, plotOf, presetLabel, seriesStyle, spans } from '../drawing/style';
import { vggTraining } from '../drawing/trainingPanels';
import { runsForSeeds } from '../measures/networks';
import { noiseAlone, noisyLayers, noisyNetworks } from '../measures/noisyNetworks';
import { curvesInPaper } from '../measures/paperCurves';
import type { Run } from '../runs/run';
import { claims } from './figure02Claims';

const title = 'Figure 2: “noisy” BatchNorm';

const networks = [...noisyNetworks, noiseAlone];

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const curves = drawNetworks(runs, networks, {
    panel: 'training accuracy',
    axes: axesOf(0),
    legend: true,
    hover: ':.1f} %',
    curve: (run) => vggTraining.curve(run, preset),
    paper: curvesInPaper('fig2_train_acc', preset),
    style: (network) => ({
      ...seriesStyle(network),
      ...(network === noiseAlone ? { width: 1 } : {}),
    }),
  });
  const config = runs[0]?.config ?? vggRun(preset);
  const cells = ridgeGrid({
    layers: noisyLayers(config),
    rows: spans(3, 0.035, [0, 0.66]).reverse(),
    networks: noisyNetworks,
    columns: spans(3, 0.06),
    xTitle: 'Activation, before the ReLU',
  });
  const ridges = drawRidgeCells(runs, cells, { firstAxes: 1 });
  const panels: Panel[] = [
    {
      title: vggTraining.title(runs, preset),
      x: [0, 1],
      y: [0.77, 1],
      xaxis: stepAxis(config.steps, 9),
      yaxis: vggTraining.yaxis,
    },
    ...ridges.map(({ panel }) => panel),
  ];
  return {
    plot: plotOf(
      panels,
      [...curves, ...ridges].flatMap(({ data }) => data),
      { title, label: presetLabel(preset, runs), height: 1250 },
    ),
    points: [...curves, ...ridges].flatMap(({ points }) => points),
    notes: [
      'The thin black curve, the same noise on the standard network, is not in the paper’s figure but in its text.',
      ridgeNote(runs, noisyNetworks),
      ...(isPaperSize(preset) ? ["Dotted: the paper's own curves, digitised."] : []),
      ...runNotes(runs, networks),
    ],
  };
}

/** Figure 2 of the paper (page 3), from four runs a seed. */
export const figure02: Figure = {
  number: 2,
  title,
  claim: '“Noisy” BatchNorm has unstable activations and trains as well.',
  notebook: 'fig02-noisy-batchnorm',
  runs: (preset, seeds) => runsForSeeds(seeds, networks, (network) => vggRun(preset, network)),
  draw,
  claims,
};
