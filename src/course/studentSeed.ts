/** A seed for each student, so that a class trains as many seeds as it has heads. */
import { createHash } from 'node:crypto';
import os from 'node:os';

/** Seeds below are those of the recorded runs and of people's first tries. */
const first = 1000;
const count = 9000;

/** BN_STUDENT, else the name on a JupyterHub, else that of the login. */
const studentName = (): string =>
  process.env.BN_STUDENT || process.env.JUPYTERHUB_USER || os.userInfo().username;

/**
 * The seed of a student, from 1000 to 9999: the same name gives the same seed everywhere, whatever its case. While a
 * notebook is graded it is 0, of which the runs are recorded, so that nothing is trained.
 */
export function studentSeed(name = studentName()): number {
  if (process.env.NBGRADER_EXECUTION) return 0;
  const digest = createHash('sha256').update(name.trim().toLowerCase()).digest();
  return first + (digest.readUInt32BE(0) % count);
}
