/** Stands for the tslab kernel that notebook code writes to: takes its display messages. */
import Module from 'node:module';

import { afterEach, beforeEach } from 'vitest';

export interface Message {
  data: Record<string, unknown>;
  displayId?: string;
  update: boolean;
}

interface Raw {
  data: Record<string, unknown>;
  transient: { display_id?: string };
}

/** For each test of the file: a kernel that collects what is shown. */
export function collectMessages(): Message[] {
  const messages: Message[] = [];
  const name = require.resolve('tslab/dist/jupyter.js');
  beforeEach(() => {
    messages.length = 0;
    const lastWriteDisplayData = (message: Raw, update: boolean): void => {
      // As on the way to Jupyter: what JSON cannot hold is lost.
      const { data, transient } = JSON.parse(JSON.stringify(message)) as Raw;
      messages.push({ data, displayId: transient.display_id, update });
    };
    require.cache[name] = Object.assign(new Module(name), { exports: { lastWriteDisplayData } });
  });
  afterEach(() => {
    delete require.cache[name];
  });
  return messages;
}
