/** Made-up runs with a landscape of known behaviour, of both networks. */
import type { LinearNormalisationName } from '../../src/models/deepLinear/divisors';
import type { Run } from '../../src/runs/run';
import type { Table } from '../../src/runs/table';
import type { RunConfig } from '../../src/training/config';
import { deepLinearRun, type PresetName, vggRun } from '../../src/training/presets';
import { type Behaviour, syntheticRun } from './syntheticRuns';

/** A landscape; `t` goes from 0 to 1 over training, `length` is eta in learning rates. */
export interface Landscape extends Pick<Behaviour, 'divergedAt' | 'status'> {
  /** Norm of the gradient. */
  gradient: (t: number) => number;
  /** Norm of its change. */
  change: (t: number, length: number) => number;
  /** Width of the loss band, whose lower edge is 1 + the penalty of 1/2. */
  range: (t: number) => number;
  /** How well it trains: minibatch accuracy of VGG, loss of the deep linear network. */
  training: (t: number) => number;
}

export type Model = RunConfig['model'];
type Story = Record<LinearNormalisationName, Landscape>;

const normalised = (scale: number): Landscape => ({
  gradient: (t) => (t === 0 ? 150 : 2 * scale),
  change: (t) => 0.98 * (t === 0 ? 150 : 2 * scale),
  range: (t) => scale * (0.3 * (1 - t) + 0.05),
  training: (t) => Math.min(0.9, 0.1 + 3 * t * scale),
});

/** VGG as the paper's text tells it, and as its curves show it: beta at 1 / 0.05, BatchNorm the rougher at the start. */
const vggStory: Story = {
  none: {
    gradient: (t) => (t === 0 ? 2 : 100),
    change: (t) => 1.05 * (t === 0 ? 2 : 100),
    range: (t) => 2 * (1 - t) + 0.1,
    training: (t) => Math.min(0.8, 0.1 + t),
  },
  batch: normalised(1),
  l1: normalised(1.1),
  l2: normalised(1.05),
  linf: normalised(0.9),
};

const stable = (scale: number): Landscape => ({
  gradient: (t) => (t === 0 ? 4e5 : 1e4),
  change: (t, length) => 2 * length * (t === 0 ? 4e5 : 1e4),
  range: (t) => 1e3 * scale * (1.1 - t),
  training: (t) => 5e4 * Math.exp(-4 * scale * t),
});

/** The deep linear network: without normalisation beta is 1e7, with it 2 / lr. */
const deepLinearStory: Story = {
  none: {
    gradient: (t) => (t === 0 ? 1e3 : 1e5),
    change: (t, length) => 10 * length * (t === 0 ? 1e3 : 1e5),
    range: (t) => 1e7 * (1.1 - t),
    training: (t) => 4e4 * Math.exp(-2 * t),
  },
  batch: stable(1),
  l1: stable(1.1),
  l2: stable(1.05),
  linf: stable(0.9),
};

export const stories: Record<Model, Story> = { vgg: vggStory, deepLinear: deepLinearStory };

/** The table that the probe writes, seeds apart by 1%. */
function landscapeTable(
  config: RunConfig,
  { gradient, change, range }: Landscape,
  end: number,
): Table {
  const { every, lengths } = config.probes.landscape;
  const vgg = config.model === 'vgg';
  const factor = 1 + 0.01 * config.seed;
  const longest = Math.max(...lengths);
  const rows: number[][] = [];
  for (let step = 0; step < end; step += every) {
    const t = step / config.steps;
    for (const length of lengths) {
      const loss = 1 + (range(t) * (length - lengths[0]!)) / (longest - lengths[0]!);
      const norm = factor * gradient(t);
      const changed = factor * change(t, length);
      rows.push([
        ...[step, length * config.learningRate, loss * factor],
        ...(vgg ? [0.5, 0.1] : []),
        ...[norm, length * config.learningRate * norm, changed, 0.6 * changed, 0.8 * changed],
      ]);
    }
  }
  return {
    columns: [
      ...['step', 'eta', 'loss', ...(vgg ? ['penalty', 'accuracy'] : [])],
      ...['gradientNorm', 'distance', 'gradientChange', 'change.a', 'change.b'],
    ],
    rows,
  };
}

function run(config: RunConfig, landscape: Landscape, preset: PresetName): Run {
  const { divergedAt, status, training } = landscape;
  const { normalisation, seed, steps } = config;
  const base = syntheticRun(
    { normalisation, seed, steps },
    { preset, divergedAt, status, accuracy: training, noise: 0 },
  );
  const end = divergedAt ?? steps;
  const { logEvery } = config;
  const logged = Array.from({ length: Math.ceil(end / logEvery) }, (_, i) => i * logEvery);
  const losses = {
    columns: ['step', 'loss'],
    rows: logged.map((step) => [step, training(step / steps)]),
  };
  return {
    ...base,
    id: `${config.model}-${normalisation}-${seed}`,
    config,
    tables: {
      ...(config.model === 'vgg' ? base.tables : { steps: losses }),
      landscape: landscapeTable(config, landscape, end),
    },
  };
}

export interface LandscapeRunOptions {
  preset?: PresetName;
  normalisations?: readonly LinearNormalisationName[];
  /** What differs from the story. */
  changes?: Partial<Record<LinearNormalisationName, Partial<Landscape>>>;
}

/** Runs of one network, as the paper tells it but for `changes`. */
export function landscapeRuns(
  model: Model,
  seeds: readonly number[],
  options: LandscapeRunOptions = {},
): Run[] {
  const { preset = 'smoke', normalisations = ['none', 'batch'], changes = {} } = options;
  const config = model === 'vgg' ? vggRun : deepLinearRun;
  return seeds.flatMap((seed) =>
    normalisations.map((normalisation) =>
      run(
        config(preset, { normalisation, seed }),
        { ...stories[model][normalisation], ...changes[normalisation] },
        preset,
      ),
    ),
  );
}
