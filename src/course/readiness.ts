/** What a student's machine needs beyond a developer's: the checks that `doctor --course` adds. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { furnishHome } from '../jupyter/home';
import { messageOf } from '../system/errors';
import { isWritable, prepareFolder } from '../system/files';
import { broken, type CheckFunction, type Finding, ok } from '../system/finding';
import { homeRoot, projectRoot, runsDir } from '../system/paths';
import { studentSeed } from './studentSeed';

/** A browser, JupyterLab and one kernel with TensorFlow. */
const littleMemoryGB = 3.5;

function checkMemory(): Finding {
  const limit = process.constrainedMemory();
  const memory = Math.min(os.totalmem(), limit || Infinity) / 1e9;
  const detail = `${memory.toFixed(1)} GB`;
  return memory < littleMemoryGB
    ? broken(
        detail,
        `lessons need ${littleMemoryGB} GB: close other programs, and read recorded runs only`,
      )
    : ok(detail);
}

async function checkRecorded(): Promise<Finding> {
  const { verifyRuns } = await import('../runs/verify');
  const recorded = verifyRuns().filter(({ place }) => place !== 'local');
  const bad = recorded.filter(({ problems }) => problems.length > 0);
  return bad.length > 0 || recorded.length === 0
    ? broken(bad[0]?.problems[0] ?? 'no recorded runs', 'git checkout data/recorded')
    : ok(`${recorded.length} runs, every byte checked`);
}

/** As a lesson begins: the library, recorded runs, TensorFlow, and a check that must be right. */
const cells = [
  "import * as bn from 'bn-lab';",
  "console.log(bn.recordedRuns((seed) => bn.figure(9).runs('quick', [seed])).length > 0, bn.tf.scalar(2).square().dataSync()[0]);",
  "await bn.check('lesson01-2', (yhat: number[], a: number) => yhat.map((v) => Math.sign(a) * v));",
];

const notebook = (sources: readonly string[]): string =>
  JSON.stringify({
    cells: sources.map((source, i) => ({
      ...{ cell_type: 'code', id: `cell-${i}`, source, metadata: {} },
      ...{ execution_count: null, outputs: [] },
    })),
    metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } },
    ...{ nbformat: 4, nbformat_minor: 5 },
  });

async function checkKernel(): Promise<Finding> {
  const { jupyterStatus, runJupyter } = await import('../jupyter/environment');
  if (!jupyterStatus().ready) return broken('no JupyterLab to run it', 'see JupyterLab above');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bn-lab-doctor-'));
  const [file, result] = ['cells.ipynb', 'result.ipynb'].map((name) => path.join(folder, name));
  try {
    writeFileSync(file!, notebook(cells));
    const began = performance.now();
    const code = await runJupyter(
      ['nbconvert', '--to', 'notebook', '--execute', file!, '--output', result!],
      { stdio: 'ignore' },
    );
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const shown = existsSync(result!) ? readFileSync(result!, 'utf8') : '';
    return code === 0 && shown.includes('true 4') && shown.includes('lesson01-2: right')
      ? ok(`a notebook ran in ${seconds} s, and an exercise was checked`)
      : broken(
          'a notebook of three cells did not run',
          'npx bn-lab doctor --course --fix, then npx bn-lab lab',
        );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkHome(): Finding {
  const home = homeRoot();
  try {
    prepareFolder(runsDir());
  } catch (error) {
    return broken(messageOf(error), 'set BN_HOME to a folder of your own');
  }
  if (!isWritable(runsDir())) {
    return broken(`${runsDir()} is not yours to write to`, 'set BN_HOME to a folder of your own');
  }
  const copied = furnishHome();
  const where = home === projectRoot ? `${home} (the checkout)` : home;
  const notebooks = copied.length ? `, ${copied.length} notebooks copied there` : '';
  return ok(`${where}${notebooks}; your seed is ${studentSeed()}`);
}

/** In the order of the report; a machine is ready for class if all are ok. */
export const courseChecks: readonly [name: string, run: CheckFunction][] = [
  ['memory', checkMemory],
  ['recorded', checkRecorded],
  ['kernel', checkKernel],
  ['your folder', checkHome],
];
