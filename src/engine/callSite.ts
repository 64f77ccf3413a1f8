/** Which line of the user's code is running: for messages about what a step did. */
import path from 'node:path';

const frame = /^\s*at (?:.*? \()?(.+:\d+):\d+\)?$/;
const engineFolder = __dirname + path.sep;
const kernelFolder = /tfjs-node[\\/]dist[\\/](kernels|nodejs_kernel_backend)/;

/**
 * The nearest line that is neither in this folder nor in a package, as `file.ts:line`, and whether a kernel of
 * tfjs-node is running.
 */
export function callSite(): { line: string; inKernel: boolean } {
  // Some of TensorFlow.js's functions lie a dozen calls deep.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = limit;
  const own = frames.find(
    (text) => !/node_modules|node:/.test(text) && !text.includes(engineFolder),
  );
  return {
    line: (own && frame.exec(own)?.[1]) ?? 'an unknown line',
    inKernel: frames.some((text) => kernelFolder.test(text)),
  };
}
