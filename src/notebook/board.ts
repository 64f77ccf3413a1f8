/** The live board below a training cell: how far it is, how long it takes, and the curves so far. */
import {
  createPace,
  formatCount,
  formatDuration,
  formatLoss,
  formatShare,
  type Progress,
  progressLine,
  type ProgressReporter,
} from '../training/progress';
import { createCurve, type Curve, drawPanels, type Panel } from './curves';
import { type Bundle, createSlot, escapeHtml } from './display';

/** What is going to be trained. */
export interface BoardTotal {
  runs: number;
  /** Of all runs together. */
  steps: number;
}

/** One run on the board. */
interface Row {
  latest: Progress;
  loss: Curve;
  accuracy: Curve;
}

/** Told apart on white and on black. */
const colours = ['#3d85d1', '#e07b2a', '#33a06f', '#c95fa8', '#8f7be0', '#b8992a', '#d65a5a'];
const colourOf = (index: number): string => colours[index % colours.length] ?? '';

/**
 * Shows a board in the running cell and returns how to keep it up to date. `done` leaves it in its last state under
 * the summary. Outside a kernel nothing is shown.
 */
export function liveBoard(total: BoardTotal): ProgressReporter {
  const slot = createSlot();
  const pace = createPace();
  const rows = new Map<number, Row>();
  let current: Row | undefined;
  let secondsLeft: number | undefined;
  let headline = `${formatCount(total.runs)} runs, ${formatCount(total.steps)} steps`;
  const bundle = (): Bundle => drawBoard({ headline, total, rows, current, secondsLeft });

  slot.show(bundle);
  return {
    update(progress) {
      current = rows.get(progress.runIndex) ?? newRow(progress);
      rows.set(progress.runIndex, current);
      current.latest = progress;
      if (progress.loss !== undefined) current.loss.add(progress.step, progress.loss);
      if (progress.accuracy !== undefined) current.accuracy.add(progress.step, progress.accuracy);
      secondsLeft = pace(progress);
      headline = `Run ${progress.runIndex + 1} of ${progress.runCount}: ${progress.run}`;
      slot.show(bundle);
    },
    done(summary) {
      headline = summary ?? headline;
      current = undefined;
      slot.finish(bundle());
    },
  };
}

const newRow = (first: Progress): Row => ({
  latest: first,
  loss: createCurve(first.steps),
  accuracy: createCurve(first.steps),
});

interface Board {
  headline: string;
  total: BoardTotal;
  rows: ReadonlyMap<number, Row>;
  /** Undefined when all is over. */
  current: Row | undefined;
  secondsLeft: number | undefined;
}

function drawBoard(board: Board): Bundle {
  const { headline, total, rows, current, secondsLeft } = board;
  const done = [...rows.values()].reduce((sum, { latest }) => sum + latest.step, 0);
  const share = Math.min(1, done / total.steps);
  const status = current && stepLine(current.latest, secondsLeft);
  const panels = panelsOf(board);
  // Front ends that do not trust a notebook strip <svg>, but not images.
  const image = Buffer.from(drawPanels(panels)).toString('base64');
  const html = [
    '<div style="max-width:720px">',
    `<div><b>${escapeHtml(headline)}</b></div>`,
    status
      ? `<progress value="${share.toFixed(4)}" max="1" style="width:100%"></progress><div>${status}</div>`
      : '',
    panels.length > 0 ? `<img alt="curves" src="data:image/svg+xml;base64,${image}">` : '',
    ...[...rows.entries()].map(([index, row]) => legendLine(index, row)),
    '</div>',
  ];
  return {
    'text/html': html.join(''),
    'text/plain': current
      ? `[${'#'.repeat(20 * share).padEnd(20, '.')}] ${progressLine(current.latest, secondsLeft)}`
      : headline,
  };
}

function stepLine({ step, steps }: Progress, secondsLeft: number | undefined): string {
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`;
  return `step ${formatCount(step)} of ${formatCount(steps)}${left}`;
}

function legendLine(index: number, { latest, loss, accuracy }: Row): string {
  const lastLoss = loss.points().at(-1)?.[1];
  const lastAccuracy = accuracy.points().at(-1)?.[1];
  const numbers = [
    ...(lastLoss === undefined ? [] : [`loss ${formatLoss(lastLoss)}`]),
    ...(lastAccuracy === undefined ? [] : [`accuracy ${formatShare(lastAccuracy)}`]),
  ];
  const name = escapeHtml([latest.run, ...numbers].join(' · '));
  return `<div><span style="color:${colourOf(index)}">&#9632;</span> ${name}</div>`;
}

/** Loss and accuracy of every run, the current one thicker; a panel without a curve is left out. */
function panelsOf({ rows, current }: Board): Panel[] {
  const entries = [...rows.entries()];
  const length = Math.max(1, ...entries.map(([, { latest }]) => latest.steps));
  const lines = (curve: 'loss' | 'accuracy'): Panel['lines'] =>
    entries
      .filter(([, row]) => row[curve].points().length > 0)
      .map(([index, row]) => ({
        colour: colourOf(index),
        width: row === current ? 2 : 1.2,
        points: row[curve].points(),
      }));
  const panels: Panel[] = [
    { title: 'loss of the minibatch, smoothed', length, lines: lines('loss'), format: formatLoss },
    {
      title: 'accuracy of the minibatch, smoothed',
      length,
      lines: lines('accuracy'),
      range: [0, 1],
      format: (share) => `${Math.round(100 * share)}%`,
    },
  ];
  return panels.filter((panel) => panel.lines.length > 0);
}
