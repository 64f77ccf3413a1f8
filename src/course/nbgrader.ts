/**
 * The course in nbgrader: a folder with the source of each assignment, from which nbgrader makes the students' edition, and
 * in which it collects, grades and keeps its book.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { endOf, type JupyterOptions, spawnPython } from '../jupyter/environment';
import { readNotebook } from '../jupyter/notebookFile';
import { notebookNames } from '../jupyter/notebooks';
import { UserError } from '../system/errors';
import {
  listFolder,
  onFile,
  prepareFolder,
  readIfThere,
  replaceFolder,
  writeAtomic,
} from '../system/files';
import { homeRoot, notebookFolder, projectRoot, sharedRoot } from '../system/paths';
import { assignments, courseSource, withCourseLinks } from './assignments';
import { stub } from './check';
import { editionProblems } from './edition';

export interface CourseOptions {
  /** The course's folder (default: `course` in BN_HOME, else in the checkout). */
  out?: string;
  /** Gets lines about what goes on. */
  log: (line: string) => void;
}

const inSource = (name: string): string => path.join(projectRoot, 'src', 'course', name);

/** The course's folder: `out`, else `course` in BN_HOME, else in the checkout. */
export const courseFolder = (out = path.join(homeRoot(), 'course')): string => path.resolve(out);

/** nbgrader in an environment of its own: whoever only reads the notebooks needs none of it. */
const environment = (options: Partial<CourseOptions>): JupyterOptions => ({
  title: 'nbgrader',
  directory: path.join(sharedRoot(), '.local', 'nbgrader'),
  requirements: inSource('requirements.txt'),
  cwd: courseFolder(options.out),
  log: options.log,
  env: {
    // Of SQLAlchemy, about nbgrader's own queries.
    PYTHONWARNINGS: 'ignore',
    // Grades must not hang on the settings of whoever grades.
    ...{ BN_PRESET: undefined, BN_SEEDS: undefined, BN_RETRAIN: undefined },
  },
});

/** nbgrader's settings, with what it needs to know about this kernel's language. */
const config = `# Written by bn-lab; put settings of your own below, they stay.
from pathlib import Path

c = get_config()
root = Path(__file__).resolve().parent
c.CourseDirectory.course_id = "bn-lab"
c.CourseDirectory.root = str(root)
c.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "node_modules"]
c.ClearSolutions.code_stub = {"typescript": "// YOUR CODE HERE\\nthrow new Error('${stub}');"}
c.ClearSolutions.begin_solution_delimeter = "// BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "// END SOLUTION"
# Seconds for a cell. An endless loop costs its points, and nobody else's.
c.Execute.timeout = 120
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "no answer within 120 seconds",
    "traceback": ["CellTimeoutError: no answer within 120 seconds"],
}
c.Execute.raise_on_iopub_timeout = False
# For zip_collect: STUDENT_attempt_TIME_FILE
c.FileNameCollectorPlugin.named_regexp = r"(.*[/\\\\])?(?P<student_id>[^/\\\\]+)_attempt_(?P<timestamp>[0-9\\-]+)_(?P<file_id>.*)"
`;

/** The assignments that `asked` names, all where it names none. Throws UserError for one that there is not. */
function chosen(asked: readonly string[]): Map<string, string[]> {
  const all = assignments(notebookNames());
  const unknown = asked.find((name) => !all.has(name));
  if (unknown !== undefined) {
    throw new UserError(
      `there is no assignment ${unknown}; there are ${[...all.keys()].join(', ')}`,
    );
  }
  return asked.length ? new Map([...all].filter(([name]) => asked.includes(name))) : all;
}

const sameOrWritten = (file: string, content: string): void => {
  if (readIfThere(file) !== content) writeAtomic(file, content);
};

/** Writes settings and sources; settings that are there stay. A notebook by an older name would be released as well: it goes. */
function writeSources(out: string, wanted: ReadonlyMap<string, readonly string[]>): void {
  prepareFolder(out);
  const settings = path.join(out, 'nbgrader_config.py');
  if (!existsSync(settings)) writeAtomic(settings, config);
  const all = notebookNames();
  for (const [name, notebooks] of wanted) {
    const folder = path.join(out, 'source', name);
    prepareFolder(folder);
    const names = notebooks.map((notebook) => path.basename(notebook));
    for (const other of listFolder(folder).filter((entry) => entry.endsWith('.ipynb'))) {
      const file = path.join(folder, other);
      if (!names.includes(other)) onFile('remove', file, () => rmSync(file));
    }
    for (const notebook of notebooks) {
      const source = courseSource(readNotebook(path.join(notebookFolder, notebook)), all);
      const file = path.join(folder, path.basename(notebook));
      sameOrWritten(file, JSON.stringify(source, null, 1) + '\n');
    }
  }
}

/** One line of what grader.py prints. */
interface Job {
  job?: string;
  ok?: boolean;
  log?: string;
  scores?: Score[];
}

