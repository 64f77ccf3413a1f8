/** A table file that is being written: only ever longer, and able to go back to a length that it had. */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';

import { onFile, writeAll } from '../system/files';
import { damaged } from './folders';
import { formatHeader, formatRow } from './table';

/** What a table file held at some step: enough to go back there and to know that it is the same. */
export interface TableState {
  name: string;
  columns: string[];
  /** Length of the file. */
  bytes: number;
  /** Of these bytes, hex. */
  sha256: string;
}

export interface TableFile {
  /** Adds a row to what `flush` writes. */
  append(row: ArrayLike<number>): void;
  /** Hands all rows to the system. After a UserError (full disk) the rows are kept for the next try. */
  flush(): void;
  /** Flushes, makes it durable and says what the file holds. */
  sync(): TableState;
  close(): void;
}

interface Start {
  fd: number;
  bytes: number;
  hash: Hash;
  pending: string[];
}

function startNew(file: string, columns: string[]): Start {
  return {
    fd: fs.openSync(file, 'w'),
    bytes: 0,
    hash: createHash('sha256'),
    pending: [formatHeader(columns)],
  };
}

function startAt(file: string, state: TableState): Start {
  if (!fs.existsSync(file)) throw damaged(file, 'it is gone');
  const fd = fs.openSync(file, 'r+');
  try {
    const known = Buffer.alloc(state.bytes);
    const hash = createHash('sha256');
    if (fs.readSync(fd, known, 0, state.bytes, 0) < state.bytes) {
      throw damaged(file, `shorter than the ${state.bytes} bytes that the checkpoint knows`);
    }
    if (hash.update(known).copy().digest('hex') !== state.sha256) {
      throw damaged(file, 'not what the checkpoint knows');
    }
    fs.ftruncateSync(fd, state.bytes);
    return { fd, bytes: state.bytes, hash, pending: [] };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/**
 * Opens a table file: empty with a header, or, where `state` is given, cut back to it.
 * Throws UserError where the file cannot be written or is not what `state` says.
 */
export function openTableFile(
  file: string,
  name: string,
  start: { columns: string[] } | TableState,
): TableFile {
  const { columns } = start;
  const opened = onFile('write', file, () =>
    'bytes' in start ? startAt(file, start) : startNew(file, columns),
  );
  const { fd, hash, pending } = opened;
  let { bytes } = opened;

  function flush(): void {
    if (pending.length === 0) return;
    const chunk = Buffer.from(pending.join(''));
    onFile('write', file, () => {
      try {
        writeAll(fd, chunk, bytes);
      } catch (error) {
        fs.ftruncateSync(fd, bytes); // no part of a row stays
        throw error;
      }
    });
    hash.update(chunk);
    bytes += chunk.byteLength;
    pending.length = 0;
  }

  return {
    append(row) {
      if (row.length !== columns.length) {
        throw new Error(`table ${name}: ${row.length} values for ${columns.length} columns`);
      }
      pending.push(formatRow(row));
    },
    flush,
    sync() {
      flush();
      onFile('write', file, () => fs.fsyncSync(fd));
      return { name, columns, bytes, sha256: hash.copy().digest('hex') };
    },
    close: () => fs.closeSync(fd),
  };
}
