/**
 * `bn-lab bench`: our training step against PyTorch's on the same machine, in one interleaved run. Ratios, not times, are
 * what to keep: the machine's own speed cancels.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';

import { stepMode } from '../engine/compile';
import { deviceReport } from '../engine/report';
import { UserError } from '../system/errors';
import { textTable } from '../system/textTable';
import { cases, deepLinearCases, quartiles, timedTraining, vggCases } from './cases';
import { benchOps } from './ops';
import { benchProbes } from './probes';
import { ensurePyTorch, type PyTorchInfo, type PyTorchPartner, startPyTorch } from './pytorch';
import { benchTraining } from './training';
import { benchXla } from './xla';

/**
 * Times of one case, in milliseconds a step; ratio = our steps/s over PyTorch's. Both sides read the loss at the end of a
 * block of steps, as training does.
 */
export interface CaseResult {
  name: string;
  ours: number;
  /** With the loss read at every step; null where a step is never waited for. */
  reading: number | null;
  /** Of our first step, which records and compiles, in seconds. */
  firstStep: number;
  /** The best of PyTorch's layouts and modes; null without PyTorch. */
  pytorch: number | null;
  ratio: number | null;
  /** Quartiles of the ratio over the rounds, or of our time where there is no PyTorch. */
  spread: [number, number];
}

export interface BenchResult {
  machine: Record<string, string | number | boolean>;
  cases: CaseResult[];
}

const benchmarks = ['ops', 'probes', 'training', 'xla'];
const usage = 'bench [ops|probes|training|xla] [--case NAME]... [--rounds N] [--pytorch] [--json]';
const defaultCases = ['vgg11-bn-eighth-b64', 'vgg16-bn-b128', ...Object.keys(deepLinearCases)];

/** Every way that PyTorch can take a case's step, timed once. */
async function timePyTorch(
  partner: PyTorchPartner,
  info: PyTorchInfo,
  name: string,
  steps: number,
): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const layout of info.cases[name]!.layouts) {
    for (const mode of info.cases[name]!.modes) {
      const { seconds } = await partner.request({
        request: 'time',
        case: name,
        steps,
        layout,
        mode,
      });
      times.set(`${layout} ${mode}`, seconds);
    }
  }
  return times;
}

/** Of a GPU's steps a block holds so many at least: a few are over before the clock can tell. */
const leastOnGpu = 100;

async function benchCase(
  name: string,
  { rounds, gpu }: { rounds: number; gpu: boolean },
  pytorch?: { partner: PyTorchPartner; info: PyTorchInfo },
): Promise<CaseResult> {
  const benchCase = cases[name]!;
  const steps = gpu && 'network' in benchCase ? leastOnGpu : benchCase.steps;
  const training = timedTraining(benchCase);
  const ours: number[] = [];
  const reading: number[] = [];
  const theirs = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    ours.push(training.seconds(steps));
    if (training.readingSeconds) reading.push(training.readingSeconds(steps));
    if (!pytorch) continue;
    const times = await timePyTorch(pytorch.partner, pytorch.info, name, steps);
    for (const [way, seconds] of times) theirs.set(way, [...(theirs.get(way) ?? []), seconds]);
  }
  training.dispose();
  const milliseconds = (values: number[]) => quartiles(values).median * 1000;
  const best = [...theirs.values()].sort((a, b) => milliseconds(a) - milliseconds(b))[0];
  const ratios = best?.map((seconds, i) => seconds / ours[i]!);
  const { low, high } = quartiles(ratios ?? ours.map((seconds) => seconds * 1000));
  return {
    name,
    ours: milliseconds(ours),
    reading: reading.length ? milliseconds(reading) : null,
    firstStep: training.first,
    pytorch: best ? milliseconds(best) : null,
    ratio: ratios ? quartiles(ratios).median : null,
    spread: [low, high],
  };
}

