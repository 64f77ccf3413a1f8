/**
 * The paper's own runs, as far as its curves are digitised: tables made up of them, on which every rule is run before it
 * is run on ours. Only what a curve shows is in them; all else is missing, as in a run that did not measure it.
 */
import { deepLinearRun, vggRun } from '../config/presets';
import type { RunConfig } from '../config/schema';
import { lpNames } from '../measures/lpNetworks';
import { type PaperCurve, paperCurve, paperNames } from '../measures/paperCurves';
import type { Run } from '../runs/run';
import type { Table } from '../runs/table';

/** Digitised steps are a few off; the paper measures VGG every 100 steps and the deep linear network every 50. */
const snapped = (step: number, every: number): number =>
  Math.max(0, every * Math.round(step / every));

/** A curve as rows of step and value; `one` is what its axis calls 1. */
function rowsOf(curve: PaperCurve | undefined, every: number, one = 1): number[][] {
  const { x = [], y = [] } = curve ?? {};
  return x.map((step, i) => [snapped(step, every), y[i]! / one]);
}

const tableOf = (columns: string[], rows: number[][]): Table | undefined =>
  rows.length > 0 ? { columns, rows } : undefined;

/** A landscape table of two rows a step, whose band and whose beta are the curves'. */
function landscapeOf(
  panels: [string, string, string],
  name: string,
  every: number,
): Table | undefined {
  const [losses, changes, betas] = panels.map((panel) => paperCurve(panel, name));
  const byStep = (curve: PaperCurve | undefined, edge: 'y' | 'hi'): Map<number, number> =>
    new Map(curve?.x.map((step, i) => [snapped(step, every), curve[edge]![i]!]));
  const [low, high] = [byStep(losses, 'y'), byStep(losses, 'hi')];
  const [least, greatest] = [byStep(changes, 'y'), byStep(changes, 'hi')];
  const beta = byStep(betas, 'y');
  const rows = [...low.keys()].flatMap((step) => {
    if (!least.has(step)) return [];
    // A way of 0 has no beta: where the curve of beta is hidden.
    const way = (change: number): number => (beta.has(step) ? change / beta.get(step)! : 0);
    return [
      [step, 1, low.get(step)!, least.get(step)!, way(least.get(step)!)],
      [step, 2, high.get(step)!, greatest.get(step)!, way(greatest.get(step)!)],
    ];
  });
  return tableOf(['step', 'eta', 'loss', 'gradientChange', 'distance'], rows);
}

/** Two curves of each layer by step; where one of them is hidden it is NaN. */
function layersOf(
  columns: [string, string],
  layers: readonly number[],
  every: number,
  curve: (column: string, layer: number) => PaperCurve | undefined,
): Table | undefined {
  const rows = layers.flatMap((layer) => {
    const [first, second] = columns.map(
      (column) =>
        new Map(rowsOf(curve(column, layer), every).map(([step, value]) => [step!, value!])),
    );
    const steps = [...new Set([...first!.keys(), ...second!.keys()])].sort((a, b) => a - b);
    return steps.map((step) => [step, layer, first!.get(step) ?? NaN, second!.get(step) ?? NaN]);
  });
  return tableOf(['step', 'layer', ...columns], rows);
}

/** Definition 2.1 at the layers of Figure 3. */
const shiftOf = (part: 'a' | 'b', name: string, rate: number): Table | undefined =>
  layersOf(
    ['l2', 'cosine'],
    part === 'a' ? [5, 10] : [9, 17],
    part === 'a' ? 100 : 50,
    (column, layer) =>
      paperCurve(
        `fig3${part}_${column.slice(0, 3)}_lr${part === 'a' ? rate : rate.toExponential()}_L${layer}`,
        name,
      ),
  );

/** The changes of Figure 8(a): of one channel, which is all that the paper shows. */
const momentsOf = (name: string): Table | undefined =>
  layersOf(['meanStep', 'varianceStep'], [2, 9, 13], 100, (column, layer) =>
    paperCurve(`fig8a_${column === 'meanStep' ? 'dmu' : 'dvar'}_L${layer}`, name),
  );

function run(config: RunConfig, tables: Record<string, Table | undefined>): Run {
  const kept = Object.entries(tables).filter(([, table]) => table !== undefined);
  return {
    id: `paper-${config.model}-${config.normalisation}-${config.learningRate}`,
    config,
    manifest: {
      ...{ format: 2, id: 'paper', status: 'done', step: config.steps },
      ...{ started: '2018-10-27T00:00:00Z', seconds: 0, versions: {}, device: {} },
    },
    tables: Object.fromEntries(kept),
  };
}

const accuracyColumns = ['step', 'accuracy', 'loss'];
/** Tables have a loss, by which rows are chosen; where the paper shows none it is 0. */
const withLoss = (rows: number[][]): number[][] => rows.map((row) => [...row, 0]);

function vggAt(learningRate: number, normalisation: RunConfig['normalisation']): Run {
  const config = vggRun('paper', { normalisation, learningRate });
  const name = paperNames[normalisation] ?? '';
  const tenth = learningRate === 0.1;
  const training = tenth && normalisation === 'noisyBatch' ? 'fig2_train_acc' : 'fig5a_acc';
  const accuracy =
    normalisation === 'none' || normalisation === 'batch'
      ? paperCurve('fig1a_train_acc', `${name}_${learningRate}`)
      : paperCurve(training, name);
  const tests = paperCurve('fig1b_test_acc', `${name}_${learningRate}`);
  return run(config, {
    steps: tableOf(accuracyColumns, withLoss(rowsOf(accuracy, 100, 100))),
    evals: tableOf(accuracyColumns, withLoss(rowsOf(tests, 1000, 100))),
    covariateShift: shiftOf('a', name, learningRate),
    ...(tenth && {
      landscape: landscapeOf(['fig12b_loss_env', 'fig12c_gradpred_env', 'fig12d_beta'], name, 100),
      channelMoments: momentsOf(name),
    }),
  });
}

function linearAt(exponent: 6 | 7, normalisation: 'none' | 'batch' | 'l1' | 'l2' | 'linf'): Run {
  const learningRate = Number(`1e-${exponent}`);
  const name = paperNames[normalisation]!;
  const curve =
    exponent === 6 ? paperCurve('fig5b_loss', name) : paperCurve('fig3b_loss_lr1e-7', name);
  return run(deepLinearRun('paper', { normalisation, learningRate }), {
    steps: tableOf(['step', 'loss'], rowsOf(curve, 50)),
    covariateShift: shiftOf('b', name, learningRate),
    ...(exponent === 6 && {
      landscape: landscapeOf(['fig13b_loss_env', 'fig13c_gradpred_env', 'fig13d_beta'], name, 50),
    }),
  });
}

let made: Run[] | undefined;

/** Of every network of which a curve is digitised, a run as far as its curves go. */
export function paperRuns(): readonly Run[] {
  const pair = ['none', 'batch'] as const;
  return (made ??= [
    ...[...pair, 'noisyBatch' as const, ...lpNames].map((name) => vggAt(0.1, name)),
    ...[0.5, 0.01].flatMap((rate) => pair.map((name) => vggAt(rate, name))),
    ...[...pair, ...lpNames].map((name) => linearAt(6, name)),
    ...pair.map((name) => linearAt(7, name)),
  ]);
}
