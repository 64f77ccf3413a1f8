/** The paper's own curves, drawn behind ours. */
import type { PaperCurve } from '../measures/paperCurves';
import { sixDigits } from '../measures/statistics';
import type { Series, SeriesOptions } from './bands';
import { mix } from './style';

/** A line of the paper, or the edges of an envelope: thin, dotted and greyed beside ours. */
export function drawPaperCurve({ x, y, hi }: PaperCurve, options: SeriesOptions): Series {
  const { panel, axes, style, legend, hover = '}' } = options;
  const [steps, lower] = [x.map(sixDigits), y.map(sixDigits)];
  const upper = hi?.map(sixDigits);
  return {
    data: [
      {
        ...axes,
        type: 'scatter',
        mode: 'lines',
        name: 'the paper',
        legendgroup: 'paper',
        legendrank: 2000, // after ours, although drawn behind them
        x: upper ? [...steps, null, ...steps] : steps,
        y: upper ? [...lower, null, ...upper] : lower,
        line: { color: mix(style.colour, '#777777', 0.4), dash: 'dot', width: 1.2 },
        hovertemplate: `%{y${hover}<br>step %{x:,}<extra>${style.name}, the paper</extra>`,
        showlegend: legend,
      },
    ],
    points: steps.map((at, i) => {
      const edges = upper && { y: upper[i]!, lo: lower[i]!, hi: upper[i]! };
      return { panel, series: style.name, seed: 'paper', x: at, y: lower[i]!, ...edges };
    }),
  };
}
