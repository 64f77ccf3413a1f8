import { type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { runId } from '../../src/config/hash';
import { deepLinearRun, vggRun } from '../../src/config/presets';
import type { RunConfig } from '../../src/config/schema';
import { runFiles, runFolder } from '../../src/runs/folders';
import { findRun, readRun } from '../../src/runs/store';
import { openRun } from '../../src/runs/writer';
import { UserError } from '../../src/system/errors';
import { lockHolder } from '../../src/system/lock';
import { projectRoot } from '../../src/system/paths';
import { isAlive } from '../../src/system/processes';
import { threadsOf, workerCount } from '../../src/training/pool';
import { Interrupted, trainRuns } from '../../src/training/trainer';
import { outcomeOf, runScript } from '../runs/compiled';
import { sampleFacts, temporaryFolder } from '../runs/sample';

/** Two kinds of network; the workers run what `npm test` compiled into dist/. */
const short = [
  vggRun('smoke', { normalisation: 'batch' }),
  deepLinearRun('smoke', { normalisation: 'batch' }),
  deepLinearRun('smoke', { normalisation: 'l1' }),
];
/** Runs that nobody waits for the end of. */
const long = [0, 1, 2].map((seed) => deepLinearRun('smoke', { seed, steps: 200_000 }));

let root: string;
beforeEach(() => {
  root = temporaryFolder();
  vi.stubEnv('BN_WORKERS', '2');
  vi.stubEnv('TF_NUM_INTRAOP_THREADS', '1');
});
afterEach(() => void vi.unstubAllEnvs());

const lockOf = (config: RunConfig) => lockHolder(runFiles(runFolder(root, runId(config))).lock);
/** The processes that are training some of `configs`. */
const processes = (configs: readonly RunConfig[]): number[] =>
  configs.flatMap((config) => lockOf(config)?.pid ?? []);

async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 30_000, interval: 20 });
}

