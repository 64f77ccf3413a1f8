import { expect, it } from 'vitest';

import { configWith } from '../../src/cli/trainCommand';
import { deepLinearRun, vggRun } from '../../src/config/presets';

const options = { model: 'vgg', preset: 'quick', set: [] };

it('is the preset with one’s own values', () => {
  expect(configWith(options)).toEqual(vggRun('quick'));
  const set = ['normalisation=batch', 'l2=0.001', 'seed=3', 'augmentation=true'];
  expect(configWith({ ...options, set })).toEqual(
    vggRun('quick', { normalisation: 'batch', l2: 0.001, seed: 3, augmentation: true }),
  );
  expect(configWith({ ...options, model: 'deepLinear', set: ['steps=10'] })).toEqual(
    deepLinearRun('quick', { steps: 10 }),
  );
});

it('reaches inside, and leaves the preset as it is', () => {
  const before = vggRun('quick');
  const set = ['probes.landscape.every=50', 'probes.activations.layers=[1,8]'];
  const { probes } = configWith({ ...options, set });
  expect(probes).toEqual({
    ...before.probes,
    landscape: { ...before.probes.landscape, every: 50 },
    activations: { ...before.probes.activations, layers: [1, 8] },
  });
  expect(vggRun('quick')).toEqual(before);
});

it('begins an optional group of probes, which has to be whole', () => {
  const set = ['probes.curvature.every=60', 'probes.curvature.iterations=8'];
  const { probes } = configWith({ ...options, set });
  expect(probes).toMatchObject({ curvature: { every: 60, iterations: 8 } });
  expect(() => configWith({ ...options, set: set.slice(1) })).toThrow('probes.curvature.every');
});

it.each([
  [{ set: ['l2'] }, '--set "l2": write key=value'],
  [{ set: ['width=wide'] }, 'width'],
  [{ set: ['widht=1'] }, 'unknown key widht'],
  [{ set: ['probes.landscape.length=[1]'] }, 'probes.landscape.length'],
  [{ set: ['probes.landscap.every=1'] }, 'a config has no probes.landscap.every'],
  [{ set: ['__proto__.every=1'] }, 'a config has no __proto__.every'],
  [{ model: 'resnet' }, '--model resnet: write vgg or deepLinear'],
  [{ preset: 'tiny' }, 'there is no preset tiny'],
])('refuses %j in one line', (wrong, message) => {
  expect(() => configWith({ ...options, ...wrong })).toThrow(message);
});
