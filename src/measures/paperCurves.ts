/** The paper's own curves, read off its vector graphics; see data/paper/README.md. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isPaperSize, type PresetName } from '../config/presets';
import type { NormalisationName } from '../layers/normalisation';
import { UserError } from '../system/errors';
import { projectRoot } from '../system/paths';
import type { Condition, Curve } from './select';

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
    isPaperSize(preset) ? paperCurve(figure, paperNames[normalisation] ?? '') : undefined;
