/**
 * A long run with all probes: tensors constant, resident memory flat, tables that grow with the steps and no faster.
 * 600 steps unless BN_MEMORY_STEPS says how many. The full form takes some ten minutes on two cores:
 *   BN_MEMORY_STEPS=20000 npm test -- tests/faults/memory.test.ts
 */
import fs from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { deepLinearRun, vggRun } from '../../src/config/presets';
import type { RunConfig } from '../../src/config/schema';
import { trainRun } from '../../src/training/trainer';
import { tensorCounts } from '../engine/counts';
import { temporaryFolder } from '../runs/sample';

const steps = Number(process.env.BN_MEMORY_STEPS ?? 600);
const looks = 20;
const megabyte = 2 ** 20;
/**
 * Bound of the growth of resident memory. Allocators settle in the first thousands of steps, so that a short run shows
 * leaks of tensors (1 MB per step) only.
 */
const boundPerThousandSteps = steps < 5000 ? 100 * megabyte : megabyte;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The slope of a line through points, by least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const [xy, xx] = points.reduce(
    ([a, b], [at, value]) => [a + (at - x) * (value - y), b + (at - x) ** 2] as const,
    [0, 0] as readonly [number, number],
  );
  return xy / xx;
}

describe(`${steps} steps`, () => {
  it.each<[string, RunConfig]>([
    ['VGG', vggRun('smoke', { normalisation: 'noisyBatch', steps })],
    ['the deep linear network', deepLinearRun('smoke', { normalisation: 'batch', steps })],
  ])('of %s take the memory of a few', { timeout: 3_600_000 }, async (name, config) => {
    const root = temporaryFolder();
    const folder = path.join(root, runId(config));
    const tableBytes = (): number =>
      fs
        .readdirSync(folder)
        .filter((file) => file.endsWith('.csv'))
        .reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0);
    const counts: ReturnType<typeof tensorCounts>[] = [];
    const resident: [number, number][] = [];
    await trainRun(config, {
      root,
      onProgress: ({ step }) => {
        if (step % Math.floor(steps / looks)) return;
        counts.push(tensorCounts());
        collectGarbage();
        resident.push([step, process.memoryUsage.rss()]);
      },
    });
    expect(counts).toHaveLength(looks);
    expect(new Set(counts.map((count) => JSON.stringify(count))).size).toBe(1);
    const perThousand = 1000 * slope(resident.slice(looks / 2));
    const bytes = Math.round((1000 * tableBytes()) / steps);
    const last = (resident.at(-1)![1] / megabyte).toFixed(0);
    console.log(
      `${name}, ${steps} steps: ${counts[0]!.tensors} tensors throughout, resident ${last} MB, ` +
        `slope over the second half ${(perThousand / 1024).toFixed(0)} kB per 1,000 steps; ` +
        `tables ${bytes} bytes per 1,000 steps`,
    );
    expect(perThousand).toBeLessThan(boundPerThousandSteps);
    // Rows of numbers as text, some hundred bytes a step: 703 kB per 1,000 in 600 steps; in more the numbers are longer.
    expect(bytes).toBeLessThan(1000 * 850);
  });
});
