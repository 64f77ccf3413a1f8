"""nbgrader's work for the course, several jobs in one process: each start of nbgrader takes seconds.

Usage, in the folder of nbgrader_config.py: python grader.py release FOLDER ASSIGNMENT... | grade ASSIGNMENT [STUDENT...]
Prints one line of JSON a job: {"job", "ok", "log"}, and after grading one with the scores.
"""

import json
import logging
import os
import sys

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader


# Kernels inherit the standard output: what students' code writes to it must not look like ours.
own = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(**line):
    print(json.dumps(line), file=own, flush=True)


def report(job, result):
    log = result.get("error") or result.get("log") or ""
    say(job=job, ok=bool(result["success"]), log=log)


def scores(course, assignment):
    with Gradebook(course.db_url) as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            yield {
                "student": submission.student.id,
                "score": submission.score,
                "most": submission.max_score,
                "byHand": submission.needs_manual_grade,
                "grades": {
                    grade.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                },
            }


def main(command, *names):
    config = PyFileConfigLoader("nbgrader_config.py", path=".").load_config()
    if command == "release":
        folder, *names = names
        config.CourseDirectory.release_directory = folder
    course = CourseDirectory(config=config)
    api = NbGraderAPI(course, config=config)
    logging.getLogger("traitlets").setLevel(logging.WARNING)
    if command == "release":
        for name in names:
            report(name, api.generate_assignment(name))
        return
    assignment, *students = names
    for student in students or sorted(api.get_submitted_students(assignment)):
        report(student, api.autograde(assignment, student))
        report(f"feedback for {student}", api.generate_feedback(assignment, student))
    say(scores=list(scores(course, assignment)))


if __name__ == "__main__":
    main(*sys.argv[1:])
