// A deploy in the middle of reads: Node-RED drops their `done`, so the log and the broker node have to say it.
import { helper, deploy, flowOf, IDS, IMEI, paletteNodes, startBroker, until } from '../support/palette';

describe('what a deploy cuts short', () => {
  it('is told in the log with its code, and by the broker node after the deploy', async () => {
    const broker = await startBroker();
    const node = {
      type: 'mtx-modbus-read',
      unit: '1',
      registers: [{ name: 'a', fc: 3, address: 0, type: 'uint16' }],
    };
    const flow = flowOf(broker, node);
    const lines = (): string[] =>
      (helper.log() as unknown as { args: [{ level: number; msg: unknown }][] }).args
        .filter(([{ level }]) => level === 30)
        .map(([{ msg }]) => String(msg));
    try {
      await helper.load(paletteNodes(), flow);
      await until(() => broker.subscribed.some((topic) => topic.includes('tx')));
      for (let i = 0; i < 3; i++) helper.getNode(IDS.node).receive({ payload: i });
      await until(() => broker.published.some((line) => line.startsWith(`${IMEI}/rx`)));
      await deploy(flow.map((item) => (item.id === IDS.broker ? { ...item, keepalive: '55' } : item)) as typeof flow);
      await until(() => lines().some((line) => /^CANCELLED: .*3 requests were under way.*353234028103206/.test(line)));
      await until(() => lines().some((line) => /mtx-broker.status.cutShort|requests cut by deploy: 3/.test(line)));
    } finally {
      await helper.unload();
      await broker.close();
    }
  });
});
