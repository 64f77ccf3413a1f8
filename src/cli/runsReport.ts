/** Runs as text for a terminal. */
import { isOutdated } from '../runs/manifest';
import { type PhaseSeconds, sharesLine } from '../runs/phases';
import type { Run } from '../runs/run';
import type { RunSummary } from '../runs/store';
import type { RunCheck } from '../runs/verify';
import { formatDuration } from '../system/numberText';
import { textTable } from '../system/textTable';

/** A line per run. */
export function runsReport(summaries: readonly RunSummary[]): string {
  if (summaries.length === 0) return 'no runs yet\n';
  const rows = summaries.map(({ id, place, config, manifest, problem }) =>
    config && manifest
      ? [
          id,
          isOutdated(config, manifest) ? `${manifest.status}, outdated` : manifest.status,
          `${manifest.step}/${config.steps}`,
          config.model === 'vgg' ? config.data : 'gaussian',
          formatDuration(manifest.seconds),
          manifest.started.slice(0, 16).replace('T', ' '),
          place,
        ]
      : [id, 'damaged', '', '', '', '', `${place}: ${problem}`],
  );
  return textTable([['run', 'status', 'steps', 'data', 'time', 'started (UTC)', 'place'], ...rows]);
}

/** What is known about a run but for the numbers in its tables. */
export function describeRun({ id, config, manifest, tables, torn }: Run) {
  const sizes = Object.entries(tables).map(([name, { columns, rows }]) => [
    name,
    { columns, rows: rows.length },
  ]);
  const shape = Object.fromEntries(sizes) as Record<string, { columns: string[]; rows: number }>;
  return { id, config, manifest, tables: shape, torn: torn ?? [] };
}

/** `step 61%, landscape 20% (step 12.3 s, landscape 4.1 s)`: the greatest first. */
const phasesText = (phases: PhaseSeconds): string => {
  const seconds = Object.entries(phases)
    .sort(([, a], [, b]) => b - a)
    .map(([name, each]) => `${name} ${each.toFixed(1)} s`);
  return `${sharesLine(phases)} (${seconds.join(', ')})`;
};

/** A histogram has dozens of them. */
const shownColumns = 8;

/** One run in full. */
export function runReport(run: Run): string {
  const { config, manifest, tables, torn } = describeRun(run);
  const phases = manifest.phases && { phases: phasesText(manifest.phases) };
  const rows = Object.entries({ ...config, ...manifest, ...phases }).map(([key, value]) => [
    key,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const sizes = Object.entries(tables).map(([name, { columns, rows: count }]) => [
    name,
    `${count} rows of ${columns.slice(0, shownColumns).join(', ')}${columns.length > shownColumns ? ', ...' : ''}`,
  ]);
  const lost = torn.map((name) => `${name}: the torn last row was left out\n`);
  return [textTable(rows), '\n', textTable(sizes), ...lost].join('');
}

/** What checks found: a line for each thing, and how many runs are good. */
export function checkReport(checks: readonly RunCheck[]): string {
  const lines = checks.flatMap(({ problems, torn, leftovers, unchecked }) => [
    ...problems.map((problem) => `bad: ${problem}`),
    ...torn.map((file) => `note: ${file}: the last row is torn; the next training writes it again`),
    ...leftovers.map((file) => `note: ${file} was left by a process that is gone`),
    ...(unchecked === undefined ? [] : [`note: ${unchecked}`]),
  ]);
  const good = checks.filter(({ problems }) => problems.length === 0).length;
  return [...lines, `${good} of ${checks.length} runs are good`, ''].join('\n');
}
