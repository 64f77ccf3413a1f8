/** Figure 6: activations of a late layer over training with BatchNorm and with lp normalisations. Paper, page 8. */
import { vggRun } from '../config/presets';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { drawRidgeCells, ridgeGrid, ridgeNote } from '../drawing/ridgeGrid';
import { runNotes } from '../drawing/runNotes';
import { plotOf, presetLabel, spans } from '../drawing/style';
import { lpNormalisations } from '../measures/lpNetworks';
import { conditionsOf, vggLandscape } from '../measures/networks';
import type { Run } from '../runs/run';
import { claims, ridgeLayer } from './figure06Claims';

const title = 'Figure 6: activations with lp normalisations';

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const networks = conditionsOf(runs, vggLandscape, lpNormalisations);
  const layer = ridgeLayer(runs[0]?.config ?? vggRun(preset));
  const cells = ridgeGrid({
    layers: [layer],
    rows: spans(1, 0),
    networks,
    columns: spans(5, 0.06),
    xTitle: 'Activation',
  });
  const ridges = drawRidgeCells(runs, cells, { firstAxes: 0 });
  const plot = plotOf(
    ridges.map(({ panel }) => panel),
    ridges.flatMap(({ data }) => data),
    { title, label: presetLabel(preset, runs), height: 560, legend: false },
  );
  return {
    plot,
    points: ridges.flatMap(({ points }) => points),
    notes: [
      `${layer.name}, what its normalisation puts out, before the ReLU; every panel has an axis of its own.`,
      ridgeNote(runs, networks),
      ...runNotes(runs, networks),
    ],
  };
}

/** Figure 6 of the paper (page 8), from five runs a seed. */
export const figure06: Figure = {
  number: 6,
  title,
  claim: 'Networks with lp normalisation train well although their activations shift more.',
  notebook: 'fig06-lp-activations',
  runs: (preset, seeds) =>
    seeds.flatMap((seed) =>
      lpNormalisations.map((normalisation) => vggRun(preset, { normalisation, seed })),
    ),
  draw,
  claims,
};
