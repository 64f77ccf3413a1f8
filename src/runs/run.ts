/** A finished (or interrupted) run as everything downstream sees it: config, manifest and tables. */
import type { RunConfig } from '../config/schema';
import type { PhaseSeconds } from './phases';
import type { Table } from './table';

/** How a run ended, or that it has not. */
export type RunStatus = 'running' | 'done' | 'diverged' | 'interrupted';

/** The bytes of a finished table. */
export interface TableChecksum {
  /** Length of the file; format 1 did not say. */
  bytes?: number;
  /** Hex. */
  sha256: string;
}

/** What is known about how a run was made. Times are ISO 8601; seconds are of training, all sessions together. */
export interface Manifest {
  /** Version of the run folder's format: 1 has no checksum of the manifest itself, 2 has. */
  format: 1 | 2;
  id: string;
  status: RunStatus;
  /** Steps that are in the tables. */
  step: number;
  /** The step at which loss or a gradient was not finite. */
  divergedAt?: number;
  started: string;
  finished?: string;
  seconds: number;
  /** These seconds by what was done in them; a run that is older than the clock has none. */
  phases?: PhaseSeconds;
  versions: Record<string, string>;
  device: Record<string, string | number | boolean>;
  commit?: string;
  /** Of each table, written when the run ends. */
  checksums?: Record<string, TableChecksum>;
}

export type TableName =
  | 'steps'
  | 'evals'
  | 'moments'
  | 'histograms'
  | 'channelMoments'
  | 'landscape'
  | 'covariateShift'
  | 'randomDirections'
  | 'curvature'
  | 'unitConditions';

export interface Run {
  id: string;
  config: RunConfig;
  manifest: Manifest;
  tables: Partial<Record<TableName, Table>>;
  /** Tables of an unfinished run whose last row was cut off and left out. */
  torn?: TableName[];
}
