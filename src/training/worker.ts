/**
 * A process that trains runs for another one (pool.ts), one at a time. It ends when the other one closes the channel
 * or dies, after a checkpoint where a run is under way.
 */
import { avoidXla, onXlaCompilation } from '../engine/compile';
import { messageOf } from '../system/errors';
import { stopSignals } from '../system/stoppable';
import type { TrainProgress } from './loop';
import { type ErrorKind, errorKinds, type FromWorker, type ToWorker } from './pool';
import { trainHere } from './trainer';

/** Between two messages about a run; the last step's is always sent. */
const progressMs = 200;

const stop = new AbortController();
let busy = false;

/** Calls `then` when the message is out, or will never be. */
const tell = (message: FromWorker, then = (): void => {}): void =>
  void process.send?.(message, undefined, undefined, then);

function throttled(): (progress: TrainProgress) => void {
  let sent = -Infinity;
  return (progress) => {
    if (performance.now() - sent < progressMs && progress.step < progress.steps) return;
    sent = performance.now();
    tell({ type: 'progress', progress });
  };
}

function failure(error: unknown): FromWorker {
  const kinds = Object.keys(errorKinds) as ErrorKind[];
  const kind = kinds.find((name) => error instanceof errorKinds[name]) ?? 'Error';
  const stack = error instanceof Error ? error.stack : undefined;
  return { type: 'failed', kind, message: messageOf(error), stack };
}

async function train({
  config,
  root,
  retrain,
  withoutXla,
}: Extract<ToWorker, { type: 'train' }>): Promise<void> {
  busy = true;
  avoidXla(withoutXla);
  let last: FromWorker = { type: 'done' };
  try {
    await trainHere(config, { root, retrain, signal: stop.signal, onProgress: throttled() });
  } catch (error) {
    last = failure(error);
  }
  busy = false;
  tell(last, () => {
    if (!process.connected) process.exit();
  });
}

onXlaCompilation((compilation) => tell({ type: 'compilation', compilation }));
// Ctrl-C on a terminal and a notebook's stop button reach all processes: the parent decides what becomes of it.
process.on('SIGINT', () => {});
for (const name of stopSignals.filter((each) => each !== 'SIGINT'))
  process.on(name, () => stop.abort());
// A parent that died reads no more of what is printed here.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.on('disconnect', () => {
  stop.abort();
  if (!busy) process.exit();
});
process.on('message', (message: ToWorker) => {
  if (message.type === 'train') void train(message);
  else stop.abort();
});
