// Lets node-red-dev validate run where only the lock file's packages are at hand: it would ask the flow library for
// packages of the same name, the registry for Node-RED's releases, and npm for outdated dependencies.
'use strict';
const Module = require('node:module');
const { execFileSync } = require('node:child_process');
const { config, devDependencies } = require('../package.json');

const newest = config.nodeRed5;
const maintained = devDependencies['node-red4'].replace(/^.*@/, '');
const engines = '>=22.9'; // of Node-RED 5.0

const answers = {
  axios: {
    get: async (url) => {
      if (url.includes('catalogue')) return { data: { modules: [] } };
      if (url.endsWith('/node-red'))
        return {
          data: {
            'dist-tags': { latest: newest, 'v4-maintenance': maintained },
            versions: { [newest]: { engines: { node: engines } } },
          },
        };
      throw new Error(`not asked offline: ${url}`);
    },
  },
  'npm-remote-ls': { config() {}, ls: (_name, _version, _flat, back) => back(installed()) },
  'npm-check': async () => ({ get: () => [] }),
};

/** name@version of every package that a user gets. */
function installed() {
  const names = [];
  const walk = (dependencies = {}) => {
    for (const [name, { version, dependencies: inner }] of Object.entries(dependencies)) {
      names.push(`${name}@${version}`);
      walk(inner);
    }
  };
  walk(
    JSON.parse(
      execFileSync('npm', ['ls', '--all', '--omit=dev', '--json'], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, NODE_OPTIONS: '' },
      }),
    ).dependencies,
  );
  return names;
}

const load = Module._load;
Module._load = function (request, ...rest) {
  return request in answers ? answers[request] : load.call(this, request, ...rest);
};
