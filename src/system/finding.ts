/** What the doctor's checks say of the machine, one finding each. */

export interface Check {
  name: string;
  state: 'ok' | 'missing' | 'broken';
  detail: string;
  /** What to do; empty where there is nothing to do. */
  remedy: string;
}

export interface DoctorOptions {
  /** Receives one line at a time; with `json` one line in all. */
  log: (line: string) => void;
  /** Install or repair the engine first; with `course` also what else is missing. */
  fix?: boolean;
  /** Ask also for what a class needs: everything must be there, and a notebook runs. */
  course?: boolean;
  /** Give the report as JSON. */
  json?: boolean;
}

export type Finding = Omit<Check, 'name'>;

export type CheckFunction = (options: DoctorOptions) => Finding | Promise<Finding>;

/** Something that is as it should be; a remedy where it could be better. */
export const ok = (detail: string, remedy = ''): Finding => ({ state: 'ok', detail, remedy });
/** Something that is not there, with how to get it. */
export const missing = (detail: string, remedy: string): Finding => ({
  state: 'missing',
  detail,
  remedy,
});
/** Something that is there and does not serve, with what to do about it. */
export const broken = (detail: string, remedy: string): Finding => ({
  state: 'broken',
  detail,
  remedy,
});