/** Trains in another process, which prints the ids of the runs that it trained, and what it has to say. */
function startParent(configs: readonly RunConfig[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const script = `
    const { runId } = require('./config/hash');
    const said = new Set();
    require('./training/trainer').trainRuns(${JSON.stringify(configs)}, {
      root: ${JSON.stringify(root)},
      log: console.log,
      onProgress: ({ config }) => said.add(runId(config)),
    }).then(() => said.forEach((id) => console.log('trained ' + id)), (e) => { throw e; });`;
  return runScript(path.join(projectRoot, 'dist'), script, env);
}

const tables = (folder: string, config: RunConfig): Record<string, string> => {
  const dir = runFolder(folder, runId(config));
  const names = fs.readdirSync(dir).filter((name) => name.endsWith('.csv'));
  return Object.fromEntries(
    names.map((name) => [name, fs.readFileSync(path.join(dir, name), 'utf8')]),
  );
};

describe('workers', () => {
  it('train side by side, and write the bytes that one process writes', async () => {
    const used = new Set<number>();
    const ended: string[] = [];
    const lines: string[] = [];
    const runs = await trainRuns(short, {
      root,
      log: (line) => lines.push(line),
      onProgress: ({ config }) => processes([config]).forEach((pid) => used.add(pid)),
      onEnd: (config) => ended.push(runId(config)),
    });
    expect(runs.map(({ id }) => id)).toEqual(short.map(runId));
    expect(runs.map(({ manifest }) => manifest.status)).toEqual(['done', 'done', 'done']);
    expect(runs[0]!.manifest.device.intraOpThreads).toBe(1); // of VGG; the others use no TensorFlow
    expect(ended.sort()).toEqual(short.map(runId).sort());
    expect(used.size).toBe(2);
    expect(used).not.toContain(process.pid);
    expect([...used].filter((pid) => isAlive(pid))).toEqual([]);
    expect(lines).toEqual(['2 runs at a time, in processes of their own']);

    const inWorkers = root;
    root = temporaryFolder();
    const alone = await outcomeOf(startParent(short, { BN_WORKERS: '1' }));
    expect(alone).toMatchObject({ code: 0 });
    for (const config of short) expect(tables(inWorkers, config)).toEqual(tables(root, config));
  });

  it('begin with the longest, or with what is needed most', async () => {
    vi.stubEnv('BN_WORKERS', '1');
    const configs = [0, 1, 2].map((seed) => deepLinearRun('smoke', { seed, steps: 30 + seed }));
    const orderOf = async (options: object): Promise<number[]> => {
      const seeds: number[] = [];
      const onEnd = ({ seed }: RunConfig) => seeds.push(seed);
      await trainRuns(configs, { root: temporaryFolder(), onEnd, ...options });
      return seeds;
    };
    const need = ({ seed }: RunConfig): number => [4, 9, 4][seed]!;
    expect(await orderOf({ need })).toEqual([2, 1, 0]);
    expect(await orderOf({ need, neededFirst: true })).toEqual([1, 2, 0]);
  });

  it('stop with a checkpoint, and the runs go on from there', async () => {
    const stop = new AbortController();
    const configs = long.map((config) => ({ ...config, steps: 20_000 }));
    let used: number[] = [];
    const stopped = trainRuns(configs, {
      root,
      signal: stop.signal,
      onProgress: () => {
        used = processes(configs);
        if (used.length < 2) return;
        used.forEach((pid) => process.kill(pid, 'SIGINT')); // as a terminal's Ctrl-C does
        stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow(Interrupted);
    await expect(stopped).rejects.toThrow('stopped: the same command goes on from there');
    expect(used.filter((pid) => isAlive(pid))).toEqual([]);
    const [first, second, third] = configs.map((config) => readRun(runId(config), { root }));
    for (const run of [first, second]) {
      expect(run?.manifest.status).toBe('interrupted');
      expect(run?.manifest.step).toBeGreaterThan(0);
    }
    expect(third).toBeUndefined();
    const from: number[] = [];
    await trainRuns([configs[0]!, configs[1]!], {
      root,
      onProgress: ({ config: { seed }, step }) => (from[seed] ??= step),
    });
    expect(from).toEqual([first, second].map((run) => run!.manifest.step + 1));
  });

  it('that is killed is named, the other stops with a checkpoint, and both can go on', async () => {
    const training = trainRuns(long, { root });
    const failure = training.catch((error: unknown) => error);
    await until(() => processes(long).length === 2);
    const [victim] = long.filter((config) => lockOf(config));
    const used = processes(long);
    process.kill(lockOf(victim!)!.pid, 'SIGKILL');
    const error = await failure;
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe(
      `run ${runId(victim!)}: its process was ended by SIGKILL: the same command goes on from ` +
        'there (BN_WORKERS=1 takes less memory)',
    );
    expect(used.filter((pid) => isAlive(pid))).toEqual([]);
    const files = long.map((config) => runFiles(runFolder(root, runId(config))));
    const survivor = long[0] === victim ? files[1] : files[0];
    expect(fs.existsSync(survivor!.checkpoint)).toBe(true);
    for (const config of long.slice(0, 2)) openRun(config, { root, facts: sampleFacts }).close();
  });

  it('pass on an error as it is', async () => {
    fs.mkdirSync(path.join(root, runId(long[0]!), 'config.json'), { recursive: true });
    const error = await trainRuns(long, { root, retrain: true }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(/^cannot write .*config\.json: a folder is where/);
    expect((error as Error).stack).toContain('writer.ts');
    expect(processes(long)).toEqual([]);
  });

  it('end with a parent that is killed, and free their runs', async () => {
    const parent = startParent(long);
    const outcome = outcomeOf(parent);
    await until(() => processes(long).length === 2);
    const used = processes(long);
    parent.kill('SIGKILL');
    await outcome;
    await until(() => used.every((pid) => !isAlive(pid)));
    expect(processes(long)).toEqual([]);
    // Not at the last checkpoint, but at the step that was under way.
    const [first] = long.map((config) => readRun(runId(config), { root }));
    expect(first?.manifest.status).toBe('interrupted');
    expect(fs.existsSync(runFiles(runFolder(root, runId(long[0]!))).checkpoint)).toBe(true);
  });
});

describe('two processes with one store', () => {
  const trainedIn = (stdout: string): string[] =>
    [...stdout.matchAll(/^trained (.*)$/gm)].map(([, id]) => id!);

  it('share the runs and train none twice', async () => {
    const configs = [0, 1, 2, 3].map((seed) => deepLinearRun('smoke', { seed, steps: 600 }));
    const [a, b] = await Promise.all([
      outcomeOf(startParent(configs)),
      outcomeOf(startParent(configs, { BN_WORKERS: '1' })),
    ]);
    expect([a.code, b.code], a.stderr + b.stderr).toEqual([0, 0]);
    const trained = [...trainedIn(a.stdout), ...trainedIn(b.stdout)];
    expect(trained.sort()).toEqual(configs.map(runId).sort());
  });

  it('wait for a run that the other one is at, and train it where it was left', async () => {
    const [first, second, third] = short;
    const writers = [first!, second!].map((config) =>
      openRun(config, { root, facts: sampleFacts }),
    );
    const parent = startParent(short);
    const outcome = outcomeOf(parent);
    let said = '';
    parent.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('waiting') && !!findRun(third!, { root }));
    writers[0]!.table('steps', ['step', 'loss']);
    writers[0]!.finish('done');
    writers[1]!.close();
    const { code, stdout } = await outcome;
    expect(code).toBe(0);
    expect(trainedIn(stdout).sort()).toEqual([runId(second!), runId(third!)].sort());
    const waiting = stdout.split('\n').filter((line) => line.startsWith('waiting'));
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toMatch(
      new RegExp(`^waiting for run \\S+, which process ${process.pid} is training$`),
    );
  });
});

describe('workerCount', () => {
  const runs = (count: number): RunConfig[] =>
    Array.from({ length: count }, (_, seed) => vggRun('quick', { seed }));
  const ask = (asked: string | undefined, count = 3, gpu = false): number => {
    vi.stubEnv('BN_WORKERS', asked);
    return workerCount(runs(count), { gpu });
  };

  it('is what BN_WORKERS says, but never more than there are runs', () => {
    expect(ask('2')).toBe(2);
    expect(ask('64')).toBe(3);
    expect(ask('2', 3, true)).toBe(2);
  });

  it.each(['0', '-1', '1.5', 'two', '1e9'])('refuses BN_WORKERS=%s in one line', (asked) => {
    expect(() => ask(asked)).toThrow(
      new UserError(
        `BN_WORKERS is "${asked}"; give the number of runs to train at a time, 1 or more`,
      ),
    );
  });

  it('is 1 on a GPU, for one run and for runs of a few steps', () => {
    expect(ask(undefined, 3, true)).toBe(1);
    expect(ask(undefined, 1)).toBe(1);
    expect(workerCount(short.slice(0, 2), { gpu: false })).toBe(1);
  });

  it('is at most a process per core and for each 1.2 GB of memory, and at least 1', async () => {
    const { default: os } = await import('node:os');
    const cores = vi.spyOn(os, 'availableParallelism').mockReturnValue(8);
    const memory = vi.spyOn(os, 'freemem').mockReturnValue(64 * 2 ** 30);
    const limit = vi.spyOn(process, 'constrainedMemory').mockReturnValue(0);
    expect(ask(undefined, 20)).toBe(8);
    expect(threadsOf(3)).toBe(2);
    expect(threadsOf(20)).toBe(1);
    memory.mockReturnValue(6 * 2 ** 30);
    expect(ask(undefined, 20)).toBe(4); // 1.2 GB, and 0.2 for 1/8 of the width at half the batch
    memory.mockReturnValue(2 ** 29);
    expect(ask(undefined, 20)).toBe(1);
    memory.mockReturnValue(64 * 2 ** 30);
    limit.mockReturnValue(4 * 2 ** 30);
    expect(ask(undefined, 20)).toBe(2);
    for (const spy of [cores, memory, limit]) spy.mockRestore();
  });
});
