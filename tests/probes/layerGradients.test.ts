/** The gradients around a normalisation against differences of the loss, and against the library's own gradients. */
import { describe, expect, it } from 'vitest';

import { maxPool, relu } from '../../src/engine/ops';
import { tf } from '../../src/engine/tf';
import { layerGradients } from '../../src/probes/layerGradients';
import { column } from '../../src/runs/table';
import { lossOf } from '../../src/step/step';
import { UserError } from '../../src/system/errors';
import { normalise } from '../../src/theory/facts';
import { columnOf, measuredTable, unitsOf } from '../../src/theory/measured';
import { dot, sumOf } from '../../src/theory/vectors';
import { sample, stateOf } from './sample';

const { network, steps, input, gradients } = sample('batch');
const { parameters, statistics, batch } = input;
const mode = { training: true, updateStatistics: false };
const probed = (layer: number) => layerGradients(network, steps.functions, input, layer);

/** The loss as the network's own layers compute it, with the outputs of one of them replaced. */
function lossWith(layer: number, z: Float32Array, { pooled }: { pooled: boolean }): number {
  return tf.tidy(() => {
    const channels = parameters[`conv${layer}/gamma`]!.size;
    const side = Math.sqrt(z.length / batch.indices.size / channels);
    const output = relu(tf.tensor(z, [batch.indices.size, side, side, channels]));
    let h = pooled ? maxPool(output) : output;
    for (let k = layer + 1; k <= network.convolutions; k++)
      ({ h } = network.layer(k, h, parameters, statistics, mode));
    return lossOf(network.head(h, parameters), batch).loss.dataSync()[0]!;
  });
}

/** z of a channel moved as y of it is, by plain numbers. */
function outputOf(layer: number, y: Float32Array): Float32Array {
  const [gamma, beta] = ['gamma', 'beta'].map((name) =>
    parameters[`conv${layer}/${name}`]!.dataSync(),
  ) as [Float32Array, Float32Array];
  const z = new Float32Array(y.length);
  gamma.forEach((scale, j) => {
    normalise(columnOf(y, j, gamma.length), 1e-5).yhat.forEach((value, b) => {
      z[b * gamma.length + j] = scale * value + beta[j]!;
    });
  });
  return z;
}

const moved = (values: Float32Array, i: number, by: number): Float32Array => {
  const result = Float32Array.from(values);
  result[i]! += by;
  return result;
};

/** The entries with the greatest gradients: there differences of a float32 loss say most. */
const greatest = (values: Float32Array, count: number): number[] =>
  [...values.keys()].sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!)).slice(0, count);

describe.each([
  [2, true],
  [3, false],
  [8, true],
])('layer %i', (layer, pooled) => {
  const found = probed(layer);
  const { y, z, gradient, backpropagated, gamma } = found;

  it('has the outputs of the network', () => {
    const { activations } = network.forward(
      steps.functions.images(batch),
      parameters,
      statistics,
      mode,
    );
    const own = activations[layer]!.dataSync();
    expect(z.length).toBe(own.length);
    expect(Math.max(...z.map((value, i) => Math.abs(value - own[i]!)))).toBeLessThan(1e-5);
    const byHand = outputOf(layer, y);
    expect(Math.max(...z.map((value, i) => Math.abs(value - byHand[i]!)))).toBeLessThan(1e-4);
  });

  it('has the differences of the loss', () => {
    const step = 0.003; // short, for the kinks of the ReLUs
    const typical = Math.abs(gradient[greatest(gradient, 1)[0]!]!);
    for (const i of greatest(gradient, 4)) {
      const at = (by: number) => lossWith(layer, moved(z, i, by), { pooled });
      expect(Math.abs((at(step) - at(-step)) / (2 * step) - gradient[i]!)).toBeLessThan(
        0.05 * typical,
      );
    }
    const size = normalise(y).sigma;
    const largest = Math.abs(backpropagated[greatest(backpropagated, 1)[0]!]!);
    for (const i of greatest(backpropagated, 4)) {
      const at = (by: number) => lossWith(layer, outputOf(layer, moved(y, i, by)), { pooled });
      const difference = (at(step * size) - at(-step * size)) / (2 * step * size);
      expect(Math.abs(difference - backpropagated[i]!)).toBeLessThan(0.05 * largest);
    }
  });

  it('sums to the gradients by gamma and beta of the training step', () => {
    const units = unitsOf(found);
    const [byGamma, byBeta] = ['gamma', 'beta'].map((name) =>
      gradients[`conv${layer}/${name}`]!.dataSync(),
    ) as [Float32Array, Float32Array];
    const scale = Math.max(...byGamma.map(Math.abs), ...byBeta.map(Math.abs));
    units.forEach((unit, j) => {
      const { yhat } = normalise(unit.y, 1e-5);
      expect(Math.abs(sumOf(unit.gradient) - byBeta[j]!)).toBeLessThan(1e-3 * scale);
      expect(Math.abs(dot(unit.gradient, yhat) - byGamma[j]!)).toBeLessThan(1e-3 * scale);
    });
    expect(gamma).toHaveLength(units.length);
  });

  it('obeys Fact C.1', () => {
    const errors = column(measuredTable(unitsOf(found)), 'gradientError');
    expect(Math.max(...errors)).toBeLessThan(1e-3);
  });

  it('gives the same at the same place, and other gradients elsewhere', () => {
    expect(found.gradientAt(z)).toEqual(gradient);
    expect(found.backpropagatedAt(y)).toEqual(backpropagated);
    expect(found.gradientAt(z.map((value) => 0.5 * value))).not.toEqual(gradient);
  });
});

it('leaves no trace and no tensor', () => {
  const before = stateOf(input);
  const first = probed(4);
  const count = tf.memory().numTensors;
  const again = probed(4);
  again.gradientAt(again.z);
  again.backpropagatedAt(again.y);
  expect(tf.memory().numTensors).toBe(count);
  expect(stateOf(input)).toEqual(before);
  expect(again.gradient).toEqual(first.gradient);
});

it('refuses a layer that is not there and another normalisation', () => {
  expect(() => probed(9)).toThrow(UserError);
  const { network, steps, input } = sample('none');
  expect(() => layerGradients(network, steps.functions, input, 1)).toThrow(
    "the network has normalisation 'none'",
  );
});
