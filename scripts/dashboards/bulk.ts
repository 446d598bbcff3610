// 21 Bulk commands: choose modems, choose what to do, one first, run, watch, retry those that failed.
import { FLEET_ID, Flow, functionOf, injectOf, switchOf } from './flow';
import { configNode, LANGUAGE, statusNode, TELL_ERROR, WITH_LANGUAGE } from './fleet';

export function bulkFlow(): string {
  const flow = new Flow(
    21,
    '21 Bulk commands',
    'Needs the dashboard package @flowfuse/node-red-dashboard. MTX_LANG of this flow (Edit flow, Environment variables) is en, es, or auto: as the browser.',
    LANGUAGE,
  );
  flow.comment(
    [0, 0],
    'One command or configuration for many modems',
    'Page: /dashboard/bulk.\n\nThe page sends the chosen modems in msg.imeis. A configuration is rolled out by mtx-config: one modem first, then the rest, and each change is read back. Two of its properties are worth a look: with a deadline (minutes) it waits for modems that are offline, and with the gate "canary" the first modem counts as well only if a meter behind it answers, which needs flows that read meters.',
  );
  flow.add(
    'every',
    'inject',
    [0, 1],
    {
      ...injectOf(3, [{ p: 'ask', v: 'fleet', vt: 'str' }, { p: 'payload' }]),
      name: 'every 3 s',
      payload: 'snapshot',
      payloadType: 'str',
    },
    [['status']],
  );
  flow.add('status', 'mtx-status', [1, 1], { ...statusNode([]), name: 'fleet' }, [['language']]);
  flow.add('language', 'function', [2, 1], functionOf('language', WITH_LANGUAGE), [['bulk']]);
  flow.page('bulk', [0, 3], { name: 'Bulk commands', path: '/bulk', icon: 'playlist-check', order: 3 }, [['ask']]);
  flow.add('ask', 'switch', [1, 3], switchOf('what is wanted', 'ask', ['fleet', 'at', 'config']), [
    ['status'],
    ['at'],
    ['config'],
  ]);
  flow.add(
    'at',
    'mtx-at',
    [2, 3],
    {
      name: 'AT to a list',
      modem: FLEET_ID,
      command: '',
      target: 'list',
      timeout: '15000',
      concurrency: '20',
      version: 1,
    },
    [['bulk']],
  );
  flow.add('config', 'mtx-config', [2, 4], { ...configNode(), name: 'configuration of a list', target: 'list' }, [
    ['bulk'],
    ['audit'],
  ]);
  flow.add('audit', 'debug', [3, 5], {
    name: 'audit',
    active: false,
    tosidebar: true,
    console: false,
    tostatus: false,
    complete: 'payload',
    targetType: 'msg',
    statusVal: '',
    statusType: 'auto',
  });
  flow.add(
    'trouble',
    'catch',
    [1, 6],
    { name: 'what went wrong', scope: ['at', 'config', 'status'].map((key) => flow.id(key)), uncaught: false },
    [['error']],
  );
  flow.add('error', 'function', [2, 6], functionOf('tell the page', TELL_ERROR), [['bulk']]);
  flow.palette();
  flow.dashboard();
  return flow.json();
}
