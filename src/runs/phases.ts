/** Where the time of a run goes. */

/** What is timed apart; `other` is whatever belongs to none of them. */
export type PhaseName =
  | 'start' // data to the device, initial weights or the checkpoint
  | 'step' // minibatches and training steps, with their compilation
  | ProbePhase
  | 'evaluation'
  | 'checkpoints'
  | 'metrics' // rows of the steps table and messages about progress
  | 'waiting' // for the device to have a step's metrics, and for signals
  | 'other';

const probes = [
  'activations',
  'channelMoments',
  'landscape',
  'covariateShift',
  'randomDirections',
  'curvature',
  'unitConditions',
] as const;

type ProbePhase = (typeof probes)[number];

/** Seconds by phase. */
export type PhaseSeconds = Partial<Record<PhaseName, number>>;

export interface Phases {
  /** Does `work`, and counts its time under a phase, less that of phases inside it. */
  measure<T>(phase: PhaseName, work: () => T): T;
  /** Seconds so far. */
  seconds: () => PhaseSeconds;
}

/** A clock that is started here. */
export function createPhases(now: () => number = () => performance.now()): Phases {
  const total: PhaseSeconds = {};
  let current: PhaseName = 'other';
  let since = now();

  /** Goes over to another phase and returns the one before. */
  function enter(phase: PhaseName): PhaseName {
    const [before, time] = [current, now()];
    total[before] = (total[before] ?? 0) + (time - since) / 1000;
    [current, since] = [phase, time];
    return before;
  }

  return {
    measure(phase, work) {
      const outer = enter(phase);
      let later = false;
      try {
        const result = work();
        if (!(result instanceof Promise)) return result;
        later = true;
        return result.finally(() => enter(outer)) as typeof result;
      } finally {
        if (!later) enter(outer);
      }
    },
    seconds() {
      enter(current);
      return { ...total };
    },
  };
}

/** The sums of two sessions' seconds, to milliseconds. */
export function addPhases(a: PhaseSeconds, b: PhaseSeconds): PhaseSeconds {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])] as PhaseName[];
  const sum = (name: PhaseName): number => (a[name] ?? 0) + (b[name] ?? 0);
  return Object.fromEntries(names.map((name) => [name, Math.round(1000 * sum(name)) / 1000]));
}

/** Seconds with those of all probes in one. */
export function withProbesTogether(seconds: PhaseSeconds): Record<string, number> {
  const rest = Object.entries(seconds).filter(([name]) => !probes.some((probe) => probe === name));
  const all = probes.reduce((sum, probe) => sum + (seconds[probe] ?? 0), 0);
  return { ...Object.fromEntries(rest), ...(all > 0 && { probes: all }) };
}

/** The shares of a run's time, the greatest first, those below 1% left out: `step 61%, probes 30%`. */
export function sharesLine(seconds: Record<string, number>): string {
  const whole = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  return Object.entries(seconds)
    .map(([name, each]) => ({ name, percent: Math.round((100 * each) / whole) }))
    .filter(({ percent }) => percent >= 1)
    .sort((a, b) => b.percent - a.percent)
    .map(({ name, percent }) => `${name} ${percent}%`)
    .join(', ');
}
