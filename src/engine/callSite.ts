/** Which line of the user's code is running: for messages about what a step did. */
import path from 'node:path';

const place = /^\s*at (?:.*? \()?(.+:\d+):\d+\)?$/;
const notTheUsers = /node_modules|^node:/;
const engineFolder = __dirname + path.sep;
const kernelFolder = /tfjs-node[\\/]dist[\\/](kernels|nodejs_kernel_backend)/;

/**
 * The calls that are under way, innermost first: the file that runs, and where source maps say that its line is. Whose
 * line it is can be told by the file alone: the maps of TensorFlow.js name files that do not exist.
 */
function calls(): { file: string; line: string | undefined }[] {
  const { stackTraceLimit, prepareStackTrace } = Error as {
    stackTraceLimit: number;
    prepareStackTrace?: unknown;
  };
  // Some of TensorFlow.js's functions lie a dozen calls deep.
  Error.stackTraceLimit = 100;
  const [, ...lines] = (new Error().stack ?? '').split('\n');
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error().stack as unknown as NodeJS.CallSite[];
  Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  return sites.map((site, i) => ({
    file: site.getFileName() ?? '',
    line: place.exec(lines[i] ?? '')?.[1],
  }));
}

/**
 * The nearest line that is neither in this folder nor in a package, as `file.ts:line`, and whether a kernel of
 * tfjs-node is running.
 */
export function callSite(): { line: string; inKernel: boolean } {
  const all = calls();
  const own = all.find(
    ({ file, line }) => line && file && !notTheUsers.test(file) && !file.includes(engineFolder),
  );
  return {
    line: own?.line ?? 'an unknown line',
    inKernel: all.some(({ file }) => kernelFolder.test(file)),
  };
}
