// How a modem's port is set, and how sure that is. Law: only the speed can be changed from here; a change that nobody
// confirmed may have happened or not, so it is asked for again before anybody relies on it.
import type { LineSettings } from '../../wire/dialogue';
import { failure, asReadError } from '../../wire/errors';
import { formatText, isSameFormat } from './line-format';

export class PortSettings {
  current: LineSettings;
  /** A change was asked for and not confirmed: the port has the old speed or the new one. */
  private isUnsure = false;

  constructor(
    private readonly configured: LineSettings,
    private readonly setBaud: ((baud: number) => Promise<void>) | undefined,
  ) {
    this.current = configured;
  }

  async change(line: LineSettings): Promise<void> {
    if (!isSameFormat(line, this.current)) {
      throw failure('lane.onlySpeed', { wanted: formatText(line), current: formatText(this.current) }, 'configure');
    }
    if (line.baud === this.current.baud && !this.isUnsure) return;
    if (!this.setBaud) throw failure('lane.fixedSpeed', {}, 'configure');
    const wasUnsure = this.isUnsure;
    this.isUnsure = true;
    try {
      await this.setBaud(line.baud);
    } catch (thrown) {
      if (asReadError(thrown).code === 'AT_ERROR') this.isUnsure = wasUnsure; // refused, so not changed
      throw thrown;
    }
    this.isUnsure = false;
    this.current = line;
  }

  /**
   * A talk that asks for no settings finds the configured ones, whatever the one before it left. Where the modem does
   * not answer that, the talk goes on: the speed may be right all the same.
   */
  async restore(): Promise<void> {
    if (this.current.baud !== this.configured.baud || this.isUnsure)
      await this.change(this.configured).catch(() => undefined);
  }
}
