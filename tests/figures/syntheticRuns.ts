/** Made-up runs with known behaviour: what figures and claims are tested on. */
import type { Run } from '../../src/runs/run';
import type { RunConfig, VggConfig } from '../../src/training/config';
import { earlyLateLayers, type PresetName, vggRun } from '../../src/training/presets';

/** How a made-up run behaves; `t` goes from 0 to 1 over training. */
export interface Behaviour {
  /** Accuracy of minibatches, before noise. */
  accuracy?: (t: number) => number;
  testAccuracy?: (t: number) => number;
  /** Mean and standard deviation of all layers' activations. */
  centre?: (t: number) => number;
  spread?: (t: number) => number;
  divergedAt?: number;
  status?: Run['manifest']['status'];
}

export interface SyntheticOptions extends Behaviour {
  preset?: PresetName;
  /** Half the range of the noise on minibatch accuracy; default .03. */
  noise?: number;
  bins?: number;
}

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How much a run is off its story: seeds below 5 all alike, the others of each network apart, so that ratios spread. */
export const seedFactor = ({ seed, normalisation }: RunConfig): number =>
  seed < 5
    ? 1 + 0.01 * seed
    : 1 + 0.003 * ((seed * (5 * normalisation.length + normalisation.charCodeAt(1))) % 11);

/** 0, every, 2 every ... below `end`. */
const range = (end: number, every: number): number[] =>
  Array.from({ length: Math.ceil(end / every) }, (_, i) => i * every);

/** Counts of about 10,000 normal activations in equal bins that reach four standard deviations. */
function normalCounts(bins: number): number[] {
  const heights = range(bins, 1).map((i) => Math.exp(-((((i + 0.5) / bins - 0.5) * 8) ** 2) / 2));
  const total = heights.reduce((a, b) => a + b, 0);
  return heights.map((height) => Math.round((10_000 * height) / total));
}

/** A run made up to behave as told, with the tables that a real run at its preset has. */
export function syntheticRun(overrides: Partial<VggConfig>, options: SyntheticOptions = {}): Run {
  const { preset = 'smoke', noise = 0.03, bins = 12, divergedAt } = options;
  const { accuracy = () => 0.1, testAccuracy = accuracy } = options;
  const { centre = (t) => -0.3 * t, spread = (t) => 1 + 0.2 * t } = options;
  const config = vggRun(preset, overrides);
  const random = uniform(
    config.seed * 1000 +
      config.learningRate * 100 +
      config.normalisation.length +
      (config.seed < 5 ? 0 : config.normalisation.charCodeAt(1)),
  );
  const end = divergedAt ?? config.steps;
  const evaluated = [...range(config.steps, config.evaluateEvery), config.steps];
  const probed = range(end, config.probes.activations.every);
  const layers = earlyLateLayers(config);
  const row = (step: number, layer: number) => ({ step, layer, t: step / config.steps });
  const measured = probed.flatMap((step) => layers.map((layer) => row(step, layer)));
  return {
    id: `${config.normalisation}-${config.learningRate}-${config.seed}`,
    config,
    manifest: {
      format: 1,
      id: 'synthetic',
      status: options.status ?? (divergedAt === undefined ? 'done' : 'diverged'),
      step: end,
      ...(divergedAt === undefined ? {} : { divergedAt }),
      started: '2026-01-01T00:00:00Z',
      seconds: 1,
      versions: {},
      device: {},
    },
    tables: {
      steps: {
        columns: ['step', 'loss', 'penalty', 'accuracy'],
        rows: range(end, config.logEvery).map((step) => {
          const noisy = accuracy(step / config.steps) + noise * (2 * random() - 1);
          return [step, 1, 0, Math.min(1, Math.max(0, noisy))];
        }),
      },
      evals: {
        columns: ['step', 'loss', 'accuracy'],
        rows: evaluated
          .filter((step) => step <= end)
          .map((step) => [step, 1, testAccuracy(step / config.steps)]),
      },
      moments: {
        columns: ['step', 'layer', 'mean', 'variance'],
        rows: measured.map(({ step, layer, t }) => [step, layer, centre(t), spread(t) ** 2]),
      },
      histograms: {
        columns: ['step', 'layer', 'low', 'high', ...range(bins, 1).map((i) => `c${i}`)],
        rows: measured.map(({ step, layer, t }) => [
          ...[step, layer, centre(t) - 4 * spread(t), centre(t) + 4 * spread(t)],
          ...normalCounts(bins),
        ]),
      },
    },
  };
}

const rising = (rate: number, top: number) => (t: number) =>
  0.1 + (top - 0.1) * (1 - Math.exp(-rate * t));

/** The four networks of Figure 1 as the paper tells them. */
export const paperStory = {
  'none 0.1': { accuracy: rising(4, 0.75), testAccuracy: rising(4, 0.7) },
  'batch 0.1': { accuracy: rising(15, 0.85), testAccuracy: rising(12, 0.78) },
  'none 0.5': {},
  'batch 0.5': { accuracy: rising(8, 0.8), testAccuracy: rising(8, 0.75) },
} satisfies Record<string, Behaviour>;

/** All runs of Figure 1, the paper's story but for `changes`. */
export function figure01Runs(
  seeds: readonly number[],
  changes: Partial<Record<keyof typeof paperStory, Behaviour>> = {},
  options: SyntheticOptions = {},
): Run[] {
  return seeds.flatMap((seed) =>
    Object.entries(paperStory).map(([key, behaviour]) => {
      const [normalisation, learningRate] = key.split(' ') as [RunConfig['normalisation'], string];
      return syntheticRun(
        { normalisation, learningRate: Number(learningRate), seed },
        { ...options, ...behaviour, ...changes[key as keyof typeof paperStory] },
      );
    }),
  );
}
