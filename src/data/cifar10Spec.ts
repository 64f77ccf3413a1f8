/**
 * What CIFAR-10 is, to the byte: six batches and the hash of each.
 *
 * The hash is of a batch as this project stores it: images [10000, 32, 32, 3], then labels [10000]. The npm package
 * and the authors' archive hold the same batches in the same order: written as the authors' records (label, then red,
 * green and blue plane), the package's batches have the SHA-256 of the authors' .bin files, which several independent
 * projects publish. So one hash per batch serves both sources, and a run reads the same images in the same order
 * whichever was reachable. data/README.md lists both hashes; tests/data/cifar10.test.ts recomputes them.
 */
import { imageBytes } from './dataSet';

export interface BatchSpec {
  /** The file name of the sources, without its ending. */
  name: string;
  split: 'train' | 'test';
  /** SHA-256 of images, then labels, as stored here. */
  sha256: string;
}

export interface Cifar10Spec {
  /** In the order in which a split strings them together. */
  batches: BatchSpec[];
  imagesPerBatch: number;
}

export const cifar10Spec: Cifar10Spec = {
  imagesPerBatch: 10_000,
  batches: [
    {
      name: 'data_batch_1',
      split: 'train',
      sha256: '8350d89ba6404c270d263d84bf037e74b0158eecac79f27405efcf23445a6997',
    },
    {
      name: 'data_batch_2',
      split: 'train',
      sha256: '28d2d506ff2e052a3c902ac74931514d4c22d54b3f23622088bee441ab096cf0',
    },
    {
      name: 'data_batch_3',
      split: 'train',
      sha256: 'e56532de152c7a77fc2a722499682f2699ce5177bbfac2ed2e415096184fa1d9',
    },
    {
      name: 'data_batch_4',
      split: 'train',
      sha256: 'bb996a8ffff861dd5cca88c397fdfb884f0c482c5588bd32cea3dc7b648709bb',
    },
    {
      name: 'data_batch_5',
      split: 'train',
      sha256: 'efb6334c7c1f88ac69032959408d9eeccb983002e83119b66de7309d3d2c7915',
    },
    {
      name: 'test_batch',
      split: 'test',
      sha256: '8193b3fbce55bec361cd1b8fd4880cb1649832dc4d6de6da1e7a21847a4843aa',
    },
  ],
};

/** Bytes of a stored batch: images, then labels. */
export const batchBytes = (spec: Cifar10Spec): number => spec.imagesPerBatch * (imageBytes + 1);

/** The batches of one split, in order. */
export const batchesOf = (spec: Cifar10Spec, split: BatchSpec['split']): BatchSpec[] =>
  spec.batches.filter((batch) => batch.split === split);
