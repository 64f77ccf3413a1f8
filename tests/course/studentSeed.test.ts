import os from 'node:os';

import { afterEach, expect, it, vi } from 'vitest';

import { studentSeed } from '../../src/course/studentSeed';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('is the same for the same name, another for another, and not one of the recorded', () => {
  expect(studentSeed('Ada')).toBe(studentSeed(' ada'));
  const seeds = Array.from({ length: 200 }, (_, i) => studentSeed(`student${i}`));
  expect(new Set(seeds).size).toBeGreaterThan(190);
  expect(Math.min(...seeds)).toBeGreaterThanOrEqual(1000);
  expect(Math.max(...seeds)).toBeLessThan(10_000);
});

it('goes by BN_STUDENT, then by the name on a hub; 0 while a notebook is graded', () => {
  vi.stubEnv('NBGRADER_EXECUTION', undefined);
  vi.stubEnv('JUPYTERHUB_USER', 'grace');
  vi.stubEnv('BN_STUDENT', undefined);
  expect(studentSeed()).toBe(studentSeed('grace'));
  vi.stubEnv('BN_STUDENT', 'ada');
  expect(studentSeed()).toBe(studentSeed('ada'));
  vi.stubEnv('NBGRADER_EXECUTION', 'autograde');
  expect(studentSeed()).toBe(0);
});

it('asks for BN_STUDENT where the user has no name, but not while a notebook is graded', () => {
  for (const name of ['NBGRADER_EXECUTION', 'JUPYTERHUB_USER', 'BN_STUDENT'])
    vi.stubEnv(name, undefined);
  vi.spyOn(os, 'userInfo').mockImplementation(() => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  });
  expect(() => studentSeed()).toThrow('set BN_STUDENT to your name');
  vi.stubEnv('NBGRADER_EXECUTION', 'autograde');
  expect(studentSeed()).toBe(0);
});
