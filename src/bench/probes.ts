/** `bn-lab bench probes`: what the probes cost, in training steps and at the presets' schedules, in one run. */
import { textTable } from '../textTable';
import { vggRun } from '../training/presets';
import { cases, prepare, quartiles } from './cases';

const rounds = 7;

/** Prints each probe's cost at preset quick's network in training steps, and as a share of training time. */
export function benchProbes({ json, log }: { json: boolean; log: (line: string) => void }): void {
  const { learningRate, probes } = vggRun('quick', { normalisation: 'batch' });
  const run = prepare(cases['vgg11-bn-eighth-b64']!);
  const probed = run.probed({
    layers: probes.covariateShift.layers,
    etas: probes.landscape.lengths.map((length) => length * learningRate),
  });
  const parts: Record<string, () => unknown> = {
    'training step': () => run.train(),
    'the step with its gradient': () => probed.trainWithGradients(),
    landscape: () => probed.landscape(),
    'covariate shift': () => probed.covariateShift(),
  };
  for (const part of Object.values(parts)) {
    part(); // records
    part();
  }
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, part] of Object.entries(parts)) {
      const start = performance.now();
      part();
      (times[name] ??= []).push(performance.now() - start);
    }
  }
  probed.dispose();
  run.dispose();
  const median = (name: string) => quartiles(times[name]!).median;
  const step = median('training step');
  const extra: Record<string, number> = {
    'gradient kept': median('the step with its gradient') - step,
    landscape: median('landscape'),
    'covariate shift': median('covariate shift'),
  };
  const all = Object.values(extra).reduce((a, b) => a + b);
  const shares = {
    quick: all / step / probes.landscape.every,
    paper: all / step / vggRun('paper').probes.landscape.every,
  };
  const inSteps = Object.fromEntries(Object.entries(extra).map(([name, ms]) => [name, ms / step]));
  if (json) return log(JSON.stringify({ step, inSteps, shares }));
  log(`training step: ${step.toFixed(1)} ms (${run.network.options.architecture} of preset quick)`);
  log(
    textTable([
      ['probe', 'in training steps'],
      ...Object.entries(inSteps).map(([name, value]) => [name, value.toFixed(2)]),
    ]).trimEnd(),
  );
  log(
    `all of them: ${(100 * shares.quick).toFixed(0)}% of training time every 20 steps (quick), ${(100 * shares.paper).toFixed(0)}% every 100 (paper)`,
  );
}