function print({ machine, cases: results }: BenchResult, log: (line: string) => void): void {
  const number = (value: number | null) =>
    value === null ? '-' : String(Number(value.toPrecision(3)));
  const rows = results.map(({ name, ours, reading, firstStep, pytorch, ratio, spread }) => [
    name,
    number(ours),
    number(reading),
    number(firstStep),
    number(pytorch),
    number(ratio),
    spread.map(number).join(' .. '),
  ]);
  log(
    `${machine.cpu}, ${machine.cores} cores, steps run as ${stepMode({ trainingStep: true })}, PyTorch ${machine.pytorch}`,
  );
  if (machine.cuda)
    log(
      `TF32: ours ${machine.tf32 ? 'on' : 'off'}, PyTorch's ${machine.pytorchTf32 ?? 'not asked for'}`,
    );
  const own = ['ours, ms', 'each loss read, ms', 'first step, s'];
  log(textTable([['case', ...own, 'PyTorch, ms', 'ratio', 'quartiles'], ...rows]).trimEnd());
  if (machine.pytorch === 'not asked for')
    log('Add --pytorch to compare with PyTorch (installs it into .local/).');
}

/** Runs the benchmark that the arguments ask for; throws UserError for arguments that make no sense. */
export async function bench(
  args: readonly string[],
  log: (line: string) => void = (line) => console.log(line),
): Promise<void> {
  const { values, positionals } = parse(args);
  const json = values.json ?? false;
  const load = os.loadavg()[0]!;
  if (load > os.availableParallelism() / 2)
    process.stderr.write(
      `this machine is busy (load ${load.toFixed(1)} on ${os.availableParallelism()} cores): times and even ratios may be off\n`,
    );
  if (positionals[0] === 'ops')
    return benchOps(values.case?.[0] ?? defaultCases[0]!, { json, log });
  if (positionals[0] === 'probes') return benchProbes({ json, log });
  if (positionals[0] === 'training') return benchTraining({ json, log });
  if (positionals[0] === 'xla') return benchXla({ json, log });
  const rounds = Number(values.rounds ?? 5);
  const names = values.case ?? defaultCases;

  const partner = values.pytorch ? startPyTorch(await ensurePyTorch()) : undefined;
  try {
    const info = await partner?.request({ request: 'info' });
    const device = deviceReport();
    const gpu = device.cuda === true;
    const machine = {
      ...device,
      // TensorFlow's default; the driver's variable overrides it on both sides.
      tf32: gpu && process.env.NVIDIA_TF32_OVERRIDE !== '0',
      pytorch: info?.torch ?? 'not asked for',
      ...(info && { pytorchTf32: info.tf32 ? 'on' : 'off' }),
    };
    const result: BenchResult = { machine, cases: [] };
    for (const name of names) {
      if (!json) process.stderr.write(`timing ${name}\n`);
      result.cases.push(
        await benchCase(name, { rounds, gpu }, partner && info ? { partner, info } : undefined),
      );
    }
    if (json) log(JSON.stringify(result));
    else print(result, log);
  } finally {
    await partner?.close();
  }
}

function parse(args: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        pytorch: { type: 'boolean' },
        rounds: { type: 'string' },
        case: { type: 'string', multiple: true },
      },
    });
    const { values, positionals } = parsed;
    // Only a step of TensorFlow has ops.
    const known = Object.keys(positionals[0] === 'ops' ? vggCases : cases);
    const unknown = values.case?.find((name) => !known.includes(name));
    if (unknown) throw new Error(`no case ${unknown}; cases: ${known.join(', ')}`);
    if (positionals.length > 1 || !benchmarks.includes(positionals[0] ?? benchmarks[0]!))
      throw new Error(`no benchmark ${positionals.join(' ')}`);
    if (!(Number.isInteger(Number(values.rounds ?? 1)) && Number(values.rounds ?? 1) > 0))
      throw new Error(`--rounds ${values.rounds}: a whole number above 0`);
    return parsed;
  } catch (error) {
    throw new UserError(`bench: ${(error as Error).message} (usage: ${usage})`);
  }
}
