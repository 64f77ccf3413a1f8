import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  deepLinearRun,
  earlyLateLayers,
  equivalentLayer,
  type PresetName,
  presetNamed,
  presets,
  vggRun,
} from '../../src/config/presets';
import { type RunConfig, validateConfig } from '../../src/config/schema';
import { UserError } from '../../src/system/errors';

const change = (changes: object): (() => RunConfig) => {
  const config = { ...vggRun('smoke'), ...changes };
  return () => validateConfig(config);
};

const withProbes = (probes: object) => change({ probes: { ...vggRun('smoke').probes, ...probes } });

describe('validateConfig', () => {
  it.each(Object.keys(presets) as PresetName[])('accepts preset %s', (preset) => {
    expect(validateConfig(vggRun(preset))).toEqual(vggRun(preset));
  });

  it('names an unknown key', () => {
    expect(change({ learningrate: 0.1 })).toThrow(
      /unknown key learningrate; known keys: .*learningRate/,
    );
    expect(withProbes({ activations: { every: 5, layers: [1], often: true } })).toThrow(
      /unknown key probes\.activations\.often/,
    );
  });

  it('takes a key with dots in it for what it is, not for a path', () => {
    const { probes, ...flat } = vggRun('smoke');
    const paths = { 'probes.activations.every': 5, 'probes.activations.layers': [1] };
    expect(() => validateConfig({ ...flat, ...paths })).toThrow(/unknown key probes/);
    expect(() => validateConfig({ ...flat, probes, ...paths })).toThrow(/unknown key probes/);
  });

  it('names a missing key', () => {
    const config: Partial<RunConfig> = vggRun('smoke');
    delete config.batchSize;
    expect(() => validateConfig(config)).toThrow(/batchSize is missing; it must be a whole number/);
  });

  it.each([
    ['learningRate', -0.1],
    ['learningRate', 0],
    ['learningRate', NaN],
    ['learningRate', '0.1'],
    ['l2', -1],
    ['steps', 0],
    ['steps', 1.5],
    ['batchSize', 1],
    ['seed', -1],
    ['width', 0],
    ['architecture', 'resnet'],
    ['normalisation', 'toString'],
    ['initialisation', 'zeros'],
    ['probes', null],
  ])('refuses %s = %s, naming key and value', (key, value) => {
    expect(change({ [key]: value })).toThrow(UserError);
    expect(change({ [key]: value })).toThrow(new RegExp(`config: .*${key}`));
  });

  it('takes augmentation where it is asked for, in one spelling', () => {
    expect(change({ augmentation: true })()).toMatchObject({ augmentation: true });
    for (const value of [false, 1, 'yes'])
      expect(change({ augmentation: value })).toThrow(
        /augmentation is .*; it must be true, or left/,
      );
    expect(() => validateConfig({ ...deepLinearRun('smoke'), augmentation: true })).toThrow(
      'unknown key augmentation',
    );
  });

  it('takes probes of what the paper leaves open, whole or not at all', () => {
    const withProbes = (more: object, model: 'vgg' | 'deepLinear' = 'vgg') => {
      const config = model === 'vgg' ? vggRun('smoke') : deepLinearRun('smoke');
      return validateConfig({ ...config, probes: { ...config.probes, ...more } });
    };
    const probes = { randomDirections: { every: 5 }, curvature: { every: 10, iterations: 3 } };
    expect(withProbes(probes)).toMatchObject({ probes });
    expect(() => withProbes({ curvature: { every: 10 } })).toThrow(
      'config: probes.curvature.iterations is missing',
    );
    expect(() => withProbes({ curvature: {} })).toThrow(
      'config: probes.curvature.every is missing',
    );
    expect(() => withProbes({ curvature: { every: 31, iterations: 1 } })).toThrow('beyond the run');
    expect(() => withProbes({ curvature: null })).toThrow(UserError);
    expect(
      change({ normalisation: 'l1', probes: { ...vggRun('smoke').probes, ...probes } }),
    ).toThrow('probes.curvature works with normalisation none and batch, not l1');
    expect(() => withProbes(probes, 'deepLinear')).toThrow('unknown key probes.randomDirections');
  });

  it('refuses layers that the network does not have', () => {
    for (const probe of ['activations', 'covariateShift']) {
      expect(withProbes({ [probe]: { every: 5, layers: [1, 9] } })).toThrow(
        new RegExp(`probes.${probe}.layers: there is no layer 9; vgg11 has layers 1 to 8`),
      );
    }
  });

  it('refuses a probe schedule beyond the run', () => {
    expect(withProbes({ landscape: { every: 31, lengths: [1] } })).toThrow(
      /probes.landscape.every is 31, beyond the run's 30 steps/,
    );
  });

  it.each([[[]], [[0]], [[-1]], [[1, Infinity]], ['1']])(
    'refuses step lengths %j for the landscape',
    (lengths) => {
      expect(withProbes({ landscape: { every: 5, lengths } })).toThrow(/probes.landscape.lengths/);
    },
  );

  it('throws nothing but UserError, whatever it is given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string(), (extra, key) => {
        const hostile = JSON.parse('{"__proto__": {"steps": 5}}') as object;
        for (const value of [
          extra,
          { ...vggRun('smoke'), ...extra },
          { ...hostile, [key]: extra },
        ]) {
          try {
            validateConfig(value);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        }
      }),
      { seed: 1 },
    );
  });
});

describe('presets', () => {
  it('names the presets where there is no such one', () => {
    expect(() => presetNamed('huge')).toThrow(
      /no preset huge; presets: smoke, quick, laptop, paper/,
    );
    expect(() => presetNamed('constructor')).toThrow(UserError);
  });

  it("maps the paper's layers to their place in smaller networks", () => {
    expect(earlyLateLayers({ architecture: 'vgg16' })).toEqual([3, 11]);
    expect(earlyLateLayers({ architecture: 'vgg11' })).toEqual([2, 7]);
    expect(equivalentLayer({ architecture: 'vgg11' }, 1)).toBe(1);
    expect(equivalentLayer({ architecture: 'vgg11' }, 13)).toBe(8);
  });
});
