// Vector files of test/vectors, read once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function vectorFile<T>(name: string): T {
  return JSON.parse(readFileSync(join(__dirname, '..', 'vectors', name), 'utf8')) as T;
}
