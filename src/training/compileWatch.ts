/**
 * Compilations by XLA in a worker process, seen from outside: a line with the seconds while one runs, and an end to one
 * that takes too long. A process cannot end its own: the compiler blocks its thread.
 */
import { canonicalJson } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { trainingStepName } from '../step/step';
import { UserError } from '../system/errors';

/** Thrown where a compilation was given up: the process is ended, and the job can go on without XLA for that step. */
export class CompilationGivenUp extends Error {
  constructor(readonly step: string) {
    super(`XLA did not compile the step ${step} in time`);
  }
}

export interface CompileWatch {
  begins(step: string): void;
  ends(): void;
}

export interface CompileWatchOptions {
  log: (line: string) => void;
  /** Called once where a compilation exceeds the limit. */
  giveUp: (step: string) => void;
}

const defaultLimit = 120;
/** Shorter compilations go unmentioned. */
const firstLineAfter = 3;
const lineEvery = 15;

/** The longest compilation in seconds: BN_COMPILE_SECONDS, else 120. Throws UserError where that is no such number. */
export function compileLimit(asked = process.env.BN_COMPILE_SECONDS): number {
  if (asked === undefined || asked === '') return defaultLimit;
  const seconds = Number(asked);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new UserError(
    `BN_COMPILE_SECONDS is ${JSON.stringify(asked)}; give the seconds that a compilation may take, above 0 and at most 86400`,
  );
}

const nameOf = (step: string): string =>
  step === trainingStepName ? 'the training step' : `step ${step}`;

/** Watches the compilations of one process, one after the other. */
export function watchCompilations({ log, giveUp }: CompileWatchOptions): CompileWatch {
  const limit = compileLimit();
  let timers: NodeJS.Timeout[] = [];
  const ends = (): void => {
    timers.forEach((timer) => clearTimeout(timer));
    timers = [];
  };
  return {
    begins(step) {
      ends();
      const name = nameOf(step);
      const sayAt = (seconds: number, line: string): void => {
        if (seconds < limit) timers.push(setTimeout(() => log(line), 1000 * seconds));
      };
      sayAt(firstLineAfter, `compiling ${name} (about 40 s on a GPU) ...`);
      for (let seconds = lineEvery; seconds < limit; seconds += lineEvery)
        sayAt(seconds, `compiling ${name}: ${seconds} s`);
      const stop = (): void => {
        ends();
        log(`${name} did not compile in ${limit} s: it runs as a TensorFlow function from here on`);
        giveUp(step);
      };
      timers.push(setTimeout(stop, 1000 * limit));
    },
    ends,
  };
}

/** What a compilation depends on: two runs of one network share it. */
export function networkKey(config: RunConfig): string {
  const network: Partial<RunConfig> = { ...config };
  for (const key of [
    'seed',
    'learningRate',
    'initialisation',
    'steps',
    'logEvery',
    'probes',
  ] as const)
    delete network[key];
  return canonicalJson(network);
}
