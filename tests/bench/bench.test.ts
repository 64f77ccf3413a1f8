/** What `bn-lab bench` prints: that every kind of benchmark runs and accounts for what it claims to time. */
import { expect, it } from 'vitest';

import { bench, type BenchResult, type CaseResult } from '../../src/bench/bench';
import { benchTraining, type TrainingCost } from '../../src/bench/training';
import { UserError } from '../../src/system/errors';

async function printed(...args: string[]): Promise<unknown> {
  const lines: string[] = [];
  await bench([...args, '--json'], (line) => lines.push(line));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!);
}

it('times cases without PyTorch', async () => {
  const names = ['deep-linear-none', 'deep-linear-linf'];
  const options = names.flatMap((name) => ['--case', name]);
  const { cases, machine } = (await printed(...options, '--rounds', '1')) as BenchResult;
  expect(cases.map(({ name }) => name)).toEqual(names);
  for (const { ours, reading, firstStep, pytorch, ratio, spread } of cases) {
    expect(ours).toBeGreaterThan(0);
    expect(firstStep).toBeGreaterThan(0);
    expect(reading).toBeNull(); // plain arrays: there is nothing to wait for
    expect([pytorch, ratio]).toEqual([null, null]);
    expect(spread[0]).toBeLessThanOrEqual(spread[1]);
  }
  expect(machine.pytorch).toBe('not asked for');
});

it('times steps with and without the loss read at each, and the first one', async () => {
  const args = ['--case', 'vgg11-bn-eighth-b64', '--rounds', '1'];
  const { cases, machine } = (await printed(...args)) as BenchResult;
  const [{ ours, reading, firstStep }] = cases as [CaseResult];
  expect(reading! / ours).toBeGreaterThan(0.5);
  expect(reading! / ours).toBeLessThan(2);
  expect(1000 * firstStep).toBeGreaterThan(ours); // recorded, compiled
  expect(machine.tf32).toBe(machine.cuda);
});

it('accounts for what a run costs beyond its steps and measurements', async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await benchTraining({ preset: 'smoke', steps: 30, json: true, log });
  const cost = JSON.parse(lines[0]!) as TrainingCost;
  const { start = 0, evaluation = 0, landscape = 0, ...others } = cost.phases;
  expect(start).toBeGreaterThan(0);
  const sum = Object.values(others).reduce((all, each) => all + each, evaluation + landscape);
  expect(cost.seconds).toBeCloseTo(sum, 6);
  expect(cost.measurements).toBeGreaterThan(evaluation + landscape);
  expect(cost.ratio).toBeCloseTo(cost.seconds / (cost.bareSteps + cost.measurements), 9);
  await benchTraining({ preset: 'smoke', steps: 30, json: false, log });
  expect(lines[1]).toMatch(/^30 steps of preset smoke on synthetic images: .* 1\.15, the goal$/);
});

it('splits a step into its ops', async () => {
  const { ms, ops } = (await printed('ops')) as {
    ms: number;
    ops: Record<string, { ms: number; calls: number }>;
  };
  expect(ops.Conv2D!.calls).toBeCloseTo(8);
  expect(ops.FusedBatchNormGradV3!.calls).toBeCloseTo(8);
  const inOps = Object.values(ops).reduce((sum, op) => sum + op.ms, 0);
  expect(inOps).toBeGreaterThan(0);
  expect(inOps).toBeLessThan(ms);
});

it('gives the cost of each probe, and of all at the schedules of two presets', async () => {
  const { gradient, inGradients, shares } = (await printed('probes')) as {
    gradient: number;
    inGradients: Record<string, number>;
    shares: { quick: number; paper: number };
  };
  expect(gradient).toBeGreaterThan(0);
  expect(Object.keys(inGradients)).toEqual([
    ...['gradient kept', 'landscape', 'covariate shift', 'activations', 'channel moments'],
  ]);
  // Five times as many steps lie between two measurements.
  expect(shares.quick / shares.paper).toBeCloseTo(5);
});

it.each([
  [['--case', 'vgg11'], /no case vgg11; cases: /],
  [['ops', '--case', 'deep-linear-l1'], /no case deep-linear-l1; cases: vgg11/],
  [['--rounds', '0'], /--rounds 0: a whole number above 0/],
  [['speed'], /no benchmark speed/],
])('refuses %j', async (args, message) => {
  const error: unknown = await bench(args).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(message);
});
