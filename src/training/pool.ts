/**
 * Worker processes that train runs side by side, each with its share of the cores. A step of a small network takes as
 * long with one thread as with several, so that two runs at a time on two cores take half as long as one after the other.
 */
import { type ChildProcess, fork } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import type { XlaCompilation } from '../engine/compile';
import { messageOf, UserError } from '../system/errors';
import { Taken } from '../system/lock';
import { projectRoot } from '../system/paths';
import { CompilationGivenUp, networkKey, watchCompilations } from './compileWatch';
import { Interrupted, type TrainOptions, type TrainProgress } from './loop';

/** What a worker is asked to do. */
export type ToWorker =
  | {
      type: 'train';
      config: RunConfig;
      root?: string;
      retrain?: boolean;
      /** Steps that XLA is not to compile. */
      withoutXla: readonly string[];
    }
  | { type: 'stop' };

/** What a worker says: how far it is, and once for each run how it ended. */
export type FromWorker =
  | { type: 'progress'; progress: TrainProgress }
  | { type: 'compilation'; compilation: XlaCompilation }
  | { type: 'done' }
  | { type: 'failed'; kind: ErrorKind; message: string; stack?: string };

/** The errors that stay what they are on their way from a worker; each before those that it is a kind of. */
export const errorKinds = { Interrupted, Taken, UserError, Error };

export type ErrorKind = keyof typeof errorKinds;

/** Trains a run. Throws as `trainRun` does. */
export type Train = (config: RunConfig, options: TrainOptions) => Promise<void>;

/** A process that trains one run at a time. It is started with its first run. */
export interface Worker {
  train: Train;
  /** Ends the process; with a run under way, after a checkpoint. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  /** How many threads TensorFlow computes with, unless TF_NUM_INTRAOP_THREADS is set. */
  threads: number;
  /** Gets what the process prints, line by line. */
  log: (line: string) => void;
}

const gigabyte = 2 ** 30;

/**
 * What a process needs beside others. Upper bounds: for a VGG TensorFlow, the data set, and what grows with width and batch;
 * for a deep linear network Node, and its samples eight times over.
 */
function memoryOf(config: RunConfig): number {
  if (config.model === 'deepLinear') return 0.2 * gigabyte + 8 * 8 * config.samples * config.size;
  return (1.2 + 3 * config.width * (config.batchSize / 128)) * gigabyte;
}

/** A container's limit counts where there is one; a quarter of it stays for the parent. */
function freeMemory(): number {
  const limit = process.constrainedMemory();
  return Math.min(os.freemem(), limit ? 0.75 * limit : Infinity);
}

/** Runs of fewer steps are over before another process has started. */
const worthwhileSteps = 100;

/**
 * How many processes train some runs; 1 stands for this process itself. BN_WORKERS decides where it is set (throws
 * UserError where it makes no sense). Else 1 on a GPU, which one process keeps busy, and for runs of a few steps; on a
 * CPU as many as there are cores and memory for. Never more than runs.
 */
export function workerCount(configs: readonly RunConfig[], { gpu }: { gpu: boolean }): number {
  const most = Math.max(1, configs.length);
  const asked = process.env.BN_WORKERS;
  if (asked !== undefined && asked !== '') {
    if (!/^[1-9]\d{0,3}$/.test(asked))
      throw new UserError(
        `BN_WORKERS is ${JSON.stringify(asked)}; give the number of runs to train at a time, 1 or more`,
      );
    return Math.min(most, Number(asked));
  }
  if (gpu || configs.every(({ steps }) => steps < worthwhileSteps)) return 1;
  const memory = Math.floor(freeMemory() / Math.max(...configs.map(memoryOf)));
  return Math.max(1, Math.min(most, os.availableParallelism(), memory));
}

/** Threads of each of `workers` processes, so that together they use the cores once. */
export const threadsOf = (workers: number): number =>
  Math.max(1, Math.floor(os.availableParallelism() / workers));

/** What TensorFlow says at every start. */
const noise = /All log messages before absl::InitializeLog|oneDNN custom operations are on/;

function passOn(stream: Readable, log: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() && !noise.test(line)) log(line);
  });
}

