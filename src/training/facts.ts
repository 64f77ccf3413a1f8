/** What a run's manifest says about where its numbers come from: versions, device, commit. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { stepMode } from '../engine/compile';
import { deviceReport, machineReport } from '../engine/report';
import { tf } from '../engine/tf';
import type { Manifest } from '../runs/run';
import { trainingStepName } from '../step/step';
import { projectRoot } from '../system/paths';

/**
 * The checkout's commit, with `+` where files differ from it; outside a git checkout, in a container's image say, what
 * BN_COMMIT names, else undefined.
 */
function commit(): string | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return (
      git('rev-parse', '--short=10', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no', 'src') ? '+' : '')
    );
  } catch {
    return process.env.BN_COMMIT || undefined; // no git, or no checkout: a downloaded archive
  }
}

type Facts = Pick<Manifest, 'versions' | 'device' | 'commit'>;

/** Of the program, found at the first call. */
let program: { versions: Record<string, string>; commit?: string } | undefined;

function programFacts(): { versions: Record<string, string>; commit?: string } {
  if (!program) {
    const { version } = JSON.parse(
      readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
    ) as { version: string };
    program = { versions: { 'bn-lab': version, node: process.version }, commit: commit() };
  }
  return program;
}

let engine: Pick<Facts, 'versions' | 'device'> | undefined;

/** The facts of a run that TensorFlow computes in this process; `step` says how its training step runs. */
export function engineFacts(): Facts {
  const { versions, commit } = programFacts();
  engine ??= {
    versions: { ...versions, ...tf.version },
    device: deviceReport(),
  };
  // A compilation that was given up changes the mode from one run of a process to the next.
  const modes = {
    step: stepMode({ name: trainingStepName, trainingStep: true }),
    otherSteps: stepMode(),
  };
  return { ...engine, device: { ...engine.device, ...modes }, commit };
}

/** The facts of a run that is computed in plain TypeScript: no engine is loaded. */
export const plainFacts = (): Facts => ({
  ...programFacts(),
  device: { ...machineReport(), arithmetic: 'float64', engine: 'none' },
});
