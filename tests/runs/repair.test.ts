import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { beforeEach, describe, expect, it, vi } from 'vitest';

import { runCli } from '../../src/cli/commands';
import { runId } from '../../src/config/hash';
import { confirm } from '../../src/runs/confirm';
import { recordRuns } from '../../src/runs/record';
import { planRepairs, repair } from '../../src/runs/repair';
import { findRun, readRun } from '../../src/runs/store';
import { verifyRuns } from '../../src/runs/verify';
import { UserError } from '../../src/system/errors';
import {
  abandon,
  finished,
  only,
  open,
  sampleConfig,
  steps,
  temporaryFolder,
  weights,
} from './sample';

const config = sampleConfig();
const id = runId(config);
/** A string in an object. */
const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
let root: string;
const inRun = (name: string): string => path.join(root, id, name);
beforeEach(() => (root = temporaryFolder()));

const flip = (file: string, at = 30): void => {
  const bytes = fs.readFileSync(file);
  bytes[at]! ^= 4;
  fs.writeFileSync(file, bytes);
};

/** A finished run that still has its checkpoint at step 4. */
function finishedWithCheckpoint(): void {
  const writer = open(root);
  steps(writer, 0, 4);
  writer.checkpoint(4, weights(4));
  steps(writer, 4, 10);
  writer.finish('done', { keepCheckpoint: true });
}

/** A run that was killed behind its checkpoint at step 4, in the middle of a row and of the next checkpoint. */
function killed(): void {
  const writer = open(root);
  steps(writer, 0, 4);
  writer.checkpoint(4, weights(4));
  writer.close();
  abandon(writer);
  fs.appendFileSync(inRun('steps.csv'), '4,0.2\n5,0.1');
  fs.writeFileSync(inRun('checkpoint.bin.999999999.bn-lab-tmp'), 'half');
}

describe('verify', () => {
  it('finds nothing wrong with good runs, finished, unfinished and being written', () => {
    finished(root);
    expect(verifyRuns(undefined, only(root))).toMatchObject([{ id, place: 'local', problems: [] }]);
    const writer = open(root, { fresh: true });
    steps(writer, 0, 4);
    writer.checkpoint(4, weights(4));
    expect(verifyRuns(id, only(root))).toMatchObject([
      { problems: [], leftovers: [], unchecked: `${id} is being written: no checksums yet` },
    ]);
    writer.close();
    expect(verifyRuns(id, only(root))[0]).toEqual({
      ...{ id, place: 'local', folder: path.join(root, id) },
      ...{ problems: [], torn: [], leftovers: [] },
    });
  });

  it('tells what a kill left from damage', () => {
    killed();
    expect(verifyRuns(id, only(root))).toMatchObject([
      {
        problems: [],
        torn: [inRun('steps.csv')],
        leftovers: [inRun('checkpoint.bin.999999999.bn-lab-tmp'), inRun('lock')],
      },
    ]);
  });

  it('names all that is damaged, not the first alone', () => {
    finishedWithCheckpoint();
    flip(inRun('steps.csv'));
    flip(inRun('checkpoint.bin'));
    const [check] = verifyRuns(id, only(root));
    expect(check!.problems).toHaveLength(2);
    expect(check!.problems[0]).toContain('checkpoint.bin is damaged');
    expect(check!.problems[1]).toContain('steps.csv is damaged');
  });

  it.each(['steps.csv', 'checkpoint.bin', 'config.json', 'manifest.json'])(
    'notices any flipped byte of an unfinished run in %s, as reading it does',
    (name) => {
      const writer = open(root);
      steps(writer, 0, 4);
      writer.checkpoint(4, weights(4));
      writer.close();
      const whole = fs.readFileSync(inRun(name));
      for (let at = 0; at < whole.length; at++) {
        flip(inRun(name), at);
        expect(() => readRun(id, only(root))).toThrow(`${name} is damaged`);
        expect(verifyRuns(id, only(root))[0]!.problems.join()).toContain(`${name} is damaged`);
        fs.writeFileSync(inRun(name), whole);
      }
      expect(verifyRuns(id, only(root))[0]!.problems).toEqual([]);
    },
  );

  it('checks recorded results too', () => {
    const recorded = temporaryFolder();
    const trained = temporaryFolder();
    finished(trained);
    const { folder } = recordRuns([sampleConfig()], { preset: 'quick', root: trained, recorded });
    flip(path.join(folder, 'steps.csv.gz'));
    expect(verifyRuns(undefined, { root, recorded })).toMatchObject([
      {
        id,
        place: 'recorded/quick',
        problems: [matching(/steps\.csv\.gz is damaged.*comes back with git/)],
      },
    ]);
  });

  it('says that there is no such run', () => {
    expect(() => verifyRuns('a', only(root))).toThrow('there is no run a');
    expect(() => verifyRuns('../x', only(root))).toThrow('is no id of a run');
  });
});

const apply = (): void =>
  planRepairs(undefined, { root }).forEach((plan) => repair(plan, { root }));
const says = (): string[] =>
  planRepairs(undefined, { root }).flatMap((plan) => plan.steps.map((step) => step.says));