function start({ threads, log }: WorkerOptions): ChildProcess {
  const child = fork(path.join(projectRoot, 'dist', 'training', 'worker.js'), [], {
    execArgv: ['--enable-source-maps'], // not those of this process: a test runner's, a kernel's
    env: { TF_NUM_INTRAOP_THREADS: String(threads), ...process.env },
    serialization: 'advanced', // a loss may be NaN
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  passOn(child.stdout!, log);
  passOn(child.stderr!, log);
  return child;
}

/** A worker's error as it would be here. */
function errorOf({ kind, message, stack }: Extract<FromWorker, { type: 'failed' }>): Error {
  const error = new errorKinds[kind](message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** A worker that has nothing to do ends at once. */
const patienceMs = 10_000;

/** By network, the steps whose compilation was given up: no run of this process waits for one again. */
const givenUp = new Map<string, string[]>();

/** Makes a worker. */
export function createWorker(options: WorkerOptions): Worker {
  let child: ChildProcess | undefined;
  /** How the process ended, in words; undefined while it lives. */
  let end: string | undefined;
  let ended: Promise<void> | undefined;

  function begin(): ChildProcess {
    end = undefined;
    const started = start(options);
    ended = new Promise((resolve) => {
      const finish = (how: string): void => {
        end ??= how;
        resolve();
      };
      started.once('exit', (code, signal) =>
        finish(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      );
      // Also where it could not be started: then there is no exit.
      started.on('error', (error) => finish(`failed (${messageOf(error)})`));
    });
    return started;
  }

  /** A message to a process that has just died is lost; its end is noticed elsewhere. */
  const tell = (to: ChildProcess, message: ToWorker): void =>
    void to.send(message, undefined, undefined, () => {});

  /** Trains a run; throws CompilationGivenUp, with the process ended, where XLA takes too long. */
  async function attempt(
    config: RunConfig,
    { signal, onProgress, root, retrain }: TrainOptions,
  ): Promise<void> {
    child ??= begin();
    const worker = child;
    const stop = (): void => tell(worker, { type: 'stop' });
    let listen: (message: FromWorker) => void = () => {};
    let stubborn: string | undefined;
    const watch = watchCompilations({
      log: options.log,
      giveUp(step) {
        stubborn = step;
        worker.kill('SIGKILL');
      },
    });
    const outcome = new Promise<void>((resolve, reject) => {
      listen = (message) => {
        if (message.type === 'progress') onProgress?.(message.progress);
        else if (message.type === 'done') resolve();
        else if (message.type === 'failed') reject(errorOf(message));
        else if (message.compilation.state === 'begins') watch.begins(message.compilation.name);
        else watch.ends();
      };
      void ended!.then(() => {
        if (stubborn !== undefined) {
          child = undefined;
          reject(new CompilationGivenUp(stubborn));
          return;
        }
        const goesOn = 'the same command goes on from there';
        const hint = end?.includes('SIGKILL') ? ' (BN_WORKERS=1 takes less memory)' : '';
        reject(
          signal?.aborted // Ctrl-C may find it before it knows what to do about that
            ? new Interrupted(`stopped: ${goesOn}`)
            : new UserError(`run ${runId(config)}: its process ${end}: ${goesOn}${hint}`),
        );
      });
    });
    worker.on('message', listen);
    signal?.addEventListener('abort', stop);
    try {
      const withoutXla = givenUp.get(networkKey(config)) ?? [];
      tell(worker, { type: 'train', config, root, retrain, withoutXla });
      if (signal?.aborted) stop();
      await outcome;
    } finally {
      watch.ends();
      worker.off('message', listen);
      signal?.removeEventListener('abort', stop);
    }
  }

  return {
    async train(config, trainOptions) {
      for (;;) {
        try {
          return await attempt(config, trainOptions);
        } catch (error) {
          if (!(error instanceof CompilationGivenUp)) throw error;
          const key = networkKey(config);
          givenUp.set(key, [...(givenUp.get(key) ?? []), error.step]);
        }
      }
    },
    async close() {
      if (!child || end !== undefined) return;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child?.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
