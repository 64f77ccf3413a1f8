/** Curves of several networks in one panel, the paper's own behind ours. */
import type { LayoutAxis } from 'plotly.js';

import { normalisations } from '../layers/normalisation';
import { diverged } from '../measures/accuracies';
import type { PaperCurve } from '../measures/paperCurves';
import { type Condition, type Curve, runsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { drawSeries, type Series, type SeriesOptions } from './bands';
import { drawPaperCurve } from './paperCurve';
import { normalisationColours, type SeriesStyle, seriesStyle } from './style';

/** The curve of a network where all of a panel have one learning rate, which then stands beside the panel. */
export const networkStyle = ({ normalisation }: Condition): SeriesStyle => ({
  name: normalisations[normalisation].label,
  colour: normalisationColours[normalisation],
  dash: 'solid',
});

export interface NetworkCurvesOptions<Network extends Condition> extends Omit<
  SeriesOptions,
  'style'
> {
  /** What is shown of a run. */
  curve: (run: Run) => Curve;
  /** The paper's curve of a network, where it is to be shown. */
  paper?: (network: Network) => PaperCurve | undefined;
  /** Default: `seriesStyle`. */
  style?: (network: Network) => SeriesStyle;
}

/** One panel: the paper's curves, then those of each network over its seeds, in their order. */
export function drawNetworks<Network extends Condition>(
  runs: readonly Run[],
  networks: readonly Network[],
  options: NetworkCurvesOptions<Network>,
): Series[] {
  const { curve, paper, style = seriesStyle, ...panel } = options;
  const digitised = networks.flatMap((network) => {
    const found = paper?.(network);
    return found ? [{ found, style: style(network) }] : [];
  });
  return [
    ...digitised.map((each, i) =>
      drawPaperCurve(each.found, {
        ...panel,
        style: each.style,
        legend: panel.legend && i === 0,
      }),
    ),
    ...networks.map((network) =>
      drawSeries(
        runsOf(runs, network).map((run) => ({
          ...curve(run),
          seed: run.config.seed,
          diverged: diverged(run),
        })),
        { ...panel, style: style(network) },
      ),
    ),
  ];
}

/** The x axis of curves over training. */
export const stepAxis = (steps: number, nticks: number): Partial<LayoutAxis> => ({
  title: { text: 'Step' },
  range: [0, 1.01 * steps],
  nticks,
  tickformat: ',d',
});
