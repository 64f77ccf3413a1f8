/**
 * Figure 9: activations of the deep linear network over training. Paper, page 15, which does not say of which network; its
 * text uses the figure for one without normalisation.
 */
import { deepLinearRun } from '../config/presets';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { drawRidgeCells, type RidgeCell, ridgeNote } from '../drawing/ridgeGrid';
import { runNotes } from '../drawing/runNotes';
import { plotOf, presetLabel, spans } from '../drawing/style';
import { conditionsOf, deepLinearLandscape } from '../measures/networks';
import type { Run } from '../runs/run';
import { claims, ridgeLayers } from './figure09Claims';

const title = 'Figure 9: activations of the deep linear network';

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const networks = conditionsOf(runs, deepLinearLandscape, ['none']);
  const asked = deepLinearRun(preset);
  const columns = spans(3, 0.07);
  const cells = ridgeLayers(runs[0]?.config ?? asked).map(({ layer, name }, i): RidgeCell => ({
    ...{ network: networks[0]!, layer, name, title: name },
    ...{ x: columns[i]!, y: [0, 1] },
    xTitle: 'Activation',
    ...(i === 0 ? { yTitle: 'Step' } : {}),
  }));
  const ridges = drawRidgeCells(runs, cells, { firstAxes: 0 });
  return {
    plot: plotOf(
      ridges.map(({ panel }) => panel),
      ridges.flatMap(({ data }) => data),
      { title, label: presetLabel(preset, runs, asked), height: 560, legend: false },
    ),
    points: ridges.flatMap(({ points }) => points),
    notes: [
      'The standard network: the paper does not say which it shows; every panel has an axis of its own.',
      ridgeNote(runs, networks),
      ...runNotes(runs, networks),
    ],
  };
}

/** Figure 9 of the paper (page 15), from one run a seed. */
export const figure09: Figure = {
  number: 9,
  title,
  claim: 'Activations of a deep linear network are large and uncontrolled.',
  notebook: 'fig09-deep-linear-activations',
  runs: (preset, seeds) => seeds.map((seed) => deepLinearRun(preset, { seed })),
  draw,
  claims,
};
