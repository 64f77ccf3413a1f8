/** What a run's manifest says about where its numbers come from: versions, device, commit. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { stepMode } from '../engine/compile';
import { deviceReport } from '../engine/report';
import { tf } from '../engine/tf';
import type { Manifest } from '../runs/run';
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

let facts: Pick<Manifest, 'versions' | 'device' | 'commit'> | undefined;

/** The facts of this process, found at the first call. */
export function runFacts(): Pick<Manifest, 'versions' | 'device' | 'commit'> {
  if (!facts) {
    const { version } = JSON.parse(
      readFileSync(path.join(projectRoot, 'package.json'), 'utf8'),
    ) as { version: string };
    facts = {
      versions: { 'bn-lab': version, node: process.version, ...tf.version },
      device: { ...deviceReport(), step: stepMode({ trainingStep: true }) },
      commit: commit(),
    };
  }
  return facts;
}
