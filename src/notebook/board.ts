/** The live board below a training cell: how far it is, how long it takes, and the curves so far. */
import type { Dash } from 'plotly.js';

import { seriesStyle } from '../drawing/style';
import { escapeHtml } from '../system/escapeHtml';
import { grouped } from '../system/numberText';
import {
  type AllRuns,
  formatLoss,
  formatShare,
  overallLine,
  overviewLine,
  type Progress,
  type ProgressReporter,
} from '../training/progress';
import { createCurve, type Curve, drawPanels, type Panel } from './curves';
import { type Bundle, createSlot } from './display';

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

/** A figure's dashes in a curve, and in the border that stands for it below. */
const dashes: Partial<Record<Dash, { strokes: string; border: string }>> = {
  dash: { strokes: '7 4', border: 'dashed' },
  dot: { strokes: '2 3', border: 'dotted' },
  dashdot: { strokes: '7 3 2 3', border: 'dashed' },
};

/** White as the figures are, so that their colours are legible on any theme. */
const paper = 'max-width:720px;padding:4px 8px;background:#fff;color:#222';

/**
 * Shows a board in the running cell and returns how to keep it up to date. `done` leaves it in its last state under
 * the summary. Outside a kernel nothing is shown.
 */
export function liveBoard(total: BoardTotal): ProgressReporter {
  const slot = createSlot();
  const rows = new Map<number, Row>();
  let all: AllRuns | undefined;
  let headline = `${grouped(total.runs)} runs, ${grouped(total.steps)} steps`;
  const bundle = (): Bundle => drawBoard({ headline, rows, all });

  slot.show(bundle);
  return {
    update(progress) {
      const row = rows.get(progress.runIndex) ?? newRow(progress);
      rows.set(progress.runIndex, row);
      row.latest = progress;
      if (progress.loss !== undefined) row.loss.add(progress.step, progress.loss);
      if (progress.accuracy !== undefined) row.accuracy.add(progress.step, progress.accuracy);
      all = progress.all;
      headline = overallLine(all);
      slot.show(bundle);
    },
    done(summary) {
      headline = summary ?? headline;
      all = undefined;
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
  rows: ReadonlyMap<number, Row>;
  /** Undefined before the first step and when all is over. */
  all: AllRuns | undefined;
}

const isUnderWay = (row: Row, { all }: Board): boolean => all !== undefined && !row.latest.ended;

function drawBoard(board: Board): Bundle {
  const { headline, all } = board;
  const rows = [...board.rows.entries()].sort(([a], [b]) => a - b);
  const underWay = rows.filter(([, row]) => isUnderWay(row, board));
  const panels = panelsOf(board, rows);
  // Front ends that do not trust a notebook strip <svg>, but not images.
  const image = Buffer.from(drawPanels(panels)).toString('base64');
  const html = [
    `<div style="${paper}">`,
    `<div><b>${escapeHtml(headline)}</b></div>`,
    all ? `<progress value="${all.share.toFixed(4)}" max="1" style="width:100%"></progress>` : '',
    panels.length > 0 ? `<img alt="curves" src="data:image/svg+xml;base64,${image}">` : '',
    ...rows.map(([, row]) => legendLine(row, isUnderWay(row, board))),
    '</div>',
  ];
  const latest = underWay.map(([, row]) => row.latest);
  return {
    'text/html': html.join(''),
    'text/plain': all
      ? `[${'#'.repeat(20 * all.share).padEnd(20, '.')}] ${overviewLine(all, latest)}`
      : headline,
  };
}

/** A run and its numbers; one under way is bold and says how far it is. */
function legendLine({ latest, loss, accuracy }: Row, isCurrent: boolean): string {
  const { run, series, step, steps } = latest;
  const { colour, dash } = seriesStyle(series);
  const lastLoss = loss.points().at(-1)?.[1];
  const lastAccuracy = accuracy.points().at(-1)?.[1];
  const parts = [
    isCurrent ? `<b>${escapeHtml(run)}</b>` : escapeHtml(run),
    ...(isCurrent ? [`step ${grouped(step)} of ${grouped(steps)}`] : []),
    ...(lastLoss === undefined ? [] : [`loss ${formatLoss(lastLoss)}`]),
    ...(lastAccuracy === undefined ? [] : [`accuracy ${formatShare(lastAccuracy)}`]),
  ];
  const border = `3px ${dashes[dash]?.border ?? 'solid'} ${colour}`;
  const mark = `display:inline-block;width:24px;vertical-align:middle;border-top:${border}`;
  return `<div><span style="${mark}"></span> ${parts.join(' · ')}</div>`;
}

/** Loss and accuracy of every run, those under way thicker; a panel without a curve is left out. */
function panelsOf(board: Board, entries: readonly (readonly [number, Row])[]): Panel[] {
  const length = Math.max(1, ...entries.map(([, { latest }]) => latest.steps));
  const lines = (curve: 'loss' | 'accuracy'): Panel['lines'] =>
    entries
      .filter(([, row]) => row[curve].points().length > 0)
      .map(([, row]) => {
        const { colour, dash } = seriesStyle(row.latest.series);
        const width = isUnderWay(row, board) ? 2 : 1.2;
        return { colour, width, dashes: dashes[dash]?.strokes, points: row[curve].points() };
      });
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
