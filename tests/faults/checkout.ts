/** The program as its users run it, in processes that can be killed: a copy of the checkout with sources as they are. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { engineDir, projectRoot } from '../../src/system/paths';
import { compileSources } from '../runs/compiled';

/** What mortal.cjs does to a process. */
export interface Fault {
  death?: number;
  journal: string;
}

export interface Checkout {
  folder: string;
  /** Starts `bn-lab` with its store in `store`. */
  start(argv: readonly string[], options: StartOptions): ChildProcess;
  remove(): void;
}

export interface StartOptions {
  store: string;
  /** How often runs keep a checkpoint (default: as always). */
  checkpointSeconds?: number;
  fault?: Fault;
}

/** Runs of seconds shall have checkpoints too: how often there is one becomes a matter of the environment. */
function hastenCheckpoints(folder: string): void {
  const file = path.join(folder, 'training', 'loop.js');
  const source = fs.readFileSync(file, 'utf8');
  const changed = source.replace(
    /(const mostSeconds = )(\d+);/,
    '$1Number(process.env.BN_TEST_CHECKPOINT_SECONDS ?? $2);',
  );
  if (changed === source) throw new Error(`${file} has no mostSeconds`);
  fs.writeFileSync(file, changed);
}

/** Compiles the sources into a temporary folder, with links to all else. */
export function makeCheckout(): Checkout {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bn-lab-checkout-'));
  compileSources(path.join(folder, 'dist'));
  hastenCheckpoints(path.join(folder, 'dist'));
  for (const name of ['src', 'data', 'node_modules', 'package.json']) {
    fs.symlinkSync(path.join(projectRoot, name), path.join(folder, name));
  }
  return {
    folder,
    start(argv, { store, checkpointSeconds, fault }) {
      const mortal = fault ? ['--require', path.join(__dirname, 'mortal.cjs')] : [];
      return spawn(
        process.execPath,
        [...mortal, path.join(folder, 'dist', 'cli', 'main.js'), ...argv],
        {
          cwd: folder,
          env: {
            ...process.env,
            BN_RUNS_DIR: store,
            BN_ENGINE_DIR: engineDir(),
            BN_BROWSER: 'none', // pictures depend on the browser
            BN_FAULT: JSON.stringify(fault ?? {}),
            ...(checkpointSeconds === undefined
              ? {}
              : { BN_TEST_CHECKPOINT_SECONDS: String(checkpointSeconds) }),
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
