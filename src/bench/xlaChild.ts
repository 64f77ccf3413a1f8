/**
 * One process of `bn-lab bench xla`: compiles the training step of one network and times it. Arguments: the network as
 * JSON, batch, steps. Prints one line of JSON, an XlaTime.
 */
import { onXlaCompilation } from '../engine/compile';
import type { VggOptions } from '../models/vgg';
import { trainingStepName } from '../step/step';
import { prepareVgg } from './cases';

export interface XlaTime {
  /** Seconds until XLA had compiled the step. */
  compile: number;
  /** Milliseconds a step, whose loss is read at the end of each. */
  reading: number;
  /** The same where the loss is read after the last step only, as training reads it. */
  queued: number;
}

function main([network, batch, steps]: string[]): XlaTime {
  let began = 0;
  let compile = 0;
  onXlaCompilation(({ name, state }) => {
    if (name !== trainingStepName) return;
    if (state === 'begins') began = performance.now();
    else compile += (performance.now() - began) / 1000;
  });
  const count = Number(steps);
  const run = prepareVgg({
    network: JSON.parse(network!) as VggOptions,
    batch: Number(batch),
    steps: count,
  });
  const time = (take: () => void): number => {
    const start = performance.now();
    take();
    return (performance.now() - start) / count;
  };
  run.train();
  run.train();
  const reading = time(() => {
    for (let i = 0; i < count; i++) run.train();
  });
  const queued = 1000 * run.seconds(count);
  run.dispose();
  return { compile, reading, queued };
}

console.log(JSON.stringify(main(process.argv.slice(2))));
