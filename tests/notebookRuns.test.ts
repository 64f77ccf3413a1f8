/** Every notebook and lesson from its first cell to its last in a fresh kernel; and what the notebooks show in git. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { figures } from '../src/figures/index';
import { runJupyter } from '../src/jupyter/environment';
import { notebookNames } from '../src/jupyter/notebooks';
import { claimsTable } from '../src/notebook/claimTable';
import { plotlyMime, plotlyOutput } from '../src/notebook/figure';
import { tableHtml } from '../src/notebook/table';
import { recordedRuns } from '../src/runs/record';
import { projectRoot } from '../src/system/paths';

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
}
interface Notebook {
  cells: { cell_type: string; source: string | string[]; outputs?: Output[] }[];
}

const folder = path.join(projectRoot, 'notebooks');
const all = notebookNames();
const lessons = all.filter((name) => name.startsWith('course/'));
const names = all.filter((name) => !lessons.includes(name));
const read = (file: string): Notebook => JSON.parse(fs.readFileSync(file, 'utf8')) as Notebook;
/** Outputs of the cell whose code has `text`. */
function outputsOf({ cells }: Notebook, text: string): Record<string, unknown>[] {
  const cell = cells.find(
    ({ cell_type, source }) => cell_type === 'code' && [source].flat().join('').includes(text),
  );
  return (cell?.outputs ?? []).flatMap(({ data }) => (data ? [data] : []));
}

const readsRecordsOnly = (name: string): boolean =>
  ['claims.ipynb', 'presets.ipynb', ...lessons].includes(name);

describe('run from top to bottom outside the checkout, at preset smoke where they train', () => {
  const out = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-notebooks-'));
  afterAll(() => fs.rmSync(out, { recursive: true, force: true }));
  const env = {
    BN_PRESET: 'smoke',
    BN_SEEDS: '0',
    BN_RUNS_DIR: path.join(out, 'runs'),
    BN_BROWSER: 'none',
  };

  it.concurrent.each(all)(
    '%s',
    async (name) => {
      // A copy, as in a student's folder: imports and types must be found from there, too.
      const copy = path.join(out, `copy-of-${path.basename(name)}`);
      fs.copyFileSync(path.join(folder, name), copy);
      const args = ['nbconvert', '--to', 'notebook', '--execute', copy];
      const timeout = '--ExecutePreprocessor.timeout=600';
      const code = await runJupyter([...args, timeout, '--inplace'], {
        // Of preset smoke nothing is recorded.
        env: { ...env, ...(readsRecordsOnly(name) && { BN_PRESET: 'quick' }) },
        // What goes wrong in a cell stands in the test's report.
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect(code).toBe(0);
      const executed = read(copy);
      const outputs = executed.cells.flatMap(({ outputs = [] }) => outputs);
      expect(outputs.length).toBeGreaterThan(2);
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      const isOfFigure = name.startsWith('fig');
      expect(outputsOf(executed, 'bn.showFigure(figure.draw(').length > 0).toBe(isOfFigure);
    },
    900_000,
  );
});

/** As it stands in a file: no undefined, and NaN as null. */
const asJson = (value: object): unknown => JSON.parse(JSON.stringify(value));

describe.each(figures)('what the notebook of Figure $number shows in git', (figure) => {
  const name = names.find((each) => each.startsWith(figure.notebook));
  const notebook = read(path.join(folder, name!));
  const needsRuns = figure.runs('quick', [0]).length > 0;
  const runs = needsRuns ? recordedRuns((seed) => figure.runs('quick', [seed])) : [];

  it('is drawn from the recorded runs, with a picture for those who cannot run it', () => {
    const [shown] = outputsOf(notebook, 'bn.showFigure(figure.draw(');
    const { plot } = figure.draw(runs, { preset: 'quick' });
    expect(shown![plotlyMime]).toEqual(asJson(plotlyOutput(plot)));
    expect(shown!['image/png']).toMatch(/^iVBORw0KGgo/);
  });

  it.runIf(needsRuns)('has the verdicts of the recorded runs', () => {
    const [shown] = outputsOf(notebook, 'bn.showClaims(figure.claims(runs)');
    const html = [shown!['text/html']].flat().join('');
    expect(html).toBe(tableHtml(claimsTable(figure.claims(runs))));
  });
});
