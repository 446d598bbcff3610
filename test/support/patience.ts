/**
 * How long a test waits for what has to come: long enough for the busiest machine, so that only a hang takes so long.
 */
export const PATIENCE_MS = 60_000;
