// A stored flow keeps working: each version of a node's properties has one step to the next, run when the node starts
// (and by the editor when its dialog opens). A step never loses a value it does not know.

export type Config = Readonly<Record<string, unknown>>;

export interface Migration {
  /** The version this step leads to. */
  readonly to: number;
  up(config: Config): Config;
}

/** The properties as this release knows them. A flow of a later release is left as it is: refusing it would lose it. */
export function migrate(config: Config, migrations: readonly Migration[]): Config {
  const version = Number(config['version'] ?? 0);
  return migrations
    .filter((step) => step.to > version)
    .reduce((known, step) => ({ ...step.up(known), version: step.to }), config);
}
