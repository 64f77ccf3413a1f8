/** What section 4 assumes of a unit, on a network in training: gamma / sigma, and how yhat and ghat lie to each other. */
import type { Drawing } from '../drawing/figure';
import { axesOf, normalisationColours } from '../drawing/style';
import { sixDigits } from '../measures/statistics';
import { column, type Table } from '../runs/table';
import {
  drawing,
  type DrawnPanel,
  faint,
  letter,
  type Place,
  placesOf,
  type TheoryDrawOptions,
} from './figures';

/**
 * Tables of `measuredTable` by what they show, e.g. a step, drawn in a panel each on one scale: for each unit |gamma| /
 * sigma against the cosine of yhat and ghat. Above the line at 0 is where the theorems' second condition holds, left
 * of 1 where they say "smaller" without more.
 */
export function drawMeasured(
  tables: Readonly<Record<string, Table>>,
  { label = 'one point a unit', seed = 0 }: Omit<TheoryDrawOptions, 'points'> = {},
): Drawing {
  const names = Object.keys(tables);
  const places = placesOf(names.length);
  const ratios = Object.values(tables).flatMap((table) => column(table, 'gammaOverSigma'));
  const logarithms = ratios.map((ratio) => Math.log10(Math.abs(ratio)));
  const [low, high] = [Math.min(0, ...logarithms), Math.max(0, ...logarithms)];
  const margin = 0.05 * (high - low);
  return drawing(
    'A network in training: what the theorems assume',
    label,
    names.map((name, i) =>
      conditionsPanel(name, tables[name]!, places[i]!, {
        seed,
        range: [low - margin, high + margin].map(sixDigits),
      }),
    ),
  );
}

/** |gamma| / sigma, on an axis with a range in powers of ten, against the alignment of yhat and ghat. */
function conditionsPanel(
  name: string,
  table: Table,
  { index, x, y }: Place,
  { seed, range }: { seed: number; range: number[] },
): DrawnPanel {
  const ratios = column(table, 'gammaOverSigma').map((value) => sixDigits(Math.abs(value)));
  const cosines = column(table, 'alignment').map(sixDigits);
  return {
    panel: {
      title: `${letter(index)} ${name}`,
      x,
      y,
      xaxis: {
        title: { text: '|<i>γ</i>| / <i>σ</i>' },
        type: 'log',
        range,
        tickvals: decades,
        showgrid: true,
      },
      yaxis: {
        title: { text: 'cosine of <i>ŷ</i> and <i>ĝ</i>' },
        range: [-1.05, 1.05],
        zeroline: true,
        zerolinecolor: faint,
      },
    },
    data: [
      {
        ...axesOf(index),
        type: 'scatter',
        mode: 'markers',
        name: 'unit',
        legendgroup: 'unit',
        x: ratios,
        y: cosines,
        marker: { color: normalisationColours.batch, size: 5, opacity: 0.6 },
        hovertemplate: '<i>γ</i>/<i>σ</i> %{x}<br>cosine %{y}<extra>unit</extra>',
      },
      {
        ...axesOf(index),
        type: 'scatter',
        mode: 'lines',
        name: unitFactor,
        legendgroup: unitFactor,
        x: [1, 1],
        y: [-1, 1],
        line: { color: faint, width: 1 },
        hoverinfo: 'skip',
      },
    ],
    points: ratios.map((ratio, i) => ({
      panel: name,
      series: 'unit',
      seed,
      x: ratio,
      y: cosines[i]!,
    })),
  };
}

const unitFactor = '|<i>γ</i>| = <i>σ</i>';

/** Round numbers on a logarithmic axis. */
const decades = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
