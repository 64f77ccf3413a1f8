/** The commands `bn-lab course`, for those who teach with it. Each loads its own module when it runs. */
import type { Command } from 'commander';

import type { Score } from '../course/nbgrader';
import { prettyJson } from '../system/prettyJson';
import { textTable } from '../system/textTable';
import type { TextStream } from '../training/progress';

interface Streams {
  stdout: TextStream;
  stderr: TextStream;
}

interface Options {
  out?: string;
  student?: string[];
  json?: boolean;
}

/** One line a student: points, and what waits for the teacher. */
function scoreTable(scores: readonly Score[]): string {
  const rows = scores.map(({ student, score, most, byHand, grades }) => [
    student,
    `${score} of ${most}`,
    byHand ? 'answers in words to grade' : '',
    Object.entries(grades)
      .flatMap(([id, points]) =>
        points === null ? [] : [`${id.replace(/-check$/, '')}: ${points}`],
      )
      .join(', '),
  ]);
  return textTable([['student', 'points', 'by hand', 'exercises'], ...rows]);
}

/** Adds `course release`, `grade` and `nbgrader`. */
export function addCourseCommands(
  program: Command,
  { stdout, stderr }: Streams,
  exit: { code: number },
): void {
  const log = (line: string): void => void stderr.write(`${line}\n`);
  const course = program.command('course').description('teach with it: assignments in nbgrader');
  const withOut = (command: Command): Command =>
    command.option('--out <folder>', "the course's folder (default: course)");
  withOut(course.command('release'))
    .description("make the students' edition, without solutions, of all assignments or of some")
    .argument('[assignments...]', 'for example lesson01 fig04')
    .option('--json', 'print as JSON')
    .action(async (names: string[], { out, json }: Options) => {
      const { release } = await import('../course/nbgrader');
      const released = await release(names, { out, log });
      stdout.write(json ? prettyJson(released) : `${released.folder}\n`);
    });
  withOut(course.command('grade'))
    .description("grade what was handed in; runs students' code with your rights")
    .argument('<assignment>')
    .option('--student <names...>', 'these students only')
    .option('--json', 'print as JSON')
    .action(async (assignment: string, { out, student, json }: Options) => {
      const { grade } = await import('../course/nbgrader');
      const graded = await grade(assignment, { out, log, students: student });
      stdout.write(json ? prettyJson(graded) : scoreTable(graded.scores));
      if (graded.failed.length > 0) {
        log(`not graded: ${graded.failed.join(', ')}; each has its reason above`);
        exit.code = 1;
      }
    });
  withOut(course.command('nbgrader'))
    .description('any command of nbgrader, in the folder of the course')
    .argument('[args...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[], { out }: Options) => {
      const { nbgrader } = await import('../course/nbgrader');
      const { debug } = program.opts<{ debug?: boolean }>();
      exit.code = await nbgrader(debug ? [...args, '--debug'] : args, { out, log });
    });
}
