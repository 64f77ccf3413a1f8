'use strict';
/**
 * The kernel that Jupyter starts: the tslab of this checkout, wherever the notebook lies, with its faults repaired.
 * Each repair replaces methods of tslab 1.0.22 (pinned in package.json) and says what goes wrong without it.
 */
const { spawnSync } = require('child_process');
const fs = require('fs');
const Module = require('module');
const path = require('path');
const { format, inspect } = require('util');

const root = path.resolve(__dirname, '../../../..');
const modules = path.join(root, 'node_modules');
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Replaces a method by one made from it. Not by assignment, which zeromq's prototypes silently ignore. */
function wrap(object, name, make) {
  Object.defineProperty(object, name, {
    value: make(object[name]),
    configurable: true,
    writable: true,
  });
}

/** Cells import the compiled library; a fresh checkout that was not opened by the launcher has none yet. */
function buildIfMissing() {
  if (fs.existsSync(path.join(root, 'dist', 'index.js'))) return;
  const launcher = path.join(root, 'src', 'launch.cjs');
  spawnSync(process.execPath, [launcher, '--help'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * zeromq throws EBUSY after some 500 sends in one turn of the event loop: a cell that prints more loses output and
 * its "idle" message, and shows [*] for ever. Sends wait for each other, and no limit drops them.
 */
function queueMessages() {
  const { Publisher } = require('zeromq');
  wrap(
    Publisher.prototype,
    'bind',
    (bind) =>
      function (...args) {
        this.sendHighWaterMark = 0;
        return bind.apply(this, args);
      },
  );
  let last = Promise.resolve();
  wrap(
    Publisher.prototype,
    'send',
    (send) =>
      function (...args) {
        // It fails only when the socket was closed by a shutdown: nobody listens any more.
        last = last.then(() => send.apply(this, args)).catch(() => {});
        return last;
      },
  );
  return { sent: () => last };
}

/** tslab sends a message, and a headless run keeps an output, per console.log. One per turn and stream is enough. */
function joinOutput({ JupyterHandlerImpl }) {
  let waiting; // { name, write, text }
  const flush = () => {
    const { name, write, text } = waiting ?? {};
    waiting = undefined;
    if (text) write(name, text);
  };
  wrap(
    JupyterHandlerImpl.prototype,
    'createWriteToIopub',
    (create) =>
      function (stream, writeStream) {
        return create.call(this, stream, (name, text) => {
          if (waiting && (waiting.name !== name || waiting.write !== writeStream)) flush();
          if (!waiting) setImmediate(flush);
          waiting ??= { name, write: writeStream, text: '' };
          waiting.text += text;
        });
      },
  );
  return { flush };
}

/** Jupyter's three fields of an error, without the stack lines of tslab and of this file. */
function describeThrown(thrown) {
  const isError =
    thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
  if (!isError) {
    const traceback = [`Uncaught ${inspect(thrown)}`];
    return { ename: `thrown ${typeof thrown}`, evalue: format(thrown), traceback };
  }
  const ename = String(thrown.name);
  const evalue = String(thrown.message);
  // Written to be read: what, where and the remedy. Its stack would only hide them.
  if (ename === 'UserError') return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
  const machinery = /node:(internal|vm)|[\\/]tslab[\\/]dist[\\/]/;
  const isOurs = (line) =>
    !/^\s+at /.test(line) || !(machinery.test(line) || line.includes(__filename));
  const lines = inspect(thrown).replaceAll('evalmachine.<anonymous>', 'compiled cell').split('\n');
  return { ename, evalue, traceback: lines.filter(isOurs) };
}

/** What the executor reports through console.error: [thrown value], or [format, file, line, column, text] each. */
function describeReports(reports) {
  if (reports.length > 0 && reports[0].length === 1) return describeThrown(reports[0][0]);
  const lines = reports.map((args) => format(...args));
  return { ename: 'TypeScriptError', evalue: lines[0] ?? '', traceback: lines };
}

/**
 * tslab finds an earlier cell's variable under `exports`, but forgets those in shorthand properties: `{ preset }` throws
 * "preset is not defined". Cells are compiled as if they said `{ preset: preset }`.
 */
function spellOutShorthand(source) {
  const ts = require('@tslab/typescript-for-tslab');
  const names = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest));
  return names.reduceRight(
    (text, { text: name, end }) => `${text.slice(0, end)}: ${name}${text.slice(end)}`,
    source,
  );
}

/**
 * tslab prints what went wrong in a cell and never publishes the messages `execute_input` and `error`: headless runs
 * have no execution counts, Lab shows no error block, and nbgrader fails for want of `ename`.
 */
function publishInputAndErrors({ JupyterHandlerImpl, ZmqServer }, output) {
  const executor = require('tslab/dist/executor.js');
  const publishers = new WeakMap(); // content of a request -> how to publish beside its reply
  let reports = []; // of the executor, on the running cell; a cell's own console.error is not among them

  wrap(executor, 'createExecutor', (create) => (directory, converters, console) => {
    wrap(
      converters.node,
      'convert',
      (convert) => (declared, source) => convert(declared, spellOutShorthand(source)),
    );
    return create(directory, converters, {
      log: console.log,
      error: (...args) => reports.push(args),
    });
  });
  wrap(
    ZmqServer.prototype,
    'handleExecute',
    (handle) =>
      function (socket, request) {
        publishers.set(request.content, (type, content) => {
          const message = request.createReply();
          message.header.msg_type = type;
          message.content = content;
          message.signAndSend(this.connInfo.key, this.iopub);
        });
        return handle.call(this, socket, request);
      },
  );
  wrap(
    JupyterHandlerImpl.prototype,
    'handleExecuteImpl',
    (handle) =>
      async function (request, writeStream, writeDisplayData) {
        const publish = publishers.get(request);
        publish('execute_input', { code: request.code, execution_count: this.execCount + 1 });
        reports = [];
        const display = (data, update) => {
          output.flush(); // outputs keep their order
          writeDisplayData(data, update);
        };
        try {
          const count = await handle.call(this, request, writeStream, display);
          await nextTurn(); // a rejection that nobody awaited is reported in the cell that caused it
          // Diagnostics of a cell that counts as run all the same (`/** @module */`).
          for (const args of reports) console.error(...args);
          return count;
        } catch (failure) {
          output.flush();
          this.failure = describeReports(reports);
          publish('error', this.failure);
          throw failure;
        } finally {
          output.flush();
        }
      },
  );
}

/**
 * For 200 ms after a failed cell tslab skips the cells that follow, without a word. That is right for "Run All", but a
 * client that says `stop_on_error: false` (nbgrader, --allow-errors) wants them run. The reply also lacks the error's
 * fields, and says "abort" where the protocol says "aborted".
 */
function answerAsAsked({ JupyterHandlerImpl }) {
  wrap(
    JupyterHandlerImpl.prototype,
    'handleExecute',
    (handle) =>
      async function (request, ...rest) {
        const { reset } = Object.getPrototypeOf(this.execQueue);
        this.execQueue.reset = function (delay) {
          return reset.call(this, request.stop_on_error === false ? null : delay);
        };
        const content = await handle.call(this, request, ...rest);
        if (content.status === 'abort') return { ...content, status: 'aborted' };
        return content.status === 'error' ? { ...content, ...this.failure } : content;
      },
  );
}

/**
 * Packages of this checkout can be imported in every folder, also outside of it: at run time through NODE_PATH, and
 * their types by showing <folder>/node_modules/X as <root>/node_modules/X where the former does not exist.
 */
function resolveFromAnywhere() {
  process.env.NODE_PATH = [process.env.NODE_PATH, modules].filter(Boolean).join(path.delimiter);
  Module._initPaths();

  const { sys } = require('@tslab/typescript-for-tslab');
  const slashes = (name) => name.replace(/\\/g, '/');
  const here = path.posix.join(slashes(sys.getCurrentDirectory()), 'node_modules');
  const there = slashes(modules);
  if (here === there) return;
  const { fileExists, directoryExists } = sys;
  const shown = (name) => {
    if (typeof name !== 'string' || !`${name}/`.startsWith(`${here}/`)) return name;
    const isOwn = name !== here && (fileExists(name) || directoryExists(name));
    return isOwn ? name : there + name.slice(here.length);
  };
  for (const method of [
    'fileExists',
    'directoryExists',
    'readFile',
    'getDirectories',
    'readDirectory',
    'realpath',
    'getModifiedTime',
  ]) {
    wrap(
      sys,
      method,
      (original) =>
        (name, ...args) =>
          original.call(sys, shown(name), ...args),
    );
  }
}

/**
 * The native TensorFlow library is in the project's own folder, where only the project's loader finds it. Whoever
 * imports one of these packages first gets it loaded by the project.
 */
function loadThroughProject() {
  const loaders = {
    '@tensorflow/tfjs-node': () => require('bn-lab/dist/engine/tf.js').tf.version,
    'danfojs-node': () => require('bn-lab/dist/notebook/dataFrame.js').loadDanfo(),
  };
  wrap(
    Module,
    '_load',
    (load) =>
      function (request, ...rest) {
        const prepare = loaders[request];
        if (prepare) {
          delete loaders[request]; // the loader itself asks for the package
          try {
            prepare();
          } catch (error) {
            loaders[request] = prepare;
            throw error;
          }
        }
        return load.call(this, request, ...rest);
      },
  );
}

/** A browser that draws figures, or a training that goes on, would keep the process until Jupyter kills it after 5 s. */
function exitOnShutdown({ ZmqServer }, messages) {
  wrap(
    ZmqServer.prototype,
    'close',
    (close) =>
      async function () {
        await messages.sent();
        close.call(this);
        process.exit(0);
      },
  );
}

buildIfMissing();
const protocol = require('tslab/dist/jupyter.js');
const messages = queueMessages();
const output = joinOutput(protocol);
publishInputAndErrors(protocol, output);
answerAsAsked(protocol);
resolveFromAnywhere();
loadThroughProject();
exitOnShutdown(protocol, messages);
// nbgrader takes any output on stderr for a failed test; a library's warning must not cost points.
if (process.env.NBGRADER_EXECUTION) console.warn = console.log;

// Not tslab's main(): that would prefer a tslab found above the notebook's folder to this repaired one.
require('tslab/dist/main.js').startKernel({
  configPath: process.argv[process.argv.indexOf('--config-path') + 1],
  enableFindLocal: false,
});
