/** What reaches the notebook: one output with several mime types, or one that is replaced in place. */
import { randomBytes } from 'node:crypto';

/** Mime type -> content; bytes are sent as base64, objects as JSON. Front ends show the richest they know. */
export type Bundle = Record<string, string | Uint8Array | object>;

export interface ShowOptions {
  /** Gives the output a name, by which it can be replaced. */
  displayId?: string;
  /** Replace the output of that name instead of adding one. Default false. */
  update?: boolean;
  /** Mime type -> what is said about that content, e.g. the `alt` of an image. */
  metadata?: Record<string, object>;
}

type WriteDisplayData = (message: object, update: boolean) => void;

/** tslab's writer of display messages. Not in a kernel there is none, and tslab (with a compiler) is not loaded. */
function writer(): WriteDisplayData | null {
  const tslab = require.cache[require.resolve('tslab/dist/jupyter.js')];
  const exported = tslab?.exports as { lastWriteDisplayData?: WriteDisplayData | null } | undefined;
  return exported?.lastWriteDisplayData ?? null;
}

/** Shows one output below the running cell. Outside a kernel it does nothing. */
export function showBundle(bundle: Bundle, options: ShowOptions = {}): void {
  const { displayId, update = false, metadata = {} } = options;
  const data = Object.fromEntries(
    Object.entries(bundle).map(([mime, content]) => [
      mime,
      content instanceof Uint8Array ? Buffer.from(content).toString('base64') : content,
    ]),
  );
  const transient = displayId ? { display_id: displayId } : {};
  writer()?.({ data, metadata, transient }, update);
}

/** An output that later ones replace. */
export interface Slot {
  /** Shows what `make` returns, unless something was shown a moment ago: then `make` is not called. */
  show(make: () => Bundle): void;
  /** Shows the last state, however recent the one before. */
  finish(bundle: Bundle): void;
}

export interface SlotOptions {
  /** The least time between two outputs, in ms. Default 250: more often, Lab falls behind and flickers. */
  interval?: number;
}

/** Makes an output that is replaced in place, not more often than the interval allows. */
export function createSlot(options: SlotOptions = {}): Slot {
  const { interval = 250 } = options;
  const displayId = randomBytes(8).toString('hex');
  let shownAt: number | undefined;
  const put = (bundle: Bundle): void => {
    showBundle(bundle, { displayId, update: shownAt !== undefined });
    shownAt = Date.now();
  };
  return {
    show(make) {
      if (shownAt === undefined || Date.now() - shownAt >= interval) put(make());
    },
    finish: put,
  };
}
