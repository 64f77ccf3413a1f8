/** Which processes of this machine are alive, also where a number was given to another process since. */
import fs from 'node:fs';

interface ProcessState {
  /** Gone but for its entry in the table. */
  zombie: boolean;
  /** The boot and the tick of its start: another process of the same number has another one. */
  birth: string;
}

/** What Linux knows of a process; undefined elsewhere and where there is none. */
function processState(pid: number): ProcessState | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The second field is the command in parentheses and may hold anything: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { zombie: fields[0] === 'Z' || fields[0] === 'X', birth: `${boot}/${fields[19]}` };
  } catch {
    return undefined;
  }
}

/** Tells a process from a later one of the same number; empty where the system does not say. */
export function birthOf(pid: number): string {
  return processState(pid)?.birth ?? '';
}

/** Whether the process lives: the one born at `birth`, where that is known. */
export function isAlive(pid: number, birth = ''): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const state = processState(pid);
  if (state === undefined) return true;
  return !state.zombie && (birth === '' || birth === state.birth);
}
