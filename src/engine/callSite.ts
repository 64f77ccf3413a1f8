/** Which line of the user's code is running: for messages about what a step did. */
import path from 'node:path';

const place = /^\s*at (?:.*? \()?(.+:\d+):\d+\)?$/;
const notTheUsers = /node_modules|node:/;
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
  const own = frames
    .filter((frame) => !notTheUsers.test(frame) && !frame.includes(engineFolder))
    .map((frame) => place.exec(frame)?.[1])
    .find((line) => line !== undefined);
  return {
    line: own ?? 'an unknown line',
    inKernel: frames.some((frame) => kernelFolder.test(frame)),
  };
}
