import { afterEach, describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import { disposeTree } from '../../src/engine/tree';
import {
  type ArchitectureName,
  architectures,
  checkLayers,
  initialise,
  parameterCount,
  vgg,
} from '../../src/models/vgg';

const build = (
  architecture: ArchitectureName,
  normalisation: 'none' | 'batch',
  width = 1,
  head = 512,
) => vgg({ architecture, width, head, normalisation });

describe('architectures', () => {
  it('have as many weighted layers as their names say', () => {
    for (const [name, blocks] of Object.entries(architectures))
      expect(blocks.flat().length + 3).toBe(Number(name.slice(3)));
  });

  it("have the paper protocol's parameter count", () => {
    // spec: 33,642,442 for VGG-16 with batch norm and a head of 4096
    expect(parameterCount(build('vgg16', 'batch', 1, 4096))).toBe(33_642_442);
    expect(parameterCount(build('vgg16', 'none', 1, 4096))).toBe(33_642_442 - 4224);
  });

  it('refuse layers they do not have', () => {
    const network = build('vgg11', 'batch');
    expect(() => checkLayers(network, [1, 8], 'probe')).not.toThrow();
    for (const layer of [0, 9, 1.5, NaN])
      expect(() => checkLayers(network, [layer], 'probe')).toThrow(/layers 1 to 8/);
  });
});

describe('initialise', () => {
  afterEach(() => expect(tf.memory().numTensors).toBe(0));

  it('starts both networks of a seed from the same weights', () => {
    const [standard, batch] = (['none', 'batch'] as const).map((normalisation) =>
      initialise(build('vgg11', normalisation, 1 / 16), 'glorotUniform', 3),
    ) as [ReturnType<typeof initialise>, ReturnType<typeof initialise>];
    for (const name of Object.keys(standard.parameters).filter((key) => key.endsWith('/kernel')))
      expect(batch.parameters[name]!.dataSync()).toEqual(standard.parameters[name]!.dataSync());
    expect(batch.parameters['conv1/gamma']!.dataSync()).toEqual(new Float32Array(4).fill(1));
    expect(batch.statistics['conv1/variance']!.dataSync()).toEqual(new Float32Array(4).fill(1));
    disposeTree(standard);
    disposeTree(batch);
  });
});
