// A real Node-RED whose mtx-modbus-read is asked over HTTP: modem and meter go in with the message, the report or the
// caught error comes back as the answer.
import { startNodeRed, type NodeRed } from '../../scripts/node-red';

export interface ReaderFlow {
  readonly nodeRed: NodeRed;
  ask(question: { readonly imei: string; readonly meter: object }): Promise<Report>;
  stop(): Promise<void>;
}

export interface Report {
  readonly readings: readonly {
    readonly name: string;
    readonly value?: unknown;
    readonly unit?: string;
    readonly error?: { readonly code: string };
  }[];
  readonly link: { readonly exchanges: number };
}

export async function startReaderFlow(brokerUrl: string): Promise<ReaderFlow> {
  const at = (z: string, x: number, y: number): object => ({ z, x, y });
  const [tab, broker, modem, door, change, read, catcher, cause, answer] = Array.from(
    { length: 9 },
    (_, i) => `9e00000000000${String(i).padStart(3, '0')}`,
  );
  const flows = [
    { id: tab, type: 'tab', label: 'reader' },
    { id: broker, type: 'mtx-broker', url: brokerUrl, version: 1 },
    { id: modem, type: 'mtx-modem', broker, imei: '', latency: '2000', version: 1 },
    { id: door, type: 'http in', ...at(tab ?? '', 100, 100), url: '/read', method: 'post', wires: [[change]] },
    {
      id: change,
      type: 'change',
      ...at(tab ?? '', 250, 100),
      rules: [
        { t: 'move', p: 'payload.imei', pt: 'msg', to: 'imei', tot: 'msg' },
        { t: 'move', p: 'payload.meter', pt: 'msg', to: 'meter', tot: 'msg' },
      ],
      wires: [[read]],
    },
    {
      id: read,
      type: 'mtx-modbus-read',
      ...at(tab ?? '', 400, 100),
      modem,
      unit: '1',
      framing: 'rtu',
      profile: '',
      registers: [],
      timeout: '1000',
      output: 'report',
      version: 1,
      wires: [[answer]],
    },
    { id: catcher, type: 'catch', ...at(tab ?? '', 100, 200), scope: [read], wires: [[cause]] },
    {
      id: cause,
      type: 'change',
      ...at(tab ?? '', 250, 200),
      rules: [
        { t: 'set', p: 'payload', pt: 'msg', to: 'error', tot: 'msg' },
        { t: 'set', p: 'statusCode', pt: 'msg', to: '500', tot: 'num' },
      ],
      wires: [[answer]],
    },
    { id: answer, type: 'http response', ...at(tab ?? '', 600, 100), wires: [] },
  ];
  const nodeRed = await startNodeRed({ flows });
  return {
    nodeRed,
    ask: async (question) => (await nodeRed.request('POST', '/read', question)) as Report,
    stop: () => nodeRed.stop(),
  };
}
