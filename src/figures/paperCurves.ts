/** The paper's own curves, read off its vector graphics; see data/paper/README.md. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../errors';
import type { NormalisationName } from '../layers/normalisation';
import { projectRoot } from '../paths';
import type { PresetName } from '../training/presets';
import type { Series, SeriesOptions } from './bands';
import type { Condition, Curve } from './select';
import { sixDigits } from './statistics';
import { mix } from './style';

/** [step, value] or, for an envelope, [step, least, greatest]. */
type Row = [number, number] | [number, number, number];

const file = path.join(projectRoot, 'data/paper/curves.json');
let curves: Record<string, Record<string, Row[]>> | undefined;

/** A constant of the project, like a colour: read at the first use so that nothing else waits for it. */
function allCurves(): Record<string, Record<string, Row[]>> {
  try {
    return (curves ??= JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      Record<string, Row[]>
    >);
  } catch {
    throw new UserError(`cannot read the paper's curves in ${file}: restore it with git checkout`);
  }
}

/** What the digitised curves of each network are called; the paper shows none of noise alone. */
export const paperNames: Partial<Record<NormalisationName, string>> = {
  none: 'Standard',
  batch: 'BatchNorm',
  noisyBatch: 'NoisyBN',
  l1: 'L1',
  l2: 'L2',
  linf: 'Linf',
};

/** A line, or an envelope: then `y` is its lower and `hi` its upper edge. */
export interface PaperCurve extends Curve {
  hi?: number[];
}

/**
 * One curve of the paper against the step, e.g. `paperCurve('fig1a_train_acc', 'BatchNorm_0.1')`; undefined where
 * it could not be digitised. Throws UserError where the data file is missing.
 */
export function paperCurve(figure: string, curve: string): PaperCurve | undefined {
  const rows = allCurves()[figure]?.[curve];
  if (rows === undefined) return undefined;
  const hi = rows.flatMap((row) => row[2] ?? []);
  return {
    x: rows.map((row) => row[0]),
    y: rows.map((row) => row[1]),
    ...(hi.length > 0 ? { hi } : {}),
  };
}

/** For `drawNetworks`: the curves of one of the paper's figures, shown at its own preset only. */
export const curvesInPaper =
  (figure: string, preset: PresetName) =>
  ({ normalisation }: Pick<Condition, 'normalisation'>): PaperCurve | undefined =>
    preset === 'paper' ? paperCurve(figure, paperNames[normalisation] ?? '') : undefined;

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
