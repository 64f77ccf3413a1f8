/**
 * Figure 8: how the first two moments of activations move, (a) from one measurement to the next and (b) away from where
 * they began. Paper, page 15.
 */
import { isPaperSize, vggRun } from '../config/presets';
import type { Drawing, DrawOptions, Figure } from '../drawing/figure';
import { drawNetworks, stepAxis } from '../drawing/networkCurves';
import { runNotes } from '../drawing/runNotes';
import {
  axesOf,
  type Panel,
  plotOf,
  presetLabel,
  seriesStyle,
  type Span,
  spans,
} from '../drawing/style';
import { changesFromStart, type Moment, momentCurve, successiveChanges } from '../measures/moments';
import { runsForSeeds } from '../measures/networks';
import { noisyLayers, noisyNetworks } from '../measures/noisyNetworks';
import { curvesInPaper } from '../measures/paperCurves';
import { type Curve } from '../measures/select';
import type { Run } from '../runs/run';
import { claims } from './figure08Claims';

const title = 'Figure 8: moments of activations over training';

interface Column {
  title: string;
  moment: Moment;
  change: (curve: Curve) => Curve;
  /** The start of the names of the paper's curves. */
  paper?: string;
  /** The axis begins at 0. */
  fromZero: boolean;
}

const columns: readonly Column[] = [
  {
    title: '(a) |change of mean|',
    moment: 'mean',
    change: successiveChanges,
    paper: 'fig8a_dmu',
    fromZero: true,
  },
  {
    title: '|change of variance|',
    moment: 'variance',
    change: successiveChanges,
    paper: 'fig8a_dvar',
    fromZero: true,
  },
  { title: '(b) mean − first', moment: 'mean', change: changesFromStart, fromZero: false },
  { title: 'variance − first', moment: 'variance', change: changesFromStart, fromZero: false },
];

/** (a) and (b) beside each other, two columns each. */
const places: readonly Span[] = [...spans(2, 0.07, [0, 0.47]), ...spans(2, 0.07, [0.53, 1])];
const rows = spans(3, 0.07).reverse();

function draw(runs: readonly Run[], { preset }: DrawOptions): Drawing {
  const config = runs[0]?.config ?? vggRun(preset);
  const layers = noisyLayers(config);
  const cells = layers.flatMap((layer, row) =>
    columns.map((column, place) => ({ ...column, ...layer, row, place })),
  );
  const series = cells.flatMap(({ name, layer, inPaper, moment, change, paper, ...cell }, index) =>
    drawNetworks(runs, noisyNetworks, {
      panel: `${name}, ${cell.title}`,
      axes: axesOf(index),
      legend: index === 0,
      hover: ':.3~g}',
      curve: (run) => change(momentCurve(run, layer, moment)),
      ...(paper ? { paper: curvesInPaper(`${paper}_L${inPaper}`, preset) } : {}),
      style: (network) => ({ ...seriesStyle(network), width: 1.2 }),
    }),
  );
  const panels = cells.map(({ name, row, place, ...cell }): Panel => ({
    title: row === 0 ? cell.title : '',
    x: places[place]!,
    y: rows[row]!,
    xaxis: {
      ...stepAxis(config.steps, 4),
      ...(row < rows.length - 1 ? { title: undefined } : {}),
    },
    yaxis: {
      nticks: 6,
      ...(cell.fromZero ? { rangemode: 'nonnegative' } : {}),
      ...(place === 0 ? { title: { text: `<b>${name}</b>` } } : {}),
    },
  }));
  const { every } = config.probes.activations;
  return {
    plot: plotOf(
      panels,
      series.flatMap(({ data }) => data),
      { title, label: presetLabel(preset, runs) },
    ),
    points: series.flatMap(({ points }) => points),
    notes: [
      'Mean and variance of one example channel of each layer, before the ReLU, over the minibatch and its pixels; (a) ' +
        `between successive measurements, one every ${every} steps (the paper: "between two successive steps", drawn ` +
        'every 100); (b) against the first, before step 0.',
      ...(isPaperSize(preset)
        ? ["Dotted: the paper's own curves, digitised; those of (b) were not."]
        : []),
      ...runNotes(runs, noisyNetworks),
    ],
  };
}

/** Figure 8 of the paper (page 15), from three runs a seed. */
export const figure08: Figure = {
  number: 8,
  title,
  claim: '“Noisy” BatchNorm moves the moments of its activations more.',
  notebook: 'fig08-moments',
  runs: (preset, seeds) => runsForSeeds(seeds, noisyNetworks, (network) => vggRun(preset, network)),
  draw,
  claims,
};
