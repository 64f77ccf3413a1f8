/**
 * `bn-lab bench xla`: what XLA's flags change about the training step with and without normalisation, in seconds of
 * compilation and milliseconds a step. Each try is a process of its own, since the flags are read once, and is ended where
 * its time is up; all together take five minutes at most.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { engineEnvironment } from '../engine/environment';
import { readEngineInfo } from '../engine/info';
import type { VggOptions } from '../models/vgg';
import { UserError } from '../system/errors';
import { projectRoot } from '../system/paths';
import { textTable } from '../system/textTable';
import type { XlaTime } from './xlaChild';

interface Variant {
  name: string;
  /** Added to the engine's own XLA_FLAGS, or put in their place. */
  flags?: (own: string) => string;
  /** Programs that were compiled before are read from the folder that the variant before has filled. */
  cached?: true;
}

const fusedConvolutions = /--xla_disable_hlo_passes=cudnn-fused-convolution-rewriter/;

const allVariants: Variant[] = [
  { name: "the engine's own flags", cached: true },
  { name: 'the same, compiled before', cached: true },
  { name: 'no autotuning', flags: (own) => `${own} --xla_gpu_autotune_level=0` },
  { name: 'convolutions in NHWC', flags: (own) => `${own} --xla_gpu_force_conv_nhwc=true` },
  { name: 'convolution and bias as one', flags: (own) => own.replace(fusedConvolutions, '') },
];

const networks = ['batch', 'none'] as const;

export interface XlaRow {
  network: (typeof networks)[number];
  variant: string;
  /** Null where it was not done in time, or failed. */
  time: XlaTime | null;
  /** Why there is no time. */
  problem: string;
}

export interface XlaBenchOptions {
  /** All tries together, in seconds. */
  seconds?: number;
  /** The network; by default the paper's on a GPU. */
  network?: Omit<VggOptions, 'normalisation'>;
  batch?: number;
  steps?: number;
  /** How many of the variants, from the first on (default: all). */
  variants?: number;
  log: (line: string) => void;
}

const paperNetwork: Omit<VggOptions, 'normalisation'> = {
  architecture: 'vgg16',
  width: 1,
  head: 4096,
};

function tryOnce(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  seconds: number,
): Promise<Pick<XlaRow, 'time' | 'problem'>> {
  return new Promise((resolve) => {
    const file = path.join(projectRoot, 'dist', 'bench', 'xlaChild.js');
    const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], {
      env: { ...process.env, BN_ENGINE_STEP: 'xla', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, 1000 * seconds);
    child.on('close', (code) => {
      clearTimeout(timer);
      const line = output.out.trim().split('\n').at(-1) ?? '';
      if (late) resolve({ time: null, problem: `not done in ${seconds.toFixed(0)} s` });
      else if (code === 0) resolve({ time: JSON.parse(line) as XlaTime, problem: '' });
      else resolve({ time: null, problem: output.err.trim().split('\n').at(-1) ?? `exit ${code}` });
    });
  });
}

/** Times the variants on both networks; see the file's head. Throws UserError without an engine. */
export async function xlaTimes(options: XlaBenchOptions): Promise<XlaRow[]> {
  const { seconds = 300, network = paperNetwork, batch = 128, steps = 100, log } = options;
  const variants = allVariants.slice(0, options.variants);
  const info = readEngineInfo();
  if (!info) throw new UserError('no TensorFlow engine: run `npx bn-lab doctor --fix`');
  const own = engineEnvironment(info, undefined, {}).XLA_FLAGS ?? '';
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'bn-lab-xla-'));
  const end = performance.now() + 1000 * seconds;
  const rows: XlaRow[] = [];
  try {
    for (const { name, flags, cached } of variants) {
      for (const normalisation of networks) {
        const left = Math.max(0, end - performance.now()) / 1000;
        const tries = 2 * variants.length - rows.length;
        // No try takes more than twice its share of what is left.
        const limit = Math.min(left, (2 * left) / tries);
        const args = [JSON.stringify({ ...network, normalisation }), String(batch), String(steps)];
        const env: NodeJS.ProcessEnv = {
          ...(own && { XLA_FLAGS: flags?.(own) ?? own }),
          ...(cached && { TF_XLA_FLAGS: `--tf_xla_persistent_cache_directory=${cache}` }),
        };
        const row = { network: normalisation, variant: name, ...(await tryOnce(args, env, limit)) };
        rows.push(row);
        log(`${name}, ${normalisation}: ${row.problem || `${row.time!.compile.toFixed(1)} s`}`);
      }
    }
  } finally {
    fs.rmSync(cache, { recursive: true, force: true });
  }
  return rows;
}

/** Runs `bench xla` and prints its table. */
export async function benchXla({
  json,
  log,
}: {
  json: boolean;
  log: (line: string) => void;
}): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const rows = await xlaTimes({ log: json ? () => {} : say });
  if (json) return log(JSON.stringify(rows));
  const cells = rows.map(({ network, variant, time, problem }) => [
    network,
    variant,
    ...(time
      ? [time.compile.toFixed(1), time.reading.toFixed(2), time.queued.toFixed(2)]
      : [problem, '-', '-']),
  ]);
  const head = ['network', 'flags', 'compiled, s', 'ms a step', 'loss read at the end'];
  log(textTable([head, ...cells]).trimEnd());
}
