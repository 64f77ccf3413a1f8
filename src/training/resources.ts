/** What runs of one process share: data sets on the device, and the compiled functions of each network. */
import { canonicalJson } from '../config/hash';
import type { VggConfig } from '../config/schema';
import { batchIndices } from '../data/batches';
import { type ChannelValues, type DataSet, imageSide, type Split } from '../data/dataSet';
import { dataSets } from '../data/registry';
import { tf } from '../engine/tf';
import { uint8Tensor } from '../engine/transfer';
import { disposeTree } from '../engine/tree';
import { type Vgg, vgg } from '../models/vgg';
import { makeChannelMoments } from '../probes/channelMoments';
import { makeCovariateShift } from '../probes/covariateShift';
import { makeCurvature } from '../probes/curvature';
import { makeLandscape } from '../probes/landscape';
import { makeRandomDirections } from '../probes/randomDirections';
import { streamKey } from '../random/streams';
import { cropsAt } from '../step/augment';
import { type Batch, type DeviceData, makeSteps, type Steps } from '../step/step';

export interface DeviceDataSet {
  train: DeviceData;
  test: DeviceData;
  trainCount: number;
  testCount: number;
  mean: ChannelValues;
  std: ChannelValues;
}

const loaded = new Map<VggConfig['data'], DeviceDataSet>();
const networks = new Map<string, Resources>();

function onDevice({ count, images, labels }: Split): DeviceData {
  return {
    images: uint8Tensor(images, [count, imageSide, imageSide, 3]),
    labels: tf.tensor1d(Int32Array.from(labels), 'int32'),
  };
}

function upload({ train, test, mean, std }: DataSet): DeviceDataSet {
  return {
    train: onDevice(train),
    test: onDevice(test),
    trainCount: train.count,
    testCount: test.count,
    mean,
    std,
  };
}

/** A data set on the device (CIFAR-10: 184 MB), loaded at its first use. Throws UserError where it is not there. */
export function dataSet(name: VggConfig['data']): DeviceDataSet {
  let found = loaded.get(name);
  if (!found) {
    found = upload(dataSets[name].load());
    loaded.set(name, found);
  }
  return found;
}

/** A network with its compiled functions and probes. */
export interface Resources {
  network: Vgg;
  steps: Steps;
  landscape: ReturnType<typeof makeLandscape>;
  covariateShift: ReturnType<typeof makeCovariateShift>;
  channelMoments: ReturnType<typeof makeChannelMoments>;
  randomDirections: ReturnType<typeof makeRandomDirections>;
  curvature: ReturnType<typeof makeCurvature>;
}

/** The network of a run, shared by all runs that differ only in seed, learning rate or schedule. */
export function resourcesOf(config: VggConfig): Resources {
  const { architecture, width, head, normalisation, l2, data, augmentation = false } = config;
  const { activations, covariateShift } = config.probes;
  const layers = [activations.layers, covariateShift.layers];
  const network = { architecture, width, head, normalisation };
  const key = canonicalJson({ ...network, l2, data, augmentation, layers });
  let found = networks.get(key);
  if (!found) {
    const { mean, std } = dataSet(data);
    const built = vgg({ ...network, classes: dataSets[data].classes });
    const steps = makeSteps(built, { l2, mean, std });
    found = {
      network: built,
      steps,
      landscape: makeLandscape(steps.functions.gradient),
      covariateShift: makeCovariateShift(built, steps.functions, { ...covariateShift, l2 }),
      channelMoments: makeChannelMoments(built, steps.functions, activations),
      randomDirections: makeRandomDirections(steps.functions.gradient),
      curvature: makeCurvature(steps.functions.gradient),
    };
    networks.set(key, found);
  }
  return found;
}

/** The minibatch of a step of a run, with the key of its noise. The caller disposes of all but the data: `disposeBatch`. */
export function batchAt(config: VggConfig, data: DeviceDataSet, step: number): Batch {
  const { seed, batchSize, augmentation } = config;
  const indices = batchIndices({ seed, step, batchSize, count: data.trainCount });
  const batch = {
    data: data.train,
    indices: tf.tensor1d(indices, 'int32'),
    noiseKey: tf.tensor1d(streamKey(seed, 'noise', step), 'int32'),
  };
  return augmentation ? { ...batch, crops: cropsAt(seed, step, batchSize) } : batch;
}

/** Frees what belongs to one batch; the data stays. */
export const disposeBatch = (batch: Batch): void => disposeTree({ ...batch, data: {} });
