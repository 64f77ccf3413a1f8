/**
 * A Python that only says its version and plays `venv` and `pip`: both note in the file `calls` what they were asked for,
 * and fail as the variables NO_ENSUREPIP and PIP_ERROR tell. Anything else prints the environment.
 */
export const fakePython = (version: string, calls: string): string => `#!/bin/sh
case "$1$2" in
  -c*) echo ${version} ;;
  -mvenv)
    echo "$@" >> ${calls}
    for last; do :; done
    if [ -n "$NO_ENSUREPIP" ] && [ "$3" != --without-pip ]; then
      echo "ensurepip is not available"; exit 1
    fi
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python" ;;
  -mpip)
    echo "$@" >> ${calls}
    if [ -n "$PIP_ERROR" ]; then echo "$PIP_ERROR"; exit 1; fi ;;
  *) env ;;
esac
`;
