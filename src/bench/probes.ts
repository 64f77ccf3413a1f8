/** `bn-lab bench probes`: what the probes cost, in gradients and at the presets' schedules, in one run. */
import { vggRun } from '../config/presets';
import { textTable } from '../system/textTable';
import { prepareVgg, quartiles, vggCases } from './cases';

const rounds = 15;

/** Prints each probe's cost at preset quick's network in gradients, and as a share of training time. */
export function benchProbes({ json, log }: { json: boolean; log: (line: string) => void }): void {
  const { learningRate, probes } = vggRun('quick', { normalisation: 'batch' });
  const run = prepareVgg(vggCases['vgg11-bn-eighth-b64']!);
  const probed = run.probed({
    activations: probes.activations.layers,
    covariateShift: probes.covariateShift.layers,
    etas: probes.landscape.lengths.map((length) => length * learningRate),
  });
  const parts = {
    step: () => run.train(),
    gradient: () => probed.gradient(),
    stepWithGradient: () => probed.trainWithGradients(),
    landscape: () => probed.landscape(),
    covariateShift: () => probed.covariateShift(),
    activations: () => probed.activations(),
    channelMoments: () => probed.channelMoments(),
  };
  const times = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      part(); // records
      part();
      return [name, [] as number[]];
    }),
  ) as Record<keyof typeof parts, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const [name, part] of Object.entries(parts)) {
      const start = performance.now();
      part();
      times[name as keyof typeof parts].push(performance.now() - start);
    }
  }
  probed.dispose();
  run.dispose();
  const median = (name: keyof typeof parts) => quartiles(times[name]).median;
  const [step, gradient] = [median('step'), median('gradient')];
  const extra = {
    'gradient kept': median('stepWithGradient') - step,
    landscape: median('landscape'),
    'covariate shift': median('covariateShift'),
    activations: median('activations'),
    'channel moments': median('channelMoments'),
  };
  const all = Object.values(extra).reduce((a, b) => a + b);
  const every = {
    quick: probes.landscape.every,
    paper: vggRun('paper').probes.landscape.every,
  };
  const shares = { quick: all / step / every.quick, paper: all / step / every.paper };
  const inGradients = Object.fromEntries(
    Object.entries(extra).map(([name, ms]) => [name, ms / gradient]),
  );
  if (json) return log(JSON.stringify({ step, gradient, inGradients, shares }));
  const percent = (share: number) => `${(100 * share).toFixed(0)}%`;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  log(`training step: ${ms(step)}, gradient alone: ${ms(gradient)} (VGG-11 of preset quick)`);
  log(
    textTable([
      ['probe', 'in gradients'],
      ...Object.entries(inGradients).map(([name, value]) => [name, value.toFixed(2)]),
    ]).trimEnd(),
  );
  log(
    `all of them: ${percent(shares.quick)} of training time every ${every.quick} steps (quick), ` +
      `${percent(shares.paper)} every ${every.paper} (paper)`,
  );
}
