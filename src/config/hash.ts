/** The identity of a run: one spelling of a config as text, its hash, and the run's name made from both. */
import { createHash } from 'node:crypto';

import { UserError } from '../system/errors';
import type { RunConfig } from './schema';

function refuse(path: string, what: string): never {
  throw new UserError(`config: ${path || 'the value'} ${what}, which has no place in a config`);
}

function spell(value: unknown, path: string, above: readonly unknown[]): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) refuse(path, `is ${value}`);
    return JSON.stringify(value); // the shortest text of the double, the same everywhere; -0 becomes 0
  }
  if (typeof value !== 'object')
    refuse(path, `is ${value === undefined ? '' : 'a '}${typeof value}`);
  if (above.includes(value)) refuse(path, 'contains itself');
  const within = [...above, value];
  if (Array.isArray(value)) {
    const items = Array.from(value, (item, i) => spell(item, `${path}[${i}]`, within));
    return `[${items.join(',')}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    refuse(path, `is a ${value.constructor.name}`); // Date, Map, typed array: no plain object
  }
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, item]) =>
        `${JSON.stringify(key)}:${spell(item, path ? `${path}.${key}` : key, within)}`,
    );
  return `{${entries.join(',')}}`;
}

/**
 * JSON with sorted keys and no spaces: equal values give equal text on every machine.
 * Throws UserError, naming the key, for undefined, NaN, infinity and anything that JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  return spell(value, '', []);
}

/** The first 10 hex digits of the SHA-256 of the canonical JSON. */
export function configHash(config: unknown): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex').slice(0, 10);
}

const networkSlug = (config: RunConfig): string =>
  config.model === 'vgg'
    ? `${config.architecture}-w${config.width}`
    : `linear${config.depth}x${config.size}`;

/** A run's id: what a person looks for in a list, then the hash, e.g. `vgg11-w0.125-batch-lr0.1-seed0-3f2a9c01be`. */
export function runId(config: RunConfig): string {
  const { normalisation, learningRate, seed } = config;
  const slug = `${networkSlug(config)}-${normalisation}-lr${learningRate}-seed${seed}`;
  const safe = slug.toLowerCase().replace(/[^a-z0-9.]+/g, '-');
  return `${safe}-${configHash(config)}`;
}
