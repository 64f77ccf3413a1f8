/** Shares runs out among those that train them, and with other processes that train runs of the same store. */
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { runFiles, runFolder, storeFolders } from '../runs/folders';
import { findOwnRun } from '../runs/store';
import { lockHolder, Taken } from '../system/lock';
import { Interrupted, type TrainOptions } from './loop';
import type { Train } from './pool';

export interface ShareOptions extends TrainOptions {
  /** Called when a run has its end, wherever it was trained. */
  onEnd?: (config: RunConfig) => void;
  /** Gets lines about what goes on (default: nobody does). */
  log?: (line: string) => void;
}

/** How often it is looked whether another process is done. */
const pollMs = 1000;

const stopped = (): Interrupted => new Interrupted('stopped: the same command goes on from there');

/**
 * Trains all runs; each of `trainers` takes one after the other, in order. A run that another process is training is left
 * to the end and waited for, so that two processes share a list of runs without training one twice. The first error stops
 * all trainers, each with its run resumable, and is thrown; Interrupted where the signal stopped them.
 */
export async function shareOut(
  configs: readonly RunConfig[],
  trainers: readonly Train[],
  options: ShareOptions = {},
): Promise<void> {
  const { signal: outer, root, retrain, onProgress, onEnd, log = () => {} } = options;
  const failed = new AbortController();
  const signal = outer ? AbortSignal.any([outer, failed.signal]) : failed.signal;
  const queue = [...configs];
  const errors: Error[] = [];
  let said = false;

  const lockOf = (config: RunConfig): string =>
    runFiles(runFolder(storeFolders({ root }).root, runId(config))).lock;
  const holderOf = (config: RunConfig) => lockHolder(lockOf(config));
  const isThere = (config: RunConfig): boolean => !retrain && !!findOwnRun(config, { root });

  /** Takes a run that nobody else is at out of the queue; undefined where there is none. */
  function take(): RunConfig | undefined {
    for (const config of [...queue]) {
      const isDone = isThere(config);
      if (!isDone && holderOf(config)) continue;
      queue.splice(queue.indexOf(config), 1);
      if (!isDone) return config;
      onEnd?.(config);
    }
    return undefined;
  }

  function sayWaiting(): void {
    const config = queue.find(holderOf);
    const holder = config && holderOf(config);
    if (said || !holder) return;
    said = true;
    const { pid, host } = holder;
    // Whether a process of another machine is still there cannot be seen from here.
    const place =
      host === os.hostname() ? '' : ` on ${host}; delete ${lockOf(config)} if that process is gone`;
    log(`waiting for run ${runId(config)}, which process ${pid} is training${place}`);
  }

  async function work(train: Train): Promise<void> {
    while (queue.length) {
      if (signal.aborted) throw stopped();
      const config = take();
      if (config) {
        try {
          await train(config, { signal, root, retrain, onProgress });
          onEnd?.(config);
        } catch (error) {
          // Another process had the run between the look at its lock and its opening.
          if (!(error instanceof Taken)) throw error;
          queue.push(config);
        }
      } else if (queue.length) {
        sayWaiting();
        await sleep(pollMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  await Promise.all(
    trainers.map((train) =>
      work(train).catch((error: unknown) => {
        errors.push(error as Error);
        failed.abort();
      }),
    ),
  );
  if (errors.length === 0) return;
  const cause = errors.find((error) => !(error instanceof Interrupted));
  throw cause ?? (errors.length === 1 ? errors[0]! : stopped());
}
