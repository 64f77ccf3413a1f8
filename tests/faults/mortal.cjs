/**
 * Loaded before a program (node --require) to make it mortal at an exact place. BN_FAULT says how, as JSON:
 *   death     the number of the file operation at which the process is killed (SIGKILL); a write gets half way
 *   journal   a file that gets a line for each checkpoint written, and one for the operation that killed the process
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const { death = Infinity, journal } = JSON.parse(process.env.BN_FAULT);

const real = { ...fs };
const names = new Map();
let operations = 0;

const note = (entry) => real.appendFileSync(journal, JSON.stringify(entry) + '\n');

function dieHere(operation, file) {
  note({ death: operation, file: path.basename(String(names.get(file) ?? file)) });
  process.kill(process.pid, 'SIGKILL');
  for (;;); // not a step further
}

/** The run, the step and the bytes of a checkpoint. */
function describeCheckpoint(file) {
  const bytes = real.readFileSync(file);
  const header = JSON.parse(bytes.toString('utf8', 12, 12 + bytes.readUInt32LE(8)));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { run: path.basename(path.dirname(file)), step: header.step, sha256 };
}

for (const operation of ['writeSync', 'fsyncSync', 'renameSync', 'ftruncateSync', 'rmSync']) {
  fs[operation] = (...args) => {
    const dies = ++operations === death;
    if (dies && operation === 'writeSync') {
      const [fd, bytes, offset, length, position] = args;
      real.writeSync(fd, bytes, offset, length >> 1, position);
    }
    if (dies) dieHere(operation, args[0]);
    const result = real[operation](...args);
    if (operation === 'renameSync' && path.basename(args[1]) === 'checkpoint.bin')
      note(describeCheckpoint(args[1]));
    return result;
  };
}
fs.openSync = (file, ...rest) => {
  const fd = real.openSync(file, ...rest);
  names.set(fd, file);
  return fd;
};