describe('repair', () => {
  it('has nothing to do with good runs', () => {
    finished(root);
    expect(planRepairs(undefined, { root })).toEqual([]);
    expect(planRepairs(id, { root })).toEqual([]);
  });

  it('clears away what kills left, and the run goes on', () => {
    killed();
    fs.mkdirSync(path.join(root, '.removed-x-1'));
    expect(says()).toEqual([
      `remove ${path.join(root, '.removed-x-1')}, left by a process that is gone`,
      `remove ${inRun('checkpoint.bin.999999999.bn-lab-tmp')}, left by a process that is gone`,
      `remove ${inRun('lock')}, left by a process that is gone`,
      `cut the torn last row off ${inRun('steps.csv')}`,
    ]);
    apply();
    expect(says()).toEqual([]);
    expect(fs.readdirSync(root)).toEqual([id]);
    expect(readRun(id, only(root))!.tables.steps!.rows.at(-1)).toEqual([4, 0.2]);
    const writer = open(root);
    expect(writer.resume!.step).toBe(4);
    writer.close();
  });

  it.each(['steps.csv', 'manifest.json'])(
    'puts a finished run with a damaged %s back to its checkpoint: its end is the same to the byte',
    (name) => {
      finishedWithCheckpoint();
      const whole = fs.readFileSync(inRun('steps.csv'));
      flip(inRun(name), whole.length - 3); // behind what the checkpoint knows
      expect(says()).toEqual([
        `put ${path.join(root, id)} back to its checkpoint at step 4: the next training goes on from there`,
      ]);
      apply();
      expect(verifyRuns(id, only(root))).toMatchObject([{ problems: [] }]);
      expect(findRun(config, only(root))).toBeUndefined();
      const writer = open(root);
      expect(writer.resume).toEqual({ step: 4, tensors: weights(4) });
      steps(writer, 4, 10);
      writer.finish('done');
      expect(fs.readFileSync(inRun('steps.csv'))).toEqual(whole);
    },
  );

  it.each([
    ['a finished run without a checkpoint', () => void finished(root)],
    ['a checkpoint that does not know these rows', finishedWithCheckpoint],
  ])('keeps what nothing can bring back, and says so: %s', (_, make) => {
    make();
    flip(inRun('steps.csv'), 12);
    const before = fs.readFileSync(inRun('steps.csv'));
    const plans = planRepairs(id, { root });
    expect(plans).toMatchObject([
      { steps: [], lost: [matching(/steps\.csv is damaged .*runs remove/)] },
    ]);
    plans.forEach((plan) => repair(plan, { root }));
    expect(fs.readFileSync(inRun('steps.csv'))).toEqual(before);
  });

  it('leaves alone what a process is at', () => {
    const writer = open(root);
    fs.writeFileSync(inRun('x.999999999.bn-lab-tmp'), 'half');
    expect(planRepairs(undefined, { root })).toEqual([]);
    expect(() => planRepairs(id, { root })).toThrow(`in use by process ${process.pid}`);
    writer.close();
    expect(planRepairs(id, { root })).toHaveLength(1);
  });
});

describe('the commands', () => {
  async function run(...argv: string[]) {
    vi.stubEnv('BN_RUNS_DIR', root);
    const result = { code: 0, stdout: '', stderr: '' };
    result.code = await runCli(['runs', ...argv], {
      stdout: { write: (text) => (result.stdout += text) },
      stderr: { write: (text) => (result.stderr += text) },
    });
    vi.unstubAllEnvs();
    return result;
  }

  it('verify: exit 1 where a run is bad, with its name', async () => {
    finished(root);
    expect(await run('verify', id)).toMatchObject({ code: 0, stdout: '1 of 1 runs are good\n' });
    flip(inRun('steps.csv'));
    const { code, stdout } = await run('verify', id);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad: .*steps\.csv is damaged [^\n]*\n0 of 1 runs are good\n$/);
    expect(JSON.parse((await run('verify', id, '--json')).stdout)).toMatchObject([{ id }]);
  });

  it('repair: does it with --yes, and exits 1 where something is lost', async () => {
    killed();
    expect(await run('verify', id)).toMatchObject({ code: 0 });
    expect(await run('repair')).toMatchObject({
      code: 1,
      stderr: 'bn-lab: Do this? Nobody is there to answer: say so with --yes\n',
    });
    expect(fs.existsSync(inRun('lock'))).toBe(true);
    expect(await run('repair', '--yes')).toMatchObject({
      code: 0,
      stdout: matching(/\nrepaired 1\n$/),
    });
    expect(await run('repair', id)).toMatchObject({ code: 0, stdout: 'nothing to repair\n' });
    flip(inRun('config.json'));
    expect(await run('repair', '--yes')).toMatchObject({
      code: 1,
      stdout: matching(/^cannot be repaired: .*config\.json is damaged/),
    });
  });

  it('remove: asks, and says so where nobody can answer', async () => {
    finished(root);
    const { code, stderr } = await run('remove', id);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `bn-lab: Remove ${path.join(root, id)} for good? Nobody is there to answer: say so with --yes\n`,
    );
    expect(fs.existsSync(inRun('steps.csv'))).toBe(true);
    expect(await run('remove', id, '--yes')).toMatchObject({ code: 0 });
    expect(fs.readdirSync(root)).toEqual([]);
  });
});

describe('a question', () => {
  const terminal = (): PassThrough & { isTTY: boolean } =>
    Object.assign(new PassThrough(), { isTTY: true });

  it.each([
    ['y\n', true],
    ['Yes \n', true],
    ['\n', false],
    ['n\n', false],
    ['yesterday\n', false],
    ['\u0004', false], // Ctrl-D
    ['\u0003', false], // Ctrl-C
  ])('answered %j is %s', async (typed, answer) => {
    const [input, output] = [terminal(), terminal()];
    const asked = confirm('Really?', { input, output });
    input.write(typed);
    expect(await asked).toBe(answer);
    expect(String(output.read())).toContain('Really? [y/N] ');
  });

  it('to nobody is an error, and not asked with --yes', async () => {
    const input = new PassThrough();
    await expect(confirm('Really?', { input })).rejects.toThrow(UserError);
    expect(await confirm('Really?', { input, yes: true })).toBe(true);
  });
});