/** Runs grader.py to its end and returns what it said. Throws UserError where it fails. */
async function runGrader(args: readonly string[], options: CourseOptions): Promise<Job[]> {
  const child = await spawnPython([inSource('grader.py'), ...args], {
    ...environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [code, printed, errors] = await Promise.all([
    endOf(child),
    text(child.stdout!),
    text(child.stderr!),
  ]);
  if (code !== 0) {
    const last = errors.trim().split('\n').at(-1) ?? '';
    throw new UserError(`nbgrader failed (exit code ${code}): ${last}`);
  }
  return printed.split('\n').flatMap((line) => (line ? (JSON.parse(line) as Job) : []));
}

/** The last line of a log that says anything. */
const lastLine = (log = ''): string => log.trim().split('\n').at(-1) ?? '';

/** What was released. */
export interface Released {
  folder: string;
  assignments: string[];
}

/**
 * Makes the students' edition of some assignments, or of all, in `<out>/release`, with an outline beside them. It gets
 * there when it was checked, since students take what they find there. Throws UserError where nbgrader fails, or where an
 * edition is not in step with its source or gives a solution away.
 */
export async function release(asked: readonly string[], options: CourseOptions): Promise<Released> {
  const out = courseFolder(options.out);
  const wanted = chosen(asked);
  writeSources(out, wanted);
  const unchecked = path.join(out, 'release.new');
  onFile('remove', unchecked, () => rmSync(unchecked, { recursive: true, force: true }));
  for (const { job, ok, log } of await runGrader(['release', unchecked, ...wanted.keys()], options))
    if (!ok) throw new UserError(`nbgrader cannot release ${job}: ${lastLine(log)}`);
  for (const [name, notebooks] of wanted) {
    for (const notebook of notebooks.map((each) => path.basename(each))) {
      const [source, student] = [path.join(out, 'source'), unchecked].map((folder) =>
        readNotebook(path.join(folder, name, notebook)),
      );
      const [problem] = editionProblems(source!, student!);
      if (problem) throw new UserError(`the students' edition of ${notebook}: ${problem}`);
    }
  }
  const folder = path.join(out, 'release');
  prepareFolder(folder);
  for (const name of wanted.keys()) {
    const place = path.join(folder, name);
    onFile('write', place, () => replaceFolder(path.join(unchecked, name), place));
    options.log(`released ${name}`);
  }
  onFile('remove', unchecked, () => rmSync(unchecked, { recursive: true, force: true }));
  const outline = readFileSync(path.join(notebookFolder, 'course', 'README.md'), 'utf8');
  sameOrWritten(
    path.join(folder, 'README.md'),
    withCourseLinks(outline, notebookNames(), { up: '' }),
  );
  return { folder, assignments: [...wanted.keys()] };
}

/** A student's points. */
export interface Score {
  student: string;
  score: number;
  most: number;
  /** Whether answers in words wait for the teacher. */
  byHand: boolean;
  /** Points by the id of the graded cell; null where they are given by hand. */
  grades: Record<string, number | null>;
}

/** What became of an assignment's submissions. */
export interface Graded {
  /** Of the students asked for whose submission could be graded. */
  scores: Score[];
  /** Students whose submission, or whose feedback, failed. */
  failed: string[];
}

/** The students who handed in an assignment. */
export function studentsOf(assignment: string, out: string): string[] {
  const submitted = path.join(out, 'submitted');
  if (!existsSync(submitted)) return [];
  return readdirSync(submitted).filter((student) =>
    existsSync(path.join(submitted, student, assignment)),
  );
}

/**
 * Grades what was handed in of an assignment (`<out>/submitted/STUDENT/ASSIGNMENT/`), of some students or of all, and
 * writes feedback as pages. One student's failure leaves the others. Runs the students' code with the rights of whoever
 * grades. Throws UserError where there is nothing to grade.
 */
export async function grade(
  assignment: string,
  { students = [], ...options }: CourseOptions & { students?: readonly string[] },
): Promise<Graded> {
  const out = courseFolder(options.out);
  chosen([assignment]);
  const there = studentsOf(assignment, out);
  const absent = students.find((student) => !there.includes(student));
  if (there.length === 0 || absent !== undefined) {
    throw new UserError(
      `${absent ?? 'nobody'} has handed in ${assignment}: put the notebook into ` +
        `${path.join(out, 'submitted', absent ?? 'STUDENT', assignment)}`,
    );
  }
  const jobs = await runGrader(['grade', assignment, ...students], options);
  for (const { job, ok, log } of jobs) {
    if (job !== undefined) options.log(ok ? `graded ${job}` : `${job}: ${lastLine(log)}`);
  }
  const asked = students.length ? students : there;
  const isFailed = (name: string): boolean => jobs.some(({ job, ok }) => !ok && job === name);
  return {
    scores: jobs
      .flatMap(({ scores = [] }) => scores)
      .filter(({ student }) => asked.includes(student) && !isFailed(student)),
    failed: asked.filter((student) => isFailed(student) || isFailed(`feedback for ${student}`)),
  };
}

/** Runs any command of nbgrader in the course's folder. Returns its exit code. */
export async function nbgrader(args: readonly string[], options: CourseOptions): Promise<number> {
  writeSources(courseFolder(options.out), new Map());
  return endOf(await spawnPython(['-m', 'nbgrader', ...args], environment(options)));
}
