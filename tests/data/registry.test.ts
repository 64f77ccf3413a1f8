import { describe, expect, it } from 'vitest';

import { vggRun } from '../../src/config/presets';
import { validateConfig } from '../../src/config/schema';
import { dataSetNames, dataSets, sourceNamed } from '../../src/data/registry';
import { vgg } from '../../src/models/vgg';
import { UserError } from '../../src/system/errors';

describe('the data sets', () => {
  it.each(dataSetNames)('%s is what a config may name', (data) => {
    const config = validateConfig({ ...vggRun('smoke'), data });
    expect(config).toMatchObject({ data });
  });

  it('are refused where there is no such entry', () => {
    const data = 'imagenet' as 'synthetic';
    expect(() => validateConfig({ ...vggRun('smoke'), data })).toThrow(/cifar10, synthetic|data/);
    expect(() => sourceNamed('imagenet')).toThrow(UserError);
    expect(() => sourceNamed('synthetic')).toThrow('data sets: cifar10');
  });

  it('have labels below their number of classes', () => {
    const { train, test } = dataSets.synthetic.load();
    expect(Math.max(...train.labels, ...test.labels)).toBe(dataSets.synthetic.classes - 1);
    expect(train.images).toHaveLength(train.count * 32 * 32 * 3);
  });
});

it('a network tells apart as many classes as its data set has', () => {
  const { architecture, width, head, normalisation } = vggRun('smoke');
  const options = { architecture, width, head, normalisation };
  const out = (classes?: number) =>
    vgg({ ...options, classes }).parameters['dense3/kernel']!.shape[1];
  expect([out(), out(100)]).toEqual([10, 100]);
});
