// The dialogs of the DLMS and IEC readers against simulated meters: what their buttons find, and that it lands in the
// node; which fields each choice shows; both languages, and the dark theme where Node-RED has one.
import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { nodeRedPackage, startNodeRed, type NodeRed } from '../../scripts/node-red';
import { systemClock } from '../../src/core/transport/lane/clock';
import { METER_KINDS, modemSpec, seededRandom, simulatedModem } from '../../src/simulator/index';
import type { ModemCore } from '../../src/simulator/modem/modem-core';
import { startBroker, type TestBroker } from '../support/broker';
import { startBrowser } from '../support/browser';
import { assertReadable, openEditor, textIn, type Editor } from '../support/editor';
import { needs } from '../support/tier';

const LINE = { baud: 57_600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const METERS = [
  ['dlms', '353234028103206'],
  ['iec62056', '353234028103214'],
  ['iec870', '353234028103222'],
] as const;
const TAB = '9d00000000000000';
const BROKER = '9d00000000000001';
const [DLMS, IEC, REE, FLEET, NEW_DLMS, NEW_IEC] = [
  '9d00000000000010',
  '9d00000000000011',
  '9d00000000000012',
  '9d00000000000013',
  '9d00000000000014',
  '9d00000000000015',
] as const;
const modemId = (i: number): string => `9d0000000000002${i}`;

const LANGUAGES = {
  en: {
    locale: 'en-US',
    objects: /objects: 28; press one to add it/,
    read: /^\W*[1-9]\d* values/,
    identity: /Meter: .*manufacturer: /,
    plan: /746 records, (\d+) exchanges, about (\d+) s at a round trip of \d+ ms/,
    wants: /mostly wants even parity/,
  },
  es: {
    locale: 'es-ES',
    objects: /objetos: 28; pulse uno para añadirlo/,
    read: /^\W*[1-9]\d* valores/,
    identity: /Contador: .*manufacturer: /,
    plan: /746 registros, (\d+) intercambios, unos (\d+) s con una ida y vuelta de \d+ ms/,
    wants: /suele querer paridad par/,
  },
} as const;

/** Choices one after the other, and the fields that stand then. */
const DLMS_FIELDS: readonly [choices: Readonly<Record<string, string>>, fields: string][] = [
  [
    {},
    'interface client server physical addressBytes quirk referencing timeout keepAlive auth security request output language read-now objects',
  ],
  [
    { interface: 'wrapper' },
    'interface client server referencing timeout keepAlive auth security request output language read-now objects',
  ],
  [
    { interface: 'mode-e' },
    'interface client server physical addressBytes quirk address baud parity referencing timeout keepAlive auth security request output language read-now objects',
  ],
  [
    { interface: 'wrapper', auth: 'low' },
    'interface client server referencing timeout keepAlive auth password security request output language read-now objects',
  ],
  [
    { auth: 'high' },
    'interface client server referencing timeout keepAlive auth password highLevelFunction security request output language read-now objects',
  ],
  [
    { auth: 'none', security: 'encrypt' },
    'interface client server referencing timeout keepAlive auth security suite clientTitle encryptionKey request output language read-now objects',
  ],
  [
    { security: 'auth+encrypt' },
    'interface client server referencing timeout keepAlive auth security suite clientTitle encryptionKey authenticationKey request output language read-now objects',
  ],
  [
    { auth: 'gmac', security: 'none' },
    'interface client server referencing timeout keepAlive auth security suite clientTitle encryptionKey authenticationKey request output language read-now objects',
  ],
  [
    { auth: 'none', request: 'profile' },
    'interface client server referencing timeout keepAlive auth security request profile from to entries output language read-now objects',
  ],
  [
    { request: 'objects' },
    'interface client server referencing timeout keepAlive auth security request output language read-now objects',
  ],
  [{ auth: 'low', interface: 'hdlc', request: 'push' }, 'interface security request output language'],
  [{ security: 'encrypt' }, 'interface security suite clientTitle encryptionKey request output language'],
  [
    { request: 'objects', auth: 'ecdsa', security: 'none', interface: 'wrapper' },
    'interface client server referencing timeout keepAlive auth security suite clientTitle ciphering signed dedicatedKey masterKey signingKey agreementKey meterSigningKey meterAgreementKey meterTitle counterObject request output language read-now objects',
  ],
];
const IEC_FIELDS: readonly [choices: Readonly<Record<string, string>>, fields: string][] = [
  [{ request: 'readout' }, 'protocol request address parity output read-now'],
  [{ request: 'registers' }, 'protocol request address password items parity output read-now find'],
  [{ request: 'profile' }, 'protocol request address password table from to timeZone parity output read-now'],
  [{ request: 'log' }, 'protocol request address password table from to timeZone parity output read-now'],
  [{ request: 'push' }, 'protocol request items parity output read-now'],
  [
    { protocol: '60870-5-102', request: 'load-curve' },
    'protocol request link point password register from to standardOffset output read-now plan',
  ],
  [{ request: 'billing' }, 'protocol request link point password register from to standardOffset output read-now plan'],
  [{ request: 'instantaneous' }, 'protocol request link point password standardOffset output read-now'],
  [{ request: 'set-time' }, 'protocol request link point password standardOffset output'],
  [{ request: 'identity' }, 'protocol request link point password output read-now'],
];

describe('the buttons of the meter dialogs', () => {
  let broker: TestBroker;
  let modems: readonly ModemCore[] = [];
  let nodeRed: NodeRed | undefined;
  let browser: Browser | undefined;

  before(async function () {
    const program = needs(this, 'chromium');
    broker = await startBroker();
    modems = METERS.map(([kind, imei]) => startModem(kind, imei, broker.port));
    [nodeRed, browser] = await Promise.all([startNodeRed({ flows: flows(broker.port) }), startBrowser(program)]);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    for (const modem of modems) modem.stop();
    if (nodeRed) await broker.close();
  });

  const opened = (options: Parameters<typeof openEditor>[2]): Promise<Editor> =>
    openEditor(browser ?? assert.fail(), nodeRed?.url ?? '', options);
  const propertyOf = (editor: Editor, id: string, name: string): Promise<unknown> =>
    editor.page.evaluate(`RED.nodes.node("${id}").${name}`);

  for (const [language, words] of Object.entries(LANGUAGES)) {
    describe(`in ${language}`, () => {
      let editor: Editor;
      before(async () => {
        editor = await opened({ locale: words.locale });
      });
      after(async () => {
        await editor.close();
      });
      const cancel = async (): Promise<void> => {
        await editor.page.locator('#node-dialog-cancel').click();
        await editor.page.waitForSelector('.red-ui-tray', { state: 'detached' });
      };

      it('lists the objects of a DLMS meter, and a picked one lands in the node', async () => {
        const { page } = editor;
        await editor.openDialog(DLMS);
        await page.locator('#mtx-dlms-objects').click();
        await textIn(page, '#mtx-dlms-result', words.objects);
        await assertReadable(page);
        await page.locator('#mtx-dlms-result input').fill('32.7');
        const buttons = page.locator('#mtx-dlms-result button:visible');
        assert.equal(await buttons.count(), 1);
        assert.match(
          await buttons.innerText(),
          language === 'en' ? /1-0:32\.7\.0\*255 Voltage L1 \(Register\)/ : /1-0:32\.7\.0\*255 .* \(Register\)/,
        );
        await buttons.click();
        if (language !== 'en') return cancel();
        await page.locator('#mtx-dlms-read-now').click();
        assert.match(
          await textIn(page, '#mtx-dlms-result', words.read),
          /logicalDeviceName: MTX0000000000001[\s\S]*230\.4 V\s+1-0:32\.7\.0\*255/,
        );
        await assertReadable(page);
        await editor.ok();
        assert.deepEqual(await propertyOf(editor, DLMS, 'items'), [
          { name: '', obis: '1-0:32.7.0*255', class: '', attribute: '', scaler: '', unit: '' },
        ]);
      });

      it('shows who an IEC meter is and the codes it has, and a ticked one lands in the node', async () => {
        const { page } = editor;
        await editor.openDialog(IEC);
        await page.locator('#mtx-iec-read-now').click();
        const found = await textIn(page, '#mtx-iec-result', words.identity);
        assert.match(found, /1\.8\.0\s+\d+(\.\d)? kWh/);
        await assertReadable(page);
        await page.locator('#mtx-iec-result input[data-code="1.8.0"]').check();
        assert.equal(await page.inputValue('#node-input-request'), 'registers');
        assert.equal(await page.inputValue('#mtx-iec-items'), '1.8.0');
        await page.locator('#mtx-iec-result input[data-code="2.8.0"]').check();
        await page.locator('#mtx-iec-result input[data-code="1.8.0"]').uncheck();
        if (language !== 'en') return cancel();
        await editor.ok();
        assert.deepEqual(
          [await propertyOf(editor, IEC, 'request'), await propertyOf(editor, IEC, 'items')],
          ['registers', ['2.8.0']],
        );
      });

      it('predicts how long a month of hours takes by IEC 60870-5-102, with blocks and without', async () => {
        const { page } = editor;
        await editor.openDialog(REE);
        await textIn(page, '#mtx-iec-port', words.wants);
        await page.locator('#mtx-iec-plan').click();
        const plan = await textIn(page, '#mtx-iec-result', words.plan);
        const [, exchanges = '', seconds = '', , others = '', longer = ''] =
          /\D(\d+) (?:exchanges|intercambios), \w+ (\d+) s\D+(\d+) ms\D+(\d+) \w+, (\d+) s/.exec(plan) ??
          assert.fail(plan);
        assert.ok(Number(exchanges) < 200 && Number(others) > 740 && Number(seconds) < Number(longer), plan);
        await assertReadable(page);
        await cancel();
      });

      it('shows the fields that the choices need, and no others', async () => {
        for (const [id, table] of [
          [DLMS, DLMS_FIELDS],
          [IEC, IEC_FIELDS],
        ] as const) {
          await editor.openDialog(id);
          // Which ones is the same in every language; the texts of all of them stand in the dialog either way.
          for (const [choices, fields] of language === 'en' ? table : table.slice(0, 1)) {
            for (const [name, value] of Object.entries(choices))
              await editor.page.selectOption(`#node-input-${name}`, value);
            assert.equal(await shownFields(editor), fields, JSON.stringify(choices));
          }
          assert.doesNotMatch(
            await editor.page.locator('.red-ui-tray-body').last().innerText(),
            /mtx-[a-z-]+\.[a-z]+/i,
            'a text without translation',
          );
          await cancel();
        }
      });

      if (language === 'en') {
        it('asks for an IMEI where the modem is a fleet, and not where there is no modem yet', async () => {
          for (const [id, shown] of [
            [FLEET, / imei$/],
            [NEW_DLMS, / objects$/],
            [NEW_IEC, / read-now$/],
          ] as const) {
            await editor.openDialog(id);
            assert.match(await shownFields(editor), shown);
            await cancel();
          }
        });
      }

      it('makes the browser complain of nothing', () => assert.deepEqual(editor.problems, []));
    });
  }

  if (nodeRedPackage() === 'node-red') {
    it('is readable in the dark theme', async () => {
      const dark = await opened({ isDark: true });
      const { page } = dark;
      await dark.openDialog(DLMS);
      await page.locator('#mtx-dlms-objects').click();
      await textIn(page, '#mtx-dlms-result', LANGUAGES.en.objects);
      await assertReadable(page);
      await page.locator('#node-dialog-cancel').click();
      await page.waitForSelector('.red-ui-tray', { state: 'detached' });
      await dark.openDialog(REE);
      await page.locator('#mtx-iec-plan').click();
      await textIn(page, '#mtx-iec-result', LANGUAGES.en.plan);
      await assertReadable(page);
      assert.deepEqual(dark.problems, []);
      await dark.close();
    });
  }
});

/** Fields and buttons of the dialog that can be seen, without those that all nodes have. */
async function shownFields({ page }: Editor): Promise<string> {
  const ids = await page.evaluate<string[]>(
    `[...document.querySelectorAll('.red-ui-tray-body [id^=node-input-], .red-ui-tray-body :is(button, input, textarea)[id^=mtx]')].filter((field) => field.checkVisibility()).map((field) => field.id)`,
  );
  return ids
    .map((id) => id.replace(/^(node-input|mtx-dlms|mtx-iec)-/, ''))
    .filter((id) => !/^(name|modem|btn-.*)$/.test(id))
    .join(' ');
}

function flows(port: number): object[] {
  const at = (i: number): object => ({ z: TAB, x: 300, y: 100 + 80 * i, wires: [[]] });
  const dlms = {
    type: 'mtx-dlms-read',
    interface: 'hdlc',
    client: '16',
    server: '1',
    items: [],
    timeout: '3000',
    keepAlive: '0',
    version: 1,
  };
  return [
    { id: TAB, type: 'tab', label: 'meters' },
    {
      id: BROKER,
      type: 'mtx-broker',
      url: `mqtt://127.0.0.1:${port}`,
      protocolVersion: '4',
      keepalive: '60',
      version: 1,
    },
    ...[...METERS.map(([, imei]) => imei), ''].map((imei, i) => ({
      id: modemId(i),
      type: 'mtx-modem',
      broker: BROKER,
      imei,
      qos: '1',
      latency: '1000',
      attempts: '3',
      queueLimit: '100',
      statusPeriod: '300',
      baudrate: '57600',
      dataBits: '8',
      parity: 'none',
      stopBits: '1',
      version: 1,
      rxTopic: '[IMEI]/rx',
      txTopic: '[IMEI]/tx',
      atTopic: '[IMEI]/AT',
      atrTopic: '[IMEI]/ATR',
      statusTopic: '[IMEI]/dns',
    })),
    { ...dlms, id: DLMS, modem: modemId(0), ...at(0) },
    {
      id: IEC,
      type: 'mtx-iec-read',
      modem: modemId(1),
      protocol: '62056-21',
      request: 'readout',
      version: 1,
      ...at(1),
    },
    {
      id: REE,
      type: 'mtx-iec-read',
      modem: modemId(2),
      protocol: '60870-5-102',
      request: 'load-curve',
      from: '2026-10-01',
      to: '2026-11-01',
      link: '1',
      point: '1',
      version: 1,
      ...at(2),
    },
    { ...dlms, id: FLEET, modem: modemId(3), ...at(3) },
    { ...dlms, id: NEW_DLMS, modem: '', ...at(4) },
    { id: NEW_IEC, type: 'mtx-iec-read', modem: '', protocol: '62056-21', request: 'readout', version: 1, ...at(5) },
  ];
}

function startModem(kind: string, imei: string, port: number): ModemCore {
  const meters =
    METER_KINDS[kind]?.({
      clock: systemClock,
      seed: 1,
      line: LINE,
      addresses: [],
      profile: undefined,
      password: '',
      framing: 'rtu',
    }) ?? assert.fail(kind);
  const spec = modemSpec(
    {
      imei,
      meters,
      config: { MQTT_server: `tcp://127.0.0.1:${port}`, COMM_baudrate: '57600', MTX_msToSend: '20' },
      choices: { bootMsMin: 0, bootMsMax: 1, atMsMin: 1, atMsMax: 5 },
    },
    systemClock,
  );
  const modem = simulatedModem(spec, { protocolVersion: 4, isServerChecked: true }, systemClock, seededRandom(1));
  modem.start();
  return modem;
}
